// A canvas of the size of its card, with axes, that is drawn again when what it shows changes.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { rgb, themeTick } from "../../lib/colours";
import { release } from "../../lib/cursor";
import { tick } from "../../lib/format";
import { distanceOf, linearTicks } from "../../lib/ticks";
import type { Range } from "./bins";

export const [LEFT, BOTTOM, TOP, RIGHT] = [46, 20, 6, 8];
const LEAST = 60;

export interface Area {
  readonly width: number;
  readonly height: number;
  readonly atX: (x: number) => number;
  readonly atY: (y: number) => number;
  /** The x and y that a pointer is at. */
  readonly under: (event: PointerEvent) => readonly [number, number];
}

function areaOf([width, height]: readonly [number, number], x: Range, y: Range): Area {
  const [plotWidth, plotHeight] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  const [spanX, spanY] = [x[1] - x[0] || 1, y[1] - y[0] || 1];
  return {
    width,
    height,
    atX: (value) => LEFT + ((value - x[0]) / spanX) * plotWidth,
    atY: (value) => TOP + (1 - (value - y[0]) / spanY) * plotHeight,
    under: (event) => {
      const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
      return [
        x[0] + ((event.clientX - box.left - LEFT) / plotWidth) * spanX,
        y[0] + (1 - (event.clientY - box.top - TOP) / plotHeight) * spanY,
      ];
    },
  };
}

/** `draw` is called again when the size, the theme or one of `shows` changes. */
export function Surface({
  x,
  y,
  draw,
  shows,
  kind,
  label,
  unit,
  onMove,
  tall,
  children,
}: {
  x: Range;
  y: Range;
  draw: (context: CanvasRenderingContext2D, area: Area) => void;
  shows: readonly unknown[];
  kind: string;
  label: string;
  unit: string;
  onMove: (event: PointerEvent, area: Area) => void;
  tall?: boolean;
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
  const area = areaOf(size, x, y);
  const ready = size[0] > LEAST && size[1] > LEAST;
  const theme = themeTick.value;
  useEffect(() => {
    if (ready) draw(prepared(canvas.current!, size), area);
  }, [size, theme, ...shows]);
  return (
    <div class={`plot ${kind}${tall ? " tall" : ""}`}>
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

function write(context: CanvasRenderingContext2D): void {
  context.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
  context.fillStyle = paint("var(--ink-3)");
}

export function axisX(
  context: CanvasRenderingContext2D,
  { width, height, atX }: Area,
  [low, high]: Range,
  unit: string,
): void {
  write(context);
  context.textAlign = "center";
  context.textBaseline = "top";
  const ticks = high > low ? linearTicks(low, high, Math.max(3, Math.floor(width / 60))) : [low];
  const room = width - 20 - 6 * unit.length;
  for (const value of ticks)
    if (atX(value) < room)
      context.fillText(tick(value, distanceOf(ticks)), Math.max(LEFT + 4, atX(value)), height - BOTTOM + 6);
}

export function axisY(context: CanvasRenderingContext2D, { atY }: Area, [low, high]: Range): void {
  const ticks = linearTicks(low, high, 4);
  labels(
    context,
    ticks.map((value) => [atY(value), tick(value, distanceOf(ticks))]),
  );
}

/** Words left of the plot. */
export function labels(context: CanvasRenderingContext2D, all: readonly (readonly [y: number, text: string])[]): void {
  write(context);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [y, text] of all) context.fillText(text, LEFT - 6, y);
}
