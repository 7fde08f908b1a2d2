// What changed between two texts: lines that went, lines that came.
import { diffArrays, diffWordsWithSpace } from "diff";

/** Lines `a` to `a + an` of the first text became lines `b` to `b + bn` of the second; either may be none. */
export interface Change {
  readonly a: number;
  readonly an: number;
  readonly b: number;
  readonly bn: number;
}

/** Edits after which two texts count as nothing in common: an answer at once is worth more than the shortest one. */
const MOST_EDITS = 6000;
const PATIENCE_MS = 1500;
/** Characters of a line of which words are compared. */
const LONGEST = 2000;
/** Share of a line that may have changed for its words to be marked. */
const WORDS = 0.6;

export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * The fewest changed lines (Myers 1986, by jsdiff). Lines that only one side has cannot be equal to any: they are left
 * out before, as git does, which is most of the work where texts differ much.
 */
export function changes(a: readonly string[], b: readonly string[], ignoreSpace = false): Change[] {
  const numbers = new Map<string, number>();
  const number = (line: string): number => {
    const key = ignoreSpace ? line.replace(/\s+/g, "") : line;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  };
  const [left, right] = [a.map(number), b.map(number)];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end++;
  const pairs = matched(left, right, start, end);
  const result: Change[] = [];
  let [atA, atB] = [start, start];
  for (const [i, j] of [...pairs, [left.length - end, right.length - end] as const]) {
    if (i > atA || j > atB) result.push({ a: atA, an: i - atA, b: atB, bn: j - atB });
    [atA, atB] = [i + 1, j + 1];
  }
  return result;
}

/** Pairs of equal lines between the equal start and end. */
function matched(left: number[], right: number[], start: number, end: number): (readonly [number, number])[] {
  const [inA, inB] = [new Set(left), new Set(right)];
  const places = (of: number[], other: ReadonlySet<number>): number[] => {
    const found: number[] = [];
    for (let i = start; i < of.length - end; i++) if (other.has(of[i]!)) found.push(i);
    return found;
  };
  const [a, b] = [places(left, inB), places(right, inA)];
  const parts = diffArrays(
    a.map((i) => left[i]!),
    b.map((j) => right[j]!),
    { maxEditLength: MOST_EDITS, timeout: PATIENCE_MS },
  );
  const pairs: (readonly [number, number])[] = [];
  let [i, j] = [0, 0];
  for (const part of parts ?? []) {
    if (part.removed) i += part.count;
    else if (part.added) j += part.count;
    else for (let n = 0; n < part.count; n++) pairs.push([a[i++]!, b[j++]!]);
  }
  return pairs;
}

export type Ranges = readonly (readonly [from: number, to: number])[];

/** Parts of two lines that differ; none where hardly anything is alike. */
export function words(a: string, b: string): [Ranges, Ranges] {
  if (a.length > LONGEST || b.length > LONGEST) return [[], []];
  const gone: [number, number][] = [];
  const come: [number, number][] = [];
  let [i, j, alike] = [0, 0, 0];
  for (const { value, added, removed } of diffWordsWithSpace(a, b)) {
    if (removed) gone.push([i, i + value.length]);
    else if (added) come.push([j, j + value.length]);
    else alike += value.trim().length;
    if (!added) i += value.length;
    if (!removed) j += value.length;
  }
  const most = Math.max(a.trim().length, b.trim().length);
  return alike >= most * (1 - WORDS) ? [gone, come] : [[], []];
}

/** Added and removed lines. */
export function counts(all: readonly Change[]): { added: number; removed: number } {
  return {
    added: all.reduce((sum, { bn }) => sum + bn, 0),
    removed: all.reduce((sum, { an }) => sum + an, 0),
  };
}

/** Share of lines that two texts have in common, 0 to 1, wherever they stand. */
export function likeness(a: readonly string[], b: readonly string[]): number {
  const there = new Map<string, number>();
  for (const line of a) there.set(line, (there.get(line) ?? 0) + 1);
  let same = 0;
  for (const line of b) {
    const left = there.get(line) ?? 0;
    if (left) {
      there.set(line, left - 1);
      same++;
    }
  }
  return same / Math.max(1, a.length, b.length);
}
