// Rows of custom charts: those of all runs in view, each with the run's name and colour.

import type { Look } from "../../lib/palette";
import type { ChartData } from "../../model";
import { pathOf } from "./fill";
import type { Meta } from "./presets";

export type Row = Record<string, unknown>;

export interface Owned {
  /** Uid of the run, or `group:<id>`. */
  readonly id: string;
  /** Name of the run, or of its group. */
  readonly label: string;
  readonly look: Look;
  /** The look's colour, as a canvas understands it. */
  readonly colour: string;
  readonly baseline: boolean;
  readonly data: ChartData;
}

/** Column of each placeholder. */
export function mappingOf(data: ChartData): Record<string, string> {
  return Object.fromEntries(data.fields);
}

/**
 * Rows as objects; `name` and `color` are there for presets written for W&B, unless the table has such columns.
 * `_baseline` is for presets that mark what others are compared with: nothing is, where the baseline is alone.
 */
export function rowsOf(all: readonly Owned[]): Row[] {
  const rows: Row[] = [];
  const compared = all.some(({ baseline }) => !baseline);
  for (const { label, colour, baseline, data } of all) {
    for (const cells of data.rows) {
      const row: Row = { name: label, color: colour };
      for (const [i, column] of data.columns.entries()) row[column] = cells[i] ?? null;
      row._run = label;
      row._color = colour;
      row._baseline = baseline && compared;
      rows.push(row);
    }
  }
  return rows;
}

/** Means over the runs of a group, within equal values of the columns that the preset names. */
export function averaged(rows: readonly Row[], meta: Meta, mapping: Readonly<Record<string, string>>): Row[] {
  const of = meta.mean && mapping[meta.mean.of];
  if (!meta.mean || !of) return [...rows];
  const by = ["_run", ...meta.mean.by.map((name) => mapping[name]).filter((column) => column !== undefined)];
  const groups = new Map<string, { row: Row; sum: number; n: number }>();
  for (const row of rows) {
    const value = row[of];
    if (typeof value !== "number") continue;
    const key = JSON.stringify(by.map((column) => row[column]));
    const held = groups.get(key);
    if (held) {
      held.sum += value;
      held.n++;
    } else groups.set(key, { row, sum: value, n: 1 });
  }
  return [...groups.values()].map(({ row, sum, n }) => ({ ...row, [of]: sum / n, _n: n }));
}

/** Where one run is drawn alone it needs no colour of its own: the preset's classes take the colours, not dashes. */
export function byClass(spec: unknown, column: string): unknown {
  if (Array.isArray(spec)) return spec.map((item) => byClass(item, column));
  if (typeof spec !== "object" || spec === null) return spec;
  return Object.fromEntries(
    Object.entries(spec).flatMap(([key, value]) => {
      const field = (value as { field?: unknown } | null)?.field;
      if (key === "strokeDash" && field === pathOf(column)) return [];
      if (key === "color" && field === "_run")
        return [[key, { field: pathOf(column), type: "nominal", sort: null, title: null, legend: CLASSES }]];
      return [[key, byClass(value, column)]];
    }),
  );
}

/** Above the plots, in rows of as many as have room. */
const CLASSES = { orient: "top", direction: "horizontal", columns: { expr: "max(2, floor(width / 64))" } };

/** Channels without which there is no mark. */
const PLACES: ReadonlySet<string> = new Set(["x", "y", "theta", "radius", "longitude", "latitude"]);

/** Placeholders whose columns say as numbers where a preset draws, with the column that stands in for each. */
function asked(preset: unknown, numbers = new Map<string, string>()): Map<string, string> {
  if (typeof preset !== "object" || preset === null) return numbers;
  for (const [key, part] of Object.entries(preset)) {
    const { field, type } = (part ?? {}) as { field?: unknown; type?: unknown };
    const [, name, fallback = ""] =
      (PLACES.has(key) &&
        type === "quantitative" &&
        typeof field === "string" &&
        /^\$\{field:([^:}]+)(?::([^}]*))?\}$/.exec(field)) ||
      [];
    if (name) numbers.set(name, fallback);
    asked(part, numbers);
  }
  return numbers;
}

/** Numbers, and texts that Vega reads as such. */
const isNumber = (cell: unknown): boolean =>
  typeof cell === "number" ||
  typeof cell === "boolean" ||
  (typeof cell === "string" && cell.trim() !== "" && Number.isFinite(Number(cell)));

/** Why a preset has nothing to draw of some tables, as a sentence; empty when there is something. */
export function nothing(
  preset: unknown,
  mapping: Readonly<Record<string, string>>,
  tables: readonly ChartData[],
): string {
  if (tables.every(({ rows }) => !rows.length))
    return tables.length > 1 ? "the tables have no rows" : "the table has no rows";
  const names = asked(preset);
  const chosen = [...names].flatMap(([name, fallback]) => mapping[name] || fallback || []);
  if (names.size && !chosen.length) return `no column is chosen for ${[...names.keys()].join(", ")}`;
  const absent = chosen.find((column) => tables.every(({ columns }) => !columns.includes(column)));
  if (absent !== undefined) return `the table has no column ${absent}`;
  const empty = chosen.find(
    (column) =>
      !tables.some(({ columns, rows }) => {
        const at = columns.indexOf(column);
        return at >= 0 && rows.some((row) => isNumber(row[at]));
      }),
  );
  return empty === undefined ? "" : `the column ${empty} holds no numbers`;
}
