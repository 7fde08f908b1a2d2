// A scene of three with its camera and controls; drawn when something changed, not all the time.
import {
  AmbientLight,
  Box3,
  Color,
  DirectionalLight,
  MOUSE,
  type Object3D,
  PerspectiveCamera,
  Sphere,
  Scene as ThreeScene,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { hasWebGL, type Live } from "./live3d";
import type { ColourBy } from "./pointcolours";

export interface Scene extends Live {
  reset(): void;
  /** Size in pixels and colours of the points. */
  points?(size: number, by: ColourBy): void;
  /** Keeps the children of an element at the corners they name; returns how to stop. */
  follow(tags: HTMLElement): () => void;
  /** Of a mesh: what it consists of; what of it has no place. */
  readonly triangles?: number;
  readonly vertices?: number;
  readonly left?: number;
  readonly categories?: readonly number[];
}

export interface Base extends Scene {
  readonly scene: ThreeScene;
  draw(): void;
  /** Milliseconds that one frame takes now. */
  cost(): number;
  /** Told when the reader begins and ends to move the scene. */
  moving(listener: (on: boolean) => void): void;
}

/** Show `content`, seen from the side above, with `up` as its upward axis; `anchors` are where tags stand. */
export function sceneOf(
  element: HTMLElement,
  content: Object3D,
  up: "y" | "z",
  anchors: readonly Vector3[] = [],
): Base {
  if (!hasWebGL()) throw new Error("this browser draws nothing in three dimensions (WebGL is off)");
  const renderer = rendererIn(element);
  const camera = cameraAbove(up);
  const scene = litScene(content, camera);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
  const watchers = new Set<() => void>();
  const render = (): void => {
    renderer.render(scene, camera);
    for (const watcher of watchers) watcher();
  };
  let asked = 0;
  const draw = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      render();
    });
  };
  controls.addEventListener("change", draw);
  const sphere = new Box3().setFromObject(content).getBoundingSphere(new Sphere());
  const reset = (): void => {
    lookAt(camera, sphere, up);
    controls.target.copy(sphere.center);
    controls.update();
    draw();
  };
  const resize = (): void => {
    if (fitted(renderer, camera, element)) render();
  };
  resize();
  reset();
  const follow = (tags: HTMLElement): (() => void) => {
    const move = (): void => placeTags(tags, anchors, camera, element);
    watchers.add(move);
    move();
    return () => void watchers.delete(move);
  };
  const moving = (listener: (on: boolean) => void): void => {
    controls.addEventListener("start", () => listener(true));
    controls.addEventListener("end", () => listener(false));
  };
  const dispose = (): void => {
    cancelAnimationFrame(asked);
    controls.dispose();
    freed(scene, renderer);
  };
  const cost = (): number => costOf(renderer, scene, camera);
  return { scene, draw, cost, moving, reset, resize, follow, dispose, canvas: () => renderer.domElement };
}

function rendererIn(element: HTMLElement): WebGLRenderer {
  const renderer = new WebGLRenderer({
    antialias: true,
    preserveDrawingBuffer: true,
    powerPreference: "high-performance",
  });
  renderer.setPixelRatio(Math.min(2, devicePixelRatio || 1));
  renderer.domElement.className = "canvasplace";
  element.prepend(renderer.domElement);
  return renderer;
}

function cameraAbove(up: "y" | "z"): PerspectiveCamera {
  const camera = new PerspectiveCamera(45, 1, 0.01, 1000);
  camera.up.set(0, up === "y" ? 1 : 0, up === "z" ? 1 : 0);
  return camera;
}

/** The light goes with the camera: no side that one looks at is dark. */
function litScene(content: Object3D, camera: PerspectiveCamera): ThreeScene {
  const scene = new ThreeScene();
  scene.background = new Color("#0b0d12");
  const sun = new DirectionalLight(0xffffff, 2.2);
  sun.position.set(0.5, 1, 1);
  camera.add(sun);
  scene.add(new AmbientLight(0xffffff, 1.1), content, camera);
  return scene;
}

function lookAt(camera: PerspectiveCamera, { center, radius: real }: Sphere, up: "y" | "z"): void {
  const radius = real || 1;
  const side = up === "z" ? new Vector3(0.9, -1.5, 0.9) : new Vector3(0.9, 0.7, 1.5);
  camera.position.copy(center).addScaledVector(side.normalize(), radius * 2.1);
  camera.near = radius / 500;
  camera.far = radius * 50;
  camera.updateProjectionMatrix();
}

/** Take the room of the element; false where it has none. */
function fitted(renderer: WebGLRenderer, camera: PerspectiveCamera, element: HTMLElement): boolean {
  const { clientWidth: width, clientHeight: height } = element;
  if (!width || !height) return false;
  renderer.setSize(width, height, false);
  renderer.domElement.style.cssText = "width:100%;height:100%";
  camera.aspect = width / height;
  camera.updateProjectionMatrix();
  return true;
}

function placeTags(
  tags: HTMLElement,
  anchors: readonly Vector3[],
  camera: PerspectiveCamera,
  { clientWidth: width, clientHeight: height }: HTMLElement,
): void {
  const place = new Vector3();
  for (const [n, tag] of [...tags.children].entries()) {
    const anchor = anchors[n];
    if (!anchor) return;
    place.copy(anchor).project(camera);
    const style = (tag as HTMLElement).style;
    style.display = place.z < 1 && Math.abs(place.x) < 1.05 && Math.abs(place.y) < 1.05 ? "" : "none";
    style.left = `${((place.x + 1) / 2) * width}px`;
    style.top = `${((1 - place.y) / 2) * height}px`;
  }
}

/** Give back what the graphics card holds; a page has few contexts. */
function freed(scene: ThreeScene, renderer: WebGLRenderer): void {
  scene.traverse((object) => {
    const held = object as { geometry?: { dispose(): void }; material?: { dispose(): void } | { dispose(): void }[] };
    held.geometry?.dispose();
    for (const material of [held.material ?? []].flat()) material.dispose();
  });
  renderer.dispose();
  renderer.forceContextLoss();
  renderer.domElement.remove();
}

function costOf(renderer: WebGLRenderer, scene: ThreeScene, camera: PerspectiveCamera): number {
  const from = performance.now();
  renderer.render(scene, camera);
  // Reading a pixel waits for the drawing, as nothing else reliably does.
  const context = renderer.getContext();
  context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
  return performance.now() - from;
}
