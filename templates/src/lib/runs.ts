// The runs of a project as a table: columns by name, filters, sorting, groups.
import type { ProjectIndex, RunRow } from "../model";
import { uid } from "./data";
import { evaluate, type Filter, type Matcher } from "./filter";
import { asNumber, logged } from "./format";
import { meanStd } from "./group";
import { shown } from "./keys";

/** Fields of `RunRow` that are columns. */
export const FIELDS = [
  "name",
  "state",
  "created",
  "duration",
  "last_sign",
  "step",
  "rows",
  "tags",
  "notes",
  "group",
  "job_type",
  "host",
  "user",
  "commit",
  "id",
  "root",
] as const;
export type Field = (typeof FIELDS)[number];

export const FIELD_LABELS: Record<Field, string> = {
  name: "Name",
  state: "State",
  created: "Created",
  duration: "Duration",
  last_sign: "Last sign",
  step: "Step",
  rows: "Rows",
  tags: "Tags",
  notes: "Notes",
  group: "Group",
  job_type: "Job type",
  host: "Host",
  user: "User",
  commit: "Commit",
  id: "Id",
  root: "Folder",
};

export interface ColumnInfo {
  /** `name`, `config.lr`, `summary.val/loss`. */
  readonly id: string;
  readonly tier: "run" | "summary" | "config";
  readonly label: string;
  readonly numeric: boolean;
}

export interface Group {
  /** Unique among the groups. */
  readonly id: string;
  readonly label: string;
  readonly runs: readonly RunRow[];
}

export type SortKey = { readonly id: string; readonly descending: boolean };

export class RunTable {
  readonly columns: readonly ColumnInfo[];
  private readonly dense = new Map<string, readonly unknown[]>();
  private readonly at: ReadonlyMap<RunRow, number>;
  private readonly infos: ReadonlyMap<string, ColumnInfo>;

  constructor(readonly index: ProjectIndex) {
    this.at = new Map(index.runs.map((run, i) => [run, i]));
    const columns: ColumnInfo[] = FIELDS.filter((field) => field !== "root" || index.runs.some((run) => run.root)).map(
      (field) => ({
        id: field,
        tier: "run",
        label: FIELD_LABELS[field],
        numeric: ["created", "duration", "last_sign", "step", "rows"].includes(field),
      }),
    );
    for (const tier of ["summary", "config"] as const) {
      for (const { key, rows, values } of index[tier]) {
        const id = `${tier}.${key}`;
        this.dense.set(id, rows ? spread(rows, values, index.runs.length) : values);
        columns.push({
          id,
          tier,
          label: shown(key),
          numeric: values.some(isNumber) && values.every((value) => isNumber(value) || value === null),
        });
      }
    }
    this.columns = columns;
    this.infos = new Map(columns.map((column) => [column.id, column]));
  }

  info(id: string): ColumnInfo | undefined {
    return this.infos.get(id);
  }

  /** The id of the column that a key of a filter means. */
  resolve(key: string): string | null {
    if ((FIELDS as readonly string[]).includes(key) || this.infos.has(key)) return key;
    for (const tier of ["summary", "config"]) if (this.infos.has(`${tier}.${key}`)) return `${tier}.${key}`;
    return key === "tag" ? "tags" : null;
  }

  value(run: RunRow, id: string): unknown {
    const column = this.dense.get(id);
    if (column) return column[this.at.get(run) ?? -1];
    return (FIELDS as readonly string[]).includes(id) ? run[id as Field] : undefined;
  }

  number(run: RunRow, id: string): number {
    return asNumber(this.value(run, id));
  }

  text(run: RunRow, id: string): string {
    const value = this.value(run, id);
    return id === "tags" ? run.tags.join(", ") : logged(value);
  }

  filter(runs: readonly RunRow[], filter: Filter | null, matches?: Matcher): RunRow[] {
    if (!filter) return [...runs];
    return runs.filter((run) =>
      evaluate(
        filter,
        (key) => {
          const id = this.resolve(key);
          return id === null ? undefined : this.value(run, id);
        },
        matches,
      ),
    );
  }

  sort(runs: readonly RunRow[], keys: readonly SortKey[]): RunRow[] {
    if (!keys.length) return [...runs];
    return [...runs].sort((a, b) => {
      for (const { id, descending } of keys) {
        const order = compare(this.value(a, id), this.value(b, id), descending);
        if (order) return order;
      }
      return b.created - a.created;
    });
  }

  group(runs: readonly RunRow[], keys: readonly string[]): Group[] {
    const groups = new Map<string, RunRow[]>();
    for (const run of runs) {
      const id = keys.map((key) => this.text(run, key)).join("\u0000");
      const list = groups.get(id);
      if (list) list.push(run);
      else groups.set(id, [run]);
    }
    return [...groups].map(([id, members]) => ({
      id,
      label: id
        .split("\u0000")
        .map((text) => text || "none")
        .join(", "),
      runs: members,
    }));
  }

  /** Mean and std of a numeric column over runs. */
  stats(runs: readonly RunRow[], id: string): { mean: number; std: number; n: number } {
    return meanStd(runs.map((run) => this.number(run, id)));
  }

  /** Whether the runs have different values there. */
  differs(runs: readonly RunRow[], id: string): boolean {
    if (runs.length < 2) return false;
    const first = JSON.stringify(this.value(runs[0]!, id));
    return runs.some((run) => JSON.stringify(this.value(run, id)) !== first);
  }

  byUid(): Map<string, RunRow> {
    return new Map(this.index.runs.map((run) => [uid(run), run]));
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || value === "NaN" || value === "Infinity" || value === "-Infinity";
}

function spread(rows: readonly number[], values: readonly unknown[], size: number): unknown[] {
  const dense = new Array<unknown>(size).fill(undefined);
  for (const [i, row] of rows.entries()) dense[row] = values[i];
  return dense;
}

/** Missing and NaN values come last, whatever the direction. */
function compare(a: unknown, b: unknown, descending: boolean): number {
  const [x, y] = [asNumber(a), asNumber(b)];
  const [emptyA, emptyB] = [empty(a), empty(b)];
  if (emptyA || emptyB) return Number(emptyA) - Number(emptyB);
  const order = Number.isNaN(x) || Number.isNaN(y) ? natural.compare(String(a), String(b)) : x - y;
  return descending ? -order : order;
}

function empty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === "NaN" || value === "" || (Array.isArray(value) && !value.length)
  );
}

const natural = new Intl.Collator("en", { numeric: true });
