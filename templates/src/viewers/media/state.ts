// What the media page shows: its keys, runs, steps and cells, by the hash.

import { index, uid } from "../../lib/data";
import { type Logged, lastAt } from "../../lib/media";
import { drawn, join, split } from "../../lib/view";
import { type KeyInfo, type Kind, MEDIA_KINDS, type MediaItem, type RunRow } from "../../model";
import type { MediaValues, Tile } from "../../parts/mediapanel";
import { param, setParams } from "../../route";

/** Runs that are columns until a person chooses. */
export const FIRST = 3;
export const MOST_RUNS = 24;

export type Loaded = ReadonlyMap<RunRow, readonly Logged<MediaValues<MediaItem>>[]>;
export type Columns = "runs" | "steps" | "samples";

export interface Key {
  /** In the hash. */
  readonly id: string;
  readonly key: string;
  readonly kind: Exclude<Kind, "number" | "bool">;
  readonly title: string;
  readonly runs: number;
}

export function keysOf(infos: readonly KeyInfo[]): Key[] {
  const found = new Map<string, Key>();
  for (const { key, kind, hidden, runs } of infos) {
    if (hidden || !MEDIA_KINDS.has(kind)) continue;
    const id = `${key}#${kind}`;
    if (!found.has(id)) found.set(id, { id, key, kind: kind as Key["kind"], title: key.replaceAll("\\.", "."), runs });
  }
  return [...found.values()];
}

/** The key that is laid out: the one of the hash, else the first of pictures. */
export function keyNow(keys: readonly Key[]): Key | undefined {
  const wanted = param("key");
  return (
    keys.find(({ id, key }) => wanted !== undefined && (id === wanted || key === wanted)) ??
    keys.find(({ kind }) => kind === "image") ??
    keys[0]
  );
}

export const columnsNow = (): Columns =>
  (["runs", "steps", "samples"] as const).find((name) => name === param("cols")) ?? "runs";

/** Runs that may be columns: those of the hash, else those whose eyes are on. */
export function candidates(): readonly RunRow[] {
  const wanted = param("runs");
  if (wanted === undefined) return drawn.value.slice(0, MOST_RUNS);
  const ids = split(wanted);
  return ids.flatMap((id) => index.value?.runs.find((run) => uid(run) === id) ?? []).slice(0, MOST_RUNS);
}
export const chooseRuns = (runs: readonly RunRow[]): void => setParams({ runs: join(runs.map(uid)) ?? "" });

/** The items of some runs at a step, or of the nearest one before. */
export function tilesAt(loaded: Loaded, runs: readonly RunRow[], step: number): Tile[] {
  return runs.flatMap((run) => {
    const values = loaded.get(run) ?? [];
    const logged = values[lastAt(values, step)];
    return (
      logged?.value.items.map((item, n) => ({ run, item, n, step: logged.step, earlier: logged.step !== step })) ?? []
    );
  });
}

/** One item, as `<run>:<step>:<n>` of the hash. */
export interface Place {
  readonly run: string;
  readonly step: number;
  readonly n: number;
}

export const placeText = ({ run, step, n }: Place): string => `${run}:${step}:${n}`;
export const placeOf = (tile: Tile): Place => ({ run: uid(tile.run), step: tile.step, n: tile.n });

export function readPlace(text: string | undefined): Place | null {
  const [, run, step, n] = /^(.+):(-?\d+):(\d+)$/.exec(text ?? "") ?? [];
  return run === undefined ? null : { run, step: Number(step), n: Number(n) };
}

export function tileOf(loaded: Loaded, place: Place | null): Tile | undefined {
  const run = place && [...loaded.keys()].find((other) => uid(other) === place.run);
  return run ? tilesAt(loaded, [run], place.step).find((tile) => tile.n === place.n) : undefined;
}

export const PLACES = { wipe: "wipe", flicker: "flicker", difference: "difference" } as const;
export type Mode = keyof typeof PLACES;

/** What is compared: two places and where the line between them is. */
export function readWipe(): { a: Place | null; b: Place | null; at: number; mode: Mode } {
  const [a, b, at] = split(param("wipe"));
  const mode = (Object.keys(PLACES) as Mode[]).find((name) => name === param("by")) ?? "wipe";
  const share = Number(at ?? 0.5);
  return { a: readPlace(a), b: readPlace(b), at: share >= 0 && share <= 1 ? share : 0.5, mode };
}
export function writeWipe(a: Place, b: Place, at: number): void {
  setParams({ wipe: join([placeText(a), placeText(b), String(Math.round(at * 1000) / 1000).replace(/^0\./, ".")]) });
}
