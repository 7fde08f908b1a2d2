// Columns of the run list, which share what little width is left of the names.

import { param } from "../route";
import { baseline, groupKeys, listed, mainMetric, split, table } from "./view";

export const DELTA = "delta";
/** Beside the means of groups, how far their runs are spread. */
export const SPREAD = "spread";

/** Columns right of the name: the main metric, and the distance to the baseline or the age, which groups have not. */
export function railColumns(): string[] {
  const chosen = split(param("list"));
  if (chosen.length) return chosen;
  const age = groupKeys.value.length && mainMetric.value ? [] : ["created"];
  return [...(mainMetric.value ? [mainMetric.value] : []), ...(baseline.value ? [DELTA] : age)];
}

export function withSpread(columns: readonly string[]): string[] {
  const metric = metricOf(columns);
  return columns.flatMap((id) => (id === metric ? [id, SPREAD] : [id]));
}

/** The column whose mean and spread a group tells: the first of numbers. */
export const metricOf = (columns: readonly string[]): string | null =>
  columns.find((id) => table.value?.info(id)?.numeric && !TIMES.has(id)) ?? null;

export const TIMES: ReadonlySet<string> = new Set(["created", "last_sign", "duration"]);
const [NARROW, WIDE] = [50, 78];

/** Pixels that the values of a column need, within what the list has. */
export function widthOf(id: string): number {
  const rows = table.value;
  const info = rows?.info(id);
  if (id === SPREAD) return 58;
  if (!rows || !info?.numeric || TIMES.has(id)) return NARROW;
  const longest = listed.value.slice(0, 100).reduce((most, run) => Math.max(most, rows.shown(run, info).length), 0);
  return Math.max(NARROW, Math.min(WIDE, Math.ceil(longest * 6.8)));
}

/** The last part of its name, unless another column of the list has the same. */
export function columnLabel(id: string, columns: readonly string[]): string {
  if (id === DELTA) return "Δ base";
  if (id === SPREAD) return "±";
  const label = (one: string): string => table.value?.info(one)?.label ?? one;
  const last = (one: string): string => label(one).slice(label(one).lastIndexOf("/") + 1);
  return columns.some((other) => other !== id && last(other) === last(id)) ? label(id) : last(id);
}
