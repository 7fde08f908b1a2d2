// A canvas of the size of its card, with axes, that is drawn again when what it shows changes.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { rgb, themeTick } from "../../lib/colours";
import { release } from "../../lib/cursor";
import { full } from "../../lib/format";
import { linearLabels } from "../../lib/labels";
import { linearTicks } from "../../lib/ticks";
import type { Range } from "./bins";

export const [BOTTOM, TOP, RIGHT] = [20, 6, 8];
const [LEAST, GUTTER] = [60, 46];

/** As a card has room for, a large one, and one of several in a card. */
export type Size = "" | "tall" | "small";

export interface Area {
  readonly width: number;
  readonly height: number;
  /** Of the plot: as wide as the widest word beside it. */
  readonly left: number;
  readonly atX: (x: number) => number;
  readonly atY: (y: number) => number;
  /** The x and y that a pointer is at. */
  readonly under: (event: PointerEvent) => readonly [number, number];
}

function areaOf([width, height]: readonly [number, number], left: number, x: Range, y: Range): Area {
  const [plotWidth, plotHeight] = [width - left - RIGHT, height - TOP - BOTTOM];
  const [spanX, spanY] = [x[1] - x[0] || 1, y[1] - y[0] || 1];
  return {
    width,
    height,
    left,
    atX: (value) => left + ((value - x[0]) / spanX) * plotWidth,
    atY: (value) => TOP + (1 - (value - y[0]) / spanY) * plotHeight,
    under: (event) => {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      return [
        x[0] + ((event.clientX - box.left - left) / plotWidth) * spanX,
        y[0] + (1 - (event.clientY - box.top - TOP) / plotHeight) * spanY,
      ];
    },
  };
}

/** `draw` is called again when the size, the theme or one of `shows` changes. */
export function Surface({
  x,
  y,
  words,
  draw,
  shows,
  kind,
  label,
  unit,
  onMove,
  size: room,
  children,
}: {
  x: Range;
  y: Range;
  /** What stands left of the plot. */
  words: readonly string[];
  draw: (context: CanvasRenderingContext2D, area: Area) => void;
  shows: readonly unknown[];
  kind: string;
  label: string;
  unit: string;
  onMove: (event: PointerEvent, area: Area) => void;
  size: Size;
  children?: (area: Area) => ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setSize([entry!.contentRect.width, entry!.contentRect.height]));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const area = areaOf(size, gutter(words), x, y);
  const ready = size[0] > LEAST && size[1] > LEAST;
  const theme = themeTick.value;
  useEffect(() => {
    if (ready) draw(prepared(canvas.current!, size), area);
  }, [size, theme, ...shows]);
  return (
    <div class={`plot ${kind} ${room}`}>
      <div
        class="canvas heat"
        ref={box}
        onPointerMove={(event) => ready && onMove(event, area)}
        onPointerLeave={release}
      >
        <canvas ref={canvas} role="img" aria-label={label} />
        {ready && children?.(area)}
      </div>
      <span class="unit" aria-hidden="true">
        {unit}
      </span>
    </div>
  );
}

function prepared(canvas: HTMLCanvasElement, [width, height]: readonly [number, number]): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  return context;
}

/** Colour of a CSS expression, so opaque. */
export function paint(css: string, opacity = 1): string {
  return `rgb(${rgb(css).join(" ")} / ${opacity})`;
}

const font = (): string => `10.5px ${getComputedStyle(document.body).fontFamily}`;
const ruler = document.createElement("canvas").getContext("2d")!;

function gutter(words: readonly string[]): number {
  ruler.font = font();
  return words.reduce((widest, word) => Math.max(widest, Math.ceil(ruler.measureText(word).width) + 12), GUTTER);
}

function write(context: CanvasRenderingContext2D): void {
  context.font = font();
  context.fillStyle = paint("var(--ink-3)");
}

/** Labels along x, before the unit; what they have in common stands beside it. */
export function axisX(
  context: CanvasRenderingContext2D,
  { width, height, left, atX }: Area,
  [low, high]: Range,
  unit: string,
): void {
  write(context);
  context.textAlign = "center";
  context.textBaseline = "top";
  const ticks = high > low ? linearTicks(low, high, Math.max(3, Math.floor((width - left) / 60))) : [low];
  const { texts, offset } = linearLabels(ticks);
  const y = height - BOTTOM + 6;
  const room = width - 20 - 6 * (unit.length + (offset ? offset.length + 1 : 0));
  for (const [i, value] of ticks.entries())
    if (atX(value) < room) context.fillText(texts[i]!, Math.max(left + 4, atX(value)), y);
  context.textAlign = "right";
  if (offset) context.fillText(offset, width - 14 - 6 * unit.length, y);
}

/** Places and labels along y; each says all of its value, however long. */
export function ticksY([low, high]: Range): readonly (readonly [y: number, text: string])[] {
  const ticks = linearTicks(low, high, 4);
  const { texts, offset } = linearLabels(ticks);
  return ticks.map((value, i) => [value, offset ? full(value, 15) : texts[i]!]);
}

export function axisY(context: CanvasRenderingContext2D, area: Area, range: Range): void {
  labels(
    context,
    area,
    ticksY(range).map(([value, text]) => [area.atY(value), text]),
  );
}

/** Words left of the plot. */
export function labels(
  context: CanvasRenderingContext2D,
  { left }: Area,
  all: readonly (readonly [y: number, text: string])[],
): void {
  write(context);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [y, text] of all) context.fillText(text, left - 6, y);
}
