// What a chart says of the traces at one x: the rows of its tooltip.
import { xText } from "./axis";
import type { TipRow } from "./cursor";
import { number, reading } from "./format";
import { main, nearest, type Trace } from "./trace";

export interface Spot {
  readonly trace: Trace;
  readonly i: number;
  readonly value: number;
}

/** Where each trace stands at `x`, but for those that begin or end further away than `slack`. */
export function spotsAt(traces: readonly Trace[], x: number, slack: number): Spot[] {
  const spots: Spot[] = [];
  for (const trace of traces) {
    const i = nearest(trace.x, x);
    if (i < 0 || x > trace.x.at(-1)! + slack || x < trace.x[0]! - slack) continue;
    const value = main(trace)[i]!;
    if (Number.isFinite(value)) spots.push({ trace, i, value });
  }
  return spots;
}

/** A row for each spot, the first of which is the nearest, then those that stand at no number or have ended. */
export function rowsAt(traces: readonly Trace[], spots: readonly Spot[], at: number, x: string): TipRow[] {
  const over = traces.filter((trace) => trace.x.length > 0 && !trace.n && at > trace.x.at(-1)!);
  return [
    ...spots.map((spot, i) => ({ ...rowOf(spot.trace, reading(spot.value), besides(spot)), near: i === 0 })),
    ...traces.flatMap((trace) => marked(trace, at)),
    ...over.map((trace) => rowOf(trace, "ended", xText(x, trace.x.at(-1)!))),
  ];
}

const rowOf = ({ id, label, look }: Trace, value: string, raw: string): TipRow => ({
  id: id + label,
  look,
  label,
  value,
  raw,
  near: false,
});

/** Beside the value: spread and number of a group, the raw value of a smoothed one, the range of a merged one. */
function besides({ trace: { low, high, n, smooth, y }, i }: Spot): string {
  if (n) return `${n[i]! > 1 ? `±${number((high![i]! - low![i]!) / 2)}, ` : ""}n ${n[i]}`;
  if (smooth) return number(y[i]!);
  return low && high![i]! > low[i]! ? `${number(low[i]!)}…${number(high![i]!)}` : "";
}

/** What a trace says at x: a number, NaN and infinities included; null where it has nothing. */
export function valueAt(trace: Trace, x: number): number | null {
  const i = nearest(trace.x, x);
  if (i < 0 || x > trace.x.at(-1)! || x < trace.x[0]!) return null;
  const [value, at] = [main(trace)[i]!, trace.x[i]!];
  if (Number.isFinite(value)) return value;
  if (trace.nan.includes(at)) return NaN;
  return trace.above.includes(at) ? Infinity : trace.below.includes(at) ? -Infinity : null;
}

/** The row of a trace that stands at a value which is not finite. */
function marked(trace: Trace, x: number): TipRow[] {
  const value = valueAt(trace, x);
  return value === null || Number.isFinite(value) ? [] : [rowOf(trace, number(value), "")];
}

/** The x `steps` points further along the trace with the most points. */
export function stepped(traces: readonly Trace[], x: number, steps: number): number {
  const longest = traces.reduce<Trace | null>(
    (best, trace) => (!best || trace.x.length > best.x.length ? trace : best),
    null,
  );
  if (!longest?.x.length) return x;
  const i = nearest(longest.x, x);
  return longest.x[Math.max(0, Math.min(longest.x.length - 1, i + steps))]!;
}
