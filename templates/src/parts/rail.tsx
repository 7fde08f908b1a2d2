// The run list: the legend of every panel.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { index, uid } from "../lib/data";
import { ago, difference, duration, plural, plusMinus } from "../lib/format";
import { lowIsBetter } from "../lib/keys";
import { now } from "../lib/live";
import type { Group } from "../lib/runs";
import { cell } from "../lib/values";
import {
  baseline,
  closedGroups,
  current,
  cycleSort,
  eyes,
  firstRule,
  found,
  groupKey,
  groupKeys,
  groupLook,
  groups,
  hovered,
  isFirstView,
  join,
  listed,
  lookOf,
  mainMetric,
  onlyEyes,
  pins,
  sortKeys,
  split,
  table,
  toggleEyes,
  toggleGroup,
} from "../lib/view";
import type { RunRow } from "../model";
import { href, param, preference, setParams, setPreference, shareUrl } from "../route";
import { ColumnsForm } from "./columns";
import { Icon } from "./icons";
import { Diverged, Dot, nameOf, RunName, Swatch } from "./identity";
import { bestRemoval, FilterChips, RunSearch, useFilterPatterns } from "./runsearch";
import { SwatchMenu } from "./swatchmenu";
import { Button, copy, Empty, Menu, type MenuItem } from "./ui";
import { rowHeight, VirtualList } from "./virtual";

type Row =
  | { readonly kind: "run"; readonly run: RunRow; readonly group?: string }
  | { readonly kind: "group"; readonly group: Group; readonly open: boolean };

const DELTA = "delta";
/** Beside the means of groups, how far their runs are spread. */
const SPREAD = "spread";
const [LEAST, MOST, USUAL] = [240, 560, 336];

/** Columns right of the name: the main metric, and the distance to the baseline or the age, which groups have not. */
export function railColumns(): string[] {
  const chosen = split(param("list"));
  if (chosen.length) return chosen;
  const age = groupKeys.value.length && mainMetric.value ? [] : ["created"];
  return [...(mainMetric.value ? [mainMetric.value] : []), ...(baseline.value ? [DELTA] : age)];
}

function withSpread(columns: readonly string[]): string[] {
  const metric = metricOf(columns);
  return columns.flatMap((id) => (id === metric ? [id, SPREAD] : [id]));
}

/** The column whose mean and spread a group tells: the first of numbers. */
const metricOf = (columns: readonly string[]): string | null =>
  columns.find((id) => table.value?.info(id)?.numeric && !TIMES.has(id)) ?? null;

const TIMES: ReadonlySet<string> = new Set(["created", "last_sign", "duration"]);
const [NARROW, WIDE] = [50, 78];

/** Pixels that the values of a column need, within what the list has. */
function widthOf(id: string): number {
  const rows = table.value;
  const info = rows?.info(id);
  if (id === SPREAD) return 58;
  if (!rows || !info?.numeric || TIMES.has(id)) return NARROW;
  const longest = listed.value.slice(0, 100).reduce((most, run) => Math.max(most, rows.shown(run, info).length), 0);
  return Math.max(NARROW, Math.min(WIDE, Math.ceil(longest * 6.8)));
}

export function Rail({
  sheet,
  onClose,
  inputRef,
}: {
  sheet: boolean;
  onClose: () => void;
  inputRef: (element: HTMLInputElement | null) => void;
}) {
  useFilterPatterns();
  const all = index.value?.runs ?? [];
  const columns = groupKeys.value.length ? withSpread(railColumns()) : railColumns();
  const width = Number(preference("rail")) || USUAL;
  const top = [...(baseline.value ? [baseline.value] : []), ...pins.value.filter((run) => run !== baseline.value)];
  const rows = rowsOf(new Set(top));
  const template = { "--columns": columns.map((id) => `${widthOf(id)}px`).join(" ") };
  const at = rows.findIndex((row) => row.kind === "run" && uid(row.run) === current.value);
  const removal = rows.length || top.length ? null : bestRemoval();
  const row = (run: RunRow, i: number, group?: string) => (
    <RunLine key={uid(run)} run={run} columns={columns} group={group} at={i} />
  );
  return (
    <aside
      class="rail"
      id="runs"
      aria-label="Runs"
      data-open={sheet ? "" : undefined}
      style={{ "--rail-now": `${width}px` }}
    >
      <div class="sheet-head narrow">
        <b>Runs</b>
        <button type="button" class="btn" onClick={onClose}>
          Done
        </button>
      </div>
      <div class="rail-head">
        <RunSearch inputRef={inputRef} />
        <div class="rail-row">
          <FilterChips />
        </div>
        <RailBar columns={columns} />
      </div>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label */}
      <div
        class={groupKeys.value.length ? "runs grouped" : "runs"}
        role={groupKeys.value.length ? "treegrid" : "grid"}
        aria-label="Runs"
        aria-rowcount={all.length + 1}
        style={template}
      >
        <div class="runs-head" role="row">
          <Head id="name" text="Name" />
          {columns.map((id) => (
            <Head key={id} id={id} text={columnLabel(id, columns)} />
          ))}
        </div>
        {top.length > 0 && (
          <div class="pinned" role="rowgroup">
            {top.map((run) => row(run, -1))}
          </div>
        )}
        {rows.length ? (
          <VirtualList
            count={rows.length}
            height={rowHeight()}
            scrollTo={at}
            row={(i) => {
              const item = rows[i]!;
              return item.kind === "run" ? (
                row(item.run, i, item.group)
              ) : (
                <GroupLine key={item.group.id} group={item.group} open={item.open} columns={columns} />
              );
            }}
          />
        ) : (
          <div role="row">
            <div role="gridcell">
              {!top.length && (
                <Empty
                  title={all.length ? "No run matches" : "No runs yet"}
                  text={removal ? `Without ${removal.text} ${removal.back} come back.` : undefined}
                >
                  {removal && <Button kind="line" text={`Remove ${removal.text}`} onClick={removal.remove} />}
                  {found.value?.size === 0 && (
                    <Button kind="line" text="Clear the search" onClick={() => setParams({ q: undefined })} />
                  )}
                </Empty>
              )}
            </div>
          </div>
        )}
      </div>
      <Foot />
      <Grip width={width} />
    </aside>
  );
}

function rowsOf(top: ReadonlySet<RunRow>): Row[] {
  if (!groups.value) return listed.value.filter((run) => !top.has(run)).map((run) => ({ kind: "run", run }));
  return groups.value.flatMap((group): Row[] => {
    const open = !closedGroups.value.has(group.id);
    return [
      { kind: "group", group, open },
      ...(open ? group.runs.map((run): Row => ({ kind: "run", run, group: group.id })) : []),
    ];
  });
}

/** The last part of its name, unless another column of the list has the same. */
function columnLabel(id: string, columns: readonly string[]): string {
  if (id === DELTA) return "Δ base";
  if (id === SPREAD) return "±";
  const label = (one: string): string => table.value?.info(one)?.label ?? one;
  const last = (one: string): string => label(one).slice(label(one).lastIndexOf("/") + 1);
  return columns.some((other) => other !== id && last(other) === last(id)) ? label(id) : last(id);
}

function Head({ id, text }: { id: string; text: string }) {
  const key = sortKeys.value.find((other) => other.id === id);
  const sortable = id !== DELTA && id !== SPREAD;
  return (
    <span
      role="columnheader"
      class={`${id === "name" ? "nm" : "num cut"}${key ? " sorted" : ""}`}
      aria-sort={key ? (key.descending ? "descending" : "ascending") : undefined}
    >
      {sortable ? (
        <button
          type="button"
          title={`Sort by ${table.value?.info(id)?.label ?? text}`}
          onClick={(event) => cycleSort(id, event.shiftKey)}
        >
          {text}
          {key ? (key.descending ? " ↓" : " ↑") : ""}
        </button>
      ) : (
        text
      )}
    </span>
  );
}

function RailBar({ columns }: { columns: readonly string[] }) {
  const now = table.value;
  const sort = sortKeys.value[0];
  const groupable =
    now?.columns.filter(
      (column) =>
        column.tier === "config" || ["group", "job_type", "tags", "host", "state", "user"].includes(column.id),
    ) ?? [];
  return (
    <div class="rail-row bar">
      <Menu
        label="Group"
        kind="xs"
        text={
          <span class="cut">
            <Icon name="group" small /> Group{" "}
            <b>{groupKeys.value.map((id) => now?.info(now.resolve(id)!)?.label ?? id).join(", ") || "none"}</b>
          </span>
        }
      >
        {() => (
          <ColumnsForm
            all={groupable}
            chosen={groupKeys.value}
            hint="Up to three"
            onChange={(ids) => setParams({ group: join(ids.slice(0, 3)) })}
          />
        )}
      </Menu>
      <Menu
        label="Sort"
        kind="xs"
        text={
          <span class="cut">
            <Icon name="sort" small /> <b>{sort ? (now?.info(sort.id)?.label ?? sort.id) : "Newest"}</b>{" "}
            {sort ? (sort.descending ? "high first" : "low first") : ""}
          </span>
        }
      >
        {(close) => (
          <div class="form">
            <label>
              Sort by{" "}
              <select
                value={sort?.id ?? ""}
                onChange={(event) => {
                  setParams({
                    sort: join(
                      event.currentTarget.value
                        ? [(now?.info(event.currentTarget.value)?.numeric ? "-" : "") + event.currentTarget.value]
                        : [],
                    ),
                  });
                  close();
                }}
              >
                <option value="">newest first</option>
                {now?.columns.map((column) => (
                  <option key={column.id} value={column.id}>
                    {column.tier === "run" ? column.label : `${column.tier} ${column.label}`}
                  </option>
                ))}
              </select>
            </label>
            {sort && <Button kind="line" text="Other direction" onClick={() => cycleSort(sort.id)} />}
          </div>
        )}
      </Menu>
      <span class="grow" />
      <Menu label="Columns of the list" kind="xs" icon="columns">
        {() => (
          <ColumnsForm
            all={[...(now?.columns ?? []), { id: DELTA, tier: "run", label: "Δ to baseline", numeric: true }]}
            chosen={columns}
            onChange={(ids) => setParams({ list: join(ids) })}
          />
        )}
      </Menu>
    </div>
  );
}

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

function RunLine({ run, columns, group, at }: { run: RunRow; columns: readonly string[]; group?: string; at: number }) {
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

export function runActions(run: RunRow): readonly (MenuItem | null)[] {
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

/** Best value of a column over all runs, found once an index; NaN where there is no such thing. */
const remembered = new WeakMap<object, Map<string, number>>();
function bestOf(column: string): number {
  const rows = table.value!;
  const known = remembered.get(rows) ?? new Map<string, number>();
  remembered.set(rows, known);
  const held = known.get(column);
  if (held !== undefined) return held;
  const values = rows.index.runs.map((run) => rows.number(run, column)).filter(Number.isFinite);
  const rated = values.length > 1 && rows.info(column)?.tier === "summary";
  const best = !rated ? NaN : lowIsBetter(column) ? Math.min(...values) : Math.max(...values);
  known.set(column, best);
  return best;
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
  const share = rows.index.runs.every((other) => !(Math.abs(rows.number(other, metric)) > 1));
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

function GroupLine({ group, open, columns }: { group: Group; open: boolean; columns: readonly string[] }) {
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

function Foot() {
  const all = index.value?.runs ?? [];
  const among = listed.value;
  const shownCount = among.filter((run) => eyes.value.has(uid(run))).length;
  const running = all.filter((run) => run.state === "running" || run.state === "silent").length;
  const count = (state: RunRow["state"]): number => all.filter((run) => run.state === state).length;
  const first = isFirstView.value && shownCount < among.length;
  return (
    <div class="rail-foot">
      <span>
        {groups.value && (
          <>
            <b>{groups.value.length}</b> groups,{" "}
          </>
        )}
        <b>{shownCount}</b> of {among.length}
        {among.length < all.length ? ` that match` : ""}
        {first && firstRule.value ? `: ${firstRule.value}` : " shown"}
      </span>
      {shownCount < among.length && (
        <Button kind="xs" text="Show all" onClick={() => toggleEyes(among.map(uid), true)} />
      )}
      <span class="grow" />
      {groups.value && <span>mean ± std</span>}
      {running > 0 && (
        <span class="row" title={`${running} running`}>
          <span class="dot running" /> {running}
          <span class={first ? "sr" : ""}> running</span>
        </span>
      )}
      {(["crashed", "failed"] as const).map(
        (state) =>
          count(state) > 0 && (
            <span class="row" key={state} title={`${count(state)} ${state}`}>
              <span class={`dot ${state}`} /> {count(state)}
              <span class={first ? "sr" : ""}> {state}</span>
            </span>
          ),
      )}
    </div>
  );
}

function Grip({ width }: { width: number }) {
  const root = useRef<HTMLDivElement>(null);
  const set = (next: number): void => {
    const clean = Math.round(Math.max(LEAST, Math.min(MOST, next)));
    setPreference("rail", clean === USUAL ? null : String(clean));
    root.current!.closest<HTMLElement>(".work")!.style.setProperty("--rail", `${clean}px`);
    root.current!.setAttribute("aria-valuenow", String(clean));
  };
  return (
    <div
      class="grip"
      ref={root}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the run list"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={width}
      tabIndex={0}
      onDblClick={() => set(USUAL)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && set(event.clientX)}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? 8 : event.key === "ArrowLeft" ? -8 : 0;
        if (!by) return;
        event.preventDefault();
        set((Number(preference("rail")) || USUAL) + by);
      }}
    />
  );
}
