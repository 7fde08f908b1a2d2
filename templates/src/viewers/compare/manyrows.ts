// Keys and values of several runs, each beside the first one's.
import { shown } from "../../lib/keys";
import type { RunTable } from "../../lib/runs";
import type { RunRow } from "../../model";

export interface Value {
  /** As people read it; null in a run that has none. */
  readonly text: string | null;
  /** Whether it is another one than the baseline's. */
  readonly differs: boolean;
  /** Distance from the baseline's, where both are numbers; else NaN. */
  readonly change: number;
}

export interface ManyRow {
  /** As it is stored. */
  readonly key: string;
  readonly label: string;
  /** One for each run, the baseline's first. */
  readonly values: readonly Value[];
}

const written = (value: unknown): string | undefined =>
  value === undefined ? undefined : String(JSON.stringify(value));

/** Config or summary of runs, in the project's order; keys that none of them has are left out. */
export function manyRows(table: RunTable, tier: "config" | "summary", runs: readonly RunRow[]): ManyRow[] {
  return table.columns
    .filter((column) => column.tier === tier && !column.id.startsWith("best."))
    .map((column): ManyRow => {
      const first = table.value(runs[0]!, column.id);
      const values = runs.map((run): Value => {
        const value = table.value(run, column.id);
        const differs = !Object.is(value, first) && written(value) !== written(first);
        const change = table.number(run, column.id) - table.number(runs[0]!, column.id);
        return {
          text: value === undefined ? null : table.shown(run, column),
          differs,
          change: differs && Number.isFinite(change) ? change : Number.NaN,
        };
      });
      return { key: column.id.slice(tier.length + 1), label: column.label, values };
    })
    .filter(({ values }) => values.some(({ text }) => text !== null));
}

/** Rows of named texts, such as versions of packages: one map for each run. */
export function manyTexts(of: readonly ReadonlyMap<string, string>[]): ManyRow[] {
  return [...new Set(of.flatMap((one) => [...one.keys()]))].sort().map((key) => ({
    key,
    label: shown(key),
    values: of.map((one) => ({
      text: one.get(key) ?? null,
      differs: one.get(key) !== of[0]!.get(key),
      change: Number.NaN,
    })),
  }));
}

export const isDiffering = ({ values }: ManyRow): boolean => values.some(({ differs }) => differs);
