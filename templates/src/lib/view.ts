// The view: everything in the hash, read as signals and written by the functions beside them.
import { computed, signal } from "@preact/signals";
import type { KeyInfo, RunRow } from "../model";
import { param, setParams } from "../route";
import { index, uid } from "./data";
import * as filters from "./filter";
import { highIsBetter } from "./goals";
import { isHeldOut } from "./keys";
import { commonOf } from "./names";
import { type Dashes, type Look, looks, OTHER } from "./palette";
import type { Found } from "./regex";
import { type Group, RunTable, type SortKey } from "./runs";
import { parse as parseSmoothing } from "./smooth";

export const FIRST_SHOWN = 8;
/** Runs that are shown by themselves where groups are: read from entries of their own, and from packs. */
const [MOST_READ, MOST_PACKED] = [200, 2000];

/** Lists in the hash: commas between, backslashes before commas within. */
export function split(text: string | undefined): string[] {
  if (!text) return [];
  return text.match(/(?:\\[\s\S]|[^,\\])+/g)?.map((item) => item.replace(/\\([,\\])/g, "$1")) ?? [];
}
export function join(items: readonly string[]): string | undefined {
  return items.length ? items.map((item) => item.replace(/[,\\]/g, "\\$&")).join(",") : undefined;
}

export const table = computed(() => (index.value ? new RunTable(index.value) : null));
export const keys = computed<readonly KeyInfo[]>(() => index.value?.keys ?? []);
export const scalars = computed(() =>
  keys.value.filter((key) => !key.hidden && (key.kind === "number" || key.kind === "bool")),
);

/** What the names of all runs share. */
export const common = computed(() => commonOf(index.value?.runs.map((run) => run.name || run.id) ?? []));

// ---- which runs ----

export const baseline = computed(() => index.value?.runs.find((run) => uid(run) === param("base")) ?? null);
export const pins = computed(() => {
  const wanted = new Set(split(param("pin")));
  return index.value?.runs.filter((run) => wanted.has(uid(run))) ?? [];
});

/** Shown until somebody opens or shuts an eye: the first ones of the list in its order, and the baseline. */
const firstOnes = computed(() => {
  const whole = firstGroups.value?.flatMap(({ runs }) => runs) ?? listed.value.slice(0, FIRST_SHOWN);
  const set = new Set(whole.map(uid));
  if (baseline.value) set.add(uid(baseline.value));
  return set;
});
/** Groups are drawn whole, as long as that are not too many runs to read at once. */
const firstGroups = computed(() => {
  const first = groups.value?.slice(0, FIRST_SHOWN);
  const most = index.value?.packs.length ? MOST_PACKED : MOST_READ;
  return first && first.reduce((sum, { runs }) => sum + runs.length, 0) <= most ? first : null;
});
/** By which rule the first ones were chosen, in words. */
export const firstRule = computed(() => {
  if (firstGroups.value) return firstGroups.value.length < groups.value!.length ? `first ${FIRST_SHOWN} groups` : "";
  const sort = sortKeys.value[0];
  if (!sort) return `newest ${FIRST_SHOWN}`;
  return `first ${FIRST_SHOWN} by ${table.value?.info(sort.id)?.label ?? sort.id}`;
});

/** Uids of the runs that are drawn, filters aside. */
export const eyes = computed<ReadonlySet<string>>(() => {
  const only = param("only");
  if (only !== undefined) return new Set(split(only));
  const hide = param("hide");
  if (hide === undefined) return firstOnes.value;
  const hidden = new Set(split(hide));
  return new Set(index.value?.runs.map(uid).filter((id) => !hidden.has(id)));
});
export const isFirstView = computed(() => param("only") === undefined && param("hide") === undefined);

/** Write the shown set in the shorter of its two forms. */
export function setEyes(shown: ReadonlySet<string>): void {
  const all = index.value?.runs.map(uid) ?? [];
  const hidden = all.filter((id) => !shown.has(id));
  const same = shown.size === firstOnes.value.size && [...shown].every((id) => firstOnes.value.has(id));
  if (same && all.length > FIRST_SHOWN) setParams({ only: undefined, hide: undefined });
  else if (hidden.length <= shown.size) setParams({ only: undefined, hide: join(hidden) ?? "" });
  else setParams({ only: join([...shown]) ?? "", hide: undefined });
}
export function toggleEyes(ids: readonly string[], on?: boolean): void {
  const next = new Set(eyes.value);
  const show = on ?? !ids.every((id) => next.has(id));
  for (const id of ids) show ? next.add(id) : next.delete(id);
  setEyes(next);
}
/** Only these; again: everything back as it was. */
let before: ReadonlySet<string> | null = null;
export function onlyEyes(ids: readonly string[]): void {
  const alone = eyes.value.size === ids.length && ids.every((id) => eyes.value.has(id));
  if (alone) setEyes(before ?? new Set(index.value?.runs.map(uid)));
  else {
    before = eyes.value;
    setEyes(new Set(ids));
  }
}

export const filterText = computed(() => param("f") ?? "");
export const filter = computed<{ tree: filters.Filter | null; error: string }>(() => {
  try {
    return { tree: filters.parse(filterText.value), error: "" };
  } catch (error) {
    return { tree: null, error: (error as Error).message };
  }
});

/** Runs that the search field leaves, by uid; null without a search. Set by whoever shows the field. */
export const found = signal<ReadonlySet<string> | null>(null);
export const foundNote = signal("");
/** Results of the filter's regular expressions: pattern -> texts it matches. */
export const matched = signal<ReadonlyMap<string, ReadonlySet<string>>>(new Map());

export const sortKeys = computed<SortKey[]>(() =>
  split(param("sort")).map((text) =>
    text.startsWith("-") ? { id: text.slice(1), descending: true } : { id: text, descending: false },
  ),
);
export function setSort(keysNow: readonly SortKey[]): void {
  setParams({ sort: join(keysNow.map(({ id, descending }) => (descending ? "-" : "") + id)) });
}
/** Descending, ascending, off; with `more` as a further key. Text begins ascending. */
export function cycleSort(id: string, more = false): void {
  const descendingFirst = table.value?.info(id)?.numeric ?? false;
  const now = sortKeys.value.find((key) => key.id === id);
  const next: SortKey | null = !now
    ? { id, descending: descendingFirst }
    : now.descending === descendingFirst
      ? { id, descending: !descendingFirst }
      : null;
  const rest = more ? sortKeys.value.filter((key) => key.id !== id) : [];
  setSort(next ? [...rest, next] : rest);
}

export const groupKeys = computed(() => split(param("group")).filter((key) => table.value?.resolve(key) != null));

/** Names of what runs are grouped by, for the menu that changes it. */
export function groupText(): string {
  const now = table.value;
  return groupKeys.value.map((id) => now?.info(now.resolve(id)!)?.label ?? id).join(", ") || "none";
}

const matcher: filters.Matcher = (pattern, text) => matched.value.get(pattern)?.has(text) ?? false;

/** Runs that pass search and filters, sorted. */
export const listed = computed<RunRow[]>(() => {
  const now = table.value;
  if (!now) return [];
  const search = found.value;
  const runs = search ? now.index.runs.filter((run) => search.has(uid(run))) : now.index.runs;
  return now.sort(now.filter(runs, filter.value.tree, matcher), sortKeys.value);
});

/** Runs that are drawn: an eye is on and no filter hides them; the baseline and pins stay. */
export const drawn = computed<RunRow[]>(() => {
  const on = eyes.value;
  const kept = new Set(listed.value);
  for (const run of pins.value) kept.add(run);
  if (baseline.value) kept.add(baseline.value);
  return (index.value?.runs ?? []).filter((run) => on.has(uid(run)) && kept.has(run));
});

export const groups = computed<Group[] | null>(() => {
  const now = table.value;
  if (!now || !groupKeys.value.length) return null;
  const list = now.group(
    listed.value,
    groupKeys.value.map((key) => now.resolve(key)!),
  );
  const first = sortKeys.value[0];
  if (!first) return list;
  const value = (group: Group): number => now.stats(group.runs, first.id).mean;
  return now.info(first.id)?.numeric
    ? list.sort((a, b) => (first.descending ? value(b) - value(a) : value(a) - value(b)) || 0)
    : list;
});
export const closedGroups = computed(() => new Set(split(param("shut"))));
export function toggleGroup(id: string): void {
  const next = new Set(closedGroups.value);
  if (!next.delete(id)) next.add(id);
  setParams({ shut: join([...next]) });
}

// ---- colours ----

const chosen = computed(() => {
  const result = new Map<string, Partial<Look>>();
  for (const item of split(param("color"))) {
    const match = /^(.*):(?:(\d+)|(#[0-9a-f]{6}))(?:\.(\d))?$/i.exec(item);
    if (!match) continue;
    const look: { -readonly [name in keyof Look]?: Look[name] } = {};
    if (match[2]) look.colour = Math.min(12, Number(match[2]));
    if (match[3]) look.hex = match[3];
    if (match[4]) look.dash = Math.min(4, Math.max(1, Number(match[4]))) as Look["dash"];
    result.set(match[1]!, look);
  }
  return result;
});
export const dashes = computed(() => (param("dash") ?? "needed") as Dashes);
const runLooks = computed(() => {
  const runs = [...(index.value?.runs ?? [])].sort((a, b) => a.created - b.created || (a.entry < b.entry ? -1 : 1));
  return looks(runs.map(uid), dashes.value);
});
export function lookOf(run: RunRow): Look {
  return { ...(runLooks.value.get(uid(run)) ?? OTHER), ...chosen.value.get(uid(run)) };
}
/** Groups by their oldest runs, of all their runs: neither filters nor eyes change the look of a group. */
export const groupLooks = computed(() => {
  const now = table.value;
  if (!now || !groupKeys.value.length) return new Map<string, Look>();
  const ids = groupKeys.value.map((key) => now.resolve(key)!);
  const oldest = now
    .group(now.index.runs, ids)
    .map(({ id, runs }) => [id, Math.min(...runs.map((run) => run.created))] as const)
    .sort(([a, first], [b, second]) => first - second || (a < b ? -1 : 1));
  const found = looks(
    oldest.map(([id]) => groupKey(id)),
    dashes.value,
  );
  for (const [key, look] of found) found.set(key, { ...look, ...chosen.value.get(key) });
  return found;
});
export function groupLook(group: string): Look {
  return groupLooks.value.get(groupKey(group)) ?? OTHER;
}
/** What a group is called where colours are chosen: no run's uid begins like this. */
export function groupKey(group: string): string {
  return `group:${group}`;
}
/** Choose colour or dash of a run, by its uid, or of a group, by its `groupKey`; null takes the choice back. */
export function setLook(id: string, now: Look, change: Partial<Look> | null): void {
  const rest = split(param("color")).filter((item) => !item.startsWith(`${id}:`));
  if (change) {
    const next = { ...now, ...change };
    rest.push(`${id}:${next.hex ?? next.colour}.${next.dash}`);
  }
  setParams({ color: join(rest) });
}

/** Uid of the run under the pointer, in whatever list or chart. */
export const hovered = signal("");
/** The row that the keyboard stands on. */
export const current = signal("");

// ---- charts ----

export const xAxis = computed(() => param("x") || "step");
export const smoothing = computed(() => parseSmoothing(param("sm") ?? ""));
export const clipOutliers = computed(() => param("clip") === "1");
export const columnCount = computed(() => Math.min(6, Math.max(1, Number(param("cols")) || 3)));
export const rawBehind = computed(() => param("raw") !== "0");
export const fromZero = computed(() => param("zero") === "1");
export const spreadKind = computed(() => (param("band") ?? "std") as "std" | "minmax" | "stderr");
export const logX = computed(() => param("logx") === "1");
const zoomed = computed(() => {
  const match = /^(-?[\d.eE+-]+)\.\.(-?[\d.eE+-]+)(?:@([\s\S]+))?$/.exec(param("zoom") ?? "");
  return match && { x: match[3] ?? xAxis.value, range: [Number(match[1]), Number(match[2])] as const };
});
export const isZoomed = computed(() => zoomed.value !== null);
/** The range in view of charts with this x; null for all of it. */
export function zoomOf(x: string): readonly [number, number] | null {
  return zoomed.value?.x === x ? zoomed.value.range : null;
}
export function setZoom(range: readonly [number, number] | null, x: string): void {
  const of = x === xAxis.value ? "" : `@${x}`;
  setParams({ zoom: range ? `${tidy(range[0], range)}..${tidy(range[1], range)}${of}` : undefined });
}
/** As many decimals as a pixel of the range is worth. */
function tidy(value: number, [from, to]: readonly [number, number]): string {
  return String(Number(value.toFixed(Math.max(0, Math.min(12, 4 - Math.floor(Math.log10(to - from)))))));
}

/** The metric that is shown beside a run's name: the one that is sorted by, else `firstMetric`. */
export const mainMetric = computed<string | null>(
  () => sortKeys.value.find((key) => table.value?.info(key.id)?.tier === "summary")?.id ?? firstMetric.value,
);

/** The metric that lists show by default: validation before training, in the order logged. */
export const firstMetric = computed<string | null>(() => {
  const known = scalars.value.filter((key) => key.stream === "history" && summaryOf(key.key));
  const held = known.filter((key) => isHeldOut(key.key));
  const best =
    held.find((key) => highIsBetter(key.key)) ?? held[0] ?? known.find((key) => highIsBetter(key.key)) ?? known[0];
  return best ? summaryOf(best.key) : null;
});

/** What the summary may keep of a metric in place of its last value, by its definition. */
const KEPT = ["best", "max", "min", "last", "mean", "first"];

/** The column of a metric's summary; null where that is no number. */
function summaryOf(key: string): string | null {
  const ids = ["", ...KEPT.map((kind) => `.${kind}`)].map((end) => `summary.${key}${end}`);
  return ids.find((id) => table.value?.info(id)?.numeric) ?? null;
}

export type { Found };
