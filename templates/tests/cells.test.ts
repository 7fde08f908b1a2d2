import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../src/viewers/lib/cells";

const matrix = {
  width: { step: 34 },
  height: { step: 26 },
  encoding: { x: { field: "predicted\\.class" }, y: { field: "actual" } },
};
const rowsOf = (classes: number, runs: number): object[] =>
  Array.from({ length: classes * classes * runs }, (_, i) => ({
    "predicted.class": i % classes,
    actual: Math.floor(i / classes) % classes,
    _run: Math.floor(i / classes ** 2),
  }));

test("cells take the room of their card, up to a size, and grow with a larger one", () => {
  const small = fitted(matrix, rowsOf(2, 1), 316, 220)!;
  assert.deepEqual(small, { width: { step: 52 }, height: { step: 52 } });
  assert.deepEqual(fitted(matrix, rowsOf(2, 1), 1400, 440), { width: { step: 104 }, height: { step: 104 } });
  const three = fitted(matrix, rowsOf(3, 2), 316, 220)!;
  assert.equal(three.width.step, 34);
  assert.equal(three.height.step, 41);
});

test("many classes keep a size that can be read", () => {
  assert.deepEqual(fitted(matrix, rowsOf(20, 2), 316, 220), { width: { step: 22 }, height: { step: 17 } });
});

test("what is no matrix of steps is left as it is", () => {
  assert.equal(fitted(undefined, rowsOf(2, 1), 316, 220), null);
  assert.equal(fitted({ encoding: matrix.encoding }, rowsOf(2, 1), 316, 220), null);
  assert.equal(fitted(matrix, undefined, 316, 220), null);
});
