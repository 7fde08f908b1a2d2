// Rows of the run table: heads, groups, runs.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { uid } from "../../lib/data";
import { ago, difference, duration, fullDate, number, plusMinus } from "../../lib/format";
import { lowIsBetter } from "../../lib/goals";
import { now } from "../../lib/live";
import { fitting } from "../../lib/names";
import { packedLines } from "../../lib/packs";
import { css } from "../../lib/palette";
import type { Group } from "../../lib/runs";
import type { Line } from "../../lib/series";
import { cell } from "../../lib/values";
import { baseline, current, cycleSort, groupLook, groups, lookOf, sortKeys, table, toggleGroup } from "../../lib/view";
import type { RunRow } from "../../model";
import { Icon } from "../../parts/icons";
import { Diverged, Dot, nameOf, RunName, Swatch } from "../../parts/identity";
import { Spark } from "../../parts/spark";
import { href } from "../../route";
import {
  columnIds,
  deltaMode,
  onlyDiffering,
  selected,
  setColumns,
  setWidth,
  type TableColumn,
  toggleSelected,
} from "./columns";

/** Pixels of padding: of a cell, of a tag with its gap; and of what says that there are more. */
const [CELL, CHIP, MORE] = [16, 18, 20];
const TIERS = { run: "Run", summary: "Summary", config: "Config" } as const;

export function TierRow({ columns }: { columns: readonly TableColumn[] }) {
  const all = table.value!.columns;
  const cells: ComponentChildren[] = [];
  for (let i = 0; i < columns.length; ) {
    const tier = columns[i]!.tier;
    let end = i + 1;
    while (end < columns.length && columns[end]!.tier === tier && i > 0) end++;
    const shown = columns.filter((column) => column.tier === tier && !column.spark).length;
    const total = all.filter((column) => column.tier === tier).length;
    const text =
      i === 0
        ? "Run"
        : tier === "run"
          ? ""
          : `${TIERS[tier]}${tier === "config" && onlyDiffering.value ? ", differing" : ""} ${shown} of ${total}`;
    cells.push(
      <span
        key={i}
        role={text ? "columnheader" : "presentation"}
        class={`tier${i === 0 ? " first" : tier !== "run" ? " edge" : ""}`}
        style={{ gridColumn: `${i + 1} / ${end + 1}` }}
      >
        {text}
      </span>,
    );
    i = end;
  }
  return (
    <div class="tr tiers" role="row">
      {cells}
    </div>
  );
}

export function HeadRow({ columns }: { columns: readonly TableColumn[] }) {
  return (
    <div class="tr heads" role="row">
      {columns.map((column, i) => (
        <Head key={column.id} column={column} first={i === 0} edge={isEdge(columns, i)} />
      ))}
    </div>
  );
}

function isEdge(columns: readonly TableColumn[], i: number): boolean {
  return i > 0 && columns[i]!.tier !== columns[i - 1]!.tier && columns[i]!.tier !== "run";
}

function Head({ column, first, edge }: { column: TableColumn; first: boolean; edge: boolean }) {
  const key = sortKeys.value.find((other) => other.id === column.id);
  const drag = useRef<{ x: number; width: number } | null>(null);
  const drop = (event: DragEvent): void => {
    const moved = event.dataTransfer?.getData("text/column");
    if (!moved || moved === column.id) return;
    const ids = columnIds.value.filter((id) => id !== moved);
    ids.splice(Math.max(0, ids.indexOf(column.id)), 0, moved);
    setColumns(ids);
  };
  return (
    <span
      role="columnheader"
      class={`th${column.numeric ? " num" : ""}${key ? " sorted" : ""}${first ? " first" : ""}${edge ? " edge" : ""}`}
      aria-sort={key ? (key.descending ? "descending" : "ascending") : undefined}
      draggable={!first}
      onDragStart={(event) => event.dataTransfer?.setData("text/column", column.id)}
      onDragOver={(event) => event.dataTransfer?.types.includes("text/column") && event.preventDefault()}
      onDrop={drop}
    >
      <button
        type="button"
        class="cut"
        title={`Sort by ${column.label}; Shift-click adds it, Alt and arrows resize`}
        onKeyDown={(event) => {
          const by = event.altKey ? (event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0) : 0;
          if (!by) return;
          event.preventDefault();
          setWidth(column.id, column.width + by);
        }}
        onClick={(event) => cycleSort(column.spark ? column.id.slice(1) : column.id, event.shiftKey)}
      >
        {column.label}
        {key ? (key.descending ? " ↓" : " ↑") : ""}
      </button>
      {groups.value && column.tier === "summary" && column.numeric && !column.spark && <Slots />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; Alt and arrows do the same */}
      <i
        class="edge-grip"
        title="Drag to resize, double click to fit"
        onDblClick={() => setWidth(column.id, null)}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, width: column.width };
        }}
        onPointerMove={(event) =>
          drag.current && setWidth(column.id, drag.current.width + event.clientX - drag.current.x)
        }
        onPointerUp={() => (drag.current = null)}
      />
    </span>
  );
}

/** The run whose row is open, on a phone. */
export const opened = signal<RunRow | null>(null);

export function RunLine({ run, columns, at }: { run: RunRow; columns: readonly TableColumn[]; at: number }) {
  const id = uid(run);
  const chosen = selected.value.has(id);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
    <div
      class={`tr${current.value === id ? " current" : ""}`}
      role="row"
      aria-selected={chosen}
      aria-rowindex={at + 3}
      onClick={(event) => {
        if (innerWidth < 760 && !(event.target as Element).closest("a, input")) opened.value = run;
      }}
    >
      <span class="td first" role="rowheader">
        <input
          type="checkbox"
          aria-label={`Select ${nameOf(run)}`}
          checked={chosen}
          onChange={() => toggleSelected([id])}
        />
        <Swatch look={lookOf(run)} />
        <Dot state={run.state} />
        {baseline.value === run && (
          <span class="flag" title="Baseline">
            <Icon name="flag" small />
          </span>
        )}
        <a class="name cut" href={href(run.page)} title={nameOf(run)}>
          <RunName run={run} />
        </a>
        <Diverged run={run} />
        {run.state !== "finished" && <span class={`state ${run.state}`}>{run.state}</span>}
        <button type="button" class="narrow open" aria-label={`Values of ${nameOf(run)}`}>
          <Icon name="right" small />
        </button>
      </span>
      {columns.slice(1).map((column, i) => (
        <Cell key={column.id} run={run} column={column} edge={isEdge(columns, i + 1)} />
      ))}
    </div>
  );
}

/** As many tags as there is room for, whole, and how many more there are. */
function Tags({ tags, width }: { tags: readonly string[]; width: number }) {
  const shown = Math.max(1, fitting(tags, width - CELL, CHIP, MORE));
  return (
    <span class="tags" title={tags.join(", ")}>
      {tags.slice(0, shown).map((tag) => (
        <span class="chip cut" key={tag}>
          {tag}
        </span>
      ))}
      {tags.length > shown && <span class="dim">+{tags.length - shown}</span>}
    </span>
  );
}

/** Of thousands of rows a few files tell all the lines. */
async function fromPacks(run: RunRow, metric: string): Promise<readonly Line[] | undefined> {
  return (await packedLines([run], metric, "step", false)).get(run);
}

function Cell({ run, column, edge }: { run: RunRow; column: TableColumn; edge: boolean }) {
  const rows = table.value!;
  const classes = `td${column.numeric && !column.spark ? " num" : ""}${edge ? " edge" : ""}`;
  if (column.spark)
    return (
      <span class={classes} role="gridcell">
        <Spark
          run={run}
          metric={column.id.slice(1).replace(/^summary\./, "")}
          colour={css(lookOf(run))}
          read={fromPacks}
        />
      </span>
    );
  if (column.id === "tags")
    return (
      <span class={classes} role="gridcell">
        <Tags tags={run.tags} width={column.width} />
      </span>
    );
  if (column.id === "notes")
    return (
      <span class={`${classes} cut`} role="gridcell" title={run.notes}>
        {run.notes.split("\n")[0]!.replace(/[*_`#]/g, "")}
      </span>
    );
  if (column.id === "created" || column.id === "last_sign")
    return (
      <span class={`${classes} dim`} role="gridcell" title={fullDate(run[column.id])}>
        {ago(run[column.id], now.value)}
      </span>
    );
  if (column.id === "duration")
    return (
      <span class={classes} role="gridcell">
        {duration(run.duration)}
      </span>
    );
  const value = rows.value(run, column.id);
  if (value === undefined)
    return (
      <span class={`${classes} dim`} role="gridcell">
        –
      </span>
    );
  if (!column.numeric || column.tier === "config")
    return (
      <span class={`${classes} cut`} role="gridcell" title={rows.text(run, column.id)}>
        {rows.shown(run, column)}
      </span>
    );
  return <Value run={run} column={column} classes={classes} />;
}

function Value({ run, column, classes }: { run: RunRow; column: TableColumn; classes: string }) {
  const mine = table.value!.number(run, column.id);
  const base = deltaMode.value && baseline.value ? table.value!.number(baseline.value, column.id) : NaN;
  if (deltaMode.value && baseline.value && column.tier === "summary") {
    if (run === baseline.value)
      return (
        <span class={`${classes} dim`} role="gridcell">
          base
        </span>
      );
    const change = mine - base;
    const better = lowIsBetter(column.id) ? change < 0 : change > 0;
    return (
      <span
        class={`${classes}${Number.isFinite(change) && change ? (better ? " up" : " down") : " dim"}`}
        role="gridcell"
        title={number(mine)}
      >
        {Number.isFinite(change) ? difference(change) : "–"}
      </span>
    );
  }
  const sorted = sortKeys.value[0]?.id === column.id;
  const lost = table.value!.lost(run, column.id);
  const rank = mine === column.best ? " best" : lost || Number.isNaN(mine) ? " nan" : "";
  return (
    <span
      class={`${classes}${rank}${sorted ? " bar" : ""}`}
      role="gridcell"
      title={lost || table.value!.text(run, column.id)}
      style={sorted ? { "--share": share(column, mine) } : undefined}
    >
      {table.value!.shown(run, column)}
      {groups.value && <Slots />}
    </span>
  );
}

/** Beside the means of groups: their spread, and of how many runs they are where some have no value. */
function Slots({ spread = "", n = 0 }: { spread?: string; n?: number }) {
  return (
    <>
      <i class="pm">{spread}</i>
      <i class="pn">{n ? `n ${n}` : ""}</i>
    </>
  );
}

function share(column: TableColumn, value: number): string {
  const from = column.low > 0 && column.low < column.high / 2 ? 0 : column.low - (column.high - column.low) * 0.15;
  return `${Math.max(0, Math.min(100, ((value - from) / (column.high - from || 1)) * 100)).toFixed(1)}%`;
}

export function GroupRow({
  group,
  open,
  columns,
  at,
}: {
  group: Group;
  open: boolean;
  columns: readonly TableColumn[];
  at: number;
}) {
  const ids = group.runs.map(uid);
  return (
    <div class="tr group" role="row" aria-expanded={open} aria-rowindex={at + 3}>
      <span class="td first" role="rowheader">
        <input
          type="checkbox"
          aria-label={`Select ${group.label}`}
          checked={ids.every((id) => selected.value.has(id))}
          onChange={() => toggleSelected(ids)}
        />
        <button type="button" class="fold cut" aria-expanded={open} onClick={() => toggleGroup(group.id)}>
          <Icon name={open ? "down" : "right"} small />
          <Swatch look={groupLook(group.id)} /> <b>{group.label}</b>{" "}
          <span class="dim">
            {group.runs.length} run{group.runs.length === 1 ? "" : "s"}
          </span>
        </button>
      </span>
      {columns.slice(1).map((column, i) => (
        <GroupCell key={column.id} group={group} column={column} edge={isEdge(columns, i + 1)} />
      ))}
    </div>
  );
}

function GroupCell({ group, column, edge }: { group: Group; column: TableColumn; edge: boolean }) {
  const rows = table.value!;
  const classes = `td dim${column.numeric && !column.spark ? " num" : ""}${edge ? " edge" : ""}`;
  if (
    column.spark ||
    column.id === "created" ||
    column.id === "notes" ||
    column.id === "last_sign" ||
    column.id === "tags"
  )
    return <span class={classes} role="gridcell" />;
  if (column.id === "duration")
    return (
      <span class={classes} role="gridcell">
        {duration(group.runs.reduce((sum, run) => sum + run.duration, 0))}
      </span>
    );
  if (column.tier === "summary" && column.numeric) {
    const { mean, std, n } = rows.stats(group.runs, column.id);
    const lost = group.runs.some((run) => Number.isNaN(rows.value(run, column.id)));
    const sorted = sortKeys.value[0]?.id === column.id;
    return (
      <span
        class={`${classes} ${!n && lost ? "nan" : "strong"}${sorted ? " bar" : ""}`}
        role="gridcell"
        title={`mean of ${n}`}
        style={sorted ? { "--share": share(column, mean) } : undefined}
      >
        {n ? cell(mean) : lost ? "NaN" : "–"}
        <Slots spread={n > 1 ? plusMinus(std) : ""} n={n && n < group.runs.length ? n : 0} />
      </span>
    );
  }
  const values = rows.texts(group.runs, column.id);
  const text =
    values.size === 1
      ? [...values][0]!
      : values.size <= 3 && [...values].every((value) => value.length <= 3)
        ? [...values].sort().join(", ")
        : `${values.size} values`;
  return (
    <span class={`${classes} cut`} role="gridcell">
      {text}
    </span>
  );
}
