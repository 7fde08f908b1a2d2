// A line as it stands in a chart: a run, one rank of it, or the mean of a group.
import type { RunRow } from "../model";
import { uid } from "./data";
import { fold, type Spread } from "./group";
import { PATTERNS, css, type Look } from "./palette";
import type { Line } from "./series";
import { smooth, type Smoothing } from "./smooth";

export interface Trace {
  /** Uid of the run, or `group:<id>`. */
  readonly id: string;
  readonly label: string;
  readonly colour: string;
  readonly look: Look;
  readonly dash: readonly number[];
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
  readonly smooth: Float64Array | null;
  readonly other: Float64Array | null;
  /** Members with a value at each point, and of how many; null for single runs. */
  readonly n: Uint16Array | null;
  /** Least and greatest x behind the points. */
  readonly span: readonly [number, number];
  readonly members: number;
  readonly nan: readonly number[];
  readonly above: readonly number[];
  readonly below: readonly number[];
  readonly end: "crash" | "live" | "";
  readonly rows: number;
  readonly drawn: number;
  readonly behind: number;
  readonly leftOut: number;
  readonly damaged: boolean;
}

function endOf(run: RunRow): Trace["end"] {
  return run.state === "running" || run.state === "silent" ? "live" : run.state === "finished" ? "" : "crash";
}

export interface Style {
  readonly smoothing: Smoothing;
  /** Width of the visible range, for smoothing by distance. */
  readonly range: number;
}

export function runTrace(run: RunRow, line: Line, look: Look, style: Style): Trace {
  return {
    id: uid(run), label: (run.name || run.id) + (line.rank ? `, rank ${line.rank}` : ""), colour: css(look), look, dash: PATTERNS[look.dash],
    x: line.x, y: line.y, low: line.counts ? line.low : null, high: line.counts ? line.high : null,
    smooth: smooth(style.smoothing, line.x, line.y, line.counts, style.range), other: line.other, n: null, span: line.span, members: 1,
    nan: line.nan, above: line.above, below: line.below, end: endOf(run), rows: line.rows, drawn: line.drawn, behind: line.behind,
    leftOut: line.leftOut, damaged: run.damaged > 0,
  };
}

/** The mean of a group's lines over `columns` of the visible range. */
export function groupTrace(id: string, label: string, lines: readonly Line[], look: Look, spread: Spread, range: readonly [number, number], columns: number, style: Style): Trace {
  const x = Float64Array.from({ length: columns }, (_, i) => range[0] + ((range[1] - range[0]) * i) / (columns - 1));
  const usable = lines.filter((line) => line.ascending && line.x.length);
  const folded = fold(usable, x, spread);
  const sum = (field: "rows" | "drawn" | "behind" | "leftOut"): number => lines.reduce((total, line) => total + line[field], 0);
  return {
    id: `group:${id}`, label, colour: css(look), look, dash: PATTERNS[look.dash], x, y: folded.y, low: folded.low, high: folded.high,
    smooth: smooth(style.smoothing, x, folded.y, null, range[1] - range[0]), other: null, n: folded.n, span: range, members: usable.length,
    nan: lines.flatMap((line) => line.nan), above: lines.flatMap((line) => line.above), below: lines.flatMap((line) => line.below),
    end: "", rows: sum("rows"), drawn: sum("drawn"), behind: sum("behind"), leftOut: sum("leftOut"), damaged: false,
  };
}

/** What the line shows: smoothed where smoothing is on. */
export function main(trace: Trace): Float64Array {
  return trace.smooth ?? trace.y;
}

/** Index of the point nearest to `x`, in a line that may turn back; -1 for an empty one. */
export function nearest(x: Float64Array, value: number): number {
  if (!x.length) return -1;
  let [low, high] = [0, x.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= value) low = middle;
    else high = middle;
  }
  return Math.abs(x[low]! - value) <= Math.abs(x[high]! - value) ? low : high;
}

/** Range of y over the traces between two x, by the envelope or, clipped, from the 1st to the 99th percentile. */
export function yRange(traces: readonly Trace[], min: number, max: number, clip: boolean, log: boolean): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  const sample: number[] = [];
  const take = (value: number): void => {
    if (!Number.isFinite(value) || (log && value <= 0)) return;
    if (value < low) low = value;
    if (value > high) high = value;
    if (clip) sample.push(value);
  };
  for (const trace of traces) {
    const y = main(trace);
    const useBand = trace.low !== null && (trace.n !== null || !trace.smooth);
    for (let i = 0; i < y.length; i++) {
      if (trace.x[i]! < min || trace.x[i]! > max) continue;
      take(useBand ? trace.low![i]! : y[i]!);
      take(useBand ? trace.high![i]! : y[i]!);
      if (trace.smooth && !trace.n) take(trace.y[i]!);
    }
  }
  if (low > high) return null;
  if (clip && sample.length > 20) {
    sample.sort((a, b) => a - b);
    [low, high] = [sample[Math.floor(sample.length * 0.01)]!, sample[Math.ceil(sample.length * 0.99) - 1]!];
  }
  if (low === high) return log ? [low / 2, high * 2] : [low - Math.max(Math.abs(low) * 0.05, 1e-9), high + Math.max(Math.abs(high) * 0.05, 1e-9)];
  const pad = (high - low) * 0.04;
  return log ? [low, high] : [low - pad, high + pad];
}

/** Range of x over all traces; null without points. */
export function xRange(traces: readonly Pick<Trace, "x" | "span">[], log: boolean): [number, number] | null {
  let [low, high] = [Infinity, -Infinity];
  for (const { x, span } of traces) {
    if (span[1] > high) high = span[1];
    if (!log || span[0] > 0) low = Math.min(low, span[0]);
    else for (let i = 0; i < x.length; i++) if (x[i]! > 0 && x[i]! < low) low = x[i]!;
  }
  if (low > high) return null;
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
