// CSV that spreadsheets read as data: cells that would be formulas are quoted as text.

export function csvCell(value: string | number): string {
  if (typeof value === "number")
    return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
  const safe = /^[=+\-@\t\r]/.test(value) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: readonly (readonly (string | number)[])[]): string {
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
  const rows = new Map<number, (string | number)[]>();
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
  return csv([head, ...sorted.map((row) => Array.from({ length: column }, (_, i) => row[i] ?? ""))]);
}

export function fileName(text: string): string {
  return text.replace(/[^\w.-]+/g, "_").replace(/^_+|_+$/g, "") || "chart";
}
