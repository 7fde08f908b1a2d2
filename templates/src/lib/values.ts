// Values as they were logged. What JSON numbers cannot carry has forms of its own (site_builder/model.py).
import type { Lost } from "../model";
import { full, MINUS, notFinite, number, signed } from "./format";

const NON_FINITE: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/** A value of an entry: integers that a double cannot hold are bigints, texts that read as something else are texts. */
export function fromJson(json: unknown): unknown {
  if (typeof json === "string") return NON_FINITE.get(json) ?? json;
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const { _type: type, value } = json as { _type?: unknown; value?: unknown };
  if (type === "string") return value;
  if (type === "integer") return BigInt(String(value));
  return Object.fromEntries(Object.entries(json).map(([key, item]) => [key, fromJson(item)]));
}

/** JSON, but that numbers of all kinds have their digits: equal only for values of one type that are equal. */
export function written(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`);
  return `{${items.join(",")}}`;
}

/** What `written` wrote, or the JSON of a value; null where the text is none. */
export function readValue(text: string): { readonly value: unknown } | null {
  // What JSON.parse would refuse or round, outside of strings.
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity|(?<![\d.eE+])-?\d{16,}(?![\d.eE])/g, (part) =>
    part.startsWith('"') ? part : `{"_bare":"${part}"}`,
  );
  try {
    return { value: JSON.parse(marked, (_, item) => (typeof item?._bare === "string" ? bare(item._bare) : item)) };
  } catch {
    return null;
  }
}

function bare(text: string): number | bigint {
  const near = NON_FINITE.get(text) ?? Number(text);
  return Number.isSafeInteger(near) || !Number.isFinite(near) ? near : BigInt(text);
}

/** Whether a number is too wide for the log folder, which keeps it as a text: its digits mean the text, too. */
export function isKeptAsText(value: unknown): boolean {
  return typeof value === "bigint" && (value >= 2n ** 64n || value < -(2n ** 63n));
}

/** Whether a text would be taken for something else: a number, true, null, a list, another text in quotes, nothing. */
function misleads(text: string): boolean {
  if (text === "" || text !== text.trim() || text === "–") return true;
  // What can be read begins like this, and most texts do not.
  if (!/^["[{\-\dtfnNI]/.test(text)) return false;
  const read = readValue(text);
  return read !== null && !isKeptAsText(read.value);
}

/** As a person reads it: 1024, poly, null; a text in quotes where it would be taken for something else. */
export function logged(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "string") return misleads(value) ? JSON.stringify(value) : value;
  if (typeof value === "number") return Number.isFinite(value) ? signed(String(value)) : notFinite(value);
  return typeof value === "bigint" ? String(value).replace("-", MINUS) : written(value);
}

/** In a cell: whole numbers with all of their digits, others with four significant ones. */
export function cell(value: number | bigint): string {
  return typeof value === "bigint" || Number.isSafeInteger(value) ? logged(value) : number(value);
}

/** How a series ended whose last values are not finite: since when, and what was good before. */
export function lostText({ since, what, good }: Lost): string {
  return `${what} since step ${full(since)}, ${good === null ? "never finite" : `last good value ${cell(good)}`}`;
}

export function isNumber(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** What a value is on an axis, or NaN when it is no number. */
export function asNumber(value: unknown): number {
  return isNumber(value) || typeof value === "boolean" ? Number(value) : NaN;
}
