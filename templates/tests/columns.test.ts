import assert from "node:assert/strict";
import { test } from "node:test";
import { drawable, drawnAs, spelled, titled } from "../src/viewers/lib/columns";
import { fill } from "../src/viewers/lib/fill";

const NAMES = [
  "a.b",
  "a[0]",
  "it's",
  '"q"',
  "back\\slash",
  "",
  "__proto__",
  "constructor",
  "_run",
  "1st",
  "größe 界",
  "x",
  "🙂",
  "odd_61_",
];

test("columns are drawn under names of one word, which spell theirs", () => {
  const drawn = NAMES.map(drawnAs);
  assert.equal(new Set(drawn).size, NAMES.length);
  assert.deepEqual(drawn.map(spelled), NAMES);
  assert.ok(drawn.every((name) => /^\p{L}[\p{L}\p{N}_ ]*$/u.test(name)));
  assert.equal(drawnAs("val/loss (%)"), "val/loss (%)");
});

test("a chart of any column is titled as it is named", () => {
  const preset = {
    encoding: {
      x: { field: "${field:x}" },
      y: { field: "${field:y}", title: "${field:y}", sort: { field: "${field:x}", op: "sum" } },
    },
    transform: [{ filter: "isValid(datum['${field:y}'])" }],
  };
  for (const name of NAMES) {
    const data = drawable({
      columns: [name, "y"],
      rows: [],
      fields: [
        ["x", name],
        ["y", "y"],
      ],
      strings: [],
      spec: null,
      refused: "",
      note: "",
    });
    const spec = titled(fill(preset, Object.fromEntries(data.fields), {})) as typeof preset;
    assert.equal(spec.encoding.x.field, drawnAs(name));
    assert.equal(
      ((spec.encoding.x as { title?: string }).title ?? spec.encoding.x.field).replace("\u200b", ""),
      name || "(no name)",
    );
    assert.ok(!("title" in spec.encoding.y.sort));
  }
});
