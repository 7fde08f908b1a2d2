// The few numbers above a run's overview.
import { difference, full, number } from "../../lib/format";
import { highIsBetter, lowIsBetter } from "../../lib/goals";
import { isHeldOut, shown } from "../../lib/keys";
import { cell, fromJson, isNumber, lostText } from "../../lib/values";
import { baseline, table } from "../../lib/view";
import type { RunRow, Series } from "../../model";
import { Spark } from "../../parts/spark";

const KEYS = 6;

/** Up to six: those that were lost, validation, then as logged. */
export function KeyNumbers({ run, series }: { run: RunRow; series: readonly Series[] }) {
  const numbers = series.filter(
    (one) => one.kind === "number" && !one.hidden && !/(^|\/)(epoch|step|iteration|lr|learning_rate)$/i.test(one.key),
  );
  const rank = (one: Series): number => (one.lost ? 0 : isHeldOut(one.key) ? 1 : 2);
  const chosen = [...numbers].sort((a, b) => rank(a) - rank(b)).slice(0, KEYS);
  if (!chosen.length) return null;
  return (
    <dl class="key-numbers" style={{ "--n": chosen.length }}>
      {chosen.map((one) => {
        const best = bestOf(one);
        const last = lastOf(run, one.key, one);
        const showBest = isHeldOut(one.key) && best.value !== null;
        const value = showBest ? best.value! : isNumber(last) ? last : NaN;
        return (
          <div key={one.key}>
            <dt class="cut" title={shown(one.key)}>
              {shown(one.key)}
              {showBest ? ", best" : ""}
            </dt>
            <dd>
              <b class={Number.isNaN(value) ? "nan" : undefined}>{cell(value)}</b>
              {one.size > 1 && <Spark run={run} metric={one.key} />}
            </dd>
            {one.lost ? (
              <dd class="nan">{lostText(one.lost)}</dd>
            ) : (
              <dd class="dim">
                {against(run, one.key, Number(value)) ??
                  (showBest ? `at step ${full(best.step)}` : `last of ${full(one.size)}`)}
              </dd>
            )}
          </div>
        );
      })}
    </dl>
  );
}

function against(run: RunRow, key: string, value: number): string | null {
  const base = baseline.value;
  const other = base && base !== run ? table.value?.number(base, `summary.${key}`) : NaN;
  return other !== undefined && Number.isFinite(other) ? `${difference(value - other)} to baseline` : null;
}

export function bestOf(series: Series): { value: number | null; step: number; text: string; word: string } {
  const low = lowIsBetter(series.key);
  // Which direction is the better one is told by few names: of the others nothing is the best.
  const value = low ? series.min : highIsBetter(series.key) ? series.max : null;
  const word = low ? "min" : "max";
  return {
    value,
    step: low ? series.argmin : series.argmax,
    word,
    text: value === null || series.size < 2 || series.min === series.max ? "" : `${number(value)} ${word}`,
  };
}

/** The last logged value of a key, or what its summary was set to. A double of the series may lack digits. */
export function lastOf(run: RunRow, key: string, series: Series | undefined): unknown {
  const held = table.value?.value(run, `summary.${key}`);
  const last = series?.kind === "number" ? fromJson(series.last) : undefined;
  return isNumber(last) && Number(held) !== last ? last : held;
}

export function marks(series: Series): string {
  const infinite = series.posinf + series.neginf;
  if (series.nan && infinite) return `${full(series.nan)} NaN, ${full(infinite)} Inf`;
  return series.nan || infinite
    ? `${full(series.nan || infinite)} of ${full(series.size)} ${series.nan ? "NaN" : "Inf"}`
    : "";
}
