// The texts of two runs: which files there are on either side, and what changed in them.
import code from "worker:../../workers/diff";
import type { RunFile } from "../../model";
import { type Change, likeness, linesOf } from "../lib/difference";
import { CODE, coloured, isCode, PATCH, read, type Shelf, type Text } from "../lib/texts";

/** A file of either side, or of both. */
export interface Pair {
  readonly path: string;
  /** Where it was before it was renamed; else its path. */
  readonly before: string;
  readonly a: Text | null;
  readonly b: Text | null;
}

/** Share of lines in common from which a file that went and one that came are one that was renamed. */
const RENAMED = 0.6;

/** Whether nothing of a file changed, neither its place nor its text. */
export const isSame = ({ a, b, path, before }: Pair): boolean =>
  path === before && a !== null && b !== null && (isOne(a.file, b.file) || (a.text === b.text && a.text !== null));

/** Whether two files hold the same by their digests: then neither needs to be read. */
const isOne = (a: RunFile | undefined, b: RunFile | undefined): boolean =>
  a !== undefined && b !== undefined && a.content !== "" && a.content === b.content;

/** All code of two runs. */
export const pairs = (a: Shelf, b: Shelf): Promise<Pair[]> => paired(a, b, isCode, (path) => path.replace(CODE, ""));

/** Those files of both sides that are `wanted`, with the names that people know them by. */
export async function paired(
  a: Shelf,
  b: Shelf,
  wanted: (file: RunFile) => boolean,
  named: (path: string) => string,
): Promise<Pair[]> {
  const [left, right] = await Promise.all(
    [a, b].map(async (side) => {
      const files = side.head.files.filter(wanted);
      const other = new Map((side === a ? b : a).head.files.map((file) => [file.path, file]));
      const texts = await Promise.all(
        files.map((file): Text | Promise<Text> =>
          isOne(file, other.get(file.path)) ? { file, text: null, marks: [] } : read(side, file),
        ),
      );
      return new Map(files.map((file, i) => [named(file.path), texts[i]!]));
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
  const sorted = result.sort((one, two) => (place(one) < place(two) ? -1 : 1));
  return Promise.all(
    sorted.map(async (pair) =>
      isSame(pair) ? pair : { ...pair, a: await coloured(pair.a), b: await coloured(pair.b) },
    ),
  );
}

function likest(of: Text, others: readonly (readonly [string, Text])[]): string {
  let [best, path] = [RENAMED, ""];
  if (of.text === null || !of.text.trim()) return "";
  const lines = linesOf(of.text);
  for (const [name, { text }] of others) {
    const like = text === null ? 0 : likeness(lines, linesOf(text));
    if (like >= best) [best, path] = [like, name];
  }
  return path;
}

let worker: Worker | null = null;
let asked = 0;
const waiting = new Map<number, { resolve: (found: Change[]) => void; reject: (error: Error) => void }>();

/** What changed between two texts, found by a worker. */
export function compared(a: string, b: string, ignoreSpace: boolean): Promise<Change[]> {
  if (a === b) return Promise.resolve([]);
  if (!worker) {
    worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
    worker.onmessage = ({ data }: MessageEvent<{ id: number; changes: Change[] }>) => {
      waiting.get(data.id)?.resolve(data.changes);
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
    worker!.postMessage({ id, a, b, ignoreSpace });
  });
}
