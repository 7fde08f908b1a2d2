import assert from "node:assert/strict";
import { test } from "node:test";
import { plan } from "../src/lib/levels";

const [ROWS, TOP, WIDTH] = [1_000_000, 5, 400];
const BUCKETS = Math.ceil(ROWS / 4 ** TOP);
const items = (x: (row: number) => number): [number, number] => {
  const low = Array.from({ length: BUCKETS }, (_, i) => x(i * 4 ** TOP));
  const high = Array.from({ length: BUCKETS }, (_, i) => x(Math.min(ROWS, (i + 1) * 4 ** TOP) - 1));
  const last = x(ROWS - 1);
  const segments = plan(TOP, ROWS, { low, high }, (at) => (at / last) * WIDTH, WIDTH);
  return [segments.reduce((sum, { from, to }) => sum + to - from, 0), segments.at(-1)!.to];
};

test("a line has a few items a pixel column, where x goes on and where it stands still between steps", () => {
  assert.deepEqual(
    items((row) => row),
    [BUCKETS, BUCKETS],
  );
  // Epochs: many buckets of one x, and a wide gap in the bucket that two of them share.
  for (const epochs of [5, 20, 200]) {
    const [count] = items((row) => Math.floor((row * epochs) / ROWS));
    assert.ok(count >= BUCKETS && count <= 16 * WIDTH, `${epochs} epochs: ${count} items`);
  }
});
