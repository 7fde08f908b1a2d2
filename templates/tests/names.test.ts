import assert from "node:assert/strict";
import { test } from "node:test";
import { apart, commonOf, middle } from "../src/lib/names";

test("the parts that all names share end at separators and are worth a word", () => {
  const names = ["resnet50-imagenet-lr0.1-seed0", "resnet50-imagenet-lr0.01-seed0", "resnet50-imagenet-wd-seed0"];
  const { start, end } = commonOf(names);
  assert.equal(names[0]!.slice(0, start), "resnet50-imagenet-");
  assert.equal(names[0]!.slice(names[0]!.length - end), "-seed0");
  assert.deepEqual(commonOf(["a-1", "a-2"]), { start: 0, end: 0 });
  assert.deepEqual(commonOf(["alone-in-the-world"]), { start: 0, end: 0 });
  assert.deepEqual(commonOf(["twice-the-same", "twice-the-same"]), { start: 0, end: 0 });
  assert.deepEqual(commonOf([]), { start: 0, end: 0 });
  assert.deepEqual(commonOf(["experiment", "experiments"]), { start: 0, end: 0 });
});

test("long names are cut in their middle", () => {
  assert.equal(middle("short", 10), "short");
  assert.equal(middle("resnet50-imagenet-lr0.1-seed7", 15), "resnet5…1-seed7");
  assert.equal(middle("0123456789", 9).length, 9);
});

test("a name without what all names share says that there is more", () => {
  const names = ["resnet50-wide-lr0.1-seed0", "resnet50-wide-lr0.01-seed0"];
  assert.equal(apart(names[1]!, commonOf(names)), "…lr0.01…");
  assert.equal(apart("alone", { start: 0, end: 0 }), "alone");
});
