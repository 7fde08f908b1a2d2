// Which cells of two notebooks belong together: the sequence of both, found from the surest signs to the weakest.
import type { Cell, Part } from "./book";
import { changes } from "./difference";
import { Likeness } from "./gestalt";

export type How = "equal" | "changed" | "inserted" | "deleted" | "moved";

/** A cell of either notebook, or one of both. */
export interface CellPair {
  readonly how: How;
  /** Places from 0; -1 in a notebook that has no such cell. */
  readonly a: number;
  readonly b: number;
}

type Same = (a: Cell, b: Cell) => boolean;
type Places = readonly (readonly [number, number])[];

/** Comparisons of cells beyond which only equal ones are looked for. */
const MOST_CELLS = 1_000_000;
/** Shares of a text from which a cell counts as another one's later form, or as nearly the same. */
const ALIKE = 0.7;
const NEARLY = 0.95;
/** Texts so short say nothing by what they share. */
const SHORT = 10;
/** Characters of outputs of which shares are computed. */
const PRINTED = 1000;
const SHOWN = 10_000;

/**
 * Pairs in the order of both notebooks; a moved cell stands where B has it. Cells are paired by their ids, then,
 * between those, by nearly equal text and outputs, by similar ones, by similar text alone: the steps of nbdime.
 * What is left over on both sides with one id or one source has moved.
 */
export function paired(a: readonly Cell[], b: readonly Cell[]): CellPair[] {
  const places = matched(a, b, tests(new Likeness()), [0, 0, a.length, b.length]);
  const moved = movedOf(a, b, places);
  const from = new Set(moved.values());
  const result: CellPair[] = [];
  let [i, j] = [0, 0];
  for (const [x, y] of [...places, [a.length, b.length] as const]) {
    for (; i < x; i++) if (!from.has(i)) result.push({ how: "deleted", a: i, b: -1 });
    for (; j < y; j++) result.push({ how: moved.has(j) ? "moved" : "inserted", a: moved.get(j) ?? -1, b: j });
    if (x < a.length) result.push({ how: isEqual(a[x]!, b[y]!) ? "equal" : "changed", a: x, b: y });
    [i, j] = [x + 1, y + 1];
  }
  return result;
}

export const isEqual = (a: Cell, b: Cell): boolean =>
  a.kind === b.kind && a.source === b.source && sameOutputs(a.parts, b.parts);

/** Whether outputs say the same; where an object lay in memory says nothing. */
export const sameOutputs = (a: readonly Part[], b: readonly Part[]): boolean =>
  a.length === b.length && a.every((part, n) => samePart(part, b[n]!));

export const samePart = (a: Part, b: Part): boolean =>
  a.kind === b.kind && (a.text === b.text || (a.text.length < SHOWN && placeless(a.text) === placeless(b.text)));

const placeless = (text: string): string => text.replace(/\b0x[0-9a-f]{6,16}\b/gi, "0x");

function tests(alike: Likeness): readonly Same[] {
  const text = (share: number, a: string, b: string): boolean =>
    alike.above(share, a, b) || (share < NEARLY && !!a && !!b && a.length < SHORT && b.length < SHORT);
  const part = (share: number, a: Part, b: Part): boolean => {
    if (a.kind !== b.kind) return false;
    if (samePart(a, b)) return true;
    const printed = a.kind === "stdout" || a.kind === "stderr";
    if (a.kind === "error" || (!printed && !a.kind.startsWith("text/"))) return false;
    if (Math.min(a.text.length, b.text.length) > (printed ? PRINTED : SHOWN)) return false;
    return printed ? alike.above(share, a.text, b.text) : text(share, a.text, b.text);
  };
  const whole = (share: number): Same => {
    return (a, b) =>
      a.kind === b.kind &&
      a.parts.length === b.parts.length &&
      text(share, a.source, b.source) &&
      a.parts.every((one, n) => part(share, one, b.parts[n]!));
  };
  return [
    (a, b) => a.id !== "" && a.id === b.id,
    whole(NEARLY),
    whole(ALIKE),
    (a, b) => a.kind === b.kind && text(ALIKE, a.source, b.source),
  ];
}

/** The longest common sequence by the first test; between its pairs that by the next one. */
function matched(
  a: readonly Cell[],
  b: readonly Cell[],
  [same, ...weaker]: readonly Same[],
  [i0, j0, i1, j1]: readonly [number, number, number, number],
): Places {
  if (i0 >= i1 || j0 >= j1) return [];
  if ((i1 - i0) * (j1 - j0) > MOST_CELLS) return equals(a, b, i0, j0, i1, j1);
  if (!same) return [];
  const result: (readonly [number, number])[] = [];
  let [i, j] = [i0, j0];
  for (const [x, y] of [...common(a.slice(i0, i1), b.slice(j0, j1), same), [i1 - i0, j1 - j0] as const]) {
    result.push(...matched(a, b, weaker, [i, j, x + i0, y + j0]));
    if (x + i0 < i1) result.push([x + i0, y + j0]);
    [i, j] = [x + i0 + 1, y + j0 + 1];
  }
  return result;
}

/** One longest common sequence, the one whose pairs stand latest (Wagner and Fischer 1974). */
function common(a: readonly Cell[], b: readonly Cell[], same: Same): [number, number][] {
  const wide = b.length + 1;
  const fits = new Uint8Array(a.length * wide);
  const lengths = new Uint32Array((a.length + 1) * wide);
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) {
      const fit = same(a[i]!, b[j]!);
      fits[i * wide + j] = Number(fit);
      lengths[(i + 1) * wide + j + 1] = fit
        ? lengths[i * wide + j]! + 1
        : Math.max(lengths[i * wide + j + 1]!, lengths[(i + 1) * wide + j]!);
    }
  const pairs: [number, number][] = [];
  for (let [i, j] = [a.length, b.length]; i > 0 && j > 0; ) {
    if (fits[(i - 1) * wide + j - 1]) pairs.push([--i, --j]);
    else if (lengths[i * wide + j] === lengths[(i - 1) * wide + j]) i--;
    else j--;
  }
  return pairs.reverse();
}

/** Pairs of cells with one source, where there are too many to compare each with each. */
function equals(a: readonly Cell[], b: readonly Cell[], i0: number, j0: number, i1: number, j1: number): Places {
  const key = ({ kind, source }: Cell): string => `${kind} ${source}`;
  const pairs: [number, number][] = [];
  let [i, j] = [i0, j0];
  const all = changes(a.slice(i0, i1).map(key), b.slice(j0, j1).map(key));
  for (const change of [...all, { a: i1 - i0, an: 0, b: j1 - j0, bn: 0 }]) {
    while (i < change.a + i0) pairs.push([i++, j++]);
    [i, j] = [change.a + change.an + i0, change.b + change.bn + j0];
  }
  return pairs;
}

/** Places in A by places in B of cells that stand out of order: those with one id, else with one source. */
function movedOf(a: readonly Cell[], b: readonly Cell[], places: Places): ReadonlyMap<number, number> {
  const [inA, inB] = [new Set(places.map(([i]) => i)), new Set(places.map(([, j]) => j))];
  const moved = new Map<number, number>();
  const source = ({ kind, source: text }: Cell): string => (text.trim() ? `${kind} ${text}` : "");
  for (const key of [({ id }: Cell) => id, source]) {
    const waiting = new Map<string, number[]>();
    for (const [i, cell] of a.entries())
      if (key(cell) && !inA.has(i)) waiting.set(key(cell), [...(waiting.get(key(cell)) ?? []), i]);
    for (const [j, cell] of b.entries()) {
      const i = inB.has(j) ? undefined : waiting.get(key(cell))?.shift();
      if (i === undefined) continue;
      moved.set(j, i);
      inA.add(i);
      inB.add(j);
    }
  }
  return moved;
}
