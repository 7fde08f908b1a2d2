// One run over its steps: colour is the share of a step's values in a bin.
import { useMemo } from "preact/hooks";
import { cursor, tip } from "../../lib/cursor";
import { full, number } from "../../lib/format";
import { edges, type Logged } from "../../lib/media";
import type { HistogramValue } from "../../model";
import { ramp } from "../lib/ramp";
import { binAt, binText, isNone, type Range, rangeOf, type Values } from "./bins";
import { type Area, axisX, axisY, BOTTOM, paint, RIGHT, type Size, Surface, TOP, ticksY } from "./surface";

/** Height of the mark of a step without a finite value. */
const MARK = 5;

export function Heat({ values, id, size, range }: { values: Values; id: string; size: Size; range?: Range }) {
  const own = useMemo(() => rangeOf(values.map(({ value }) => value)), [values]);
  const levels = range ?? own;
  const steps: Range = [values[0]!.step, values.at(-1)!.step];
  const here = cursor.value?.kind === "step" && cursor.value.source !== id ? cursor.value.x : null;
  const span = levels.map((level) => number(level)).join(" to ");
  return (
    <Surface
      x={steps}
      y={levels}
      words={ticksY(levels).map(([, text]) => text)}
      kind="heatmap"
      unit="step"
      size={size}
      shows={[values, levels[0], levels[1]]}
      onMove={(event, area) => hover(event, area, values, id)}
      draw={(context, area) => draw(context, area, values, steps, levels)}
      label={`${values.length} histograms from step ${steps[0]} to ${steps[1]}, values from ${span}`}
    >
      {({ atX, left, width }) => {
        const x = here === null ? -1 : atX(here);
        return x >= left && x <= width - RIGHT && <i class="crossline" style={{ left: `${x}px` }} />;
      }}
    </Surface>
  );
}

function draw(context: CanvasRenderingContext2D, area: Area, values: Values, steps: Range, levels: Range): void {
  const colours = ramp();
  const { atX, atY, width } = area;
  values.forEach(({ step, value }, i) => {
    const [left, right] = [
      i ? (atX(values[i - 1]!.step) + atX(step)) / 2 : area.left,
      i + 1 < values.length ? (atX(values[i + 1]!.step) + atX(step)) / 2 : width - RIGHT,
    ];
    if (isNone(value)) {
      none(context, area, left, right);
      return;
    }
    const most = value.counts.reduce((max, count) => Math.max(max, count), 0);
    const borders = edges(value);
    value.counts.forEach((count, bin) => {
      if (count <= 0 || most <= 0) return;
      context.fillStyle = colours[Math.max(1, Math.round((count / most) * 9))]!;
      const [top, bottom] = [atY(borders[bin + 1]!), atY(borders[bin]!)];
      context.fillRect(
        Math.floor(left),
        Math.floor(top),
        Math.max(1, Math.ceil(right) - Math.floor(left)),
        Math.max(1, Math.ceil(bottom) - Math.floor(top)),
      );
    });
  });
  axisY(context, area, levels);
  axisX(context, area, steps, "step");
}

/** A step of values that are all NaN or infinite, as on the x axis of a chart. */
function none(context: CanvasRenderingContext2D, { height }: Area, left: number, right: number): void {
  context.fillStyle = paint("var(--bad)", 0.12);
  context.fillRect(left, TOP, Math.max(1, right - left), height - TOP - BOTTOM);
  context.fillStyle = paint("var(--bad)");
  context.fillRect(left, height - BOTTOM - MARK, Math.max(1.5, right - left), MARK);
}

function hover(event: PointerEvent, area: Area, values: Values, id: string): void {
  const [step, level] = area.under(event);
  const at = values.reduce<Logged<HistogramValue>>(
    (best, one) => (Math.abs(one.step - step) < Math.abs(best.step - step) ? one : best),
    values[0]!,
  );
  const { where, held, share } = binText(at.value, binAt(edges(at.value), level));
  cursor.value = { x: at.step, kind: "step", source: id };
  tip.value = {
    title: `step ${full(at.step)}`,
    other: where,
    rows: [],
    more: 0,
    foot: [held, share],
    left: event.clientX,
    top: event.clientY,
    frozen: false,
    byKeys: false,
  };
}
