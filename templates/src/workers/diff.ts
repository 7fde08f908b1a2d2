// Compares texts where a page cannot be frozen by it.
import { changes, linesOf } from "../viewers/lib/difference";

interface Job {
  readonly id: number;
  readonly a: string;
  readonly b: string;
  readonly ignoreSpace: boolean;
}

self.onmessage = ({ data: { id, a, b, ignoreSpace } }: MessageEvent<Job>) => {
  self.postMessage({ id, changes: changes(linesOf(a), linesOf(b), ignoreSpace) });
};
