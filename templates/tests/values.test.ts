// Before what asks for a page as soon as it is loaded.
import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";
import { csv } from "../src/lib/csv";
import { RunTable } from "../src/lib/runs";
import { cell, fromJson, logged, readValue, written } from "../src/lib/values";
import type { ProjectIndex, RunRow } from "../src/model";

const wide = { _type: "integer", value: "6687881544318117707" };

test("what JSON numbers cannot carry comes back as it was logged", () => {
  assert.equal(fromJson(wide), 6687881544318117707n);
  assert.equal(fromJson("NaN"), NaN);
  assert.equal(fromJson("-Infinity"), -Infinity);
  assert.equal(fromJson({ _type: "string", value: "NaN" }), "NaN");
  assert.deepEqual(fromJson([1, wide, { a: "Infinity" }]), [1, 6687881544318117707n, { a: Infinity }]);
  assert.deepEqual(Object.keys(fromJson(JSON.parse('{"__proto__": 1}')) as object), ["__proto__"]);
});

test("values are written so that only equal ones of a type are equal, and read back", () => {
  const values = [
    1,
    "1",
    true,
    "true",
    null,
    "null",
    NaN,
    "NaN",
    [],
    "",
    [1],
    ["1"],
    2 ** 53 - 1,
    2n ** 53n + 1n,
    "[1]",
    { a: 1 },
  ];
  assert.equal(new Set(values.map(written)).size, values.length);
  for (const value of values) assert.deepEqual(readValue(written(value))?.value, value);
  assert.equal(readValue("poly"), null);
  assert.equal(readValue("007"), null);
});

test("a text that reads as something else is shown in quotes", () => {
  const shown: [unknown, string][] = [
    ["poly", "poly"],
    ["1", '"1"'],
    ["1e5", '"1e5"'],
    ["true", '"true"'],
    ["", '""'],
    [" a", '" a"'],
    ["[1, 2]", '"[1, 2]"'],
    ["1180591620717411303424", "1180591620717411303424"],
    ["007", "007"],
    [1024, "1024"],
    [-3, "−3"],
    [1e-4, "0.0001"],
    [-(2n ** 60n), "−1152921504606846976"],
    [null, "null"],
    [undefined, "–"],
    [NaN, "NaN"],
    [[1, "a"], '[1,"a"]'],
  ];
  for (const [value, text] of shown) assert.equal(logged(value), text);
});

test("a cell has the digits of its value: all of a whole number, four of others", () => {
  const cells: [number | bigint, string][] = [
    [5000, "5000"],
    [0.04, "0.04"],
    [1 / 3, "0.3333"],
    [4321.5, "4321.5"],
    [23_512_130, "23512130"],
    [23_512_130.5, "23.51M"],
    [9007199254740993n, "9007199254740993"],
    [6.123456e-7, "6.123e−7"],
    [1e300, "1e300"],
    [NaN, "NaN"],
    [0, "0"],
  ];
  for (const [value, text] of cells) assert.equal(cell(value), text);
});

test("CSV holds what was logged", () => {
  const rows = [[6687881544318117707n, "1", 1, null, undefined, "", [1, 2], NaN, 0.1 + 0.2, "=x", "-5", "a b"]];
  assert.equal(csv(rows), '6687881544318117707,"1",1,null,,"","[1,2]",NaN,0.30000000000000004,\'=x,"-5",a b\n');
});

function tableOf(config: Record<string, unknown[]>): RunTable {
  const count = Object.values(config)[0]!.length;
  const run = (id: string): RunRow => ({ id, entry: `r/p/${id}`, name: id, tags: [], created: 0 }) as unknown as RunRow;
  const index = {
    project: "p",
    runs: Array.from({ length: count }, (_, i) => run(`r${i}`)),
    config: Object.entries(config).map(([key, values]) => ({ key, rows: null, values })),
    summary: [],
    least: [{ key: "val/loss", rows: [0], values: [0.25] }],
    greatest: [
      { key: "val/acc", rows: null, values: Array.from({ length: count }, (_, i) => i / 8) },
      { key: "steps", rows: null, values: Array(count).fill(9) },
    ],
    keys: [],
  };
  return new RunTable(index as unknown as ProjectIndex);
}

test("runs are grouped, sorted and told apart by values as they were logged", () => {
  const next = { _type: "integer", value: "6687881544318117708" };
  const table = tableOf({
    seed: [next, wide, 3],
    kind: [1, "1", "1"],
    betas: [
      [1, 2],
      [1, 2],
      [2, 1],
    ],
  });
  const { runs } = table.index;
  const labels = (key: string): string[] => table.group(runs, [key]).map(({ label }) => label);
  assert.deepEqual(labels("config.seed"), ["6687881544318117708", "6687881544318117707", "3"]);
  assert.deepEqual(labels("config.kind"), ["1", '"1"']);
  assert.deepEqual(labels("config.betas"), ["[1,2]", "[2,1]"]);
  assert.deepEqual(labels("group"), ["no group"]);
  assert.ok(table.differs(runs.slice(0, 2), "config.seed"));
  assert.ok(table.differs(runs.slice(0, 2), "config.kind"));
  const sorted = table.sort(runs, [{ id: "config.seed", descending: false }]);
  assert.deepEqual(
    sorted.map(({ id }) => id),
    ["r2", "r1", "r0"],
  );
});

test("the best of metrics that have a direction is a column", () => {
  const table = tableOf({ lr: [1, 2, 3] });
  const best = table.columns.filter(({ id }) => id.startsWith("best."));
  assert.deepEqual(
    best.map(({ id, label, tier }) => [id, label, tier]),
    [
      ["best.val/loss", "best val/loss", "summary"],
      ["best.val/acc", "best val/acc", "summary"],
    ],
  );
  const { runs } = table.index;
  assert.deepEqual(
    runs.map((run) => table.value(run, "best.val/loss")),
    [0.25, undefined, undefined],
  );
  assert.equal(table.resolve("best.val/acc"), "best.val/acc");
  assert.deepEqual(
    table.sort(runs, [{ id: "best.val/acc", descending: true }]).map(({ id }) => id),
    ["r2", "r1", "r0"],
  );
});
