// Columns of a table in memory: numbers in typed arrays, other cells as they are. No object for a row.

import { number, plural } from "../../lib/format";
import { unpack } from "../../lib/pack";
import { fromJson, logged, written } from "../../lib/values";
import type { MediaItem, RunRow, TableColumn, TableItem } from "../../model";

export type Type = "number" | "bool" | "date" | "string" | "mixed" | "media";

export interface Column {
  /** Unique in its table: the name, and how many of that name came before. */
  readonly id: string;
  readonly name: string;
  readonly type: Type;
  /** Dates: they are UTC. */
  readonly zone: boolean;
  /** Of numbers, bools and dates (ms since 1970); NaN where a cell is missing. */
  readonly numbers: Float64Array | null;
  /** Of all others; null where a cell is missing. */
  readonly cells: readonly unknown[] | null;
  /** Numbers that are missing; null when none is. */
  readonly missing: Uint8Array | null;
  /** Integers that a double cannot hold. */
  readonly exact: ReadonlyMap<number, string> | null;
  /** Of the column of runs: which run a name is. */
  readonly runs?: ReadonlyMap<string, RunRow>;
}

export interface MediaCell {
  readonly kind: string;
  readonly run: RunRow;
  readonly step: number;
  readonly items: readonly MediaItem[];
}

export interface Frame {
  readonly columns: readonly Column[];
  readonly rows: number;
}

interface Described {
  readonly at?: number;
  readonly null?: readonly number[];
  readonly exact?: readonly (readonly [number, string])[];
  readonly cells?: readonly unknown[];
}

export interface Block {
  readonly columns: readonly Described[];
  readonly packed: readonly Float64Array[];
}

/** What site_builder/kinds/table_blocks.py wrote. */
export function block(bytes: Uint8Array): Block {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sections: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 4 + sections.at(-1)!.length)
    sections.push(bytes.subarray(at + 4, at + 4 + view.getUint32(at, true)));
  const [text, ...packed] = sections;
  return { columns: JSON.parse(new TextDecoder().decode(text)) as Described[], packed: packed.flatMap(unpack) };
}

const kindOf = (type: string): string => (type.startsWith("media:") ? type.slice(6) : "");
const isMedia = (cell: unknown): cell is { kind: string; items: readonly MediaItem[] } =>
  typeof cell === "object" && cell !== null && (cell as { _type?: string })._type === "media";

/** A table from those of its blocks that are there, which are the first ones. */
export function frameOf(
  item: TableItem,
  blocks: readonly Block[],
  blockRows: number,
  run: RunRow,
  step: number,
): Frame {
  const rows = Math.min(item.rows, blocks.length * blockRows);
  const ids = unique(item.columns.map((column) => column.name));
  return {
    rows,
    columns: item.columns.map((column, n) => columnOf(column, ids[n]!, n, blocks, blockRows, rows, run, step)),
  };
}

function columnOf(
  column: TableColumn,
  id: string,
  n: number,
  blocks: readonly Block[],
  blockRows: number,
  rows: number,
  run: RunRow,
  step: number,
): Column {
  const kind = kindOf(column.type);
  const base = {
    id,
    name: column.name,
    type: (kind ? "media" : column.type) as Type,
    zone: column.zone,
    missing: null,
    exact: null,
  };
  if (["number", "bool", "date"].includes(base.type)) {
    const numbers = new Float64Array(rows);
    let missing: Uint8Array | null = null;
    const exact = new Map<number, string>();
    blocks.forEach((one, b) => {
      const { at = 0, null: none = [], exact: texts = [] } = one.columns[n] ?? {};
      const from = b * blockRows;
      numbers.set((one.packed[at] ?? new Float64Array(0)).subarray(0, rows - from), from);
      if (none.length) missing ??= new Uint8Array(rows);
      for (const row of none) missing![from + row] = 1;
      for (const [row, text] of texts) exact.set(from + row, text);
    });
    return { ...base, numbers, cells: null, missing, exact: exact.size ? exact : null };
  }
  const raw = blocks.flatMap((one) => one.columns[n]?.cells ?? []);
  const wrap = (cell: unknown): unknown => {
    if (kind && cell !== null) return { kind, run, step, items: cell as readonly MediaItem[] } satisfies MediaCell;
    return isMedia(cell) ? ({ kind: cell.kind, run, step, items: cell.items } satisfies MediaCell) : fromJson(cell);
  };
  return { ...base, numbers: null, cells: base.type === "string" ? raw : raw.map(wrap) };
}

/** Names made unique: a second `a` is `a 2`. */
function unique(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let id = name;
    for (let n = 2; seen.has(id); n++) id = `${name} ${n}`;
    seen.add(id);
    return id;
  });
}

export function isMissing(column: Column, row: number): boolean {
  return column.numbers ? column.missing !== null && column.missing[row] === 1 : (column.cells![row] ?? null) === null;
}

/** Rows of a column in another order; -1 is a cell that is missing. */
function take(column: Column, rows: Int32Array, id = column.id, name = column.name): Column {
  if (column.cells)
    return { ...column, id, name, cells: Array.from(rows, (row) => (row < 0 ? null : column.cells![row])) };
  const numbers = new Float64Array(rows.length);
  const missing = new Uint8Array(rows.length);
  const exact = new Map<number, string>();
  for (const [i, row] of rows.entries()) {
    numbers[i] = row < 0 ? NaN : column.numbers![row]!;
    missing[i] = row < 0 ? 1 : (column.missing?.[row] ?? 0);
    const text = column.exact?.get(row);
    if (text !== undefined) exact.set(i, text);
  }
  return {
    ...column,
    id,
    name,
    numbers,
    missing: missing.includes(1) ? missing : null,
    exact: exact.size ? exact : null,
  };
}

/** Tables one below the other; with labels, a first column says whose a row is. */
export function concatenated(
  frames: readonly Frame[],
  labels: readonly string[] | null,
  runs: ReadonlyMap<string, RunRow>,
): Frame {
  if (frames.length === 1 && !labels) return frames[0]!;
  const rows = frames.reduce((sum, frame) => sum + frame.rows, 0);
  const ids = [...new Set(frames.flatMap((frame) => frame.columns.map((column) => column.id)))];
  const columns = ids.map((id) => stacked(id, frames, rows));
  if (!labels) return { rows, columns };
  const cells = frames.flatMap((frame, n) => new Array<string>(frame.rows).fill(labels[n]!));
  const own = unique(["run", ...ids]).length && ids.includes("run") ? "run of the page" : "run";
  return {
    rows,
    columns: [
      { id: own, name: own, type: "string", zone: false, numbers: null, cells, missing: null, exact: null, runs },
      ...columns,
    ],
  };
}

function stacked(id: string, frames: readonly Frame[], rows: number): Column {
  const parts = frames.map((frame) => frame.columns.find((column) => column.id === id));
  const first = parts.find((part) => part)!;
  const same = parts.every((part) => !part || (part.type === first.type && part.zone === first.zone));
  if (first.numbers && same) {
    const numbers = new Float64Array(rows).fill(NaN);
    const missing = new Uint8Array(rows);
    const exact = new Map<number, string>();
    let at = 0;
    parts.forEach((part, n) => {
      const size = frames[n]!.rows;
      if (part) numbers.set(part.numbers!, at);
      if (!part) missing.fill(1, at, at + size);
      else if (part.missing) missing.set(part.missing, at);
      for (const [row, text] of part?.exact ?? []) exact.set(at + row, text);
      at += size;
    });
    return { ...first, numbers, missing: missing.includes(1) ? missing : null, exact: exact.size ? exact : null };
  }
  const cells = parts.flatMap((part, n) =>
    !part
      ? new Array<unknown>(frames[n]!.rows).fill(null)
      : (part.cells ?? Array.from(part.numbers!, (_, row) => value(part, row))),
  );
  return { ...first, type: same ? first.type : "mixed", numbers: null, missing: null, exact: null, cells };
}

/** Tables side by side: a row for each value of a column, the n-th of equal ones beside the n-th. */
export function joined(frames: readonly Frame[], labels: readonly string[], on: string): Frame | null {
  const keys = frames.map((frame) => frame.columns.find((column) => column.id === on));
  if (keys.some((key) => !key)) return null;
  const places = new Map<string, number>();
  const rowsOf = frames.map((frame, n) => {
    const seen = new Map<string, number>();
    const rows: number[] = [];
    for (let row = 0; row < frame.rows; row++) {
      const text = plain(keys[n]!, row);
      const nth = seen.get(text) ?? 0;
      seen.set(text, nth + 1);
      const key = `${nth} ${text}`;
      if (!places.has(key)) places.set(key, places.size);
      rows[places.get(key)!] = row;
    }
    return rows;
  });
  const at = rowsOf.map((rows) => Int32Array.from({ length: places.size }, (_, i) => rows[i] ?? -1));
  const others = [...new Set(frames.flatMap((frame) => frame.columns.map((column) => column.id)))].filter(
    (id) => id !== on,
  );
  const columns = others.flatMap((id) =>
    frames.flatMap((frame, n) => {
      const column = frame.columns.find((one) => one.id === id);
      return column ? [take(column, at[n]!, `${id} · ${labels[n]}`, `${id} · ${labels[n]}`)] : [];
    }),
  );
  return { rows: places.size, columns: [joinKey(keys as Column[], at), ...columns] };
}

function joinKey(keys: readonly Column[], at: readonly Int32Array[]): Column {
  const parts = keys.map((key, n) => take(key, at[n]!));
  const pick = Array.from(at[0]!, (_, i) => at.findIndex((rows) => rows[i]! >= 0));
  const [first] = parts;
  if (parts.every((part) => part.numbers && part.type === first!.type)) {
    const missing = Uint8Array.from(pick, (n, i) => Number(isMissing(parts[n]!, i)));
    return {
      ...first!,
      numbers: Float64Array.from(pick, (n, i) => parts[n]!.numbers![i]!),
      missing: missing.includes(1) ? missing : null,
    };
  }
  return {
    ...first!,
    type: parts.every((part) => part.type === first!.type) ? first!.type : "mixed",
    numbers: null,
    missing: null,
    exact: null,
    cells: pick.map((n, i) => value(parts[n]!, i)),
  };
}

/** A cell as a JSON value. */
export function value(column: Column, row: number): unknown {
  if (isMissing(column, row)) return null;
  if (column.cells) return column.cells[row];
  const number = column.numbers![row]!;
  return column.type === "bool"
    ? number === 1
    : column.type === "date"
      ? isoDate(number, column.zone)
      : (column.exact?.get(row) ?? number);
}

/** 2026-11-17, or with its time where it has one; parts of a second only where there are any. */
export function isoDate(ms: number, zone: boolean): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return String(ms);
  const text = new Date(ms).toISOString();
  if (ms % 86_400_000 === 0 && !zone) return text.slice(0, -14);
  return text.slice(0, ms % 1000 === 0 ? -5 : -1).replace("T", " ") + (zone ? " UTC" : "");
}

export function isMediaCell(cell: unknown): cell is MediaCell {
  return typeof cell === "object" && cell !== null && Array.isArray((cell as MediaCell).items) && "run" in cell;
}

/** A number to its last digit, for columns that hold wide integers. */
export function exactly(column: Column, row: number): number | bigint {
  const text = column.exact?.get(row);
  return text === undefined ? column.numbers![row]! : BigInt(text);
}

/** A cell as text, whole: what search, filters and downloads see. Empty when it is missing. */
export function plain(column: Column, row: number): string {
  if (isMissing(column, row)) return "";
  const cell = column.cells?.[row];
  // Beside numbers, a text that reads like one says that it is none.
  if (column.cells) return column.type === "mixed" && typeof cell === "string" ? logged(cell) : textOf(cell);
  return String(value(column, row));
}

/** The counts of a cell that is a histogram, and what it says: 64 bins from 0.1 to 3. */
export function histogramOf(cell: unknown): { readonly counts: readonly number[]; readonly text: string } | null {
  const record = cell as {
    _type?: unknown;
    counts?: unknown;
    values?: unknown;
    min?: unknown;
    width?: unknown;
    bins?: unknown;
  } | null;
  const counts = record?._type === "histogram" ? (record.counts ?? record.values) : null;
  if (!Array.isArray(counts) || !counts.length || !counts.every((count) => typeof count === "number")) return null;
  const bins = Array.isArray(record!.bins)
    ? (record!.bins as unknown[])
    : [record!.min, Number(record!.min) + Number(record!.width) * counts.length];
  const [low, high] = [Number(bins[0] ?? NaN), Number(bins.at(-1) ?? NaN)];
  return {
    counts: counts as number[],
    text:
      plural(counts.length, "bin") +
      (Number.isFinite(low) && Number.isFinite(high) ? ` from ${number(low)} to ${number(high)}` : ""),
  };
}

function textOf(cell: unknown): string {
  if (typeof cell === "string") return cell;
  if (isMediaCell(cell)) return cell.items.map((item) => item.caption || item.src || cell.kind).join(", ");
  if (typeof cell !== "object" || cell === null) return String(cell);
  const record = cell as { _type?: string; shape?: readonly number[]; dtype?: string };
  const histogram = histogramOf(cell);
  if (histogram) return histogram.text;
  if (record._type === "ndarray-file" && Array.isArray(record.shape))
    return `${record.dtype} ${record.shape.join(" × ")}`;
  return written(cell);
}
