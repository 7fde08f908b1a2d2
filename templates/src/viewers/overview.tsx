// What scripts add to a run's overview: key numbers, sparklines, best values, searches, copy buttons.
import { effect } from "@preact/signals";
import { render } from "preact";
import { page } from "../entry";
import { head as loadHead } from "../lib/data";
import { full, number, plural } from "../lib/format";
import { abandon, begin, type Job } from "../lib/slices";
import { cell, fromJson, isNumber, logged, lostText } from "../lib/values";
import { table } from "../lib/view";
import type { RunHead, RunRow, Series } from "../model";
import { pageRun } from "../parts/runhead";
import { Spark } from "../parts/spark";
import { CopyButton } from "../parts/ui";
import { href } from "../route";
import { pairs, summaryText, yaml } from "./overview/copies";
import { HistogramSpark } from "./overview/histogramspark";
import { bestOf, KeyNumbers, lastOf, marks } from "./overview/keynumbers";
import { Rest } from "./overview/rest";
import { searchInto } from "./overview/search";

/** The page's run, by its keys. */
let known: ReadonlyMap<string, Series> = new Map();

/** Works on the HTML of the builder, which stays; returns what undoes it. */
function enhance(root: HTMLElement): () => void {
  const body = root.querySelector<HTMLElement>("[data-summary]");
  const slot = root.querySelector<HTMLElement>("[data-rest]");
  slot?.replaceChildren();
  const rest = body && slot ? new Rest(body, slot, () => fillRows(root)) : null;
  searchInto(root, "config", "[data-config]", "li.leaf", "YAML", () => yaml(root.querySelector("[data-config]"), 0));
  const text = (): string => summaryText(root, known);
  searchInto(root, "summary", "[data-summary]", "tr[data-key]", "CSV", text, rest?.search.bind(rest));
  const environment = root.querySelector<HTMLElement>("[data-slot=environment]");
  if (environment)
    render(
      <CopyButton
        text={() => pairs(root.querySelector("[data-environment]"))}
        label="Copy the environment"
        caption="Copy"
      />,
      environment,
    );
  for (const link of root.querySelectorAll<HTMLAnchorElement>("[data-log]"))
    link.href = href(page.value.path, { tab: "logs", L: String(Number(link.dataset.log) + 1) });
  for (const span of root.querySelectorAll<HTMLElement>("[data-file]")) {
    const link = document.createElement("a");
    link.href = href(page.value.path, { tab: "code", file: span.dataset.file! });
    link.textContent = span.textContent;
    link.className = "link";
    span.replaceChildren(link);
  }
  const stop = effect(() => {
    const run = pageRun();
    if (run)
      void loadHead(run)
        .then((head) => fill(root, run, head, rest))
        .catch(() => undefined);
  });
  return () => {
    stop();
    abandon(filling);
  };
}

/** What a row of the summary costs, in the units of a slice. */
const ROW = 30;
let filling: Job = () => false;

function fill(root: HTMLElement, run: RunRow, head: RunHead, rest: Rest | null): void {
  const byKey = new Map<string, Series>();
  for (const series of head.series)
    if (series.stream === "history" && !byKey.has(series.key)) byKey.set(series.key, series);
  known = byKey;
  if (rest) {
    rest.run = run;
    rest.show();
  }
  fillRows(root);
  const count = root.querySelector("[data-count]");
  if (count) count.textContent = plural(rest?.count() ?? root.querySelectorAll("tr[data-key]").length, "value");
  const slot = root.querySelector<HTMLElement>("[data-slot=keys]");
  if (slot) render(<KeyNumbers run={run} series={[...byKey.values()]} />, slot);
}

function fillRows(root: HTMLElement): void {
  const run = pageRun();
  if (!run) return;
  const rows = [...root.querySelectorAll<HTMLElement>("tr[data-key]")];
  let at = 0;
  abandon(filling);
  filling = (amount) => {
    for (let left = amount; left > 0 && at < rows.length; left -= ROW) fillRow(rows[at++]!, run, known);
    return at < rows.length;
  };
  begin(filling);
}

function fillRow(row: HTMLElement, run: RunRow, byKey: ReadonlyMap<string, Series>): void {
  const series = byKey.get(row.dataset.key!);
  const spark = row.querySelector<HTMLElement>(".spark");
  if (!series || !spark) return;
  if (series.kind === "number" || series.kind === "bool") {
    if (series.size > 1) render(<Spark run={run} metric={series.key} />, spark);
    const best = row.querySelector<HTMLElement>(".best");
    if (best) {
      best.textContent = besides(run, series);
      const lost = series.nan + series.posinf + series.neginf;
      if (marks(series)) best.title = `${full(lost)} of ${full(series.size)} values are not finite`;
    }
  } else if (series.kind === "histogram")
    render(
      <HistogramSpark
        run={run}
        metric={series.key}
        tell={(mean, std) => {
          row.querySelector(".v")!.textContent = number(mean);
          row.querySelector(".best")!.textContent = number(std);
          // A section of histograms alone says so in its head.
          const heads = row.parentElement!.querySelectorAll(".part .num");
          if (
            [...row.parentElement!.querySelectorAll<HTMLElement>("tr[data-key]")].every(
              ({ dataset }) => byKey.get(dataset.key!)?.kind === "histogram",
            )
          )
            for (const [i, head] of heads.entries()) head.textContent = ["mean", "std"][i]!;
          else row.querySelector(".best")!.textContent = `±${number(std)}`;
        }}
      />,
      spark,
    );
  live(row, run, series);
}

/** The last value as it is now. */
function live(row: HTMLElement, run: RunRow, series: Series | undefined): void {
  const value = lastOf(run, row.dataset.key!, series);
  const cell_ = row.querySelector<HTMLElement>(".v");
  if (!cell_ || !isNumber(value)) return;
  cell_.textContent = cell(value);
  cell_.title = series?.lost && !Number.isFinite(Number(value)) ? lostText(series.lost) : logged(value);
  cell_.classList.toggle("nan", Number.isNaN(value));
  cell_.classList.toggle("inf", Math.abs(Number(value)) === Infinity);
}

/** The best value, how many are none, and what the summary was set to where that is neither the last nor the best. */
function besides(run: RunRow, series: Series): string {
  const held = table.value?.value(run, `summary.${series.key}`);
  const known = [series.min, series.max, fromJson(series.last)];
  const own = isNumber(held) && series.kind === "number" && !known.some((value) => Object.is(value, Number(held)));
  return own ? `${cell(held)} in summary` : marks(series) || bestOf(series).text;
}

tracklog.viewer("overview", { enhance });
