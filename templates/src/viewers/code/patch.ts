// Patches as git writes them (git-diff(1), "Generating patch text with -p") and plain unified ones.
import type { Line, SideName } from "../lib/difflines";

export interface Hunk {
  /** First lines of either side, from 1; 0 on a side that has none. */
  readonly a: number;
  readonly b: number;
  /** What git names beside the numbers: the function around. */
  readonly section: string;
  /** Each with its sign: a space, `-` or `+`. */
  readonly lines: readonly string[];
  /** Sides whose last line has no end. */
  readonly open: readonly SideName[];
}

export interface FilePatch {
  readonly path: string;
  /** Where it was before; else its path. */
  readonly before: string;
  readonly how: "changed" | "new" | "deleted" | "renamed" | "copied";
  readonly binary: boolean;
  /** Permissions before and now, where they differ. */
  readonly modes: readonly [string, string] | null;
  /** Commits of a submodule before and now; empty where there is none. */
  readonly commits: readonly [string, string] | null;
  readonly hunks: readonly Hunk[];
}

/** The files of a patch; null for what is none, or not only one. */
export function parsePatch(text: string): readonly FilePatch[] | null {
  try {
    const files = new Reader(text).files();
    return files.length ? files : null;
  } catch (error) {
    if (error instanceof Odd) return null;
    throw error;
  }
}

/** Added and removed lines of a file. */
export function counted({ hunks, commits }: FilePatch): { added: number; removed: number } {
  const all = commits ? [] : hunks.flatMap(({ lines }) => lines);
  return {
    added: all.filter((line) => line[0] === "+").length,
    removed: all.filter((line) => line[0] === "-").length,
  };
}

/** The lines of both sides, one hunk after the other, and how they stand beside each other. */
export interface Laid {
  readonly texts: Readonly<Record<SideName, readonly string[]>>;
  /** Numbers in the file, from 1. */
  readonly numbers: Readonly<Record<SideName, readonly number[]>>;
  readonly hunks: readonly { readonly hunk: Hunk; readonly lines: readonly Line[] }[];
}

export function laidOut(file: FilePatch): Laid {
  const texts: Record<SideName, string[]> = { A: [], B: [] };
  const numbers: Record<SideName, number[]> = { A: [], B: [] };
  const hunks = file.hunks.map((hunk) => {
    const lines: Line[] = [];
    let [a, b] = [hunk.a, hunk.b];
    let gone: number[] = [];
    let come: number[] = [];
    const close = (): void => {
      for (let i = 0; i < Math.max(gone.length, come.length); i++)
        lines.push({ a: gone[i] ?? -1, b: come[i] ?? -1, changed: true, first: i === 0 });
      [gone, come] = [[], []];
    };
    for (const line of hunk.lines) {
      const [sign, text] = [line[0], line.slice(1)];
      if (sign !== "+") {
        if (sign === "-" && come.length) close();
        numbers.A.push(a++);
        texts.A.push(text);
      }
      if (sign !== "-") {
        numbers.B.push(b++);
        texts.B.push(text);
      }
      if (sign === "-") gone.push(texts.A.length - 1);
      else if (sign === "+") come.push(texts.B.length - 1);
      else {
        close();
        lines.push({ a: texts.A.length - 1, b: texts.B.length - 1, changed: false, first: false });
      }
    }
    close();
    return { hunk, lines };
  });
  return { texts, numbers, hunks };
}

/** Not what a patch looks like. */
class Odd extends Error {}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;
/** What git says of a file before its lines. */
const FACT =
  /^((?:old|new|new file|deleted file) mode|(?:dis)?similarity index|index|(?:rename|copy) (?:from|to)) (.*)$/;
const NOWHERE = "/dev/null";
const SUBMODULE = "160000";

class Reader {
  private readonly lines: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.lines = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  }

  files(): FilePatch[] {
    const found: FilePatch[] = [];
    for (let line = this.line; line !== undefined; line = this.line) {
      if (line.startsWith("diff --git ")) found.push(this.file());
      else if (line.startsWith("--- ")) found.push(made("", "", {}, this.content()));
      else if (line.trim()) throw new Odd();
      else this.at++;
    }
    return found;
  }

  private get line(): string | undefined {
    return this.lines[this.at];
  }

  private file(): FilePatch {
    const [a, b] = pairOf(this.line!.slice("diff --git ".length));
    this.at++;
    const facts: Record<string, string> = Object.create(null);
    for (let line = this.line; line !== undefined; line = this.line) {
      const [, name, value] = FACT.exec(line) ?? [];
      if (!name) break;
      facts[name] = value!;
      this.at++;
    }
    if (this.line?.startsWith("Binary files ")) this.at++;
    else if (this.line === "GIT binary patch")
      while (this.line !== undefined && !this.line.startsWith("diff --git ")) this.at++;
    else return made(a, b, facts, this.line?.startsWith("--- ") ? this.content() : null);
    return { ...made(a, b, facts, null), binary: true };
  }

  /** Names and hunks of one file. */
  private content(): { a: string; b: string; hunks: Hunk[] } {
    const next = this.lines[this.at + 1];
    if (!next?.startsWith("+++ ")) throw new Odd();
    const [a, b] = unprefixed(nameOf(this.line!.slice(4)), nameOf(next.slice(4)));
    this.at += 2;
    const hunks: Hunk[] = [];
    while (this.line?.startsWith("@@ ")) hunks.push(this.hunk());
    return { a, b, hunks };
  }

  private hunk(): Hunk {
    const [, a, an = "1", b, bn = "1", section] = HUNK.exec(this.line!) ?? [];
    if (a === undefined) throw new Odd();
    this.at++;
    let [left, right] = [Number(an), Number(bn)];
    const lines: string[] = [];
    const open: SideName[] = [];
    while (left || right || this.line?.startsWith("\\")) {
      // Programs that strip the ends of lines leave nothing of an empty one that did not change.
      const line = this.line === "" ? " " : this.line;
      const sign = line?.[0];
      if (sign === "\\") {
        const last = lines.at(-1)?.[0];
        open.push(...(last === "-" ? (["A"] as const) : last === "+" ? (["B"] as const) : (["A", "B"] as const)));
      } else if (sign === " " || sign === "-" || sign === "+") {
        if (sign !== "+") left--;
        if (sign !== "-") right--;
        lines.push(line!);
      } else throw new Odd();
      if (left < 0 || right < 0) throw new Odd();
      this.at++;
    }
    return { a: Number(a), b: Number(b), section: section!, lines, open };
  }
}

function made(
  a: string,
  b: string,
  facts: Readonly<Record<string, string>>,
  content: { a: string; b: string; hunks: Hunk[] } | null,
): FilePatch {
  const from = facts["rename from"] ?? facts["copy from"];
  const to = facts["rename to"] ?? facts["copy to"];
  const isNew = facts["new file mode"] !== undefined || content?.a === NOWHERE;
  const isGone = facts["deleted file mode"] !== undefined || content?.b === NOWHERE;
  const [left, right] = content ? [content.a, content.b] : [a, b];
  const path = to !== undefined ? nameOf(to) : isGone ? left : right;
  const [old, now] = [facts["old mode"], facts["new mode"]];
  const hunks = content?.hunks ?? [];
  const mode = facts["new file mode"] ?? facts["deleted file mode"] ?? facts.index?.split(" ")[1];
  return {
    path,
    before: from !== undefined ? nameOf(from) : isNew || isGone ? path : left,
    how: isNew
      ? "new"
      : isGone
        ? "deleted"
        : from === undefined
          ? "changed"
          : facts["copy from"]
            ? "copied"
            : "renamed",
    binary: false,
    modes: old !== undefined && now !== undefined ? [old, now] : null,
    commits: mode === SUBMODULE ? [commitOf(hunks, "-"), commitOf(hunks, "+")] : null,
    hunks,
  };
}

function commitOf(hunks: readonly Hunk[], sign: string): string {
  const start = `${sign}Subproject commit `;
  const line = hunks.flatMap(({ lines }) => lines).find((one) => one.startsWith(start));
  return line?.slice(start.length) ?? "";
}

/** The names behind `diff --git`. Only a space parts them, which either may hold: but for `a/` they are equal. */
function pairOf(text: string): [string, string] {
  const quoted = /^("(?:[^"\\]|\\.)*"|\S+) ("(?:[^"\\]|\\.)*"|\S+)$/.exec(text);
  if (quoted) return unprefixed(nameOf(quoted[1]!), nameOf(quoted[2]!));
  const half = (text.length - 1) / 2;
  return text[half] === " " ? unprefixed(text.slice(0, half), text.slice(half + 1)) : [text, text];
}

/** Without what git puts before names: `a/` and `b/`, or letters for the index, the work tree, a commit, an object. */
function unprefixed(a: string, b: string): [string, string] {
  const has = (name: string): boolean => name === NOWHERE || /^[abciow12]\//.test(name);
  const without = (name: string): string => (name === NOWHERE ? name : name.slice(2));
  return has(a) && has(b) && a !== b ? [without(a), without(b)] : [a, b];
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

/** A name as git writes it: in quotes, as C would, where it is odd; before a tab, where it holds spaces. */
function nameOf(text: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (inside === undefined) return text.split("\t")[0]!;
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of inside.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal) bytes.push(Number.parseInt(octal, 8));
    else if (escaped) bytes.push(...(ESCAPES[escaped] ? [ESCAPES[escaped]] : new TextEncoder().encode(escaped)));
    else bytes.push(...new TextEncoder().encode(plain));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
