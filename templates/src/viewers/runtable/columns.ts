// Which columns the run table shows, and how wide they are.
import { computed } from "@preact/signals";
import { highIsBetter, lowIsBetter } from "../../lib/keys";
import type { ColumnInfo, RunTable } from "../../lib/runs";
import { firstMetric, groupKeys, groups, join, listed, split, table } from "../../lib/view";
import type { RunRow } from "../../model";
import { param, setParams } from "../../route";

export interface TableColumn extends ColumnInfo {
  readonly width: number;
  /** A sparkline of the metric, in place of its value. */
  readonly spark: boolean;
  /** Best value over the listed runs, NaN where there is no such thing. */
  readonly best: number;
  readonly low: number;
  readonly high: number;
}

const SUMMARY = 6;
const CONFIG = 8;

export const onlyDiffering = computed(() => param("diff") !== "0");
export const deltaMode = computed(() => param("mode") === "delta");

/** Ids of the chosen columns but the name; a sparkline is `~summary.val/loss`. */
export const columnIds = computed<readonly string[]>(() => {
  const chosen = split(param("cols"));
  return chosen.length ? chosen : defaultIds(table.value, listed.value);
});

export function setColumns(ids: readonly string[]): void {
  setParams({ cols: join(ids) });
}

function defaultIds(now: RunTable | null, runs: readonly RunRow[]): string[] {
  if (!now) return [];
  const all = now.index.runs;
  const some = (test: (run: RunRow) => boolean): boolean => all.some(test);
  const ids: string[] = [];
  if (some((run) => run.tags.length > 0)) ids.push("tags");
  if (some((run) => run.notes !== "")) ids.push("notes");
  ids.push("created", "duration");
  const main = firstMetric.value;
  const numeric = now.columns
    .filter((column) => column.tier === "summary" && column.numeric && column.id !== main)
    .map((column) => column.id);
  if (main) ids.push(`~${main}`, main);
  ids.push(...numeric.slice(0, main ? SUMMARY - 1 : SUMMARY));
  const config = now.columns.filter((column) => column.tier === "config").map((column) => column.id);
  const differing = config.filter((id) => now.differs(runs.length > 1 ? runs : all, id));
  return [...ids, ...(onlyDiffering.value ? differing : config).slice(0, CONFIG)];
}

/** Config columns equal over the listed runs: hidden while only differing ones are wanted. */
export const equalHidden = computed(() => {
  const now = table.value;
  if (!now || !onlyDiffering.value) return new Set<string>();
  return new Set(
    now.columns
      .filter(
        (column) =>
          column.tier === "config" && !now.differs(listed.value.length > 1 ? listed.value : now.index.runs, column.id),
      )
      .map((column) => column.id),
  );
});

/** Whether some run of a group lacks a number, so that the means of its row are of different numbers of runs. */
export const partial = computed(() => {
  const now = table.value;
  const ids = columnIds.value.filter((id) => id.startsWith("summary.") && now?.info(id)?.numeric);
  const lacks = (run: RunRow): boolean => ids.some((id) => !Number.isFinite(now!.number(run, id)));
  return groups.value?.some((group) => group.runs.some(lacks)) ?? false;
});

const widths = computed(
  () =>
    new Map(
      split(param("w")).map((item) => {
        const at = item.lastIndexOf(":");
        return [item.slice(0, at), Number(item.slice(at + 1))] as const;
      }),
    ),
);

export function setWidth(id: string, width: number | null): void {
  const next = new Map(widths.value);
  if (width === null) next.delete(id);
  else next.set(id, Math.round(Math.max(48, Math.min(640, width))));
  setParams({ w: join([...next].map(([name, value]) => `${name}:${value}`)) });
}

const USUAL: Readonly<Record<string, number>> = {
  name: 206,
  tags: 104,
  notes: 170,
  created: 92,
  duration: 80,
  state: 80,
  last_sign: 92,
};

export const columns = computed<readonly TableColumn[]>(() => {
  const now = table.value;
  if (!now) return [];
  const tiers = ["run", "summary", "config"];
  const ids = ["name", ...columnIds.value.filter((id) => id !== "name" && !equalHidden.value.has(id))];
  const list = ids.map((id) => columnOf(now, id)).filter((column): column is TableColumn => column !== null);
  return [list[0]!, ...list.slice(1).sort((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier))];
});

function columnOf(now: RunTable, id: string): TableColumn | null {
  const spark = id.startsWith("~");
  const info = now.info(spark ? id.slice(1) : id);
  if (!info) return null;
  const values = info.numeric ? listed.value.map((run) => now.number(run, info.id)).filter(Number.isFinite) : [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rated =
    info.tier === "summary" && (lowIsBetter(info.id) || highIsBetter(info.id)) && values.length > 1 && low < high;
  return {
    ...info,
    id,
    spark,
    width: widths.value.get(id) ?? usualWidth(now, info, spark),
    best: rated ? (lowIsBetter(info.id) ? low : high) : NaN,
    low,
    high,
  };
}

function usualWidth(now: RunTable, info: ColumnInfo, spark: boolean): number {
  if (spark) return 92;
  const usual = USUAL[info.id];
  if (usual) return usual;
  const longest = listed.value.slice(0, 100).reduce((most, run) => Math.max(most, now.shown(run, info).length), 0);
  const slot = info.tier === "summary" && info.numeric && groupKeys.value.length ? (partial.value ? 78 : 52) : 0;
  return Math.round(Math.max(64, Math.min(220, Math.max(info.label.length * 6.4 + 34, longest * 7 + 24) + slot)));
}

export const selected = computed(() => new Set(split(param("sel"))));
export function toggleSelected(ids: readonly string[], on?: boolean): void {
  const next = new Set(selected.value);
  const add = on ?? !ids.every((id) => next.has(id));
  for (const id of ids) add ? next.add(id) : next.delete(id);
  setParams({ sel: join([...next]) });
}
