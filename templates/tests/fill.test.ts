import assert from "node:assert/strict";
import { test } from "node:test";
import cases from "../preset_cases.json";
import { fill, type Mapping, placeholders } from "../src/viewers/lib/fill";

for (const { about, spec, fields, strings, filled } of cases) {
  test(`presets: ${about}`, () => assert.deepEqual(fill(spec, fields as Mapping, strings as Mapping), filled));
}

test("presets: placeholders are listed once, in order", () => {
  assert.deepEqual(
    placeholders({ a: "${field:x}", b: ["${field:y:z}", "${field:x}"], c: "${string:title}" }, "field"),
    ["x", "y"],
  );
});
