// Names of columns that Vega's paths, expressions or objects would read otherwise travel under another name while a
// chart is drawn, and are put back wherever people read them.
import type { ChartData } from "../../model";

const PLAIN = /^\p{L}[\p{L}\p{N}_ ()/%:-]*$/u;
const ODD = /odd((?:_[0-9a-f]+)*)_/g;
/** Keys whose texts people read. */
const SHOWN: ReadonlySet<string> = new Set(["title", "text", "subtitle", "description"]);

/** The name under which a column is drawn: its own, or one that spells it. */
export function drawnAs(column: string): string {
  if (PLAIN.test(column) && !column.startsWith("odd_") && !column.startsWith("constructor")) return column;
  return `odd${[...column].map((char) => `_${char.codePointAt(0)!.toString(16)}`).join("")}_`;
}

/** A text with the names that people gave. */
export function spelled(text: string): string {
  return text.replace(ODD, (_, codes: string) =>
    codes
      .split("_")
      .slice(1)
      .map((code) => String.fromCodePoint(Number.parseInt(code, 16)))
      .join(""),
  );
}

/** Vega looks titles up in objects, where this name is something else; it looks the same with a blank of no width. */
const title = (text: string): string => spelled(text).replace(/^__proto__$/, "__proto__\u200b");

/** The rows of a chart under names that can be drawn. */
export function drawable(data: ChartData): ChartData {
  return {
    ...data,
    columns: data.columns.map(drawnAs),
    fields: data.fields.map(([name, column]) => [name, drawnAs(column)] as const),
  };
}

/** A filled preset whose titles are the names that people gave. */
export function titled(spec: unknown, encoded = false): unknown {
  if (Array.isArray(spec)) return spec.map((item) => titled(item, encoded));
  if (typeof spec !== "object" || spec === null) return spec;
  const result = Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [
      key,
      SHOWN.has(key) && typeof value === "string" ? title(value) : titled(value, encoded || key === "encoding"),
    ]),
  );
  const { field } = result;
  if (encoded && typeof field === "string" && spelled(field) !== field && !("title" in result) && !("op" in result))
    result.title = title(field) || "(no name)";
  return result;
}
