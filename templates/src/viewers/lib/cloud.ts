// Points, boxes and arrows of a scene.
import {
  ArrowHelper,
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  LineBasicMaterial,
  LineSegments,
  Points,
  PointsMaterial,
  Vector3,
} from "three";
import { full } from "../../lib/format";
import type { Object3DItem } from "../../model";
import { CATEGORIES, type ColourBy, RAMP } from "./pointcolours";
import { type Base, type Scene, sceneOf } from "./scene";

/** Points that any machine draws at once; how long they take tells what it can do. */
const PROBE = 50_000;
/** Milliseconds of a frame that still looks like movement. */
const FRAME = 40;

/** Pairs of corners that differ in one coordinate: the edges of a box. */
const EDGES = [0, 1, 0, 2, 0, 4, 1, 3, 1, 5, 2, 3, 2, 6, 3, 7, 4, 5, 4, 6, 5, 7, 6, 7];

export function cloudOf(element: HTMLElement, data: Uint8Array<ArrayBuffer>, item: Object3DItem): Scene {
  // The payload may begin anywhere in its buffer; numbers of four bytes may not.
  const places = new Float32Array(data.slice(0, item.points * 12).buffer);
  const rest = data.subarray(item.points * 12);
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(places, 3));
  const material = new PointsMaterial({ vertexColors: true, sizeAttenuation: false });
  const group = new Group();
  const points = new Points(geometry, material);
  points.frustumCulled = false;
  group.add(points);
  const centre = new Vector3(...item.center);
  const anchors = item.boxes.map((box) => {
    const corners = box.corners.map((corner) => new Vector3(...corner).sub(centre));
    group.add(
      lines(
        EDGES.map((n) => corners[n]!),
        colourOf(box.color),
      ),
    );
    return corners.reduce((high, corner) => (corner.z > high.z ? corner : high), corners[0]!);
  });
  for (const { start, end, color } of item.arrows) {
    const [from, to] = [new Vector3(...start).sub(centre), new Vector3(...end).sub(centre)];
    const length = from.distanceTo(to) || 1e-6;
    group.add(
      new ArrowHelper(to.clone().sub(from).normalize(), from, length, colourOf(color), length * 0.2, length * 0.1),
    );
  }
  geometry.setDrawRange(0, PROBE);
  const base = sceneOf(element, group, "z", anchors);
  let coloured: ColourBy | "" = "";
  const style = (size: number, by: ColourBy): void => {
    material.size = size * Math.min(2, devicePixelRatio || 1);
    if (coloured !== by)
      geometry.setAttribute("color", new BufferAttribute(linear(colours(by, places, rest, item.points)), 3, true));
    coloured = by;
    material.needsUpdate = true;
    base.draw();
  };
  style(2, item.colours || "height");
  pace(element, base, geometry, item.points);
  const categories = item.colours === "category" ? [...new Set(rest)].sort((a, b) => a - b) : undefined;
  return { ...base, points: style, categories };
}

/** Where drawing all takes longer than a glance, a sample is drawn while the scene is moved, and said. */
function pace(element: HTMLElement, base: Base, geometry: BufferGeometry, points: number): void {
  if (points <= PROBE) {
    geometry.setDrawRange(0, points);
    return;
  }
  base.cost();
  const sample = Math.max(PROBE, Math.min(points, Math.round((PROBE * FRAME) / Math.max(0.1, base.cost()))));
  geometry.setDrawRange(0, points);
  if (sample >= points) return;
  const note = document.createElement("span");
  note.className = "sampled";
  note.textContent = `${full(sample)} of ${full(points)} points while moving`;
  base.moving((on) => {
    geometry.setDrawRange(0, on ? sample : points);
    if (on) element.append(note);
    else note.remove();
    base.draw();
  });
}

function lines(ends: readonly Vector3[], colour: Color): LineSegments {
  return new LineSegments(new BufferGeometry().setFromPoints([...ends]), new LineBasicMaterial({ color: colour }));
}

const colourOf = (color: readonly number[] | null): Color =>
  color ? new Color(color[0]! / 255, color[1]! / 255, color[2]! / 255) : new Color("#ffffff");

/** Red, green, blue of every point, 0 to 255. */
function colours(by: ColourBy, places: Float32Array, rest: Uint8Array, count: number): Uint8Array {
  if (by === "rgb") return rest.slice(0, count * 3);
  const result = new Uint8Array(count * 3);
  if (by === "plain") return result.fill(200);
  const table = (by === "category" ? CATEGORIES : shades()).map((text) => new Color(text).getHex());
  let [low, high] = [Infinity, -Infinity];
  for (let i = 2; i < places.length; i += 3) {
    low = Math.min(low, places[i]!);
    high = Math.max(high, places[i]!);
  }
  const scale = high > low ? (table.length - 1) / (high - low) : 0;
  for (let i = 0; i < count; i++) {
    const hex = table[by === "category" ? rest[i]! % table.length : Math.round((places[3 * i + 2]! - low) * scale)]!;
    result[3 * i] = hex >> 16;
    result[3 * i + 1] = (hex >> 8) & 255;
    result[3 * i + 2] = hex & 255;
  }
  return result;
}

/** Colours as three mixes them: light, not the numbers of a screen. */
function linear(screen: Uint8Array): Uint16Array {
  const table = Uint16Array.from({ length: 256 }, (_, n) =>
    Math.round(65_535 * (n <= 10 ? n / 255 / 12.92 : ((n / 255 + 0.055) / 1.055) ** 2.4)),
  );
  const result = new Uint16Array(screen.length);
  for (let i = 0; i < screen.length; i++) result[i] = table[screen[i]!]!;
  return result;
}

/** The ramp in 64 steps. */
function shades(): string[] {
  const stops = RAMP.map((text) => new Color(text));
  return Array.from({ length: 64 }, (_, n) => {
    const at = Math.min(stops.length - 1.001, (n / 63) * (stops.length - 1));
    return `#${stops[Math.floor(at)]!.clone()
      .lerp(stops[Math.floor(at) + 1]!, at % 1)
      .getHexString()}`;
  });
}
