// One histogram: a bar for each bin.
import { tip } from "../../lib/cursor";
import { full, number } from "../../lib/format";
import { edges, type Logged } from "../../lib/media";
import { css, type Look } from "../../lib/palette";
import type { HistogramValue } from "../../model";
import { binAt, binText, densities, type Range, rangeOf } from "./bins";
import { type Area, axisX, axisY, paint, type Size, Surface, ticksY } from "./surface";

export function Bars({
  logged,
  look,
  size,
  range,
}: {
  logged: Logged<HistogramValue>;
  look: Look;
  size: Size;
  /** Of the values, where others are drawn beside it. */
  range?: Range;
}) {
  const { value, step } = logged;
  const x = range ?? rangeOf([value]);
  // Of bins that are not equally wide only densities compare.
  const heights = value.bins ? densities(value, x) : value.counts;
  const y = [0, heights.reduce((most, one) => Math.max(most, one), 0) || 1] as const;
  return (
    <Surface
      x={x}
      y={y}
      words={ticksY(y).map(([, text]) => text)}
      kind="bars"
      unit="value"
      size={size}
      shows={[value, css(look), x[0], x[1]]}
      onMove={(event, area) => hover(event, area, logged)}
      draw={(context, area) => draw(context, area, value, heights, look, x, y)}
      label={`Histogram of step ${step}: ${value.counts.length} bars, values from ${number(x[0])} to ${number(x[1])}`}
    />
  );
}

function draw(
  context: CanvasRenderingContext2D,
  area: Area,
  value: HistogramValue,
  heights: readonly number[],
  look: Look,
  x: Range,
  y: Range,
): void {
  const borders = edges(value);
  context.fillStyle = paint(css(look), 0.75);
  for (const [bin, height] of heights.entries()) {
    const [left, right] = [area.atX(borders[bin]!), area.atX(borders[bin + 1]!)];
    const gap = right - left > 3 ? 1 : 0;
    const top = area.atY(Math.max(0, height));
    context.fillRect(left, top, Math.max(1, right - left - gap), area.atY(0) - top);
  }
  axisY(context, area, y);
  axisX(context, area, x, "value");
}

function hover(event: PointerEvent, area: Area, { step, value }: Logged<HistogramValue>): void {
  const [level] = area.under(event);
  const { where, held, share } = binText(value, binAt(edges(value), level));
  tip.value = {
    title: where,
    other: `step ${full(step)}`,
    rows: [],
    more: 0,
    foot: [held, share],
    left: event.clientX,
    top: event.clientY,
    frozen: false,
    byKeys: false,
  };
}
