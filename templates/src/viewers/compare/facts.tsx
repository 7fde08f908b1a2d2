// Tables of what differs: results, settings, packages, surroundings.
import { useState } from "preact/hooks";
import { difference, full, plural, signed } from "../../lib/format";
import { highIsBetter, lowIsBetter } from "../../lib/goals";
import { mainMetric } from "../../lib/view";
import type { RunRow } from "../../model";
import { nameOf } from "../../parts/identity";
import { Button, Switch } from "../../parts/ui";
import { words } from "../lib/difference";
import { differing, type Row } from "./rows";

const FIRST_METRICS = 5;
/** Metrics that are listed at once, when more are asked for. */
const MORE_METRICS = 200;

/** Better, worse, or nobody knows. */
export const judged = (row: Row): "plus" | "minus" | "" => judgedBy(row.key, row.change);

export function judgedBy(key: string, change: number): "plus" | "minus" | "" {
  if (!change) return "";
  if (highIsBetter(key)) return change > 0 ? "plus" : "minus";
  if (lowIsBetter(key)) return change < 0 ? "plus" : "minus";
  return "";
}

/** Metrics with a direction first, then by how much they changed. */
export function ordered(rows: readonly Row[]): Row[] {
  const rank = (row: Row): number =>
    (row.key === mainMetric.value ? 4 : 0) + (judged(row) ? 2 : 0) + (row.how === "same" ? 0 : 1);
  const size = (row: Row): number => (Number.isFinite(row.share) ? Math.abs(row.share) : 0);
  return [...rows].sort((one, two) => rank(two) - rank(one) || size(two) - size(one));
}

export function verdict(rows: readonly Row[]): string {
  const known = rows.filter(judged);
  if (!known.length) return rows.length ? `${plural(rows.length, "value")} differ` : "same results";
  const better = known.filter((row) => judged(row) === "plus").length;
  return `better in ${full(better)} of ${plural(known.length, "metric")}`;
}

function Metric({ row, most }: { row: Row; most: number }) {
  return (
    <tr class={row.how === "same" ? "dim" : undefined}>
      <th scope="row" class="cut">
        {row.label} {highIsBetter(row.key) ? "↑" : lowIsBetter(row.key) ? "↓" : ""}
      </th>
      <td class="num">{row.a || "–"}</td>
      <td class="num">{row.b || "–"}</td>
      <td class={`num ${judged(row)}`}>
        {row.how === "same" ? "same" : Number.isFinite(row.change) ? difference(row.change) : ""}
      </td>
      <td
        class="cmp-bar"
        title={
          Number.isFinite(row.share) ? `${`${row.share > 0 ? "+" : ""}${signed((100 * row.share).toFixed(1))}`} %` : ""
        }
      >
        {Number.isFinite(row.share) && row.share !== 0 && (
          <>
            <i class={judged(row)} style={{ width: `${(Math.abs(row.share) / most) * 48}px` }} />
            <span class="dim">{`${row.share > 0 ? "+" : ""}${signed((100 * row.share).toFixed(1))}`} %</span>
          </>
        )}
      </td>
    </tr>
  );
}

function More({ count, all, show }: { count: number; all: number; show: (count: number) => void }) {
  return (
    <p class="cmp-note dim">
      {full(count)} of {full(all)}{" "}
      <Button
        kind="line"
        text={`Show ${full(Math.min(MORE_METRICS, all - count))} more`}
        onClick={() => show(count + MORE_METRICS)}
      />
    </p>
  );
}

export function Metrics({ rows, a, b }: { rows: readonly Row[]; a: RunRow; b: RunRow }) {
  const [count, setCount] = useState(FIRST_METRICS);
  const opened = count > FIRST_METRICS;
  const most = Math.max(...rows.map(({ share }) => (Number.isFinite(share) ? Math.abs(share) : 0)), 0);
  const shown = rows.slice(0, count);
  return (
    <section class="card cmp-card" id="metrics" aria-label="Metrics">
      <header>
        <b>Metrics</b> <span class="dim">known directions first</span>
        <span class="grow" />
        {rows.length > FIRST_METRICS && (
          <Button
            kind="line"
            text={
              opened
                ? "Show fewer"
                : `Show ${rows.length > MORE_METRICS ? `${MORE_METRICS} of` : "all"} ${full(rows.length)}`
            }
            onClick={() => setCount(opened ? FIRST_METRICS : MORE_METRICS)}
          />
        )}
      </header>
      {rows.length ? (
        <div class="scroll">
          <table class="cmp-tbl">
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col" class="num" title={nameOf(a)}>
                  A
                </th>
                <th scope="col" class="num" title={nameOf(b)}>
                  B
                </th>
                <th scope="col" class="num">
                  B − A
                </th>
                <th scope="col">
                  <span class="sr">Relative change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((row) => (
                <Metric key={row.key} row={row} most={most} />
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p class="cmp-note dim">Neither run logged a value</p>
      )}
      {opened && count < rows.length && <More count={count} all={rows.length} show={setCount} />}
    </section>
  );
}

export function Facts({ id, title, rows, empty }: { id: string; title: string; rows: readonly Row[]; empty: string }) {
  const [all, setAll] = useState(false);
  const some = differing(rows);
  const shown = all ? rows : some;
  return (
    <section class="card cmp-card" id={id} aria-label={title}>
      <header>
        <b>{title}</b>{" "}
        <span class="dim">
          {some.length ? `${full(some.length)} ${some.length === 1 ? "differs" : "differ"}` : rows.length ? "same" : ""}
        </span>
        <span class="grow" />
        {rows.length > some.length && (
          <Switch on={all} text={`Show ${full(rows.length - some.length)} equal`} onChange={setAll} />
        )}
      </header>
      {shown.length ? (
        <table class="cmp-tbl facts">
          <tbody>
            {shown.map((row) => {
              const [gone, come] = row.how === "changed" ? words(row.a, row.b) : [[], []];
              return (
                <tr key={row.key}>
                  <th scope="row">{row.label}</th>
                  <td class={row.how === "same" ? "" : row.how === "added" ? "none" : "del"}>
                    {row.how === "added" ? "–" : <Cut text={row.a} ranges={gone} whole={row.how === "changed"} />}
                  </td>
                  <td class={row.how === "same" ? "" : row.how === "removed" ? "none" : "add"}>
                    {row.how === "removed" ? "–" : <Cut text={row.b} ranges={come} whole={row.how === "changed"} />}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      ) : (
        <p class="cmp-note dim">{rows.length ? `All ${full(rows.length)} are equal` : empty}</p>
      )}
    </section>
  );
}

export function Cut({
  text,
  ranges,
  whole,
}: {
  text: string;
  ranges: readonly (readonly [number, number])[];
  whole: boolean;
}) {
  if (!ranges.length) return whole ? <span class="w">{text}</span> : text;
  const pieces = [];
  let at = 0;
  for (const [from, to] of ranges) {
    pieces.push(
      text.slice(at, from),
      <span class="w" key={from}>
        {text.slice(from, to)}
      </span>,
    );
    at = to;
  }
  return (
    <>
      {pieces}
      {text.slice(at)}
    </>
  );
}
