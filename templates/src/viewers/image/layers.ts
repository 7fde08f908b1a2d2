// The data of masks and boxes: read once, painted by class.

import { rgb, themeTick } from "../../lib/colours";
import type { BoxSet, ClassCount, MaskSet, RunRow } from "../../model";
import { bytesOf, jsonOf } from "../lib/payload";

/** Class id, caption, scores, left, top, right, bottom (shares of the image), whether it was clipped. */
export type Box = readonly [
  id: number,
  caption: string,
  scores: Readonly<Record<string, number>>,
  left: number,
  top: number,
  right: number,
  bottom: number,
  clipped: boolean,
];

const COLOURS = 12;
const KEPT = 400;
/** Pixels of decoded masks that are kept. */
const PIXELS = 120_000_000;

/** Class ids 0 to 11 have the colours of runs, the next ones lighter and darker ones of them. */
function paletteOf(id: number): readonly [number, number, number] {
  const base = rgb(`var(--run-${(((id % COLOURS) + COLOURS) % COLOURS) + 1})`);
  const tier = Math.floor(Math.max(0, id) / COLOURS) % 5;
  if (!tier) return base;
  const [towards, share] = (
    [
      [255, 0.4],
      [0, 0.4],
      [255, 0.65],
      [0, 0.6],
    ] as const
  )[tier - 1]!;
  return base.map((part) => Math.round(part + (towards - part) * share)) as [number, number, number];
}

const known = new Map<string, readonly [number, number, number]>();
let theme = -1;

/** Red, green and blue of a class: what was logged, else by its id, so the same in every image, step and run. */
export function colourOf(of: Pick<ClassCount, "id" | "colour">): readonly [number, number, number] {
  if (theme !== themeTick.value) known.clear();
  theme = themeTick.value;
  const key = of.colour || String(of.id);
  let found = known.get(key);
  if (!found) {
    found = of.colour
      ? ([1, 3, 5].map((at) => parseInt(of.colour.slice(at, at + 2), 16)) as [number, number, number])
      : paletteOf(of.id);
    known.set(key, found);
  }
  return found;
}

export const cssOf = (of: Pick<ClassCount, "id" | "colour">): string => `rgb(${colourOf(of).join()})`;

/** Whether dark words stand out more from a colour than white ones: by its relative luminance, as WCAG has it. */
export function isLight(colour: readonly [number, number, number]): boolean {
  const [r, g, b] = colour.map((part) => (part <= 10 ? part / 3295 : ((part / 255 + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
}

const cache = new Map<string, { size: number; value: Promise<unknown> }>();

function cached<T>(run: RunRow, n: number, size: number, make: () => Promise<T>): Promise<T> {
  const key = `${run.entry}@${run.parts.join()}/${n}`;
  const held = cache.get(key);
  cache.delete(key);
  const entry = held ?? { size, value: make() };
  entry.value.catch(() => cache.delete(key));
  cache.set(key, entry);
  let total = 0;
  for (const one of cache.values()) total += one.size;
  for (const [old, one] of cache) {
    if (cache.size <= 1 || (cache.size <= KEPT && total <= PIXELS)) break;
    total -= one.size;
    cache.delete(old);
  }
  return entry.value as Promise<T>;
}

/** The class id of each pixel. */
export function maskOf(run: RunRow, set: MaskSet): Promise<Uint16Array> {
  return cached(run, set.payload, set.width * set.height, async () =>
    unrolled(await bytesOf(run, set.payload), set.width * set.height),
  );
}

export function boxesOf(run: RunRow, set: BoxSet): Promise<readonly Box[]> {
  return cached(run, set.payload, 0, () => jsonOf<Box[]>(run, set.payload));
}

/** Runs of (class id, pixels), unsigned LEB128, as pixels. */
export function unrolled(data: Uint8Array, size: number): Uint16Array {
  const ids = new Uint16Array(size);
  let place = 0;
  let filled = 0;
  const next = (): number => {
    let value = 0;
    let shift = 1;
    for (;;) {
      const byte = data[place++]!;
      value += (byte & 127) * shift;
      if (byte < 128) return value;
      shift *= 128;
    }
  };
  while (place < data.length) {
    const id = next();
    const end = filled + next();
    ids.fill(id, filled, end);
    filled = end;
  }
  return ids;
}

/** Paint a mask onto a canvas, whose size may be smaller: each of its pixels shows the class in its middle. */
export function paint(
  canvas: HTMLCanvasElement,
  ids: Uint16Array,
  set: MaskSet,
  shown: (of: ClassCount) => boolean,
): void {
  const { width, height } = canvas;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  const colours = new Uint32Array(65_536);
  for (const of of set.classes) {
    const [r, g, b] = colourOf(of);
    if (shown(of)) colours[of.id] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  const columns = Array.from({ length: width }, (_, x) => Math.floor(((x + 0.5) * set.width) / width));
  for (let y = 0; y < height; y++) {
    const row = Math.floor(((y + 0.5) * set.height) / height) * set.width;
    for (let x = 0; x < width; x++) out[y * width + x] = colours[ids[row + columns[x]!]!]!;
  }
  context.putImageData(image, 0, 0);
}
