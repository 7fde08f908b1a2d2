// Meshes of files: obj, glb, stl.
import { Mesh, MeshStandardMaterial, TextureLoader, type Material, type Object3D } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { OBJLoader } from "three/examples/jsm/loaders/OBJLoader.js";
import { STLLoader } from "three/examples/jsm/loaders/STLLoader.js";
import type { Object3DItem } from "../../model";
import { sceneOf, type Scene } from "./scene";

const plain = (): MeshStandardMaterial => new MeshStandardMaterial({ color: 0xb8c0cc, roughness: 0.75, metalness: 0.05, side: 2 });

export async function meshOf(element: HTMLElement, data: Uint8Array<ArrayBuffer>, format: Object3DItem["format"]): Promise<Scene> {
  const content = await contentOf(data, format);
  let triangles = 0;
  content.traverse((object) => {
    if (!(object instanceof Mesh)) return;
    const { index, attributes } = object.geometry as { index: { count: number } | null; attributes: Record<string, { count: number } | undefined> };
    triangles += (index?.count ?? attributes.position?.count ?? 0) / 3;
  });
  return { ...sceneOf(element, content, "y"), triangles: Math.round(triangles) };
}

async function contentOf(data: Uint8Array<ArrayBuffer>, format: Object3DItem["format"]): Promise<Object3D> {
  if (format === "stl") {
    const geometry = new STLLoader().parse(data.slice().buffer);
    geometry.computeVertexNormals();
    if (!geometry.getAttribute("position")?.count) throw new Error("there are no triangles in this stl file");
    return new Mesh(geometry, plain());
  }
  if (format === "obj") {
    const group = new OBJLoader().parse(new TextDecoder().decode(data));
    if (!group.children.length) throw new Error("there are no faces in this obj file");
    // Materials of an obj stand in a file beside it, which is not logged.
    group.traverse((object) => {
      if (object instanceof Mesh) object.material = plain() as Material;
    });
    return group;
  }
  return gltf(data);
}

async function gltf(data: Uint8Array<ArrayBuffer>): Promise<Object3D> {
  const loader = new GLTFLoader();
  // Pictures by <img>: the other way fetches, which the page does not allow itself.
  loader.register((parser) => {
    parser.textureLoader = new TextureLoader(parser.options.manager);
    return { name: "images" };
  });
  return new Promise((resolve, reject) => loader.parse(data.slice().buffer, "", (file) => resolve(file.scene), (error) => reject(error instanceof Error ? error : new Error("this glb could not be read"))));
}
