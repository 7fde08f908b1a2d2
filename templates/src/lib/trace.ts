// A line as it stands in a chart: a run, one rank of it, or the mean of a group.
import type { Lost, RunRow } from "../model";
import { uid } from "./data";
import type { Columns, Spread } from "./group";
import { css, type Look, PATTERNS } from "./palette";
import type { Line } from "./series";
import { type Smoothing, smooth } from "./smooth";

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
  /** The last logged value, whatever it is; of a group, the mean of those that are finite. */
  readonly last: number;
  /** How it ended, or those of a group that ended in what is not finite. */
  readonly lost: readonly Lost[];
  /** Members with a value at each point, and of how many; null for single runs. */
  readonly n: Uint16Array | null;
  /** Whether the points of a group are columns of pixels. */
  readonly resampled?: boolean;
  /** Least and greatest x behind the points. */
  readonly span: readonly [number, number];
  readonly members: number;
  readonly nan: readonly number[];
  readonly above: readonly number[];
  readonly below: readonly number[];
  /** Of a group, where a member ends while others go on. */
  readonly endings: readonly number[];
  /** Where a later session of the run went on. */
  readonly joints: readonly number[];
  readonly end: "crash" | "live" | "";
  readonly rows: number;
  readonly drawn: number;
  readonly behind: number;
  readonly leftOut: number;
  readonly notNumbers: number;
  readonly infinite: number;
  readonly damaged: boolean;
  readonly coarse: boolean;
  /** Members whose x turns back: they have no place in a mean. */
  readonly dropped: number;
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
    id: uid(run),
    label: (run.name || run.id) + (line.rank ? `, rank ${line.rank}` : ""),
    colour: css(look),
    look,
    dash: PATTERNS[look.dash],
    x: line.x,
    y: line.y,
    low: line.counts ? line.low : null,
    high: line.counts ? line.high : null,
    smooth: smooth(style.smoothing, line.x, line.y, line.counts, style.range),
    other: line.other,
    last: line.last,
    lost: line.lost ? [line.lost] : [],
    n: null,
    span: line.span,
    members: 1,
    nan: line.nan,
    above: line.above,
    below: line.below,
    endings: [],
    joints: line.joints,
    end: endOf(run),
    rows: line.rows,
    drawn: line.drawn,
    behind: line.behind,
    leftOut: line.leftOut,
    notNumbers: line.notNumbers,
    infinite: line.infinite,
    damaged: run.damaged > 0,
    coarse: line.coarse,
    dropped: 0,
  };
}

/** What `viewers/groups.ts` does, which charts of groups load. */
export interface Groups {
  groupTrace(
    id: string,
    label: string,
    lines: readonly Line[],
    look: Look,
    spread: Spread,
    columns: Columns,
    smoothing: Smoothing,
  ): Trace;
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

const SAMPLE = 4000;
/** What a scale can span: the distance of its ends is a double, too. */
const WIDEST = Number.MAX_VALUE / 4;

/** Range of y over the traces between two x: all that is drawn or, clipped, from the 1st to the 99th percentile. */
export function yRange(
  traces: readonly Trace[],
  min: number,
  max: number,
  clip: boolean,
  log: boolean,
): readonly [number, number] | null {
  const values = sampled(traces, min, max, log);
  let [low, high] = values.extent;
  if (low > high) return null;
  if (clip && values.sample.length > 20) {
    const sorted = Float64Array.from(values.sample).sort();
    // Inwards, so that a single value that runs away among few is one of those clipped.
    const least = Math.ceil((sorted.length - 1) * 0.01);
    [low, high] = [sorted[least]!, sorted[sorted.length - 1 - least]!];
  }
  const around = Math.abs(low) * 0.05 || 1;
  if (low === high) return log ? [low / 2, high * 2] : within(low - around, high + around);
  if (log) return [low, high];
  const pad = high * 0.04 - low * 0.04;
  return within(low - pad, high + pad);
}

const within = (low: number, high: number): [number, number] => [Math.max(-WIDEST, low), Math.min(WIDEST, high)];

export interface Beyond {
  /** The least and the greatest value that an axis does not reach; null where it reaches all. */
  readonly below: number | null;
  readonly above: number | null;
}

/** What of the traces between two x lies beyond a range of y; values that a log axis cannot show are not counted. */
export function beyond(
  traces: readonly Trace[],
  [min, max]: readonly [number, number],
  y: readonly [number, number],
  log: boolean,
): Beyond | null {
  const [low, high] = sampled(traces, min, max, log).extent;
  const [below, above] = [low < y[0] && low <= high, high > y[1] && low <= high];
  return below || above ? { below: below ? low : null, above: above ? high : null } : null;
}

/** Least and greatest values behind the points of a trace, whatever is smoothed. */
export function reach({ low, high, y }: Trace, i: number): readonly [number, number] {
  // A single member of a group has no spread.
  return low && high && !Number.isNaN(low[i]!) ? [low[i]!, high[i]!] : [y[i]!, y[i]!];
}

/** Extent of all values between two x, and a sample of them. */
function sampled(
  traces: readonly Trace[],
  min: number,
  max: number,
  log: boolean,
): { extent: [number, number]; sample: number[] } {
  const sample: number[] = [];
  const total = traces.reduce((sum, trace) => sum + trace.y.length, 0);
  const stride = Math.max(1, Math.floor(total / SAMPLE));
  let [low, high] = [Infinity, -Infinity];
  for (const trace of traces) {
    const y = main(trace);
    for (let i = 0; i < y.length; i++) {
      if (trace.x[i]! < min || trace.x[i]! > max) continue;
      const [least, most] = reach(trace, i);
      if (least < low && (!log || least > 0)) low = least;
      if (most > high && (!log || most > 0)) high = most;
      if (log && most > 0 && most < low) low = most;
      if (i % stride === 0 && Number.isFinite(y[i]!) && (!log || y[i]! > 0)) sample.push(y[i]!);
    }
  }
  return { extent: [low, high], sample };
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
  if (low < high) return [low, high];
  if (log) return [low / 2, low * 2];
  // Around it, so that its dot is whole.
  const around = Math.max(0.5, Math.abs(low) * 1e-12);
  return [low - around, low + around];
}
