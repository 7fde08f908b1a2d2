import assert from "node:assert/strict";
import { test } from "node:test";
import { base64Bytes, gunzip, unpack } from "../src/lib/pack";
import fixture from "./pack_fixture.json";

/** Bits of a double, so that -0 and NaN are told apart. */
function bits(values: ArrayLike<number>): string[] {
  const view = new DataView(new ArrayBuffer(8));
  return Array.from(values, (value) => {
    view.setFloat64(0, value);
    return view.getBigUint64(0).toString(16);
  });
}

test("columns come back bit for bit", async () => {
  for (const { block, columns } of fixture) {
    const unpacked = unpack(await gunzip(base64Bytes(block)));
    assert.deepEqual(unpacked.map(bits), columns);
  }
});
