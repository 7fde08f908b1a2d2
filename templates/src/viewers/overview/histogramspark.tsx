// The last histogram of a series as bars, in a row of the summary.
import { useEffect } from "preact/hooks";
import { edges, loggedValues } from "../../lib/media";
import type { HistogramValue, RunRow } from "../../model";
import { useLoaded, useSeen } from "../../parts/use";

const [WIDTH, HEIGHT] = [70, 18];

/** Mean and standard deviation, each value taken as the middle of its bin; null for an empty histogram. */
function moments(value: HistogramValue): readonly [number, number] | null {
  const at = edges(value);
  const total = value.counts.reduce((sum, count) => sum + count, 0);
  if (!total) return null;
  const mean = value.counts.reduce((sum, count, i) => sum + (count * (at[i]! + at[i + 1]!)) / 2, 0) / total;
  return [
    mean,
    Math.sqrt(value.counts.reduce((sum, count, i) => sum + count * ((at[i]! + at[i + 1]!) / 2 - mean) ** 2, 0) / total),
  ];
}

/** The last one as bars; `tell` hears its mean and standard deviation. */
export function HistogramSpark({
  run,
  metric,
  tell,
}: {
  run: RunRow;
  metric: string;
  tell: (mean: number, std: number) => void;
}) {
  const [attach, seen] = useSeen<HTMLSpanElement>("100px", 100);
  const { value } = useLoaded(
    () => loggedValues<HistogramValue>(run, metric, "histogram"),
    [run.parts.join(), metric],
    seen,
  );
  const last = value?.at(-1)?.value;
  useEffect(() => {
    const found = last && moments(last);
    if (found) tell(...found);
  }, [last]);
  return (
    <span class="spark-box" ref={attach}>
      {last && <Bars counts={last.counts} />}
    </span>
  );
}

function Bars({ counts }: { counts: readonly number[] }) {
  const most = Math.max(...counts, 1);
  const width = (WIDTH - 2) / counts.length;
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      {counts
        .map((one) => Math.max(0, one))
        .map((count, i) => (
          <rect
            key={i}
            x={1 + i * width}
            y={HEIGHT - 1 - (count / most) * (HEIGHT - 2)}
            width={Math.max(0.6, width - 0.5)}
            height={(count / most) * (HEIGHT - 2)}
            fill="var(--ink-3)"
          />
        ))}
    </svg>
  );
}
