// What a histogram is to those who draw it: edges, densities, the bin at a value.

import { full, number, percent } from "../../lib/format";
import { edges, type Logged } from "../../lib/media";
import type { HistogramValue } from "../../model";

export type Values = readonly Logged<HistogramValue>[];
export type Range = readonly [low: number, high: number];

/** Of values that are all NaN or infinite: its bins say nothing. */
export function isNone(value: HistogramValue): boolean {
  return !totalOf(value);
}

/** From the least to the greatest edge of all that hold something. */
export function rangeOf(all: readonly HistogramValue[]): Range {
  let [low, high] = [Infinity, -Infinity];
  const some = all.filter((value) => !isNone(value));
  for (const value of some.length ? some : all) {
    const borders = edges(value);
    low = Math.min(low, borders[0]!);
    high = Math.max(high, borders.at(-1)!);
  }
  return [low, high > low ? high : low + 1];
}

export function totalOf(value: HistogramValue): number {
  return value.counts.reduce((sum, count) => sum + count, 0);
}

/** Share of the values in each bin per unit of x, so that bins of any width compare; those without are hair lines. */
export function densities(value: HistogramValue, [low, high]: Range): number[] {
  const total = totalOf(value) || 1;
  const borders = edges(value);
  return value.counts.map(
    (count, bin) => Math.max(0, count) / total / Math.max(borders[bin + 1]! - borders[bin]!, (high - low) / 2000),
  );
}

/** The bin that a level lies in, -1 outside; the last one holds its upper edge, too. */
export function binAt(borders: readonly number[], level: number): number {
  const last = borders.length - 2;
  return borders.findIndex(
    (edge, bin) =>
      bin <= last && level >= edge && (level < borders[bin + 1]! || (bin === last && level === borders[bin + 1])),
  );
}

/** Where a bin lies, how many of all it holds, and their share. */
export function binText(
  value: HistogramValue,
  bin: number,
): { readonly where: string; readonly held: string; readonly share: string } {
  if (isNone(value)) return { where: "no finite value", held: `${full(value.dropped)} NaN or infinite`, share: "" };
  if (bin < 0) return { where: "outside of its bins", held: "", share: "" };
  const borders = edges(value);
  const total = totalOf(value);
  const count = value.counts[bin]!;
  return {
    where: `${number(borders[bin]!)} to ${number(borders[bin + 1]!)}`,
    held: `${full(count)} of ${full(total)}`,
    share: percent(total ? count / total : 0),
  };
}
