// What scripts add to a run's overview: key numbers, sparklines, best values, searches, copy buttons.
import { effect } from "@preact/signals";
import { render } from "preact";
import { useState } from "preact/hooks";
import { page } from "../entry";
import { csv } from "../lib/csv";
import { head as loadHead } from "../lib/data";
import { difference, full, number, plural } from "../lib/format";
import { highIsBetter, lowIsBetter } from "../lib/goals";
import { isHeldOut, shown } from "../lib/keys";
import { abandon, begin, type Job } from "../lib/slices";
import { cell, fromJson, isNumber, logged, lostText } from "../lib/values";
import { baseline, table } from "../lib/view";
import type { RunHead, RunRow, Series } from "../model";
import { Icon } from "../parts/icons";
import { pageRun } from "../parts/runhead";
import { HistogramSpark, Spark } from "../parts/spark";
import { CopyButton } from "../parts/ui";
import { href, param, setParams } from "../route";

const KEYS = 6;

/** The page's run, by its keys. */
let known: ReadonlyMap<string, Series> = new Map();

/** Works on the HTML of the builder, which stays; returns what undoes it. */
export function enhanceOverview(root: HTMLElement): () => void {
  searchInto(root, "config", "[data-config]", "li.leaf", "YAML", () => yaml(root.querySelector("[data-config]"), 0));
  searchInto(root, "summary", "[data-summary]", "tr[data-key]", "CSV", () => summaryText(root));
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
        .then((head) => fill(root, run, head))
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

function fill(root: HTMLElement, run: RunRow, head: RunHead): void {
  const byKey = new Map<string, Series>();
  for (const series of head.series)
    if (series.stream === "history" && !byKey.has(series.key)) byKey.set(series.key, series);
  known = byKey;
  const rows = [...root.querySelectorAll<HTMLElement>("tr[data-key]")];
  let at = 0;
  abandon(filling);
  filling = (amount) => {
    for (let left = amount; left > 0 && at < rows.length; left -= ROW) fillRow(rows[at++]!, run, byKey);
    return at < rows.length;
  };
  begin(filling);
  const count = root.querySelector("[data-count]");
  if (count) count.textContent = plural(rows.length, "value");
  const slot = root.querySelector<HTMLElement>("[data-slot=keys]");
  if (slot) render(<KeyNumbers run={run} series={[...byKey.values()]} />, slot);
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

/** The last logged value of a key, or what its summary was set to. A double of the series may lack digits. */
function lastOf(run: RunRow, key: string, series: Series | undefined): unknown {
  const held = table.value?.value(run, `summary.${key}`);
  const last = series?.kind === "number" ? fromJson(series.last) : undefined;
  return isNumber(last) && Number(held) !== last ? last : held;
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

function bestOf(series: Series): { value: number | null; step: number; text: string; word: string } {
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

function marks(series: Series): string {
  const infinite = series.posinf + series.neginf;
  if (series.nan && infinite) return `${full(series.nan)} NaN, ${full(infinite)} Inf`;
  return series.nan || infinite
    ? `${full(series.nan || infinite)} of ${full(series.size)} ${series.nan ? "NaN" : "Inf"}`
    : "";
}

/** Up to six: those that were lost, validation, then as logged. */
function KeyNumbers({ run, series }: { run: RunRow; series: readonly Series[] }) {
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

function searchInto(
  root: HTMLElement,
  name: string,
  list: string,
  item: string,
  copyLabel: string,
  text: () => string,
): void {
  const slot = root.querySelector<HTMLElement>(`[data-slot=${name}]`);
  const body = root.querySelector<HTMLElement>(list);
  if (slot && body) render(<Search name={name} body={body} item={item} copyLabel={copyLabel} text={text} />, slot);
}

function Search({
  name,
  body,
  item,
  copyLabel,
  text,
}: {
  name: string;
  body: HTMLElement;
  item: string;
  copyLabel: string;
  text: () => string;
}) {
  const parameter = name === "config" ? "q" : "sq";
  const [query, setQuery] = useState(
    page.value.kind === "run" && param("tab") === undefined ? (param(parameter) ?? "") : "",
  );
  mark(body, item, query);
  return (
    <>
      <label class="field" style={{ width: "128px" }}>
        <Icon name="search" />
        <input
          type="search"
          aria-label={`Find a key in ${name}`}
          placeholder="Find a key"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setParams({ [parameter]: event.currentTarget.value || undefined });
          }}
        />
      </label>
      <CopyButton text={text} label={`Copy as ${copyLabel}`} caption={copyLabel} />
    </>
  );
}

/** Hits are marked and their branches opened; the rest is left out. */
function mark(body: HTMLElement, item: string, query: string): void {
  const wanted = query.toLowerCase();
  for (const element of body.querySelectorAll<HTMLElement>(item)) {
    const label = element.querySelector<HTMLElement>(".k, th") ?? element;
    const name = label.textContent ?? "";
    const at = wanted ? name.toLowerCase().indexOf(wanted) : -1;
    element.hidden =
      Boolean(wanted) && at < 0 && !(element.querySelector(".v")?.textContent ?? "").toLowerCase().includes(wanted);
    if (at >= 0) {
      const hit = document.createElement("mark");
      hit.textContent = name.slice(at, at + wanted.length);
      label.replaceChildren(name.slice(0, at), hit, name.slice(at + wanted.length));
    } else if (label.querySelector("mark")) label.replaceChildren(name);
    if (wanted && !element.hidden)
      for (let up = element.parentElement; up && up !== body; up = up.parentElement)
        if (up instanceof HTMLDetailsElement) up.open = true;
  }
}

const YAML_NUMBERS: Readonly<Record<string, string>> = { NaN: ".nan", Infinity: ".inf", "-Infinity": "-.inf" };

/** JSON is YAML but for numbers: those without a point and with an exponent are texts there. */
const yamlValue = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+e-?\d+/gi, (part) =>
    part.startsWith('"') ? part : (YAML_NUMBERS[part] ?? part.replace(/e/i, ".0e").replace(/e(?=\d)/, "e+")),
  );

function yaml(list: Element | null, depth: number): string {
  const lines: string[] = [];
  for (const item of list?.children ?? []) {
    const key = item.querySelector(".k")?.textContent ?? "";
    const inner = item.querySelector(":scope > details > ul");
    const safe = /^[a-z_][\w./-]*$/i.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key);
    const name = safe ? key : JSON.stringify(key);
    lines.push(
      inner
        ? `${"  ".repeat(depth)}${name}:\n${yaml(inner, depth + 1)}`
        : `${"  ".repeat(depth)}${name}: ${yamlValue(item.querySelector(".v")?.textContent ?? "")}\n`,
    );
  }
  return lines.join("");
}

function summaryText(root: HTMLElement): string {
  const run = pageRun();
  const rows = [...root.querySelectorAll<HTMLElement>("tr[data-key]")].map((row) => {
    const key = row.dataset.key!;
    return [shown(key), (run && lastOf(run, key, known.get(key))) ?? row.querySelector<HTMLElement>(".v")?.title];
  });
  return csv([["key", "last"], ...rows]);
}

function pairs(list: Element | null): string {
  return [...(list?.querySelectorAll("dt") ?? [])]
    .map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent ?? ""}\n`)
    .join("");
}
