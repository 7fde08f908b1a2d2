// Sizes of the cells of matrices, which presets give as steps: as large as their place has room for.
import { HEIGHT } from "./size";

interface Stepped {
  readonly step?: number;
}

export interface Matrix {
  readonly width?: Stepped;
  readonly height?: Stepped;
  readonly encoding?: { readonly x?: { readonly field?: string }; readonly y?: { readonly field?: string } };
  readonly layer?: readonly { readonly mark?: { readonly type?: string } }[];
}

export interface Fitted {
  /** Matrices in a row. */
  readonly columns: number;
  readonly spec: Matrix;
}

/** Pixels beside and below the cells, for labels and titles. */
const [BESIDE, BELOW] = [110, 96];
/** The largest cell in a card, the share of its step that a cell keeps while others wrap, and what a label needs. */
const [WIDEST, HIGHEST, LEAST, LABEL] = [110, 52, 0.65, 11];
/** A cell that is narrower has no room for what is written on it. */
const WRITTEN = 20;

/** The matrices of a chart that draws one for each run by steps, in rows that fit; null where it draws none. */
export function fitted(
  matrix: Matrix | undefined,
  rows: readonly object[] | undefined,
  width: number,
  height: number,
): Fitted | null {
  const [across, down] = [matrix?.width?.step, matrix?.height?.step];
  if (!across || !down || !rows?.length) return null;
  const count = (field: string | undefined): number =>
    new Set(rows.map((row) => (row as Record<string, unknown>)[(field ?? "").replace(/\\(.)/g, "$1")])).size;
  const [wide, high] = [count(matrix!.encoding?.x?.field), count(matrix!.encoding?.y?.field)];
  const columns = Math.max(1, Math.min(count("_run"), Math.floor(width / (wide * across * LEAST + BESIDE))));
  const grown = height / HEIGHT;
  const step = (least: number, most: number, room: number): number =>
    Math.round(Math.max(least, Math.min(most * grown, room)));
  const x = step(LABEL, WIDEST, (width / columns - BESIDE) / wide);
  const y = step(down * LEAST, HIGHEST, (height - BELOW) / high);
  const layer = x < WRITTEN ? matrix!.layer?.filter(({ mark }) => mark?.type !== "text") : matrix!.layer;
  return { columns, spec: { ...matrix, width: { step: x }, height: { step: y }, ...(layer && { layer }) } };
}
