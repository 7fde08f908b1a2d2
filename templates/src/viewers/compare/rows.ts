// Keys and values of two runs beside each other: settings, results, packages, surroundings.
import { shown } from "../../lib/keys";
import type { RunTable } from "../../lib/runs";
import type { RunRow } from "../../model";

export type How = "same" | "changed" | "added" | "removed";

export interface Row {
  /** As it is stored. */
  readonly key: string;
  readonly label: string;
  /** As people read it; empty on a side that has none. */
  readonly a: string;
  readonly b: string;
  readonly how: How;
  /** B − A, where both are numbers; else NaN. */
  readonly change: number;
  /** The change as a share of A. */
  readonly share: number;
}

const NONE = Number.NaN;

function row(key: string, label: string, a: string | null, b: string | null, equal: boolean, change = NONE): Row {
  const how = a === null ? "added" : b === null ? "removed" : equal ? "same" : "changed";
  return { key, label, a: a ?? "", b: b ?? "", how, change, share: NONE };
}

/** Config or summary of two runs, in the project's order. */
export function rowsOf(table: RunTable, tier: "config" | "summary", a: RunRow, b: RunRow): Row[] {
  const found: Row[] = [];
  for (const column of table.columns) {
    if (column.tier !== tier || column.id.startsWith("best.")) continue;
    const [left, right] = [table.value(a, column.id), table.value(b, column.id)];
    if (left === undefined && right === undefined) continue;
    const [x, y] = [table.number(a, column.id), table.number(b, column.id)];
    const one = row(
      column.id.slice(tier.length + 1),
      column.label,
      left === undefined ? null : table.shown(a, column),
      right === undefined ? null : table.shown(b, column),
      Object.is(left, right) || String(JSON.stringify(left)) === String(JSON.stringify(right)),
      tier === "summary" && Number.isFinite(x) && Number.isFinite(y) ? y - x : NONE,
    );
    found.push(x ? { ...one, share: one.change / Math.abs(x) } : one);
  }
  return found;
}

export function pairsOf(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): Row[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((key) =>
    row(key, shown(key), a.get(key) ?? null, b.get(key) ?? null, a.get(key) === b.get(key)),
  );
}

export const differing = (rows: readonly Row[]): Row[] => rows.filter(({ how }) => how !== "same");
