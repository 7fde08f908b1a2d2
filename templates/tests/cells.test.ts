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

const steps = (classes: number, runs: number, width: number, height: number): (number | undefined)[] => {
  const { columns, spec } = fitted(matrix, rowsOf(classes, runs), width, height)!;
  return [columns, spec.width!.step, spec.height!.step];
};

test("cells take the room of their card, up to a size, and grow with a larger one", () => {
  assert.deepEqual(steps(2, 1, 316, 220), [1, 103, 52]);
  assert.deepEqual(steps(2, 1, 1400, 440), [1, 220, 104]);
});

test("matrices of runs that have no room beside each other wrap", () => {
  assert.deepEqual(steps(3, 2, 316, 220), [1, 69, 41]);
  assert.deepEqual(steps(3, 4, 444, 220), [2, 37, 41]);
  assert.deepEqual(steps(10, 2, 700, 220)[0], 2);
});

test("many classes fit their card, without what is written on narrow cells", () => {
  const layered = { ...matrix, layer: [{ mark: { type: "rect" } }, { mark: { type: "text" } }] };
  const { spec } = fitted(layered, rowsOf(18, 1), 316, 220)!;
  assert.deepEqual([spec.width!.step, spec.layer!.length], [11, 1]);
  assert.equal(fitted(layered, rowsOf(4, 1), 316, 220)!.spec.layer!.length, 2);
});

test("what is no matrix of steps is left as it is", () => {
  assert.equal(fitted(undefined, rowsOf(2, 1), 316, 220), null);
  assert.equal(fitted({ encoding: matrix.encoding }, rowsOf(2, 1), 316, 220), null);
  assert.equal(fitted(matrix, undefined, 316, 220), null);
});
