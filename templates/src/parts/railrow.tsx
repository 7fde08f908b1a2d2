// Lines of the run list: runs, and the groups they are in.

import type { ComponentChildren } from "preact";
import { page } from "../entry";
import { uid } from "../lib/data";
import { ago, difference, duration, plural, plusMinus } from "../lib/format";
import { lowIsBetter } from "../lib/goals";
import { now } from "../lib/live";
import { DELTA, metricOf, SPREAD, TIMES } from "../lib/railcolumns";
import type { Group } from "../lib/runs";
import { cell } from "../lib/values";
import {
  baseline,
  current,
  eyes,
  groupKey,
  groupLook,
  hovered,
  join,
  listed,
  lookOf,
  mainMetric,
  onlyEyes,
  pins,
  table,
  toggleEyes,
  toggleGroup,
} from "../lib/view";
import type { RunRow } from "../model";
import { href, setParams, shareUrl } from "../route";
import { Icon } from "./icons";
import { Alerted, Diverged, Dot, nameOf, RunName, Swatch } from "./identity";
import { SwatchMenu } from "./swatchmenu";
import { copy, Menu, type MenuItem } from "./ui";

let lastEye = "";
let painting: boolean | null = null;

function eyeHandlers(ids: readonly string[], shownNow: boolean) {
  return {
    onPointerDown: (event: PointerEvent): void => {
      if (event.altKey || event.shiftKey || event.button) return;
      (event.currentTarget as HTMLElement).releasePointerCapture?.(event.pointerId);
      painting = !shownNow;
      addEventListener("pointerup", () => (painting = null), { once: true });
    },
    onPointerEnter: (): void => {
      if (painting !== null && painting !== shownNow) toggleEyes(ids, painting);
    },
    onClick: (event: MouseEvent): void => {
      if (event.altKey) onlyEyes(ids);
      else if (event.shiftKey && lastEye) toggleEyes(between(lastEye, ids[0]!), !shownNow);
      else toggleEyes(ids);
      lastEye = ids[0]!;
    },
  };
}

function between(a: string, b: string): string[] {
  const order = listed.value.map(uid);
  const [from, to] = [order.indexOf(a), order.indexOf(b)].sort((x, y) => x - y) as [number, number];
  return from < 0 ? [b] : order.slice(from, to + 1);
}

export function RunLine({
  run,
  columns,
  group,
  at,
}: {
  run: RunRow;
  columns: readonly string[];
  group?: string;
  at: number;
}) {
  const id = uid(run);
  const on = eyes.value.has(id);
  const isBase = baseline.value === run;
  const isPin = pins.value.includes(run);
  const hover = hovered.value === id;
  return (
    <div
      class={`run${on ? "" : " hidden"}${hover ? " hover" : ""}${group === undefined ? "" : " in"}`}
      role="row"
      aria-selected={current.value === id}
      aria-rowindex={at + 2}
      data-run={id}
      onPointerEnter={() => {
        hovered.value = id;
      }}
      onPointerLeave={() => {
        if (hovered.value === id) hovered.value = "";
      }}
    >
      <span role="gridcell">
        <button
          type="button"
          class="eye"
          aria-pressed={on}
          aria-label={`Show ${nameOf(run)}`}
          title={on ? "Hide. Alt-click: only this run" : "Show. Alt-click: only this run"}
          {...eyeHandlers([id], on)}
        >
          <Icon name={on ? "eye" : "hide"} />
        </button>
      </span>
      <span role="gridcell">
        {group === undefined ? (
          <SwatchMenu id={id} name={nameOf(run)} look={lookOf(run)} off={!on} />
        ) : (
          <Swatch look={groupLook(group)} off={!on} />
        )}
      </span>
      <span role="gridcell">
        <Dot state={run.state} />
      </span>
      <span role="rowheader" class="name">
        {isBase && (
          <svg class="flag i" viewBox="0 0 16 16" role="img" aria-label="Baseline">
            <path d="M4 14V2.5M4 3h8l-1.8 2.7L12 8.5H4" />
          </svg>
        )}
        {isPin && !isBase && (
          <span class="pinmark">
            <Icon name="pin" small />
          </span>
        )}
        <a href={href(run.page)} title={nameOf(run)}>
          <RunName run={run} />
        </a>
        {run.root && <span class="dim"> {run.root}</span>}
        <Diverged run={run} />
        <Alerted run={run} />
        {run.damaged > 0 && (
          <span class="warnmark" title="Part of this run could not be read">
            {" "}
            ⚠
          </span>
        )}
      </span>
      {columns.map((column) => (
        <Value key={column} run={run} column={column} />
      ))}
      <span class="row-menu" role="gridcell">
        <Menu label={`Actions for ${nameOf(run)}`} kind="xs" icon="more" items={() => runActions(run)} />
      </span>
    </div>
  );
}

function runActions(run: RunRow): readonly (MenuItem | null)[] {
  const id = uid(run);
  const isBase = baseline.value === run;
  const pinnedIds = pins.value.map(uid);
  return [
    { text: "Open", icon: "right", href: href(run.page), key: "Enter" },
    {
      text: isBase ? "No baseline" : "Set as baseline",
      icon: "flag",
      key: "B",
      run: () => setParams({ base: isBase ? undefined : id }),
    },
    {
      text: baseline.value && !isBase ? "Compare with baseline" : "Compare with another",
      icon: "swap",
      href: href(page.value.path.replace(/[^/]*$/, "compare.html"), {
        b: id,
        ...(baseline.value && !isBase && { a: uid(baseline.value) }),
      }),
    },
    {
      text: pinnedIds.includes(id) ? "Unpin" : "Pin",
      icon: "pin",
      run: () =>
        setParams({
          pin: join(pinnedIds.includes(id) ? pinnedIds.filter((other) => other !== id) : [...pinnedIds, id]),
        }),
    },
    { text: "Show only this", icon: "eye", key: "O", run: () => onlyEyes([id]) },
    null,
    { text: "Copy id", icon: "copy", run: () => void copy(run.id) },
    { text: "Copy link", icon: "link", run: () => void copy(shareUrl({ only: id })) },
  ];
}

function Value({ run, column }: { run: RunRow; column: string }) {
  const rows = table.value!;
  if (column === DELTA) return <Delta run={run} />;
  if (column === SPREAD) return <span class="num" role="gridcell" />;
  const info = rows.info(column);
  const value = rows.value(run, column);
  if (column === "created" || column === "last_sign")
    return (
      <span class="num dim cut" role="gridcell">
        {ago(run[column], now.value).replace(" ago", "")}
      </span>
    );
  if (column === "duration")
    return (
      <span class="num" role="gridcell">
        {duration(run.duration)}
      </span>
    );
  const text = info ? rows.shown(run, info) : "–";
  if (!info?.numeric)
    return (
      <span class="num cut" role="gridcell" title={rows.text(run, column)}>
        {text}
      </span>
    );
  const mine = rows.number(run, column);
  const lost = rows.lost(run, column);
  const rank = mine === bestOf(column) ? " best" : lost || (value !== undefined && Number.isNaN(mine)) ? " nan" : "";
  return (
    <span class={`num${rank}`} role="gridcell" title={value === undefined ? "" : lost || rows.text(run, column)}>
      {text}
    </span>
  );
}

/** Best value of a column over all runs; NaN where there is no such thing. */
function bestOf(column: string): number {
  const rows = table.value!;
  const { n, low, high } = rows.range(column);
  if (n < 2 || rows.info(column)?.tier !== "summary") return NaN;
  return lowIsBetter(column) ? low : high;
}

/** Whether the values of a column are shares of one. */
function isShare(column: string): boolean {
  const { low, high } = table.value!.range(column);
  return !(low < -1 || high > 1);
}

function Delta({ run }: { run: RunRow }) {
  const metric = mainMetric.value;
  const base = baseline.value;
  if (!metric || !base)
    return (
      <span class="num dim" role="gridcell">
        –
      </span>
    );
  if (run === base)
    return (
      <span class="num dim" role="gridcell">
        base
      </span>
    );
  const rows = table.value!;
  const change = rows.number(run, metric) - rows.number(base, metric);
  if (!Number.isFinite(change))
    return (
      <span class="num dim" role="gridcell">
        –
      </span>
    );
  const share = isShare(metric);
  const text = share && !lowIsBetter(metric) ? difference(change * 100) : difference(change);
  const better = lowIsBetter(metric) ? change < 0 : change > 0;
  return (
    <span
      class={`num${change === 0 ? " dim" : better ? " up" : " down"}`}
      role="gridcell"
      title={`${difference(change)} to ${nameOf(base)}`}
    >
      {text}
    </span>
  );
}

export function GroupLine({ group, open, columns }: { group: Group; open: boolean; columns: readonly string[] }) {
  const ids = group.runs.map(uid);
  const on = ids.some((id) => eyes.value.has(id));
  const rows = table.value!;
  const metric = metricOf(columns);
  const stats = metric ? rows.stats(group.runs, metric) : null;
  const some = stats && stats.n < group.runs.length ? `${stats.n} of ` : "";
  return (
    <div class="runs-group" role="row" aria-expanded={open}>
      <span role="gridcell">
        <button
          type="button"
          class="eye"
          aria-pressed={on}
          aria-label={`Show ${group.label}`}
          {...eyeHandlers(ids, on)}
        >
          <Icon name={on ? "eye" : "hide"} />
        </button>
      </span>
      <span role="gridcell">
        <SwatchMenu id={groupKey(group.id)} name={group.label} look={groupLook(group.id)} off={!on} />
      </span>
      <span role="rowheader" class="name cut wide-name">
        <button type="button" class="fold" aria-expanded={open} onClick={() => toggleGroup(group.id)}>
          <Icon name={open ? "down" : "right"} small />
          {group.label}
          <span class="n" title={stats ? `${stats.n} with a value` : undefined}>
            {some}
            {plural(group.runs.length, "run")}
          </span>
        </button>
      </span>
      {columns.map((id) => (
        <span class={id === metric ? "num" : "num dim"} role="gridcell" key={id}>
          {id === SPREAD ? stats && stats.n > 1 && plusMinus(stats.std) : groupCell(group, id)}
        </span>
      ))}
    </div>
  );
}

function groupCell(group: Group, id: string): ComponentChildren {
  if (TIMES.has(id) || !table.value!.info(id)?.numeric) return "";
  const { mean, n } = table.value!.stats(group.runs, id);
  return n ? cell(mean) : group.runs.some((run) => Number.isNaN(table.value!.value(run, id))) ? "NaN" : "–";
}
