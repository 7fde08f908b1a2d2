// Compares texts and notebooks where a page cannot be frozen by it.
import { bookDiff, type CellDiff } from "../viewers/lib/bookdiff";
import { type Change, changes, linesOf } from "../viewers/lib/difference";

export interface Job {
  readonly id: number;
  /** Null in a notebook's place where a side has none. */
  readonly a: string | null;
  readonly b: string | null;
  readonly ignoreSpace: boolean;
  readonly books: boolean;
}

export interface Answer {
  readonly id: number;
  readonly found: readonly Change[] | readonly CellDiff[] | null;
}

self.onmessage = ({ data: { id, a, b, ignoreSpace, books } }: MessageEvent<Job>) => {
  const found = books ? bookDiff(a, b, ignoreSpace) : changes(linesOf(a ?? ""), linesOf(b ?? ""), ignoreSpace);
  self.postMessage({ id, found } satisfies Answer);
};
