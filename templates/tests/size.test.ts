import assert from "node:assert/strict";
import { test } from "node:test";
import type { ImageItem } from "../src/model";
import { enlarged, LARGE, LIST } from "../src/viewers/image/size";

const picture = (width: number, height: number): ImageItem => ({ width, height }) as ImageItem;

test("small pictures are enlarged by whole factors up to their bound", () => {
  assert.deepEqual(enlarged(picture(8, 8), LIST), [64, 64]);
  assert.deepEqual(enlarged(picture(28, 28), LIST), [56, 56]);
  assert.deepEqual(enlarged(picture(8, 8), LARGE), [128, 128]);
  assert.deepEqual(enlarged(picture(100, 20), LARGE), [100, 20]);
  assert.equal(enlarged(picture(129, 10), LARGE), null);
  assert.equal(enlarged(picture(0, 0), LARGE), null);
});
