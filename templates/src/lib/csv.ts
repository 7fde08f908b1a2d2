// CSV that spreadsheets read as data: cells that would be formulas are quoted as text.
import { logged, written } from "./values";

/** A value as it was logged: numbers to the last digit, lists as JSON, in quotes a text that would mislead. */
export function csvCell(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value !== "string") return protect(written(value), false);
  return protect(/^[=+\-@\t\r]/.test(value) && !NUMBER.test(value) ? `'${value}` : value, logged(value) !== value);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const protect = (text: string, quoted: boolean): string =>
  quoted || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

export function csv(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

export interface CsvLine {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly low: ArrayLike<number> | null;
  readonly high: ArrayLike<number> | null;
}

/** Lines side by side, one row for each x that any of them has. Missing values are empty. */
export function linesCsv(xName: string, lines: readonly CsvLine[]): string {
  const head: string[] = [xName];
  const rows = new Map<number, unknown[]>();
  let column = 1;
  for (const line of lines) {
    const merged = line.low !== null && line.high !== null;
    head.push(line.label, ...(merged ? [`${line.label} (min)`, `${line.label} (max)`] : []));
    for (let i = 0; i < line.x.length; i++) {
      const row = rows.get(line.x[i]!) ?? [line.x[i]!];
      row[column] = line.y[i]!;
      if (merged) [row[column + 1], row[column + 2]] = [line.low![i]!, line.high![i]!];
      rows.set(line.x[i]!, row);
    }
    column += merged ? 3 : 1;
  }
  const sorted = [...rows.values()].sort((a, b) => (a[0] as number) - (b[0] as number));
  return csv([head, ...sorted.map((row) => Array.from({ length: column }, (_, i) => row[i]))]);
}

export function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, "_").replace(/^_+|_+$/g, "") || "chart";
}
