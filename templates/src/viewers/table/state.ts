// What a person set for a table, as text for the address: `q=…;f=column<operator>value;s=-column;g=column;…`.
import { AGGREGATES, type Aggregate, type Condition, OPERATORS, type Operator, type SortKey } from "./query";

export interface TableState {
  readonly search: string;
  readonly conditions: readonly Condition[];
  readonly sort: readonly SortKey[];
  /** Columns whose equal values make a group; at most two. */
  readonly group: readonly string[];
  readonly aggregate: Aggregate;
  /** Groups by size, the largest first. */
  readonly bySize: boolean;
  /** Groups that are open, by id. */
  readonly open: readonly string[];
  /** Columns that are not shown. */
  readonly hidden: readonly string[];
  readonly widths: Readonly<Record<string, number>>;
  /** Height of media, in pixels. */
  readonly size: number;
  /** Column on which the tables of several runs are joined; one below the other without. */
  readonly join: string;
}

export const SIZE = 64;
export const EMPTY: TableState = {
  search: "",
  conditions: [],
  sort: [],
  group: [],
  aggregate: "mean",
  bySize: false,
  open: [],
  hidden: [],
  widths: {},
  size: SIZE,
  join: "",
};

const escaped = (text: string): string => text.replace(/[\\;,]/g, "\\$&");
const unescaped = (text: string): string => text.replace(/\\(.)/gs, "$1");

/** Parts between separators that no backslash stands before; still escaped. */
function parts(text: string, separator: string): string[] {
  const result = [""];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") result.push(result.pop()! + text.slice(i, ++i + 1));
    else if (text[i] === separator) result.push("");
    else result.push(result.pop()! + text[i]);
  }
  return result;
}

export function write(state: TableState): string {
  const items: string[] = [];
  const list = (name: string, values: readonly string[]): void =>
    void (values.length && items.push(`${name}=${values.map(escaped).join(",")}`));
  if (state.search) items.push(`q=${escaped(state.search)}`);
  for (const { column, operator, value } of state.conditions)
    items.push(`f=${[column, operator, value].map(escaped).join(",")}`);
  list(
    "s",
    state.sort.map(({ column, descending }) => (descending ? "-" : "+") + column),
  );
  list("g", state.group);
  if (state.aggregate !== EMPTY.aggregate) items.push(`a=${state.aggregate}`);
  if (state.bySize) items.push("n=1");
  list("o", state.open);
  list("h", state.hidden);
  list(
    "w",
    Object.entries(state.widths).flatMap(([id, width]) => [id, String(Math.round(width))]),
  );
  if (state.size !== SIZE) items.push(`z=${state.size}`);
  if (state.join) items.push(`j=${escaped(state.join)}`);
  return items.join(";");
}

export function parse(text: string): TableState {
  const state: { -readonly [name in keyof TableState]: TableState[name] } = { ...EMPTY };
  for (const item of parts(text, ";")) {
    const at = item.indexOf("=");
    const [name, raw] = [item.slice(0, at), item.slice(at + 1)];
    const list = parts(raw, ",").map(unescaped);
    if (name === "q") state.search = unescaped(raw);
    else if (name === "f" && list.length === 3 && OPERATORS.includes(list[1] as Operator))
      state.conditions = [...state.conditions, { column: list[0]!, operator: list[1] as Operator, value: list[2]! }];
    else if (name === "s") state.sort = list.map((key) => ({ column: key.slice(1), descending: key[0] === "-" }));
    else if (name === "g") state.group = list.slice(0, 2);
    else if (name === "a" && AGGREGATES.includes(raw as Aggregate)) state.aggregate = raw as Aggregate;
    else if (name === "n") state.bySize = true;
    else if (name === "o") state.open = list;
    else if (name === "h") state.hidden = list;
    else if (name === "w")
      state.widths = Object.fromEntries(
        Array.from({ length: list.length >> 1 }, (_, i) => [list[2 * i]!, clamp(Number(list[2 * i + 1]), 40, 1200)]),
      );
    else if (name === "z") state.size = clamp(Number(raw), 24, 256);
    else if (name === "j") state.join = unescaped(raw);
  }
  return state;
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value || low));

/** A click on a head: descending, ascending, off; with Shift beside the keys that there are. */
export function cycled(sort: readonly SortKey[], column: string, add: boolean): SortKey[] {
  const now = sort.find((key) => key.column === column);
  const next = !now ? [{ column, descending: true }] : now.descending ? [{ column, descending: false }] : [];
  if (!add) return next;
  return now ? sort.flatMap((key) => (key.column === column ? next : [key])) : [...sort, ...next];
}
