// What a person has set stands in the hash: `#k=v&h=anchor` in a folder, `#/page?k=v&h=anchor` in a single file.
import { signal } from "@preact/signals";
import { page, single } from "./entry";
import { packText, unpackText } from "./lib/pack";

export type Params = Readonly<Record<string, string>>;

/** Longer queries travel packed, as `v=…`: mails and chats cut long addresses. */
const LONGEST = 1500;

/** Parameters of the current page, without the mark `v` of copied links. */
export const params = signal<Params>({});
/** Whether the view comes from the last visit and nobody has touched it since: then Reset is offered. */
export const restored = signal(false);

export function decode(query: string): Params {
  const result: Record<string, string> = Object.create(null);
  for (const pair of query.split("&")) {
    if (!pair) continue;
    const at = pair.indexOf("=");
    const [key, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
    try {
      result[decodeURIComponent(key)] = decodeURIComponent(value.replaceAll("+", " "));
    } catch {
      result[key] = value;
    }
  }
  return result;
}

/** Readable: only what would be misread is escaped. */
export function encode(values: Params): string {
  const escaped = (text: string): string =>
    encodeURIComponent(text).replace(/%(2F|2C|3A|3B|3E|3C|3D|21|28|29|7E|40|5B|5D)/g, (code) =>
      decodeURIComponent(code),
    );
  return Object.entries(values)
    .map(([key, value]) => `${escaped(key).replaceAll("=", "%3D")}=${escaped(value)}`)
    .join("&");
}

/** The page and query that a hash names. */
export function readHash(hash: string, inSingle: boolean): { path: string | null; query: string } {
  const text = hash.replace(/^#/, "");
  if (!inSingle) return { path: null, query: text.includes("=") ? text : text ? `h=${text}` : "" };
  if (!text.startsWith("/")) return { path: null, query: text };
  const at = text.indexOf("?");
  try {
    const path = decodeURI(at < 0 ? text.slice(1) : text.slice(1, at));
    return { path, query: at < 0 ? "" : text.slice(at + 1) };
  } catch {
    return { path: null, query: "" }; // a malformed escape names no page: the first one is shown
  }
}

/** Link to a page of the site, `path` relative to its root. */
export function href(path: string, values: Params = {}): string {
  const query = encode(values);
  if (single) return `#/${encodeURI(path)}${query ? `?${query}` : ""}`;
  const address = encodeURI(path).replaceAll("#", "%23").replaceAll("?", "%3F");
  return `${page.value.root}${address}${query ? `#${query}` : ""}`;
}

function hashFor(query: string): string {
  return single ? `#/${encodeURI(page.value.path)}${query ? `?${query}` : ""}` : query ? `#${query}` : "#";
}

function storageKey(): string {
  const { site, kind, project } = page.value;
  return `tracklog:${site}:view:${kind}:${project}`;
}

function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Private windows and full storage: the view lives in the hash alone.
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Run pages differ by run: what is remembered there would surprise on the next one. */
const remembers = (): boolean => ["project", "table", "media"].includes(page.value.kind);

/** Set or, with undefined or "", leave out parameters. The history keeps one entry for a page. */
export function setParams(changes: Readonly<Record<string, string | undefined>>): void {
  params.value = changed(changes);
  restored.value = false;
  write(params.value);
}

function changed(changes: Readonly<Record<string, string | undefined>>): Params {
  const next: Record<string, string> = { ...params.value };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete next[key];
    else next[key] = value;
  }
  return next;
}

function write(values: Params): void {
  const query = encode(values);
  void address(query);
  if (remembers()) store(storageKey(), query || null);
}

let addresses = 0;

/** Put the query into the hash; a long one as it is until it is packed, since a reload may come before. */
async function address(query: string): Promise<void> {
  const mine = ++addresses;
  history.replaceState(history.state, "", hashFor(query));
  if (query.length <= LONGEST) return;
  const packed = `v=${await packText(query)}`;
  if (mine === addresses) history.replaceState(history.state, "", hashFor(packed));
}

export function param(key: string): string | undefined {
  return params.value[key];
}

/** Forget the view of this page. */
export function reset(): void {
  params.value = {};
  restored.value = false;
  write({});
}

/** A link that shows somebody else the same view, even an untouched one; `changes` as `setParams` takes them. */
export async function shareUrl(changes: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
  const values = changed(changes);
  const query = encode(values);
  return (
    location.href.split("#")[0] +
    hashFor(query.length > LONGEST ? `v=${await packText(query)}` : encode({ v: "1", ...values }))
  );
}

/** Take the parameters over from the hash; without any, from the last visit. */
export async function readLocation(): Promise<void> {
  const mine = ++addresses;
  const { query } = readHash(location.hash, single);
  if (query) {
    const values = await unpacked(decode(query));
    if (mine !== addresses) return;
    params.value = values;
    restored.value = false;
    return;
  }
  const last = remembers() ? stored(storageKey()) : null;
  params.value = last ? decode(last) : {};
  restored.value = last !== null;
  if (last) void address(encode(params.value));
}

/** The parameters without `v`, and those that it holds packed; a broken one is as good as none. */
async function unpacked({ v, ...values }: Params): Promise<Params> {
  if (!v || v === "1") return values;
  return { ...decode(await unpackText(v).catch(() => "")), ...values };
}

export function preference(name: string): string | null {
  return stored(`tracklog:${name}`);
}

export function setPreference(name: string, value: string | null): void {
  store(`tracklog:${name}`, value);
}
