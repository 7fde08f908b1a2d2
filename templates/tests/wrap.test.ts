import assert from "node:assert/strict";
import { test } from "node:test";
import { byClass } from "../src/viewers/lib/rows";
import { besideName, titleOf, untitled } from "../src/viewers/lib/title";
import { multiples, wrapped } from "../src/viewers/lib/wrap";

const view = { mark: "point", encoding: { x: { field: "a" } } };
const rows = Array.from({ length: 12 }, (_, i) => ({ _run: i % 4 }));

test("what stands beside each other wraps where its place ends", () => {
  const wide = wrapped({ hconcat: [view, view, view] }, undefined, 444, 220);
  assert.deepEqual(wide, { concat: [view, view, view], columns: 1 });
  assert.deepEqual(wrapped({ hconcat: [view] }, undefined, 444, 220), { hconcat: [view] });
  const faceted = wrapped({ ...view, encoding: { column: { field: "_run" } } }, rows, 600, 220);
  assert.deepEqual(
    [faceted.encoding, faceted.width, faceted.height],
    [{ facet: { columns: 3, field: "_run" } }, 136, 132],
  );
  const both = { ...view, encoding: { column: { field: "c" }, row: { field: "r" } } };
  assert.equal(wrapped(both, undefined, 600, 220), both);
  assert.equal(
    wrapped({ facet: { column: { field: "_run" } }, spec: { ...view, width: 300 } }, rows, 800, 220).columns,
    2,
  );
});

test("a chart for each run fills its place", () => {
  const spec = wrapped(multiples({ data: { name: "wandb" }, title: "t", ...view }), rows, 444, 220);
  const inner = spec.spec as { width: number; height: number; mark: string };
  assert.deepEqual([spec.columns, inner.width, inner.height, inner.mark], [2, 158, 132, "point"]);
  assert.equal(wrapped(multiples(view), rows, 2000, 220).columns, 4);
});

test("classes have colours and no dashes where runs are drawn one by one", () => {
  const drawn = byClass({ encoding: { color: { field: "_run" }, strokeDash: { field: "class" } } }, "class") as {
    encoding: { color: { field: string }; strokeDash?: unknown };
  };
  assert.equal(drawn.encoding.color.field, "class");
  assert.ok(!("strokeDash" in drawn.encoding));
});

test("a title stands once", () => {
  assert.equal(titleOf({ title: { text: ["a", "b"] } }), "a b");
  assert.deepEqual(untitled({ title: "a", mark: "bar" }), { mark: "bar" });
  assert.equal(besideName("PR curve", "charts/pr_curve"), "");
  assert.equal(besideName("ROC Curve", "val/roc"), "ROC Curve");
});
