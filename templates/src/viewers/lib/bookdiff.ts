// The difference of two notebooks as a page shows it: of each cell what changed in its lines and in its outputs.
import { type Cell, cellsOf, type Part } from "./book";
import { type CellPair, type How, paired, sameOutputs } from "./cellpairs";
import { type Change, changes, linesOf } from "./difference";

/** Characters of a cell's source, of the text of its outputs, and of one picture (base64) that a page is given. */
const SOURCE = 200_000;
const TEXT = 100_000;
const PICTURE = 6_000_000;
/** Characters of all pictures of one notebook. */
const PICTURES = 40_000_000;
/** Pictures that a page draws without running anything of them. */
const DRAWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const TEXTS = new Set(["stdout", "stderr", "error", "text/plain"]);

export interface Picture {
  /** A `data:` address; empty where the picture is too large to be shown. */
  readonly src: string;
  readonly name: string;
}

/** What cells show, A's and B's. */
export interface Outputs {
  readonly text: readonly [string, string];
  readonly changes: readonly Change[];
  readonly pictures: readonly [readonly Picture[], readonly Picture[]];
  /** What is not shown, as sentences: `HTML output, differs`. */
  readonly notes: readonly string[];
}

export interface CellDiff extends CellPair {
  readonly kind: readonly [Cell["kind"] | null, Cell["kind"] | null];
  /** A's and B's; null on a side that has no such cell. */
  readonly source: readonly [string | null, string | null];
  /** Changed lines of the source. */
  readonly changes: readonly Change[];
  readonly outputs: "none" | "equal" | "differ";
  /** Of outputs that differ; else null. */
  readonly shown: Outputs | null;
}

/** The cells of both notebooks; null where one is damaged. A side without a notebook is null. Never throws. */
export function bookDiff(a: string | null, b: string | null, ignoreSpace: boolean): readonly CellDiff[] | null {
  const [left, right] = [a === null ? [] : cellsOf(a), b === null ? [] : cellsOf(b)];
  if (!left || !right) return null;
  const room = { left: PICTURES };
  return paired(left, right).map((pair) => cellDiff(pair, left[pair.a], right[pair.b], ignoreSpace, room));
}

function cellDiff(
  pair: CellPair,
  a: Cell | undefined,
  b: Cell | undefined,
  ignoreSpace: boolean,
  room: Room,
): CellDiff {
  const source = [a, b].map((cell) => cell?.source.slice(0, SOURCE) ?? null) as [string | null, string | null];
  const [gone, come] = [a?.parts ?? [], b?.parts ?? []];
  const outputs = !gone.length && !come.length ? "none" : sameOutputs(gone, come) ? "equal" : "differ";
  const found = pair.how === "equal" ? [] : changes(linesOf(source[0] ?? ""), linesOf(source[1] ?? ""), ignoreSpace);
  const how: How = pair.how === "changed" && !found.length && outputs !== "differ" && ignoreSpace ? "equal" : pair.how;
  const shown = outputs === "differ" ? outputsOf(gone, come, room) : null;
  return { ...pair, how, kind: [a?.kind ?? null, b?.kind ?? null], source, changes: found, outputs, shown };
}

interface Room {
  left: number;
}

function outputsOf(a: readonly Part[], b: readonly Part[], room: Room): Outputs {
  const text = [textOf(a), textOf(b)] as const;
  return {
    text,
    changes: changes(linesOf(text[0]), linesOf(text[1])),
    pictures: [picturesOf(a, room), picturesOf(b, room)],
    notes: notesOf(a, b),
  };
}

function textOf(parts: readonly Part[]): string {
  const all = parts.filter(({ kind }) => TEXTS.has(kind)).map(({ text }) => (text.endsWith("\n") ? text : `${text}\n`));
  const whole = all.join("");
  return whole.length > TEXT ? `${whole.slice(0, TEXT)}\n… (${whole.length - TEXT} characters more)` : whole;
}

function picturesOf(parts: readonly Part[], room: Room): Picture[] {
  return parts
    .filter(({ kind }) => DRAWN.has(kind))
    .map(({ kind, text }) => {
      const data = text.replace(/\s+/g, "");
      const fits = data.length <= Math.min(PICTURE, room.left) && /^[A-Za-z0-9+/]+=*$/.test(data);
      if (fits) room.left -= data.length;
      return { src: fits ? `data:${kind};base64,${data}` : "", name: nameOf(kind) };
    });
}

/** One sentence for each form that is neither text nor picture. */
function notesOf(a: readonly Part[], b: readonly Part[]): string[] {
  const kinds = new Set([...a, ...b].map(({ kind }) => kind).filter((kind) => !TEXTS.has(kind) && !DRAWN.has(kind)));
  return [...kinds].map((kind) => {
    const [gone, come] = [a, b].map((parts) => parts.filter((part) => part.kind === kind));
    const how = !come!.length
      ? "only in A"
      : !gone!.length
        ? "only in B"
        : sameOutputs(gone!, come!)
          ? "equal"
          : "differs";
    return `${nameOf(kind)} output, ${how}`;
  });
}

const NAMES: Readonly<Record<string, string>> = {
  "text/html": "HTML",
  "text/markdown": "Markdown",
  "text/latex": "LaTeX",
  "image/svg+xml": "SVG",
  "application/javascript": "JavaScript",
  "application/json": "JSON",
  "application/pdf": "PDF",
};
const nameOf = (kind: string): string =>
  NAMES[kind] ?? (kind.startsWith("image/") ? kind.slice(6).toUpperCase() : kind);

/** Added and removed lines of the sources of all cells. */
export function linesChanged(cells: readonly CellDiff[]): readonly Change[] {
  return cells.flatMap((cell) => cell.changes);
}
