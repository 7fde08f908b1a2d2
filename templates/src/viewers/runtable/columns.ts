// Which columns the run table shows, and how wide they are.
import { computed } from "@preact/signals";
import { highIsBetter, lowIsBetter } from "../../lib/goals";
import { isHeldOut } from "../../lib/keys";
import type { ColumnInfo, RunTable } from "../../lib/runs";
import { firstMetric, groupKeys, groups, join, listed, scalars, sortKeys, split, table } from "../../lib/view";
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

/** What differs and what was meant: the main metric, others on held-out data, what the script set itself, config. */
function defaultIds(now: RunTable | null, runs: readonly RunRow[]): string[] {
  if (!now) return [];
  const among = runs.length > 1 ? runs : now.index.runs;
  const some = (test: (run: RunRow) => boolean): boolean => now.index.runs.some(test);
  const wanted = (tier: ColumnInfo["tier"]): ColumnInfo[] =>
    now.columns.filter(
      ({ id, tier: of }) => of === tier && !id.startsWith("best.") && (!onlyDiffering.value || now.differs(among, id)),
    );
  const ids: string[] = [];
  if (some((run) => run.tags.length > 0)) ids.push("tags");
  if (some((run) => run.notes !== "") && (!onlyDiffering.value || now.differs(among, "notes"))) ids.push("notes");
  ids.push("created", "duration");
  const main = firstMetric.value;
  if (main) ids.push(`~${main}`, ...withBest(now, main));
  const logged = new Set(scalars.value.map(({ key }) => `summary.${key}`));
  const meant = ({ id, numeric }: ColumnInfo): number =>
    isHeldOut(id) && numeric ? 0 : logged.has(id) ? 2 : numeric ? 1 : 3;
  const summary = wanted("summary").filter((column) => column.id !== main && meant(column) < 3);
  summary.sort((a, b) => meant(a) - meant(b));
  return [
    ...ids,
    ...summary.slice(0, main ? SUMMARY - 1 : SUMMARY).flatMap(({ id }) => withBest(now, id)),
    ...wanted("config")
      .slice(0, CONFIG)
      .map(({ id }) => id),
  ];
}

/** A metric of held-out data has its best value beside the last one. */
function withBest(now: RunTable, id: string): string[] {
  const best = id.replace(/^summary\./, "best.");
  return isHeldOut(id) && now.info(best) ? [best, id] : [id];
}

/** Notes and columns of summary and config that are equal over the listed runs: hidden while only others are wanted. */
export const equalHidden = computed(() => {
  const now = table.value;
  if (!now || !onlyDiffering.value) return new Set<string>();
  const among = listed.value.length > 1 ? listed.value : now.index.runs;
  const may = ({ id, tier }: ColumnInfo): boolean => (tier !== "run" || id === "notes") && !isSorted(id);
  return new Set(now.columns.filter((column) => may(column) && !now.differs(among, column.id)).map(({ id }) => id));
});

const isSorted = (id: string): boolean => sortKeys.value.some((key) => key.id === id);

/** Whether some run of a group lacks a number, so that the means of its row are of different numbers of runs. */
export const partial = computed(() => {
  const now = table.value;
  const ids = columnIds.value.filter((id) => now?.info(id)?.tier === "summary" && now.info(id)!.numeric);
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
  const ids = [
    "name",
    ...columnIds.value.filter((id) => id !== "name" && !equalHidden.value.has(id.replace(/^~/, ""))),
  ];
  const list = ids.map((id) => columnOf(now, id)).filter((column): column is TableColumn => column !== null);
  return [list[0]!, ...list.slice(1).sort((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier))];
});

function columnOf(now: RunTable, id: string): TableColumn | null {
  const spark = id.startsWith("~");
  const info = now.info(spark ? id.slice(1) : id);
  if (!info) return null;
  const values = info.numeric ? listed.value.map((run) => now.number(run, info.id)).filter(Number.isFinite) : [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const metric = info.id.replace(/^(summary|best)\./, "");
  const rated =
    info.tier === "summary" && (lowIsBetter(metric) || highIsBetter(metric)) && values.length > 1 && low < high;
  return {
    ...info,
    id,
    // Its neighbour has the name.
    label: spark ? `trend of ${info.label}` : info.label,
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
