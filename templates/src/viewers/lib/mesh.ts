// Meshes of files: obj, glb, stl.
import {
  type BufferGeometry,
  LineSegments,
  type Material,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  Points,
  type PointsMaterial,
  TextureLoader,
} from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { OBJLoader } from "three/examples/jsm/loaders/OBJLoader.js";
import { STLLoader } from "three/examples/jsm/loaders/STLLoader.js";
import type { Object3DItem } from "../../model";
import { damaged } from "./damage";
import { type Scene, sceneOf } from "./scene";

const plain = (): MeshStandardMaterial =>
  new MeshStandardMaterial({ color: 0xb8c0cc, roughness: 0.75, metalness: 0.05, side: 2 });

/** Squares of distances beyond this do not fit the numbers of a graphics card. */
const FARTHEST = 1e18;

export async function meshOf(
  element: HTMLElement,
  data: Uint8Array<ArrayBuffer>,
  format: Object3DItem["format"],
): Promise<Scene> {
  const content = await contentOf(data, format).catch((error: Error) => {
    throw new Error(damaged(format, error));
  });
  const found = { triangles: 0, vertices: 0, left: 0 };
  content.traverse((object) => {
    const geometry = (object as { geometry?: BufferGeometry }).geometry;
    if (!geometry) return;
    const { kept, left } = placed(geometry, object instanceof Mesh ? 3 : object instanceof LineSegments ? 2 : 1);
    found.left += left;
    if (object instanceof Mesh) found.triangles += kept;
    else found.vertices += kept;
  });
  const what = `${format} file`;
  if (!found.triangles && !found.vertices)
    throw new Error(
      found.left
        ? `no part of this ${what} has a place: its coordinates are no numbers, or too far away`
        : `there are no triangles in this ${what}`,
    );
  return { ...sceneOf(element, content, "y"), ...found };
}

/** Takes primitives of so many vertices out of a geometry where one of them has no place; how many stay and go. */
function placed(geometry: BufferGeometry, size: number): { kept: number; left: number } {
  const position = geometry.getAttribute("position");
  if (!position) return { kept: 0, left: 0 };
  const near = (value: number): boolean => Math.abs(value) < FARTHEST;
  const good = new Uint8Array(position.count);
  for (let n = 0; n < good.length; n++)
    good[n] = Number(near(position.getX(n)) && near(position.getY(n)) && near(position.getZ(n)));
  const count = Math.floor((geometry.index?.count ?? position.count) / size);
  if (!good.includes(0)) return { kept: count, left: 0 };
  const all = geometry.index ? Array.from(geometry.index.array) : Array.from({ length: position.count }, (_, n) => n);
  const kept: number[] = [];
  for (let at = 0; at < count * size; at += size) {
    const part = all.slice(at, at + size);
    if (part.every((n) => good[n])) kept.push(...part);
  }
  geometry.setIndex(kept);
  // What measures a geometry looks at all vertices, drawn or not.
  const [first] = kept;
  const place =
    first === undefined
      ? ([0, 0, 0] as const)
      : ([position.getX(first), position.getY(first), position.getZ(first)] as const);
  for (let n = 0; n < good.length; n++) if (!good[n]) position.setXYZ(n, ...place);
  return { kept: kept.length / size, left: count - kept.length / size };
}

async function contentOf(data: Uint8Array<ArrayBuffer>, format: Object3DItem["format"]): Promise<Object3D> {
  if (format === "stl") {
    const geometry = new STLLoader().parse(data.slice().buffer);
    geometry.computeVertexNormals();
    if (!geometry.getAttribute("position")?.count) throw new Error("there are no triangles in it");
    return new Mesh(geometry, plain());
  }
  if (format === "obj") {
    const group = new OBJLoader().parse(new TextDecoder().decode(data));
    if (!group.children.length) throw new Error("there are no faces in it");
    // Materials of an obj stand in a file beside it, which is not logged.
    group.traverse((object) => {
      if (object instanceof Mesh) object.material = plain() as Material;
      else if (object instanceof Points) (object.material as PointsMaterial).size = 4;
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
  return new Promise((resolve, reject) =>
    loader.parse(
      data.slice().buffer,
      "",
      (file) => resolve(file.scene),
      (error) => reject(error instanceof Error ? error : new Error("this glb could not be read")),
    ),
  );
}
