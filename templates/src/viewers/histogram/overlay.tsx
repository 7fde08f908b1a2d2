// Several runs at one step, each an outline in its colour.
import { useMemo } from "preact/hooks";
import { tip } from "../../lib/cursor";
import { uid } from "../../lib/data";
import { full, number } from "../../lib/format";
import { edges } from "../../lib/media";
import { css, type Look, PATTERNS } from "../../lib/palette";
import type { HistogramValue, RunRow } from "../../model";
import { binAt, binText, densities, type Range, rangeOf } from "./bins";
import { type Area, axisX, axisY, paint, type Size, Surface, ticksY } from "./surface";

const ROWS = 12;
/** More bins than this are drawn by hair lines. */
const FINE = 128;

/** What a run has at the step that is chosen, or had before. */
export interface Layer {
  readonly run: RunRow;
  readonly name: string;
  readonly look: Look;
  readonly step: number;
  readonly value: HistogramValue;
}

export function Overlay({ layers, step, size }: { layers: readonly Layer[]; step: number; size: Size }) {
  const key = layers.map(({ run, step: own, look }) => `${uid(run)} ${own} ${css(look)} ${look.dash}`).join();
  const { x, y, heights } = useMemo(() => {
    const range = rangeOf(layers.map(({ value }) => value));
    const all = layers.map(({ value }) => densities(value, range));
    return { x: range, y: [0, all.flat().reduce((max, one) => Math.max(max, one), 0) || 1] as const, heights: all };
  }, [key]);
  return (
    <Surface
      x={x}
      y={y}
      words={ticksY(y).map(([, text]) => text)}
      kind="overlay"
      unit="value"
      size={size}
      shows={[key]}
      onMove={(event, area) => hover(event, area, layers, step)}
      draw={(context, area) => draw(context, area, layers, heights, x, y)}
      label={`Histograms of ${layers.length} runs at step ${step}, values from ${number(x[0])} to ${number(x[1])}`}
    />
  );
}

function draw(
  context: CanvasRenderingContext2D,
  area: Area,
  layers: readonly Layer[],
  heights: readonly (readonly number[])[],
  x: Range,
  y: Range,
): void {
  context.lineJoin = "round";
  layers.forEach(({ value, look }, i) => {
    const path = stairs(edges(value), heights[i]!, area);
    context.fillStyle = paint(css(look), Math.max(0.04, 0.2 / layers.length));
    context.fill(path);
    context.setLineDash([...PATTERNS[look.dash]]);
    context.strokeStyle = paint(css(look));
    context.lineWidth = value.counts.length > FINE ? 1 : 1.5;
    context.stroke(path);
  });
  context.setLineDash([]);
  axisY(context, area, y);
  axisX(context, area, x, "value");
}

function stairs(borders: readonly number[], heights: readonly number[], { atX, atY }: Area): Path2D {
  const path = new Path2D();
  path.moveTo(atX(borders[0]!), atY(0));
  heights.forEach((height, bin) => {
    path.lineTo(atX(borders[bin]!), atY(height));
    path.lineTo(atX(borders[bin + 1]!), atY(height));
  });
  path.lineTo(atX(borders.at(-1)!), atY(0));
  return path;
}

function hover(event: PointerEvent, area: Area, layers: readonly Layer[], step: number): void {
  const [level] = area.under(event);
  const rows = layers.map(({ run, name, look, value }) => {
    const { share, held } = binText(value, binAt(edges(value), level));
    return { id: uid(run), look, label: name, value: share || "0 %", raw: held, near: false };
  });
  const where =
    layers.length === 1
      ? binText(layers[0]!.value, binAt(edges(layers[0]!.value), level)).where
      : `at ${number(level)}`;
  tip.value = {
    title: where,
    other: `step ${full(step)}`,
    rows: rows.slice(0, ROWS),
    more: Math.max(0, rows.length - ROWS),
    foot: ["share, values in its bin", ""],
    left: event.clientX,
    top: event.clientY,
    frozen: false,
    byKeys: false,
  };
}
