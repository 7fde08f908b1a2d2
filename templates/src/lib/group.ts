// Mean and spread of several lines on the columns of a plot. Nothing of a line is lost, however few columns there are.

/** A line, ascending in x; where it is not finite it has a gap, and its x stands in one of the three lists. */
export interface Member {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly nan: readonly number[];
  readonly above: readonly number[];
  readonly below: readonly number[];
}

export type Spread = "minmax" | "std" | "stderr";

/** The columns of a plot, from one x to another. */
export interface Columns {
  readonly range: readonly [number, number];
  readonly size: number;
  readonly log: boolean;
}

export interface Grouped {
  /** Columns that hold something, and one without anything in each gap between them. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** NaN where a single line has a value: it has no spread. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Lines with a value at each column. */
  readonly n: Uint16Array;
  readonly nan: readonly number[];
  readonly above: readonly number[];
  readonly below: readonly number[];
  /** Where a line ends while others go on. */
  readonly endings: readonly number[];
  /** Whether there are fewer columns than x. */
  readonly resampled: boolean;
}

/** Every x at which a line has something, unless those are more than the columns: then lines are resampled. */
function places(lines: readonly Member[], { range, size }: Columns): Float64Array | null {
  const found = new Set<number>();
  for (const [i, { x, nan, above, below }] of lines.entries())
    for (const list of [x === lines[i - 1]?.x ? [] : x, nan, above, below])
      for (const value of list) {
        if (value >= range[0] && value <= range[1]) found.add(value);
        if (found.size > size) return null;
      }
  return Float64Array.from(found).sort();
}

/** Each x is a column of its own. */
function exactly(xs: Float64Array): Place {
  const numbers = new Map([...xs].map((x, column) => [x, column]));
  return {
    at: (x) => numbers.get(x) ?? (x < xs[0]! ? -1 : xs.length),
    centre: (column) => xs[column]!,
  };
}

/** Column numbers of x; may lie outside of the plot. */
function placing({ range, size, log }: Columns): { at: (x: number) => number; centre: (column: number) => number } {
  const to = log ? (x: number): number => Math.log(Math.max(x, Number.MIN_VALUE)) : (x: number): number => x;
  const [from, end] = [to(range[0]), to(range[1])];
  const step = (end - from) / (size - 1) || 1;
  const back = log ? Math.exp : (x: number): number => x;
  return { at: (x) => Math.round((to(x) - from) / step), centre: (column) => back(from + column * step) };
}

type Place = ReturnType<typeof placing>;

/** The column of each point of each line; the same array for lines beside each other that have the same x. */
function columnsOf(lines: readonly Member[], { at }: Place): Float64Array[] {
  const found: Float64Array[] = [];
  for (const [i, { x }] of lines.entries()) found.push(x === lines[i - 1]?.x ? found[i - 1]! : x.map(at));
  return found;
}

/** x of each column: the mean of the points in it, else its middle. */
function middles(
  lines: readonly Member[],
  columns: readonly Float64Array[],
  centre: Place["centre"],
  size: number,
): Float64Array {
  const [sum, count] = [new Float64Array(size), new Uint32Array(size)];
  for (const [line, { x }] of lines.entries()) {
    const at = columns[line]!;
    for (let i = 0; i < x.length; i++) {
      const column = at[i]!;
      if (!(column >= 0 && column < size)) continue;
      sum[column]! += x[i]!;
      count[column]!++;
    }
  }
  return sum.map((value, column) => (count[column] ? value / count[column]! : centre(column)));
}

/** Values of a line in the columns: the mean of its points in one, between two points what lies on the line. */
function resample({ x, y }: Member, at: Float64Array, xs: Float64Array, out: Float64Array): void {
  out.fill(NaN);
  const size = out.length;
  let [column, sum, count, before] = [NaN, 0, 0, -1];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i]!)) {
      before = -1;
      continue;
    }
    const next = at[i]!;
    if (before >= 0)
      for (let between = Math.max(0, at[before]! + 1); between < Math.min(size, next); between++)
        out[between] = y[before]! + ((y[i]! - y[before]!) * (xs[between]! - x[before]!)) / (x[i]! - x[before]!);
    if (next !== column) [column, sum, count] = [next, 0, 0];
    sum += y[i]!;
    count++;
    if (next >= 0 && next < size) out[next] = sum / count;
    before = i;
  }
}

/** Mean and spread of the values that come to each column, one after the other. */
class Folded {
  readonly mean: Float64Array;
  readonly n: Uint16Array;
  /** Whether some line leads to each column from the one before it. */
  readonly joined: Uint8Array;
  private readonly squares: Float64Array;
  private readonly least: Float64Array;
  private readonly most: Float64Array;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.least = new Float64Array(size).fill(Infinity);
    this.most = new Float64Array(size).fill(-Infinity);
    this.n = new Uint16Array(size);
    this.joined = new Uint8Array(size);
  }

  /** The last column in which the line has a value; -1 for none. */
  add(values: Float64Array): number {
    let last = -1;
    for (let column = 0; column < values.length; column++) {
      const value = values[column]!;
      if (!Number.isFinite(value)) continue;
      if (last === column - 1 && column > 0) this.joined[column] = 1;
      last = column;
      const delta = value - this.mean[column]!;
      this.mean[column]! += delta / ++this.n[column]!;
      this.squares[column]! += delta * (value - this.mean[column]!);
      this.least[column] = Math.min(this.least[column]!, value);
      this.most[column] = Math.max(this.most[column]!, value);
    }
    return last;
  }

  spread(column: number, kind: Spread): readonly [number, number] {
    const n = this.n[column]!;
    if (n < 2) return [NaN, NaN];
    if (kind === "minmax") return [this.least[column]!, this.most[column]!];
    const std = Math.sqrt(this.squares[column]! / (n - 1));
    const half = kind === "stderr" ? std / Math.sqrt(n) : std;
    return [this.mean[column]! - half, this.mean[column]! + half];
  }
}

/**
 * What a single line without gaps gives: its points in the range. Grouped by what each run has of its own, thousands of
 * groups are such lines. Null where there is something to fold.
 */
function alone(lines: readonly Member[], { range, size }: Columns): Grouped | null {
  const [line, other] = lines;
  if (!line || other || line.nan.length || line.above.length || line.below.length) return null;
  const { x, y } = line;
  let [from, to] = [x.length, 0];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(y[i]!) || (i && !(x[i]! > x[i - 1]!))) return null;
    if (x[i]! < range[0] || x[i]! > range[1]) continue;
    from = Math.min(from, i);
    to = i + 1;
  }
  const count = to - from;
  if (count <= 0 || count > size) return null;
  const none = new Float64Array(count).fill(NaN);
  return {
    x: x.slice(from, to),
    y: y.slice(from, to),
    low: none,
    high: none,
    n: new Uint16Array(count).fill(1),
    nan: [],
    above: [],
    below: [],
    endings: [],
    resampled: false,
  };
}

/** Fold all lines at each of their x, or resampled to the columns of a plot where those are fewer. */
export function fold(lines: readonly Member[], columns: Columns, spread: Spread): Grouped {
  return alone(lines, columns) ?? folded(lines, columns, spread);
}

function folded(lines: readonly Member[], columns: Columns, spread: Spread): Grouped {
  const exact = places(lines, columns);
  const size = exact?.length ?? columns.size;
  const place = exact ? exactly(exact) : placing(columns);
  const placed = columnsOf(lines, place);
  const xs = exact ?? middles(lines, placed, place.centre, size);
  const sums = new Folded(size);
  const values = new Float64Array(size);
  const lasts = lines.map((line, i) => {
    resample(line, placed[i]!, xs, values);
    return sums.add(values);
  });
  const end = Math.max(...lasts);
  const goesOn = (column: number): boolean => column < end && sums.n[column + 1]! > 0;
  const endings = [...new Set(lasts)].filter((last) => last >= 0 && goesOn(last)).sort((a, b) => a - b);
  const marked = (list: "nan" | "above" | "below"): Set<number> =>
    new Set(lines.flatMap((line) => line[list].map(place.at)).filter((column) => column >= 0 && column < size));
  const marks = { nan: marked("nan"), above: marked("above"), below: marked("below") };
  const kept: number[] = [];
  for (let column = 0; column < size; column++) {
    if (!sums.n[column] && !marks.nan.has(column) && !marks.above.has(column) && !marks.below.has(column)) continue;
    const before = kept.at(-1);
    // Between two columns that no line joins stands one without anything: there is no line of the mean either.
    if (before !== undefined && sums.n[before] && (before < column - 1 || !sums.joined[column]))
      kept.push((before + column) / 2);
    kept.push(column);
  }
  const isGap = (column: number): boolean => !Number.isInteger(column) || !sums.n[column];
  const xAt = (column: number): number => (xs[Math.floor(column)]! + xs[Math.ceil(column)]!) / 2;
  const spreads = kept.map((column) => (isGap(column) ? [NaN, NaN] : sums.spread(column, spread)));
  const xOf = (found: Iterable<number>): number[] => [...found].sort((a, b) => a - b).map((column) => xs[column]!);
  return {
    x: Float64Array.from(kept, xAt),
    y: Float64Array.from(kept, (column) => (isGap(column) ? NaN : sums.mean[column]!)),
    low: Float64Array.from(spreads, ([low]) => low!),
    high: Float64Array.from(spreads, ([, high]) => high!),
    n: Uint16Array.from(kept, (column) => (isGap(column) ? 0 : sums.n[column]!)),
    nan: xOf(marks.nan),
    above: xOf(marks.above),
    below: xOf(marks.below),
    endings: xOf(endings),
    resampled: !exact,
  };
}

/** Mean and sample standard deviation of a list, for group rows. */
export function meanStd(values: readonly number[]): { mean: number; std: number; n: number } {
  const finite = values.filter((value) => Number.isFinite(value));
  const n = finite.length;
  if (n === 0) return { mean: NaN, std: NaN, n };
  const mean = finite.reduce((sum, value) => sum + value, 0) / n;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, std: n > 1 ? Math.sqrt(squares / (n - 1)) : 0, n };
}
