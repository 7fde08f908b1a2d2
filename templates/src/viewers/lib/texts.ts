// The texts of a run's files, with their colours.
import type { Holder, HolderHead } from "../../entry";
import { fileBytes, fileMarks, fileText, isHere } from "../../lib/data";
import type { RunFile, RunHead, RunRow } from "../../model";

/** What holds files: a run, or a version of an artifact. */
export interface Shelf {
  readonly run: Holder;
  readonly head: HolderHead & { readonly files: readonly RunFile[] };
}

export interface Side extends Shelf {
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

export async function textOf({ run, head }: Shelf, path: string): Promise<string | null> {
  const file = head.files.find((one) => one.path === path);
  return file && file.kind === "text" && isHere(file) ? fileText(run, head, file) : null;
}

export async function read({ run, head }: Shelf, file: RunFile): Promise<Text> {
  if (file.kind !== "text" || !isHere(file)) return { file, text: null, marks: [] };
  return { file, text: await fileText(run, head, file), marks: [] };
}

/** The text with its colours, which only files that are shown need. */
export async function coloured(of: Text | null): Promise<Text | null> {
  return of && { ...of, marks: await fileMarks(of.file) };
}

export const bytesOf = ({ run, head }: Shelf, file: RunFile): Promise<Uint8Array<ArrayBuffer>> =>
  fileBytes(run, head, file);
