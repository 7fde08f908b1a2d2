// A scene of three with its camera and controls; drawn when something changed, not all the time.
import {
  AmbientLight,
  Box3,
  Color,
  DirectionalLight,
  MOUSE,
  PerspectiveCamera,
  Scene as ThreeScene,
  Sphere,
  Vector3,
  WebGLRenderer,
  type Object3D,
} from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import type { ColourBy } from "./cloud";
import { hasWebGL, type Live } from "./live3d";

/** Of categories 1 to 14; others begin again. */
export const CATEGORIES = [
  "#9aa3b5",
  "#4e9bff",
  "#ff8f45",
  "#42c98b",
  "#f25c8a",
  "#b58aff",
  "#e6c545",
  "#2fc6d6",
  "#d97757",
  "#8bd450",
  "#ff6b6b",
  "#6c7bff",
  "#c9a36b",
  "#f29be0",
  "#7fd6b8",
];
/** Low to high, rising in lightness. */
export const RAMP = ["#2b3a8f", "#2a7fb8", "#35b58f", "#a4cf4a", "#fbe36a"];

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
  const renderer = new WebGLRenderer({
    antialias: true,
    preserveDrawingBuffer: true,
    powerPreference: "high-performance",
  });
  renderer.setPixelRatio(Math.min(2, devicePixelRatio || 1));
  renderer.domElement.className = "canvasplace";
  element.prepend(renderer.domElement);
  const scene = new ThreeScene();
  scene.background = new Color("#0b0d12");
  const sun = new DirectionalLight(0xffffff, 2.2);
  scene.add(new AmbientLight(0xffffff, 1.1), content);
  const camera = new PerspectiveCamera(45, 1, 0.01, 1000);
  camera.add(sun);
  sun.position.set(0.5, 1, 1);
  scene.add(camera);
  camera.up.set(0, up === "y" ? 1 : 0, up === "z" ? 1 : 0);
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.mouseButtons = { LEFT: MOUSE.ROTATE, MIDDLE: MOUSE.DOLLY, RIGHT: MOUSE.PAN };
  let asked = 0;
  const watchers = new Set<() => void>();
  const draw = (): void => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      renderer.render(scene, camera);
      for (const watcher of watchers) watcher();
    });
  };
  controls.addEventListener("change", draw);
  const sphere = new Box3().setFromObject(content).getBoundingSphere(new Sphere());
  const radius = sphere.radius || 1;
  const reset = (): void => {
    const side = up === "z" ? new Vector3(0.9, -1.5, 0.9) : new Vector3(0.9, 0.7, 1.5);
    camera.position.copy(sphere.center).addScaledVector(side.normalize(), radius * 2.1);
    camera.near = radius / 500;
    camera.far = radius * 50;
    camera.updateProjectionMatrix();
    controls.target.copy(sphere.center);
    controls.update();
    draw();
  };
  const resize = (): void => {
    const { clientWidth: width, clientHeight: height } = element;
    if (!width || !height) return;
    renderer.setSize(width, height, false);
    renderer.domElement.style.cssText = "width:100%;height:100%";
    camera.aspect = width / height;
    camera.updateProjectionMatrix();
    renderer.render(scene, camera);
    for (const watcher of watchers) watcher();
  };
  resize();
  reset();
  const follow = (tags: HTMLElement): (() => void) => {
    const place = new Vector3();
    const move = (): void => {
      const [width, height] = [element.clientWidth, element.clientHeight];
      [...tags.children].forEach((tag, n) => {
        const anchor = anchors[n];
        if (!anchor) return;
        place.copy(anchor).project(camera);
        const style = (tag as HTMLElement).style;
        style.display = place.z < 1 && Math.abs(place.x) < 1.05 && Math.abs(place.y) < 1.05 ? "" : "none";
        style.left = `${((place.x + 1) / 2) * width}px`;
        style.top = `${((1 - place.y) / 2) * height}px`;
      });
    };
    watchers.add(move);
    move();
    return () => void watchers.delete(move);
  };
  const dispose = (): void => {
    cancelAnimationFrame(asked);
    controls.dispose();
    scene.traverse((object) => {
      const held = object as { geometry?: { dispose(): void }; material?: { dispose(): void } | { dispose(): void }[] };
      held.geometry?.dispose();
      for (const material of [held.material ?? []].flat()) material.dispose();
    });
    renderer.dispose();
    renderer.forceContextLoss();
    renderer.domElement.remove();
  };
  const cost = (): number => {
    const from = performance.now();
    renderer.render(scene, camera);
    // Reading a pixel waits for the drawing, as nothing else reliably does.
    const context = renderer.getContext();
    context.readPixels(0, 0, 1, 1, context.RGBA, context.UNSIGNED_BYTE, new Uint8Array(4));
    return performance.now() - from;
  };
  const moving = (listener: (on: boolean) => void): void => {
    controls.addEventListener("start", () => listener(true));
    controls.addEventListener("end", () => listener(false));
  };
  return { scene, draw, cost, moving, reset, resize, follow, dispose, canvas: () => renderer.domElement };
}
