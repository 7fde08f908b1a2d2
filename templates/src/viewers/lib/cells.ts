// Sizes of the cells of matrices, which presets give as steps: as large as their place has room for.
import { HEIGHT } from "./size";

interface Stepped {
  readonly step?: number;
}

export interface Matrix {
  readonly width?: Stepped;
  readonly height?: Stepped;
  readonly encoding?: { readonly x?: { readonly field?: string }; readonly y?: { readonly field?: string } };
}

/** Pixels beside and below the cells, for labels and titles. */
const [BESIDE, BELOW] = [110, 96];
/** The largest cell in a card, and the share of its own step that a cell keeps where there is little room. */
const [LARGEST, LEAST] = [52, 0.65];

/** Steps for the rows of a chart that draws a matrix for each run; null where it draws none by steps. */
export function fitted(
  matrix: Matrix | undefined,
  rows: readonly object[] | undefined,
  width: number,
  height: number,
): Required<Pick<Matrix, "width" | "height">> | null {
  const [across, down] = [matrix?.width?.step, matrix?.height?.step];
  if (!across || !down || !rows?.length) return null;
  const count = (field: string | undefined): number =>
    new Set(rows.map((row) => (row as Record<string, unknown>)[(field ?? "").replace(/\\(.)/g, "$1")])).size;
  const most = (LARGEST * height) / HEIGHT;
  const step = (own: number, room: number): number => Math.round(Math.max(own * LEAST, Math.min(most, room)));
  const runs = count("_run");
  return {
    width: { step: step(across, (width - BESIDE) / runs / count(matrix!.encoding?.x?.field)) },
    height: { step: step(down, (height - BELOW) / count(matrix!.encoding?.y?.field)) },
  };
}
