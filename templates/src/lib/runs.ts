// The runs of a project as a table: columns by name, filters, sorting, groups.
import type { Column, Lost, ProjectIndex, RunRow } from "../model";
import { uid } from "./data";
import { evaluate, type Filter, type Matcher, textOf } from "./filter";
import { highIsBetter, lowIsBetter } from "./goals";
import { meanStd } from "./group";
import { shown } from "./keys";
import { asNumber, cell, fromJson, isNumber, logged, lostText, written } from "./values";

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
  /** `name`, `config.lr`, `summary.val/loss`, `best.val/loss`. */
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

export interface Stats {
  readonly mean: number;
  readonly std: number;
  readonly n: number;
}

export type SortKey = { readonly id: string; readonly descending: boolean };

export class RunTable {
  readonly columns: readonly ColumnInfo[];
  private readonly dense = new Map<string, readonly unknown[]>();
  private readonly at: ReadonlyMap<RunRow, number>;
  /** Rows of lists are drawn whenever they come into view: what they say of many runs is found once. */
  private readonly found = new WeakMap<readonly RunRow[], Map<string, unknown>>();
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
      const alike = new Map<string, number>();
      for (const { key } of index[tier]) alike.set(shown(key), (alike.get(shown(key)) ?? 0) + 1);
      for (const { key, rows, values } of index[tier]) {
        const id = `${tier}.${key}`;
        const found = values.map(fromJson);
        this.dense.set(id, rows ? spread(rows, found, index.runs.length) : found);
        columns.push({
          id,
          tier,
          // Nested keys and keys with dots may read alike: then they keep their escapes.
          label: alike.get(shown(key)) === 1 ? shown(key) : key,
          numeric: found.some(isNumber) && found.every((value) => isNumber(value) || value === null),
        });
      }
    }
    const rated = (list: readonly Column[], better: (key: string) => boolean) => list.filter(({ key }) => better(key));
    for (const { key, rows, values } of [...rated(index.least, lowIsBetter), ...rated(index.greatest, highIsBetter)]) {
      this.dense.set(`best.${key}`, rows ? spread(rows, values, index.runs.length) : values);
      columns.push({ id: `best.${key}`, tier: "summary", label: `best ${shown(key)}`, numeric: true });
    }
    this.columns = columns;
    this.infos = new Map(columns.map((column) => [column.id, column]));
  }

  info(id: string): ColumnInfo | undefined {
    return this.infos.get(id);
  }

  /** The id of the column that a key of a filter means. */
  resolve(key: string): string | null {
    if ((FIELDS as readonly string[]).includes(key) || (this.infos.has(key) && !key.startsWith("best."))) return key;
    for (const tier of ["summary", "config"]) if (this.infos.has(`${tier}.${key}`)) return `${tier}.${key}`;
    if (this.infos.has(key)) return key;
    return key === "tag" ? "tags" : null;
  }

  /** As it was logged; undefined where the run has none. */
  value(run: RunRow, id: string): unknown {
    const column = this.dense.get(id);
    if (column) return column[this.at.get(run) ?? -1];
    const field = (FIELDS as readonly string[]).includes(id) ? run[id as Field] : undefined;
    return field === "" || (Array.isArray(field) && !field.length) ? undefined : field;
  }

  number(run: RunRow, id: string): number {
    return asNumber(this.value(run, id));
  }

  /** As a person reads it. Fields of a run are texts, whatever they look like. */
  text(run: RunRow, id: string): string {
    const value = this.value(run, id);
    if (id === "tags") return run.tags.join(", ");
    return typeof value === "string" && !this.dense.has(id) ? value : logged(value);
  }

  /** What the cell of a run says: numbers of the summary in few digits, all else as it was logged. */
  shown(run: RunRow, { id, tier }: ColumnInfo): string {
    const value = this.value(run, id);
    return tier === "summary" && isNumber(value) ? cell(value) : this.text(run, id);
  }

  /** How a number ended that was lost, as a sentence. */
  lost(run: RunRow, id: string): string {
    const key = id.replace(/^summary\./, "");
    const found: Lost | undefined = key === id ? undefined : run.diverged.find(([one]) => one === key)?.[1];
    return found && !Number.isFinite(this.number(run, id)) ? lostText(found) : "";
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
      const id = keys.map((key) => this.identity(run, key)).join("\u0000");
      const list = groups.get(id);
      if (list) list.push(run);
      else groups.set(id, [run]);
    }
    const part = (run: RunRow, key: string): string =>
      this.value(run, key) === undefined ? `no ${this.info(key)?.label.toLowerCase() ?? key}` : this.text(run, key);
    return [...groups].map(([id, members]) => ({
      id,
      label: keys.map((key) => part(members[0]!, key)).join(", "),
      runs: members,
    }));
  }

  /** Equal only for values of one type that are equal. */
  private identity(run: RunRow, id: string): string {
    const value = this.value(run, id);
    return value === undefined ? "" : written(value);
  }

  /** Mean and std of a numeric column over runs; found once for each list of runs. */
  stats(runs: readonly RunRow[], id: string): Stats {
    return this.once(runs, `stats ${id}`, () => meanStd(runs.map((run) => this.number(run, id))));
  }

  /** Least and greatest finite value of a column over all runs, and of how many runs. */
  range(id: string): { readonly n: number; readonly low: number; readonly high: number } {
    return this.once(this.index.runs, `range ${id}`, () => {
      const values = this.index.runs.map((run) => this.number(run, id)).filter(Number.isFinite);
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
      return { n: values.length, low, high };
    });
  }

  /** What runs say in a column, each text once; found once for each list of runs. */
  texts(runs: readonly RunRow[], id: string): ReadonlySet<string> {
    return this.once(runs, `texts ${id}`, () => new Set(runs.map((run) => this.text(run, id))));
  }

  private once<T>(runs: readonly RunRow[], what: string, find: () => T): T {
    let known = this.found.get(runs);
    if (!known) {
      known = new Map();
      this.found.set(runs, known);
    }
    if (!known.has(what)) known.set(what, find());
    return known.get(what) as T;
  }

  /** Whether the runs have different values there. */
  differs(runs: readonly RunRow[], id: string): boolean {
    if (runs.length < 2) return false;
    const first = this.identity(runs[0]!, id);
    return runs.some((run) => this.identity(run, id) !== first);
  }

  byUid(): Map<string, RunRow> {
    return new Map(this.index.runs.map((run) => [uid(run), run]));
  }
}

function spread(rows: readonly number[], values: readonly unknown[], size: number): unknown[] {
  const dense = new Array<unknown>(size).fill(undefined);
  for (const [i, row] of rows.entries()) dense[row] = values[i];
  return dense;
}

/** Missing and NaN values come last, whatever the direction. */
function compare(a: unknown, b: unknown, descending: boolean): number {
  const [emptyA, emptyB] = [empty(a), empty(b)];
  if (emptyA || emptyB) return Number(emptyA) - Number(emptyB);
  const numbers = (isNumber(a) || typeof a === "boolean") && (isNumber(b) || typeof b === "boolean");
  const order = numbers ? (a < b ? -1 : a > b ? 1 : 0) : natural.compare(textOf(a), textOf(b));
  return descending ? -order : order;
}

function empty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || Number.isNaN(value) || written(value) === "[]";
}

const natural = new Intl.Collator("en", { numeric: true });
