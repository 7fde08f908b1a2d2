// The texts of a run's files, with their colours.
import { fileBytes, fileText, jsonBlock } from "../../lib/data";
import type { RunFile, RunHead, RunRow } from "../../model";

export interface Side {
  readonly run: RunRow;
  readonly head: RunHead;
}

export interface Text {
  readonly file: RunFile;
  /** Null for what is no text, or does not travel with the site. */
  readonly text: string | null;
  readonly marks: readonly number[];
}

export const CODE = "code/";
export const PATCH = "diff.patch";

export const isCode = ({ path }: RunFile): boolean => path.startsWith(CODE) || path === PATCH;

export async function textOf({ run, head }: Side, path: string): Promise<string | null> {
  const file = head.files.find((one) => one.path === path);
  return file && file.kind === "text" && file.block >= 0 ? fileText(run, head, file.block) : null;
}

export async function read({ run, head }: Side, file: RunFile): Promise<Text> {
  if (file.kind !== "text" || file.block < 0) return { file, text: null, marks: [] };
  const text = await fileText(run, head, file.block);
  return { file, text: (file.path.endsWith(".ipynb") && cellsOf(text)) || text, marks: [] };
}

/** The text with its colours, which only files that are shown need. */
export async function coloured({ run, head }: Side, of: Text | null): Promise<Text | null> {
  return of && of.file.marks >= 0 ? { ...of, marks: await jsonBlock<number[]>(run, head, of.file.marks) } : of;
}

/** A notebook as people read it: its cells, without the numbers that running it again changes. */
export function cellsOf(text: string): string | null {
  try {
    const notebook = JSON.parse(text) as { cells?: unknown; worksheets?: { cells?: unknown }[] };
    const cells = notebook.cells ?? notebook.worksheets?.[0]?.cells;
    if (!Array.isArray(cells)) return null;
    return (cells as { cell_type?: unknown; source?: unknown; input?: unknown }[])
      .map((cell, n) => {
        const source = cell.source ?? cell.input ?? "";
        const lines = Array.isArray(source) ? source.join("") : String(source);
        return `# Cell ${n + 1}${cell.cell_type === "code" ? "" : `, ${String(cell.cell_type)}`}\n${lines}\n`;
      })
      .join("\n");
  } catch {
    return null;
  }
}

/** Whether the bytes of a file are in this site. */
export const isHere = (file: RunFile): boolean => file.block >= 0;

export const bytesOf = ({ run, head }: Side, file: RunFile): Promise<Uint8Array<ArrayBuffer>> =>
  fileBytes(run, head, file.block);
