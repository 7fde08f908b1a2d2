// Values of a run over its steps: histograms, pictures, text.
import type { HistogramValue, Kind, RunHead, RunRow, Series } from "../model";
import { head, jsonBlock } from "./data";
import { axisColumns } from "./series";

export interface Logged<T> {
  readonly step: number;
  readonly runtime: number;
  readonly value: T;
}

export function find(runHead: RunHead, key: string, kind: Kind): Series | undefined {
  const all = runHead.series.filter((series) => series.key === key && series.kind === kind);
  return all.find((series) => !series.hidden) ?? all[0];
}

/** All values of a series with their steps, in row order. */
export async function loggedValues<T>(run: RunRow, key: string, kind: Kind): Promise<Logged<T>[]> {
  const runHead = await head(run);
  const series = find(runHead, key, kind);
  if (!series?.levels[0]) return [];
  const [[steps, runtimes], ...blocks] = await Promise.all([
    axisColumns(run, runHead, runHead.axes[series.axis]!),
    ...series.levels[0].blocks.map((block) => jsonBlock<[number, T][]>(run, runHead, block)),
  ]);
  return blocks.flat().map(([row, value]) => ({ step: steps![row] ?? row, runtime: runtimes![row] ?? 0, value }));
}

/** The steps that any of some runs has a value at, each once, in order. */
export function stepsOf(loaded: ReadonlyMap<unknown, readonly Logged<unknown>[]> | null): number[] {
  return [...new Set([...(loaded?.values() ?? [])].flatMap((values) => values.map((one) => one.step)))].sort(
    (a, b) => a - b,
  );
}

/** Edges of a histogram's bins. */
export function edges(value: HistogramValue): number[] {
  if (value.bins) return [...value.bins];
  const [min, width] = [value.min ?? 0, value.width ?? 1];
  return Array.from({ length: value.counts.length + 1 }, (_, i) => min + i * width);
}

/** Index of the last value at or before a step; -1 before the first. */
export function lastAt(values: readonly Logged<unknown>[], step: number): number {
  let found = -1;
  for (let i = 0; i < values.length; i++) if (values[i]!.step <= step) found = i;
  return found;
}
