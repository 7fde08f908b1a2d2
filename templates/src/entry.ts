// The container: the only module that knows whether this is a folder of scripts or one file.
import { signal } from "@preact/signals";
import { base64Bytes, gunzip } from "./lib/pack";
import type { ArtifactHead, Pack, Page, ProjectIndex, RunHead, RunRow, Version } from "./model";

/** A run or an artifact, as far as its blocks are concerned. */
export type Holder = Pick<RunRow, "entry" | "parts">;
export type HolderHead = Pick<RunHead, "part_starts" | "payloads"> & Partial<Pick<RunHead, "full">>;

type Raw = readonly [name: string, encoding: 0 | 1, payload: string];
interface Held {
  readonly version: string;
  readonly entries: ReadonlyMap<string, Raw>;
}

declare global {
  interface Window {
    tracklog: {
      put(file: string, version: string, entries: readonly Raw[]): void;
      version(value: Version): void;
      /** Called by the script of a viewer with what it exports. */
      viewer(name: string, exports: unknown): void;
      /** What viewers take from the page (`shared.ts`). */
      shared: unknown;
    };
  }
}

/** Files of the viewers by their names, put here by build.mjs. */
declare const VIEWERS: Readonly<Record<string, string>>;

/** Thrown where a newer version of what was asked is on its way: ask again when the index changes. */
export class Superseded extends Error {}

/** An entry that this copy of the site does not carry. */
export class Missing extends Error {}

export const single = document.documentElement.dataset.single !== undefined;
export const page = signal<Page>(JSON.parse(document.getElementById("page")!.textContent!) as Page);
export const version = signal<Version | null>(null);

const viewers = new Map<string, unknown>();
const viewersLoading = new Map<string, Promise<unknown>>();
const arrived = new Map<string, Held>();
const loading = new Map<string, Promise<Held>>();
let lastVersion: Version | null = null;

window.tracklog = {
  put(file, fileVersion, entries) {
    arrived.set(file, { version: fileVersion, entries: new Map(entries.map((raw) => [raw[0], raw])) });
  },
  version(value) {
    lastVersion = value;
  },
  viewer(name, exports) {
    viewers.set(name, exports);
  },
  shared: null,
};

function insert(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = () => {
      script.remove();
      resolve();
    };
    script.onerror = () => {
      script.remove();
      reject(new Missing(`${src} is not there`));
    };
    document.head.append(script);
  });
}

/** Read version.js again and publish it; entries that changed follow from the index. */
export async function readVersion(): Promise<Version> {
  if (single) lastVersion ??= await embedded<Version>("version");
  else await insert(`${page.value.root}version.js?t=${Date.now()}`);
  if (!lastVersion) throw new Missing("version.js says nothing");
  if (version.value?.written !== lastVersion.written || version.value.build !== lastVersion.build)
    version.value = lastVersion;
  return lastVersion;
}

async function load(file: string): Promise<Held> {
  const [path, asked] = split(file);
  const held = arrived.get(path);
  if (held && (held.version === asked || !asked)) return held;
  const running = loading.get(file);
  if (running) return running;
  const promise = insert(`${page.value.root}data/${file}`).then(() => {
    const got = arrived.get(path);
    if (!got) throw new Missing(`${path} brought nothing`);
    return got;
  });
  loading.set(file, promise);
  promise.finally(() => loading.delete(file)).catch(() => undefined);
  return promise;
}

function split(file: string): [path: string, version: string] {
  const at = file.indexOf("?v=");
  return at < 0 ? [file, ""] : [file.slice(0, at), file.slice(at + 3)];
}

let scripts: ReadonlyMap<string, Element> | null = null;

function embeddedText(name: string): string | undefined {
  scripts ??= new Map(
    [...document.querySelectorAll("script[data-entry]")].map((script) => [script.getAttribute("data-entry")!, script]),
  );
  return scripts.get(name)?.textContent ?? undefined;
}

async function embeddedBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = embeddedText(name);
  if (text === undefined) throw new Missing("left out of this one-file copy");
  return gunzip(base64Bytes(text.trim()));
}

async function embedded<T>(name: string): Promise<T> {
  const text = embeddedText(name)?.trim();
  return JSON.parse(text?.startsWith("{") ? text : new TextDecoder().decode(await embeddedBytes(name))) as T;
}

async function inflate(raw: Raw): Promise<Uint8Array<ArrayBuffer>> {
  return raw[1] === 1 ? gunzip(base64Bytes(raw[2])) : new TextEncoder().encode(raw[2]);
}

async function parse<T>(raw: Raw): Promise<T> {
  return JSON.parse(raw[1] === 0 ? raw[2] : new TextDecoder().decode(await inflate(raw))) as T;
}

function pick(held: Held, name: string): Raw {
  const raw = held.entries.get(name);
  if (!raw) throw new Missing(`${name} is not in its file`);
  return raw;
}

const values = new Map<string, { file: string; value: Promise<unknown> }>();

/** A named JSON value from its file; the parsed value is kept until the file's version changes. */
function remembered<T>(name: string, file: string, make: () => Promise<T>): Promise<T> {
  const held = values.get(name);
  if (held?.file === file) return held.value as Promise<T>;
  const value = make();
  values.set(name, { file, value });
  value.catch(() => values.get(name)?.value === value && values.delete(name));
  return value;
}

/** `site` or a project's index, by the files that the last version.js names. */
export function entry<T>(name: string): Promise<T> {
  const file = version.value?.files.find(([entryName]) => entryName === name)?.[1] ?? "";
  if (single) return remembered(name, "", () => embedded<T>(name));
  if (!file) return Promise.reject(new Missing(`version.js does not name ${name}`));
  return remembered(name, file, async () => parse<T>(pick(await fresh(file, name), name)));
}

/** The file of an index; if another version arrives than version.js named, what arrived counts after one more look. */
async function fresh(file: string, name: string): Promise<Held> {
  const held = await load(file);
  if (held.version === split(file)[1] || single) return held;
  const again = (await readVersion()).files.find(([entryName]) => entryName === name)?.[1] ?? file;
  return load(again).catch(() => held);
}

export const headOf = <T extends RunHead | ArtifactHead>(run: Holder): Promise<T> =>
  single
    ? remembered(run.entry, "", () => embedded<T>(run.entry))
    : remembered(run.entry, run.parts[0]!, async () => parse<T>(pick(await part(run, run.parts[0]!), run.entry)));

async function part(run: Holder, file: string): Promise<Held> {
  const [, asked] = split(file);
  const held = await load(file);
  if (held.version === asked) return held;
  // A build went by: the index names newer files now, unless a cache stands in between.
  const before = version.value?.build;
  const now = await readVersion();
  if (now.build !== before) throw new Superseded(run.entry);
  const index = await entry<ProjectIndex>(page.value.project);
  const row = [...index.runs, ...index.artifacts].find((other) => other.entry === run.entry);
  if (row && !row.parts.includes(file)) throw new Superseded(run.entry);
  return held;
}

/** Block `n` of a run, inflated. */
export async function blockBytes(run: Holder, head: HolderHead, n: number): Promise<Uint8Array<ArrayBuffer>> {
  const name = `${run.entry}/${n}`;
  if (single) return embeddedBytes(name);
  const at = partOf(head, n);
  const full = head.full?.[at];
  if (full === undefined) return inflate(pick(await part(run, openPart(run, head, at)), name));
  const held = await load(`${run.entry.slice(2)}.full/${full}.js`);
  return inflate(pick(held, `${run.entry}/${full}/${n - head.part_starts[at]!}`));
}

const openPart = (run: Holder, head: HolderHead, at: number): string => run.parts[at - (head.full?.length ?? 0)] ?? "";

/** An entry of a project's pack, inflated; null when no run of it has that. */
export async function packed(pack: Pack, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = pack.parts.at(pack.first.findLastIndex((first) => first <= name))!;
  const held = await load(file);
  // A pack of another build holds other runs.
  if (held.version !== split(file)[1]) throw new Missing(file);
  const raw = held.entries.get(name);
  return raw ? inflate(raw) : null;
}

/** What a file holds that runs share, by its digest; with `/marks` behind it, its colours. */
export async function contentBytes(name: string): Promise<Uint8Array<ArrayBuffer>> {
  if (single) return embeddedBytes(`c/${name}`);
  const digest = name.split("/")[0]!;
  return inflate(pick(await load(`media/${digest.slice(0, 2)}/${digest}.js`), `c/${name}`));
}

/** What identifies the content of a block: it changes with its file. */
export function blockKey(run: Holder, head: HolderHead, n: number): string {
  if (single) return `${run.entry}/${n}`;
  const at = partOf(head, n);
  const full = head.full?.[at];
  return full === undefined
    ? `${run.entry}/${n}@${openPart(run, head, at)}`
    : `${run.entry}/${full}/${n - head.part_starts[at]!}`;
}

function partOf(head: HolderHead, n: number): number {
  let [low, high] = [0, head.part_starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (head.part_starts[middle]! <= n) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What the script of a viewer exports; it is loaded once. */
export function viewer<T>(name: string): Promise<T> {
  let promise = viewersLoading.get(name);
  if (!promise) {
    promise = loadViewer(name);
    viewersLoading.set(name, promise);
    promise.catch(() => viewersLoading.delete(name));
  }
  return promise as Promise<T>;
}

/** What `viewer` gave before; undefined when its script is not here yet. */
export const viewerNow = <T>(name: string): T | undefined => viewers.get(name) as T | undefined;

async function loadViewer(name: string): Promise<unknown> {
  if (single) {
    const code = await embeddedBytes(`viewer:${name}`);
    const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    await insert(url).finally(() => URL.revokeObjectURL(url));
  } else await insert(`${page.value.root}assets/${VIEWERS[name]}`);
  if (!viewers.has(name)) throw new Missing(`the viewer ${name} brought nothing`);
  return viewers.get(name);
}

/** Payload `n` of a run, inflated. */
export function payload(run: Holder, head: HolderHead, n: number): Promise<Uint8Array<ArrayBuffer>> {
  const block = head.payloads[n];
  return block === undefined ? Promise.reject(new Missing(`payload ${n} is not listed`)) : blockBytes(run, head, block);
}

/** URL of a file of the site, a picture for instance; empty when this copy does not carry it. */
export function media(src: string): string {
  if (!src) return "";
  return single
    ? (embeddedText(`media:${src}`)?.trim() ?? "")
    : page.value.root + src.split("/").map(encodeURIComponent).join("/");
}

export interface PageEntry {
  readonly title: string;
  readonly page: Page;
  readonly main: string;
}

/** The content of another page of a single file. */
export function pageEntry(path: string): Promise<PageEntry> {
  return embedded<PageEntry>(`page:${path}`);
}
