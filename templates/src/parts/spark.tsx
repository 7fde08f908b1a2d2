// A line without axes, for tables and summaries.
import { type Line, lines } from "../lib/series";
import type { RunRow } from "../model";
import { useLoaded, useSeen } from "./use";

const [WIDTH, HEIGHT] = [70, 18];

export interface SparkShape {
  readonly path: string;
  /** Where the last value is; null where it is not finite. */
  readonly end: readonly [number, number] | null;
}

/** A line through points, whose last value is `last`: that of the last point may be a mean. */
export function pathOf(x: ArrayLike<number>, y: ArrayLike<number>, last: number): SparkShape {
  const finite = [...Array.from(y), last].filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [x0, x1] = [x[0]!, x[x.length - 1]!];
  const atX = (value: number): number => (x1 > x0 ? 2 + ((value - x0) / (x1 - x0)) * (WIDTH - 5) : WIDTH / 2);
  const atY = (value: number): number =>
    high > low ? HEIGHT - 2 - ((value - low) / (high - low)) * (HEIGHT - 4) : HEIGHT / 2;
  let path = "";
  let open = false;
  const step = Math.max(1, Math.floor(y.length / 160));
  for (let i = 0; i < y.length; i += i + step < y.length || i === y.length - 1 ? step : y.length - 1 - i) {
    const fine = Number.isFinite(y[i]!);
    if (fine) path += `${open ? "L" : "M"}${atX(x[i]!).toFixed(1)} ${atY(y[i]!).toFixed(1)}`;
    open = fine;
  }
  return { path, end: Number.isFinite(last) ? [atX(x1), atY(last)] : null };
}

export function SparkPath({ line, colour = "var(--ink-2)" }: { line: Line; colour?: string }) {
  const { path, end } = pathOf(line.x, line.y, line.last);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path d={path} fill="none" stroke={colour} stroke-width="1.25" />
      {end ? (
        <circle cx={end[0]} cy={end[1]} r="1.75" fill={colour} />
      ) : (
        <path
          class={Number.isNaN(line.last) ? "nan" : "inf"}
          d={`M${WIDTH - 3} ${HEIGHT - 6}v5`}
          stroke="currentColor"
        />
      )}
    </svg>
  );
}

/** Loaded once it is near the window, by `read` where that finds it. */
export function Spark({
  run,
  metric,
  colour,
  read,
}: {
  run: RunRow;
  metric: string;
  colour?: string;
  read?: (run: RunRow, metric: string) => Promise<readonly Line[] | undefined>;
}) {
  const [attach, seen] = useSeen<HTMLSpanElement>("100px", 100);
  const { value } = useLoaded(
    async () =>
      (await read?.(run, metric)) ??
      lines(run, metric, "history", "step", { min: NaN, max: NaN, log: false, width: 40 }),
    [run.parts.join(), metric],
    seen,
  );
  const line = value?.[0];
  return (
    <span class="spark-box" ref={attach}>
      {line?.x.length ? <SparkPath line={line} colour={colour} /> : null}
    </span>
  );
}
