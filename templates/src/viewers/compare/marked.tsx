// A text whose lines are drawn with their colours and with what changed in them.
import { linesOf, type Ranges } from "../lib/difference";
import type { Text } from "./texts";

/** A text whose lines have colours. */
export class Marked {
  readonly lines: readonly string[];
  private readonly text: string;
  private readonly marks: readonly number[];
  private starts: number[] | null = null;
  private ends: number[] | null = null;

  constructor(of: Pick<Text, "text" | "marks"> | null) {
    this.text = of?.text ?? "";
    this.marks = of?.marks ?? [];
    this.lines = linesOf(this.text);
  }

  /** A line with its colours and the ranges that changed. */
  line(n: number, ranges: Ranges) {
    const text = this.lines[n]!;
    const pieces = [];
    const cuts = this.spans(n, text.length);
    let at = 0;
    for (const [until, kind] of cuts) {
      while (at < until) {
        const range = ranges.find(([from, to]) => at < to && from < until && at >= from);
        const next = range ? range[1] : Math.min(until, ...ranges.map(([from]) => (from > at ? from : until)));
        const end = Math.min(until, next);
        const piece = text.slice(at, end);
        const cls = [kind ? `c${kind}` : "", range ? "w" : ""].filter(Boolean).join(" ");
        pieces.push(
          cls ? (
            <span class={cls} key={at}>
              {piece}
            </span>
          ) : (
            piece
          ),
        );
        at = end;
      }
    }
    return pieces;
  }

  /** Ends of the pieces of a line, and their classes. */
  private spans(n: number, length: number): [number, number][] {
    if (!this.marks.length) return [[length, 0]];
    this.index();
    const start = this.starts![n]!;
    const found: [number, number][] = [];
    let [low, high] = [0, this.ends!.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends![middle]! <= start) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.ends!.length; i++) {
      const end = Math.min(length, this.ends![i]! - start);
      if (end > (found.at(-1)?.[0] ?? 0)) found.push([end, this.marks[2 * i + 1]!]);
      if (end >= length) break;
    }
    if ((found.at(-1)?.[0] ?? 0) < length) found.push([length, 0]);
    return found;
  }

  private index(): void {
    if (this.starts) return;
    this.starts = [0];
    for (const match of this.text.matchAll(/\r\n|\n|\r/g)) this.starts.push(match.index + match[0].length);
    this.ends = [];
    let at = 0;
    for (let i = 0; i < this.marks.length; i += 2) {
      at += this.marks[i]!;
      this.ends.push(at);
    }
  }
}
