// Entries as signals: the indexes, the heads of runs, their blocks.
import { batch, signal } from "@preact/signals";
import {
  blockBytes,
  blockKey,
  contentBytes,
  entry,
  type Holder,
  type HolderHead,
  headOf,
  page,
  readVersion,
  Superseded,
  version,
} from "../entry";
import type { ArtifactHead, ProjectIndex, RunFile, RunHead, RunRow, SiteIndex } from "../model";
import { SCHEMA } from "../model";
import { unpack } from "./pack";

export const site = signal<SiteIndex | null>(null);
export const index = signal<ProjectIndex | null>(null);
/** Why nothing can be shown, when the indexes could not be read. */
export const failure = signal("");
/** Runs whose data changed since the page was opened, for the note that reads them out. */
export const updated = signal(0);

/** Read version.js and the indexes it names; keeps objects of runs that did not change. */
export async function refresh(): Promise<void> {
  try {
    const now = await readVersion();
    if (now.schema !== SCHEMA) return void reloadOnce(now.build);
    const [nextSite, nextIndex] = await Promise.all([
      page.value.kind === "index" || site.value ? entry<SiteIndex>("site") : null,
      page.value.project ? entry<ProjectIndex>(page.value.project) : null,
    ]);
    batch(() => {
      if (nextSite) site.value = nextSite;
      if (nextIndex && nextIndex !== index.value) {
        announce(index.value, nextIndex);
        index.value = nextIndex;
      }
      if (!nextIndex) index.value = null;
      failure.value = "";
    });
  } catch (error) {
    if (!index.value && !site.value) failure.value = String((error as Error).message);
  }
}

let announced = 0;

/** Say at most once a minute how many runs changed. */
function announce(before: ProjectIndex | null, next: ProjectIndex): void {
  if (!before || Date.now() - announced < 60_000) return;
  announced = Date.now();
  const parts = new Map(before.runs.map((run) => [run.entry, run.parts.join()]));
  updated.value = next.runs.filter((run) => parts.get(run.entry) !== run.parts.join()).length;
}

/** Another schema means another front end: only a reload brings it, and only once for a build. */
function reloadOnce(build: number): void {
  const key = "tracklog:reloaded";
  if (sessionStorage.getItem(key) === String(build)) return;
  sessionStorage.setItem(key, String(build));
  location.reload();
}

export async function loadSite(): Promise<SiteIndex> {
  if (!version.value) await readVersion();
  site.value ??= await entry<SiteIndex>("site");
  return site.value;
}

const ready = new Map<string, { file: string; head: RunHead | ArtifactHead }>();

/** The head of a run if it is here already. */
export function headNow<T extends RunHead | ArtifactHead = RunHead>(run: Holder): T | null {
  const held = ready.get(run.entry);
  return held && held.file === (run.parts[0] ?? "") ? (held.head as T) : null;
}

/** The head of a run, or of an artifact. */
export async function head<T extends RunHead | ArtifactHead = RunHead>(run: Holder): Promise<T> {
  const now = headNow<T>(run);
  if (now) return now;
  const loaded = await settle(() => headOf<T>(run));
  ready.set(run.entry, { file: run.parts[0] ?? "", head: loaded });
  return loaded;
}

/** A build that went by while reading is no error: the index is reread, whoever asked is told to ask again. */
async function settle<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Superseded) void refresh();
    throw error;
  }
}

/** Bytes of blocks that are kept for when they are asked for again. */
const LIMIT = 128e6;
/** What a block costs beside its values, about. */
const ENTRY = 500;
const cache = new Map<string, Promise<unknown>>();
const sizes = new Map<string, number>();
let kept = 0;

function cached<T>(key: string, make: () => Promise<T>, sizeOf: (value: T) => number): Promise<T> {
  let value = cache.get(key) as Promise<T> | undefined;
  cache.delete(key);
  if (!value) {
    value = make();
    value.then(
      (made) => keep(key, sizeOf(made)),
      () => cache.delete(key),
    );
  }
  cache.set(key, value);
  return value;
}

/** What was not asked for longest goes first. */
function keep(key: string, size: number): void {
  if (!cache.has(key)) return;
  sizes.set(key, size);
  kept += size;
  for (const old of cache.keys()) {
    if (kept <= LIMIT) break;
    kept -= sizes.get(old) ?? 0;
    sizes.delete(old);
    cache.delete(old);
  }
}

/** The columns of a packed block. */
export function columns(run: Holder, runHead: HolderHead, n: number): Promise<Float64Array[]> {
  return cached(
    blockKey(run, runHead, n),
    async () => unpack(await settle(() => blockBytes(run, runHead, n))),
    (found) => found.reduce((sum, column) => sum + column.byteLength, ENTRY),
  );
}

/** The JSON of a block. */
export function jsonBlock<T>(run: Holder, runHead: HolderHead, n: number): Promise<T> {
  let size = ENTRY;
  return cached(
    `json ${blockKey(run, runHead, n)}`,
    async () => {
      const bytes = await settle(() => blockBytes(run, runHead, n));
      size += 4 * bytes.length;
      return JSON.parse(new TextDecoder().decode(bytes)) as T;
    },
    () => size,
  );
}

/** Whether the bytes of a file are in this site. */
export const isHere = (file: RunFile): boolean => file.block >= 0 || file.content !== "";

export function fileBytes(run: Holder, runHead: HolderHead, file: RunFile): Promise<Uint8Array<ArrayBuffer>> {
  return file.content ? contentBytes(file.content) : settle(() => blockBytes(run, runHead, file.block));
}

/** Pairs (length, class) that colour a text from its start; none for one that stays plain. */
export async function fileMarks(file: RunFile): Promise<readonly number[]> {
  return file.marks ? JSON.parse(new TextDecoder().decode(await contentBytes(`${file.content}/marks`))) : [];
}

/** A text file of a run: UTF-8, or what Windows and old editors wrote where it is none. */
export async function fileText(run: Holder, runHead: HolderHead, file: RunFile): Promise<string> {
  const data = await fileBytes(run, runHead, file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return new TextDecoder("windows-1252").decode(data);
  }
}

/** The last part of its entry's name: unlike its id, no other run of the project has it. */
export function uid(run: RunRow): string {
  return run.entry.slice(run.entry.lastIndexOf("/") + 1);
}
