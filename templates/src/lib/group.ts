// Mean and spread of several lines on the columns of a plot.

export interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export type Spread = "minmax" | "std" | "stderr";

export interface Grouped {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Lines with a value at each column. */
  readonly n: Uint16Array;
}

/** Value of a line at `x`, between its points; NaN outside of them or beside a gap. `hint` is where to begin. */
function at(line: Points, x: number, hint: number): [number, number] {
  const last = line.x.length - 1;
  if (last < 0 || x < line.x[0]! || x > line.x[last]!) return [NaN, hint];
  let i = hint;
  while (i < last && line.x[i + 1]! < x) i++;
  if (i >= last) return [line.y[last]!, i];
  const [x0, x1] = [line.x[i]!, line.x[i + 1]!];
  if (x === x0 || x1 === x0) return [line.y[i]!, i];
  return [line.y[i]! + ((line.y[i + 1]! - line.y[i]!) * (x - x0)) / (x1 - x0), i];
}

/** Resample every line to `columns` (ascending) and fold them. Lines must ascend in x. */
export function fold(lines: readonly Points[], columns: Float64Array, spread: Spread): Grouped {
  const size = columns.length;
  const [y, low, high] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const n = new Uint16Array(size);
  const hints = new Int32Array(lines.length);
  for (let column = 0; column < size; column++) {
    let [mean, squares, least, most, count] = [0, 0, Infinity, -Infinity, 0];
    for (let index = 0; index < lines.length; index++) {
      const [value, hint] = at(lines[index]!, columns[column]!, hints[index]!);
      hints[index] = hint;
      if (!Number.isFinite(value)) continue;
      count++;
      const delta = value - mean;
      mean += delta / count;
      squares += delta * (value - mean);
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    n[column] = count;
    y[column] = count ? mean : NaN;
    const std = count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
    const half = spread === "stderr" ? std / Math.sqrt(count) : std;
    low[column] = count ? (spread === "minmax" ? least : mean - half) : NaN;
    high[column] = count ? (spread === "minmax" ? most : mean + half) : NaN;
  }
  return { x: columns, y, low, high, n };
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
