// Presets: Vega-Lite with placeholders, `${field:x}`, `${string:title:default}`. The same rules as
// tracklog/plot/presets.py; preset_cases.json holds both to them.

export type Mapping = Readonly<Record<string, string | null | undefined>>;

const WHOLE = /^\$\{(field|string):([^:}]+)(?::([^}]*))?\}$/;
const INSIDE = /\$\{(field|string):([^:}]+)(?::([^}]*))?\}/g;
/** Keys whose texts are read by people: a column stands there as it is, elsewhere as the path of a field. */
const SHOWN: ReadonlySet<string> = new Set(["title", "text", "subtitle", "description"]);
/** Stands for a node that has nothing to be filled with. */
const NONE = Symbol();

/** Fill a preset. A channel or list item without its column is left out. */
export function fill(preset: unknown, fields: Mapping, strings: Mapping): unknown {
  const filled = walk(preset, fields, strings);
  return filled === NONE ? {} : filled;
}

function walk(node: unknown, fields: Mapping, strings: Mapping, shown = false): unknown {
  if (typeof node === "string") return text(node, fields, strings, shown);
  if (Array.isArray(node))
    return node.map((item) => walk(item, fields, strings, shown)).filter((item) => item !== NONE && item !== undefined);
  if (typeof node !== "object" || node === null) return node;
  const result: [string, unknown][] = [];
  for (const [key, value] of Object.entries(node)) {
    const filled = walk(value, fields, strings, SHOWN.has(key));
    if (filled === NONE && typeof value === "string") return NONE;
    if (filled !== NONE && filled !== undefined) result.push([key, filled]);
  }
  return Object.fromEntries(result);
}

function text(value: string, fields: Mapping, strings: Mapping, shown: boolean): unknown {
  const whole = WHOLE.exec(value);
  if (!whole)
    return value.replace(INSIDE, (_, kind: string, name: string, fallback?: string) =>
      ((kind === "field" ? fields : strings)[name] ?? fallback ?? "").replace(/['"\\]/g, "\\$&"),
    );
  const [, kind, name, fallback] = whole;
  if (kind === "string") return (strings[name!] ?? fallback) || undefined;
  const column = fields[name!] ?? fallback;
  return !column ? NONE : shown ? column : pathOf(column);
}

/** A column as Vega-Lite names a field, in whose paths some characters mean something. */
export const pathOf = (column: string): string => column.replace(/[.[\]\\'"]/g, "\\$&");

/** Names of the placeholders of a kind, in order, each once. */
export function placeholders(preset: unknown, kind: "field" | "string"): string[] {
  return [
    ...new Set(
      [...JSON.stringify(preset ?? null).matchAll(INSIDE)]
        .filter((match) => match[1] === kind)
        .map((match) => match[2]!),
    ),
  ];
}
