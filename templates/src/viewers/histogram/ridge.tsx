// One run over its steps: an outline for each, later ones in front.
import { useMemo } from "preact/hooks";
import { cursor, tip } from "../../lib/cursor";
import { full, number } from "../../lib/format";
import { edges } from "../../lib/media";
import { css, type Look } from "../../lib/palette";
import { binAt, binText, densities, isNone, type Range, rangeOf, type Values } from "./bins";
import { type Area, axisX, BOTTOM, labels, paint, RIGHT, type Size, Surface, TOP } from "./surface";

const [LEAST, MOST, APART] = [6, 40, 14];
/** Height of the highest outline, in distances between two. */
const OVERLAP = 2.6;
const LINE = 12;
/** From as many bins on an outline goes from middle to middle. */
const MANY = 24;

interface Ridge {
  readonly step: number;
  readonly value: Values[number]["value"];
  readonly base: number;
  /** From 0 to 1, for each bin. */
  readonly heights: readonly number[];
}

/** `tell` hears how many of the histograms are drawn. */
export function Ridges({
  values,
  look,
  id,
  size,
  tell,
  range: given,
}: {
  values: Values;
  look: Look;
  id: string;
  size: Size;
  tell: (drawn: number) => void;
  /** Of the values, where others are drawn beside them. */
  range?: Range;
}) {
  const own = useMemo(() => rangeOf(values.map(({ value }) => value)), [values]);
  const range = given ?? own;
  const here = cursor.value?.kind === "step" ? cursor.value.x : null;
  const lit =
    here === null
      ? null
      : values.reduce((best, { step }) => (Math.abs(step - here) < Math.abs(best - here) ? step : best), Infinity);
  const steps = `step ${values[0]!.step} to ${values.at(-1)!.step}`;
  return (
    <Surface
      x={range}
      y={[0, 1]}
      words={values.map(({ step }) => full(step))}
      kind="ridges"
      unit="value"
      size={size}
      shows={[values, css(look), lit, range[0], range[1]]}
      onMove={(event, area) => hover(event, area, values, range, id)}
      draw={(context, area) => tell(draw(context, area, values, range, look, lit))}
      label={`Outlines of histograms from ${steps}, values from ${number(range[0])} to ${number(range[1])}`}
    />
  );
}

const amplitude = (room: number, rows: number): number => Math.min(room * 0.7, (OVERLAP * room) / (rows - 1 + OVERLAP));

/** Those of the histograms that have room, from back to front. */
function ridges(values: Values, range: Range, { height }: Area): { rows: Ridge[]; high: number } {
  const room = height - TOP - BOTTOM;
  const count = Math.min(values.length, Math.max(LEAST, Math.min(MOST, Math.round(room / APART))));
  const high = amplitude(room, count);
  const rows = Array.from({ length: count }, (_, i) => {
    const { step, value } =
      values[count > 1 ? Math.round((i / (count - 1)) * (values.length - 1)) : values.length - 1]!;
    const density = densities(value, range);
    const most = density.reduce((max, one) => Math.max(max, one), 0) || 1;
    return {
      step,
      value,
      base: TOP + high + (count > 1 ? (i / (count - 1)) * (room - high) : room - high),
      heights: density.map((one) => one / most),
    };
  });
  return { rows, high };
}

function draw(
  context: CanvasRenderingContext2D,
  area: Area,
  values: Values,
  range: Range,
  look: Look,
  lit: number | null,
): number {
  const { rows, high } = ridges(values, range, area);
  const nearest =
    lit === null
      ? null
      : rows.reduce((best, row) => (Math.abs(row.step - lit) < Math.abs(best.step - lit) ? row : best), rows[0]!);
  context.lineJoin = "round";
  rows.forEach((row, i) => {
    const line = outline(row, area, high);
    const closed = new Path2D(line);
    closed.closePath();
    context.fillStyle = paint("var(--paper)");
    context.fill(closed);
    context.fillStyle = paint(css(look), row === nearest ? 0.75 : 0.12 + (0.38 * (i + 1)) / rows.length);
    context.fill(closed);
    context.strokeStyle = isNone(row.value)
      ? paint("var(--bad)")
      : row === nearest
        ? paint("var(--ink)")
        : paint(css(look), 0.5 + (0.5 * (i + 1)) / rows.length);
    context.lineWidth = row === nearest ? 1.5 : 1;
    context.stroke(line);
  });
  const every = Math.max(1, Math.ceil(LINE / ((rows.at(-1)!.base - rows[0]!.base) / (rows.length - 1 || 1) || LINE)));
  labels(
    context,
    area,
    rows.flatMap(({ step, base }, i) => ((rows.length - 1 - i) % every ? [] : [[base - 4, full(step)] as const])),
  );
  if (rows[0]!.base > TOP + 2 * LINE) labels(context, area, [[TOP + 6, "step"]]);
  axisX(context, area, range, "value");
  return rows.length;
}

/** Along the middles of the bins, few ones by their edges; on the base line where there are none. */
function outline({ value, base, heights }: Ridge, { atX, left, width }: Area, high: number): Path2D {
  const borders = edges(value);
  const path = new Path2D();
  path.moveTo(left, base);
  path.lineTo(atX(borders[0]!), base);
  for (const [bin, height] of heights.entries()) {
    const [from, to, y] = [atX(borders[bin]!), atX(borders[bin + 1]!), base - height * high];
    if (heights.length >= MANY) path.lineTo((from + to) / 2, y);
    else {
      path.lineTo(from, y);
      path.lineTo(to, y);
    }
  }
  path.lineTo(atX(borders.at(-1)!), base);
  path.lineTo(width - RIGHT, base);
  return path;
}

function hover(event: PointerEvent, area: Area, values: Values, range: Range, id: string): void {
  const { rows, high } = ridges(values, range, area);
  const [level] = area.under(event);
  const y = event.clientY - (event.currentTarget as HTMLElement).getBoundingClientRect().top;
  const bins = rows.map(({ value }) => binAt(edges(value), level));
  // The foremost outline under the pointer, else the next one below.
  const under = rows.findLastIndex((row, i) => y <= row.base && y >= row.base - (row.heights[bins[i]!] ?? 0) * high);
  const below = rows.findIndex((row) => row.base >= y);
  const at = under >= 0 ? under : below >= 0 ? below : rows.length - 1;
  const { where, held, share } = binText(rows[at]!.value, bins[at]!);
  cursor.value = { x: rows[at]!.step, kind: "step", source: id };
  tip.value = {
    title: `step ${full(rows[at]!.step)}`,
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
