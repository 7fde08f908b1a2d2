// The files of two runs, or of two versions: which belong together, and their texts once they are asked for.
import { isHere } from "../../lib/data";
import type { RunFile } from "../../model";
import { cellsOf } from "../lib/book";
import type { CellDiff } from "../lib/bookdiff";
import { likeness, linesOf } from "../lib/difference";
import { CODE, isCode, PATCH, read, type Shelf, type Text } from "../lib/texts";
import { comparedCells } from "./answers";

export interface Held {
  readonly shelf: Shelf;
  readonly file: RunFile;
}

/** A file of either side, or of both. */
export interface Pair {
  readonly path: string;
  /** Where it was before it was renamed; else its path. */
  readonly before: string;
  readonly a: Held | null;
  readonly b: Held | null;
  /** Whether nothing changed, neither its place nor what it holds; of a notebook, no cell. */
  readonly same: boolean;
  /** The cells of a notebook; null where they cannot be read on a side; nothing for other files. */
  readonly cells?: readonly CellDiff[] | null;
}

export interface Texts {
  readonly a: Text | null;
  readonly b: Text | null;
}

/** Share of lines in common from which a file that went and one that came are one that was renamed. */
const RENAMED = 0.6;

const isBook = (path: string): boolean => path.toLowerCase().endsWith(".ipynb");

/** Whether a file is the cells of a notebook as they ran, which tells again what the notebook shows. */
export const isHistory = (path: string): boolean => /(^|\/)_session_history/.test(path);

const isRead = (held: Held | null): boolean => !held || (held.file.kind === "text" && isHere(held.file));

/** Whether people can read what is on either side. */
export const isText = ({ a, b }: Pair): boolean => isRead(a) && isRead(b);

/** Whether two files hold the same by their digests: then neither needs to be read. */
const isOne = (a: RunFile, b: RunFile): boolean => a.content !== "" && a.content === b.content;

const texts = new WeakMap<Pair, Promise<Texts>>();
/** Pairs are read in as many rows, one after the other, so that the first can be looked at soon. */
const rows: Promise<unknown>[] = Array.from({ length: 3 }, () => Promise.resolve());
let turn = 0;

/** The texts of a pair, which are kept. */
export function textsOf(pair: Pair): Promise<Texts> {
  let found = texts.get(pair);
  if (!found) {
    const row = turn++ % rows.length;
    found = rows[row]!.then(() => both(pair));
    rows[row] = found.catch(() => undefined);
    texts.set(pair, found);
  }
  return found;
}

async function both({ a, b }: Pair): Promise<Texts> {
  const [left, right] = await Promise.all([a, b].map((held) => held && read(held.shelf, held.file)));
  return { a: left!, b: right! };
}

/** All code of two runs. */
export const pairs = (a: Shelf, b: Shelf): Promise<Pair[]> => paired(a, b, isCode, (path) => path.replace(CODE, ""));

/** Those files of both sides that are `wanted`, with the names that people know them by. */
export async function paired(
  a: Shelf,
  b: Shelf,
  wanted: (file: RunFile) => boolean,
  named: (path: string) => string,
): Promise<Pair[]> {
  const [left, right] = [a, b].map(
    (shelf) =>
      new Map(shelf.head.files.filter(wanted).map((file): [string, Held] => [named(file.path), { shelf, file }])),
  ) as [Map<string, Held>, Map<string, Held>];
  const result: Pair[] = [...left]
    .filter(([path]) => right.has(path))
    .map(([path, held]) => {
      const other = right.get(path)!;
      return { path, before: path, a: held, b: other, same: isOne(held.file, other.file) };
    });
  const gone = [...left].filter(([path]) => !right.has(path));
  const come = [...right].filter(([path]) => !left.has(path));
  const renamed = await names(gone, come);
  for (const [before, held] of gone) {
    const path = renamed.get(before);
    result.push({ path: path ?? before, before, a: held, b: path ? right.get(path)! : null, same: false });
  }
  const known = new Set(renamed.values());
  for (const [path, held] of come)
    if (!known.has(path)) result.push({ path, before: path, a: null, b: held, same: false });
  // What tells again what others show comes last.
  const place = ({ path }: Pair): string => (path === PATCH ? "\uffff" : isHistory(path) ? `\ufffe${path}` : path);
  return (await Promise.all(result.map(checked))).sort((one, two) => (place(one) < place(two) ? -1 : 1));
}

/** A pair with the cells of its notebooks; one without a digest is the same where its texts are. */
async function checked(pair: Pair): Promise<Pair> {
  const isNotebook = isBook(pair.path) && isBook(pair.before);
  const isSilent = pair.a !== null && pair.b !== null && !pair.a.file.content && !pair.b.file.content;
  if (pair.same || !isText(pair) || !(isNotebook || isSilent)) return pair;
  const { a, b } = await textsOf(pair);
  if (a && a.text === b?.text) return { ...pair, same: pair.path === pair.before };
  if (!isNotebook) return pair;
  const cells = await comparedCells(a?.text ?? null, b?.text ?? null, false).catch(() => null);
  const isEqual = a !== null && b !== null && (cells?.every(({ how }) => how === "equal") ?? false);
  return { ...pair, cells, same: isEqual && pair.path === pair.before };
}

/** New names of files that were renamed, by their old ones. */
async function names(gone: readonly [string, Held][], come: readonly [string, Held][]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (!gone.length || !come.length) return found;
  const lines = async (some: readonly [string, Held][]): Promise<[string, string[]][]> =>
    Promise.all(
      some
        .filter(([, held]) => isRead(held))
        .map(
          async ([path, { shelf, file }]): Promise<[string, string[]]> => [
            path,
            written(path, (await read(shelf, file)).text ?? ""),
          ],
        ),
    );
  const [old, young] = await Promise.all([lines(gone), lines(come)]);
  for (const [before, mine] of old) {
    let [best, name] = [RENAMED, ""];
    for (const [path, theirs] of young) {
      const may = isBook(path) === isBook(before) && mine.some((line) => line.trim()) && !taken(found, path);
      const like = may ? likeness(mine, theirs) : 0;
      if (like >= best) [best, name] = [like, path];
    }
    if (name) found.set(before, name);
  }
  return found;
}

const taken = (found: ReadonlyMap<string, string>, path: string): boolean => [...found.values()].includes(path);

/** What somebody wrote: of a notebook the lines of its cells, since all notebooks share those between. */
function written(path: string, text: string): string[] {
  const cells = isBook(path) ? cellsOf(text) : null;
  return cells ? cells.flatMap(({ source }) => linesOf(source)) : linesOf(text);
}
