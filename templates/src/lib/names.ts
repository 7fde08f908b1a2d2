// What tells names apart: parts that all of them share, cuts that keep both ends, and how wide a text is.

export interface Common {
  /** Characters at both ends that all names share, up to a separator; 0 where that is not worth a word. */
  readonly start: number;
  readonly end: number;
}

const WORTH = 4;
/** Not dots and commas, which numbers have. */
const SEPARATOR = /[-_/:\s]/;

/** The begin and the end that all of several names share. */
export function commonOf(names: readonly string[]): Common {
  const first = names[0] ?? "";
  const least = Math.min(...names.map((name) => name.length));
  if (new Set(names).size < 2) return { start: 0, end: 0 };
  let start = 0;
  while (start < least && names.every((name) => name[start] === first[start])) start++;
  while (start > 0 && !SEPARATOR.test(first[start - 1]!)) start--;
  let end = 0;
  const fromEnd = (name: string): string | undefined => name[name.length - 1 - end];
  while (end < least - start && names.every((name) => fromEnd(name) === fromEnd(first))) end++;
  while (end > 0 && !SEPARATOR.test(first[first.length - end]!)) end--;
  return { start: start < WORTH ? 0 : start, end: end < WORTH ? 0 : end };
}

/** A name without what all names share. */
export function apart(name: string, { start, end }: Common): string {
  return (start ? "…" : "") + name.slice(start, name.length - end) + (end ? "…" : "");
}

/** A text of at most so many characters, cut in its middle. */
export function middle(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

let context: CanvasRenderingContext2D | null = null;

/** Pixels of a text in the page's font; a guess where nothing can be drawn. */
export function textWidth(text: string, size = 11): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * size * 0.58;
  context.font = `${size}px ${getComputedStyle(document.documentElement).fontFamily}`;
  return context.measureText(text).width;
}

/** How many of some texts fit beside each other, each with `extra` pixels; `more` is kept for a "+3" behind them. */
export function fitting(texts: readonly string[], width: number, extra: number, more: number): number {
  let used = 0;
  for (let n = 0; n < texts.length; n++) {
    used += textWidth(texts[n]!) + extra;
    if (used > width - (n < texts.length - 1 ? more : 0)) return n;
  }
  return texts.length;
}
