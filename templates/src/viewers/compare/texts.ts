// The texts of two runs: which files there are on either side, and what changed in them.
import code from "worker:../../workers/diff";
import { fileText, jsonBlock } from "../../lib/data";
import type { RunFile, RunHead, RunRow } from "../../model";
import type { Answer, Job } from "../../workers/diff";
import { cellsOf } from "../lib/book";
import type { CellDiff } from "../lib/bookdiff";
import { type Change, likeness, linesOf } from "../lib/difference";

export interface Side {
  readonly run: RunRow;
  readonly head: RunHead;
}

/** A file of either side, or of both. */
export interface Pair {
  readonly path: string;
  /** Where it was before it was renamed; else its path. */
  readonly before: string;
  readonly a: Text | null;
  readonly b: Text | null;
  /** The cells of a notebook; null where they cannot be read on a side; nothing for other files. */
  readonly cells?: readonly CellDiff[] | null;
}

export interface Text {
  readonly file: RunFile;
  /** Null for what is no text, or does not travel with the site. */
  readonly text: string | null;
  readonly marks: readonly number[];
}

const CODE = "code/";
export const PATCH = "diff.patch";
/** Share of lines in common from which a file that went and one that came are one that was renamed. */
const RENAMED = 0.6;

const isCode = ({ path }: RunFile): boolean => path.startsWith(CODE) || path === PATCH;

export async function textOf({ run, head }: Side, path: string): Promise<string | null> {
  const file = head.files.find((one) => one.path === path);
  return file && file.kind === "text" && file.block >= 0 ? fileText(run, head, file.block) : null;
}

async function read({ run, head }: Side, file: RunFile): Promise<Text> {
  if (file.kind !== "text" || file.block < 0) return { file, text: null, marks: [] };
  return { file, text: await fileText(run, head, file.block), marks: [] };
}

/** The text with its colours, which only files that are shown need. */
async function coloured({ run, head }: Side, of: Text | null): Promise<Text | null> {
  return of && of.file.marks >= 0 ? { ...of, marks: await jsonBlock<number[]>(run, head, of.file.marks) } : of;
}

/** Whether nothing of a file changed, neither its place nor its text; of a notebook, no cell. */
export const isSame = ({ a, b, path, before, cells }: Pair): boolean =>
  path === before &&
  a !== null &&
  b !== null &&
  a.text !== null &&
  (a.text === b.text || (cells?.every(({ how }) => how === "equal") ?? false));

const isBook = (path: string): boolean => path.toLowerCase().endsWith(".ipynb");

/** A pair with the cells of its notebooks. */
async function withCells(pair: Pair): Promise<Pair> {
  const [a, b] = [pair.a?.text ?? null, pair.b?.text ?? null];
  const unread = (pair.a && a === null) || (pair.b && b === null);
  if (!isBook(pair.path) || !isBook(pair.before) || unread || a === b) return pair;
  return { ...pair, cells: await comparedCells(a, b, false).catch(() => null) };
}

/** All code of both sides. */
export async function pairs(a: Side, b: Side): Promise<Pair[]> {
  const [left, right] = await Promise.all(
    [a, b].map(async (side) => {
      const files = side.head.files.filter(isCode);
      const texts = await Promise.all(files.map((file) => read(side, file)));
      return new Map(files.map((file, i) => [file.path.replace(CODE, ""), texts[i]!]));
    }),
  );
  const both = [...left!.keys()].filter((path) => right!.has(path));
  const gone = [...left!.keys()].filter((path) => !right!.has(path));
  const come = new Set([...right!.keys()].filter((path) => !left!.has(path)));
  const result: Pair[] = both.map((path) => ({ path, before: path, a: left!.get(path)!, b: right!.get(path)! }));
  for (const before of gone) {
    const path = likest(
      left!.get(before)!,
      [...come].map((one) => [one, right!.get(one)!] as const),
    );
    if (path) come.delete(path);
    result.push({ path: path || before, before, a: left!.get(before)!, b: path ? right!.get(path)! : null });
  }
  for (const path of come) result.push({ path, before: path, a: null, b: right!.get(path)! });
  // The patch last: it tells again what the files show.
  const place = ({ path }: Pair): string => (path === PATCH ? "\uffff" : path);
  const sorted = await Promise.all(result.map(withCells));
  sorted.sort((one, two) => (place(one) < place(two) ? -1 : 1));
  return Promise.all(
    sorted.map(async (pair) =>
      isSame(pair) ? pair : { ...pair, a: await coloured(a, pair.a), b: await coloured(b, pair.b) },
    ),
  );
}

function likest(of: Text, others: readonly (readonly [string, Text])[]): string {
  let [best, path] = [RENAMED, ""];
  if (of.text === null || !of.text.trim()) return "";
  const lines = written(of.file.path, of.text);
  for (const [name, { file, text }] of others) {
    // A notebook shows its cells, which a script has not.
    const like = text === null || isBook(name) !== isBook(of.file.path) ? 0 : likeness(lines, written(file.path, text));
    if (like >= best) [best, path] = [like, name];
  }
  return path;
}

/** What somebody wrote: of a notebook the lines of its cells, since all notebooks share those between. */
function written(path: string, text: string): string[] {
  const cells = isBook(path) ? cellsOf(text) : null;
  return cells ? cells.flatMap(({ source }) => linesOf(source)) : linesOf(text);
}

let worker: Worker | null = null;
let asked = 0;
const waiting = new Map<number, { resolve: (found: Answer["found"]) => void; reject: (error: Error) => void }>();

/** What changed between two texts. */
export async function compared(a: string, b: string, ignoreSpace: boolean): Promise<readonly Change[]> {
  if (a === b) return [];
  return (await answer({ a, b, ignoreSpace, books: false })) as readonly Change[];
}

/** What changed between two notebooks; null where one is damaged. A side without one is null. */
export async function comparedCells(
  a: string | null,
  b: string | null,
  ignoreSpace: boolean,
): Promise<readonly CellDiff[] | null> {
  return (await answer({ a, b, ignoreSpace, books: true })) as readonly CellDiff[] | null;
}

/** Ask the worker. */
function answer(job: Omit<Job, "id">): Promise<Answer["found"]> {
  if (!worker) {
    worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.resolve(data.found);
      waiting.delete(data.id);
    };
    worker.onerror = () => {
      for (const { reject } of waiting.values()) reject(new Error("these texts could not be compared"));
      waiting.clear();
      worker = null;
    };
  }
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker!.postMessage({ ...job, id } satisfies Job);
  });
}
