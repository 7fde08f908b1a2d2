// From a run's blocks to a line that can be drawn.
import { Missing } from "../entry";
import type { Axis, Level, Lost, RunHead, RunRow, Series } from "../model";
import { BLOCK_BUCKETS, BLOCK_ROWS } from "../model";
import { columns, head } from "./data";
import { plan, type Segment } from "./levels";

export interface Line {
  readonly x: Float64Array;
  /** Values, or the means of buckets; NaN is a gap. */
  readonly y: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Finite rows behind each point; null when each is a row. */
  readonly counts: Float64Array | null;
  /** The other reading of x: run time for steps, steps for the rest. */
  readonly other: Float64Array;
  /** The value of the last row, not the last finite one. */
  readonly last: number;
  /** How it ended, if in what is not finite. */
  readonly lost: Lost | null;
  readonly nan: readonly number[];
  readonly above: readonly number[];
  readonly below: readonly number[];
  /** Rows of the series. */
  readonly rows: number;
  /** In view: points drawn, and rows they stand for. */
  readonly drawn: number;
  readonly behind: number;
  /** Rows in view that are NaN, and that are infinite. */
  readonly notNumbers: number;
  readonly infinite: number;
  /** Rows without x. */
  readonly leftOut: number;
  readonly rank: string;
  /** Least and greatest x of the series: buckets stand at their middle. */
  readonly span: readonly [number, number];
  /** Finer data than drawn are not in this copy. */
  readonly coarse: boolean;
  /** x never falls. */
  readonly ascending: boolean;
  /** Where a later session went on. */
  readonly joints: readonly number[];
}

type Drawn = Omit<Line, "joints">;

export interface View {
  /** NaN, NaN: everything. */
  readonly min: number;
  readonly max: number;
  readonly log: boolean;
  /** Of the plot, CSS pixels. */
  readonly width: number;
}

/** `step`, `rel`, `wall`, or the key of a metric. */
export type X = string;

const MAX_JOIN = 4_000_000;

export function seriesOf(runHead: RunHead, key: string, stream: string): Series[] {
  return runHead.series.filter(
    (series) => series.key === key && series.stream === stream && (series.kind === "number" || series.kind === "bool"),
  );
}

export async function lines(run: RunRow, key: string, stream: string, x: X, view: View): Promise<Line[]> {
  const runHead = await head(run);
  const found = seriesOf(runHead, key, stream);
  const shown = found.some((series) => !series.hidden) ? found.filter((series) => !series.hidden) : found;
  const all = await Promise.all(shown.map((series) => line(run, runHead, series, x, view)));
  return all
    .filter((one) => one !== null)
    .map((one) => ({ ...one, joints: stream === "history" ? joints(runHead, one, x) : [] }));
}

/** Where the joints of a run lie in a line: at the first points behind their steps. */
function joints(runHead: RunHead, { x: xs, other }: Drawn, x: X): number[] {
  const steps = x === "step" ? xs : other;
  return runHead.joints.flatMap(({ step }) => xs[steps.findIndex((at) => at >= step)] ?? []);
}

async function line(run: RunRow, runHead: RunHead, series: Series, x: X, view: View): Promise<Drawn | null> {
  if (series.size === 0) return null;
  const axisColumn = ["step", "rel", "wall"].indexOf(x);
  if (axisColumn >= 0) return draw(run, runHead, series, axisSource(runHead.axes[series.axis]!, axisColumn), view);
  const candidates = seriesOf(runHead, x, "history");
  const metric =
    candidates.find((other) => other.axis === series.axis) ??
    candidates.find((other) => other.rank === series.rank) ??
    candidates[0];
  if (!metric || series.stream !== "history") return null;
  if (metric.axis === series.axis)
    return draw(
      run,
      runHead,
      series,
      { levels: metric.levels, raw: 0, low: 2, high: 3, mean: 4, monotonic: false },
      view,
    );
  return joined(run, runHead, series, metric);
}

/** Where x is read from: levels and the columns in their blocks. */
interface Source {
  readonly levels: readonly Level[];
  readonly raw: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly monotonic: boolean;
}

function axisSource(axis: Axis, column: number): Source {
  return {
    levels: axis.levels,
    raw: column,
    low: 2 * column,
    high: 2 * column + 1,
    mean: -1,
    monotonic: axis.monotonic && column === 0,
  };
}

/** Columns of the items `from` to `to` of a level, cut out of their blocks. */
async function range(
  run: RunRow,
  runHead: RunHead,
  level: Level,
  isRaw: boolean,
  from: number,
  to: number,
): Promise<Float64Array[]> {
  const length = isRaw ? BLOCK_ROWS : BLOCK_BUCKETS;
  const startOf = (block: number): number => level.starts?.[block] ?? block * length;
  const wanted: number[] = [];
  for (let block = 0; block < level.blocks.length; block++) {
    const end = block + 1 < level.blocks.length ? startOf(block + 1) : level.size;
    if (end > from && startOf(block) < to) wanted.push(block);
  }
  const parts = await Promise.all(
    wanted.map(async (block) => {
      const start = startOf(block);
      const all = await columns(run, runHead, level.blocks[block]!);
      return all.map((column) => column.subarray(Math.max(0, from - start), Math.min(column.length, to - start)));
    }),
  );
  if (parts.length === 1) return parts[0]!;
  const count = parts[0]?.length ?? 0;
  return Array.from({ length: count }, (_, column) => concat(parts.map((part) => part[column]!)));
}

function concat(arrays: readonly Float64Array[]): Float64Array {
  if (arrays.length === 1) return arrays[0]!;
  const out = new Float64Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}

async function draw(run: RunRow, runHead: RunHead, series: Series, source: Source, view: View): Promise<Drawn> {
  const axis = runHead.axes[series.axis]!;
  const top = Math.min(source.levels.length, series.levels.length, axis.levels.length) - 1;
  const coarse = await range(run, runHead, source.levels[top]!, top === 0, 0, source.levels[top]!.size);
  const extent =
    top === 0
      ? { low: coarse[source.raw]!, high: coarse[source.raw]! }
      : { low: coarse[source.low]!, high: coarse[source.high]! };
  const { min, max, position } = scale(view, extent.low, extent.high);
  const segments =
    top === 0 ? [{ level: 0, from: 0, to: series.size }] : plan(top, series.size, extent, position, view.width);
  const builder = new Builder(min, max, spanOf(extent.low, extent.high));
  const read = async (segment: Segment): Promise<[Segment, Float64Array[], Float64Array[], Float64Array[]]> => {
    const part = (levels: readonly Level[]): Promise<Float64Array[]> =>
      range(run, runHead, levels[segment.level]!, segment.level === 0, segment.from, segment.to);
    try {
      const [x, y, rows] = await Promise.all([part(source.levels), part(series.levels), part(axis.levels)]);
      return [segment, x, y, rows];
    } catch (error) {
      // A copy within a budget carries coarse levels before fine ones.
      if (!(error instanceof Missing) || segment.level >= top) throw error;
      builder.coarse = true;
      return read({ level: segment.level + 1, from: Math.floor(segment.from / 4), to: Math.ceil(segment.to / 4) });
    }
  };
  for (const [segment, x, y, rows] of await Promise.all(segments.map(read)))
    builder.add(segment, series.size, source, x, y, rows);
  return builder.line(series);
}

function scale(
  view: View,
  low: ArrayLike<number>,
  high: ArrayLike<number>,
): { min: number; max: number; position: (x: number) => number } {
  const [min, max] = Number.isNaN(view.min) ? spanOf(low, high) : [view.min, view.max];
  const to = view.log ? (x: number): number => Math.log(Math.max(x, 1e-12)) : (x: number): number => x;
  const [a, b] = [to(view.log && min <= 0 ? Math.max(1e-3, max / 1e6) : min), to(max)];
  return { min, max, position: (x) => (b > a ? ((to(x) - a) / (b - a)) * view.width : 0) };
}

function spanOf(low: ArrayLike<number>, high: ArrayLike<number>): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < low.length; i++) {
    if (low[i]! < min) min = low[i]!;
    if (high[i]! > max) max = high[i]!;
  }
  return [min, max];
}

/** Gathers segments into one line. */
class Builder {
  private readonly parts: {
    x: Float64Array;
    y: Float64Array;
    low: Float64Array;
    high: Float64Array;
    counts: Float64Array;
    other: Float64Array;
  }[] = [];
  private readonly nan: number[] = [];
  private readonly above: number[] = [];
  private readonly below: number[] = [];
  private drawn = 0;
  private behind = 0;
  private leftOut = 0;
  private notNumbers = 0;
  private infinite = 0;
  private raw = true;
  private last = NaN;
  /** Finer data than drawn are not in this copy. */
  coarse = false;

  constructor(
    private readonly min: number,
    private readonly max: number,
    private readonly span: readonly [number, number],
  ) {}

  add(
    segment: Segment,
    rows: number,
    source: Source,
    xs: Float64Array[],
    ys: Float64Array[],
    axis: Float64Array[],
  ): void {
    const isRaw = segment.level === 0;
    const x = isRaw ? xs[source.raw]! : source.mean >= 0 ? xs[source.mean]! : middle(xs[source.low]!, xs[source.high]!);
    const isStep = source.raw === 0 && source.mean < 0;
    const other = isRaw ? axis[isStep ? 1 : 0]! : isStep ? middle(axis[2]!, axis[3]!) : middle(axis[0]!, axis[1]!);
    const y = isRaw ? ys[0]! : ys[4]!;
    const counts = isRaw ? new Float64Array(y.length).fill(1) : ys[5]!;
    const size = 4 ** segment.level;
    for (let i = 0; i < y.length; i++) {
      if (Number.isNaN(x[i]!)) this.leftOut += isRaw ? 1 : size;
      else if (x[i]! >= this.min && x[i]! <= this.max) {
        this.drawn++;
        this.behind += Math.min(size, rows - (segment.from + i) * size);
        this.notNumbers += isRaw ? Number(Number.isNaN(y[i]!)) : ys[6]![i]!;
        this.infinite += isRaw ? Number(Math.abs(y[i]!) === Infinity) : ys[7]![i]! + ys[8]![i]!;
      }
      this.mark(x[i]!, isRaw, y[i]!, ys, i);
    }
    if (!isRaw) this.raw = false;
    this.last = ys[isRaw ? 0 : 1]!.at(-1) ?? this.last;
    this.parts.push({
      x,
      y: isRaw ? finite(y) : y,
      low: isRaw ? finite(y) : ys[2]!,
      high: isRaw ? finite(y) : ys[3]!,
      counts,
      other,
    });
  }

  private mark(x: number, isRaw: boolean, y: number, ys: Float64Array[], i: number): void {
    if (isRaw ? Number.isNaN(y) : ys[6]![i]! > 0) this.nan.push(x);
    if (isRaw ? y === Infinity : ys[7]![i]! > 0) this.above.push(x);
    if (isRaw ? y === -Infinity : ys[8]![i]! > 0) this.below.push(x);
  }

  line(series: Series): Drawn {
    const join = (field: "x" | "y" | "low" | "high" | "counts" | "other"): Float64Array =>
      concat(this.parts.map((part) => part[field]));
    const x = join("x");
    return {
      x,
      y: join("y"),
      low: join("low"),
      high: join("high"),
      counts: this.raw ? null : join("counts"),
      other: join("other"),
      last: this.last,
      lost: series.lost,
      nan: this.nan,
      above: this.above,
      below: this.below,
      rows: series.size,
      drawn: this.drawn,
      behind: this.behind,
      notNumbers: this.notNumbers,
      infinite: this.infinite,
      leftOut: this.leftOut,
      rank: series.rank,
      span: this.span,
      coarse: this.coarse,
      ascending: ascends(x),
    };
  }
}

function middle(low: Float64Array, high: Float64Array): Float64Array {
  return low.map((value, i) => (value + high[i]!) / 2);
}

function finite(values: Float64Array): Float64Array {
  let clean = true;
  for (let i = 0; i < values.length && clean; i++) clean = Number.isFinite(values[i]!) || Number.isNaN(values[i]!);
  return clean ? values : values.map((value) => (Number.isFinite(value) ? value : NaN));
}

function ascends(x: Float64Array): boolean {
  for (let i = 1; i < x.length; i++) if (x[i]! < x[i - 1]!) return false;
  return true;
}

/** x of another axis: rows of equal step belong together. */
async function joined(run: RunRow, runHead: RunHead, series: Series, metric: Series): Promise<Drawn | null> {
  if (series.size + metric.size > MAX_JOIN) return null;
  const raw = (one: { levels: readonly Level[] }): Promise<Float64Array[]> =>
    range(run, runHead, one.levels[0]!, true, 0, one.levels[0]!.size);
  const [axis, y, otherAxis, otherY] = await Promise.all([
    raw(runHead.axes[series.axis]!),
    raw(series),
    raw(runHead.axes[metric.axis]!),
    raw(metric),
  ]);
  const byStep = new Map<number, number>();
  for (const [i, step] of otherAxis[0]!.entries()) byStep.set(step, otherY[0]![i]!);
  const rows: number[] = [];
  for (const [i, step] of axis[0]!.entries()) if (!Number.isNaN(byStep.get(step) ?? NaN)) rows.push(i);
  if (!rows.length) return null;
  const take = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const x = Float64Array.from(rows, (row) => byStep.get(axis[0]![row]!)!);
  const values = take(y[0]!);
  const marks = (test: (value: number) => boolean): number[] => [...x].filter((_, i) => test(values[i]!));
  return {
    x,
    y: finite(values),
    low: finite(values),
    high: finite(values),
    counts: null,
    other: take(axis[0]!),
    last: values.at(-1)!,
    lost: series.lost,
    nan: marks(Number.isNaN),
    above: marks((value) => value === Infinity),
    below: marks((value) => value === -Infinity),
    rows: series.size,
    drawn: rows.length,
    behind: rows.length,
    notNumbers: values.filter(Number.isNaN).length,
    infinite: values.filter((value) => Math.abs(value) === Infinity).length,
    leftOut: series.size - rows.length,
    rank: series.rank,
    span: spanOf(x, x),
    coarse: false,
    ascending: ascends(x),
  };
}

/** Steps, run times and clock times of an axis' rows. */
export function axisColumns(run: RunRow, runHead: RunHead, axis: Axis): Promise<Float64Array[]> {
  return range(run, runHead, axis.levels[0]!, true, 0, axis.size);
}
