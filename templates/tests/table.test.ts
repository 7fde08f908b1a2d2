import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunRow } from "../src/model";
import { type Column, concatenated, type Frame, joined, plain } from "../src/viewers/table/columns";
import { kept, laidOut, lineAt, ordered } from "../src/viewers/table/lines";
import { aggregate, filtered, grouped, histogram, sorted, top } from "../src/viewers/table/query";
import { cycled, EMPTY, parse, type TableState, write } from "../src/viewers/table/state";

const numbers = (id: string, values: readonly (number | null)[]): Column => ({
  id,
  name: id,
  type: "number",
  zone: false,
  cells: null,
  exact: null,
  numbers: Float64Array.from(values, (value) => value ?? NaN),
  missing: values.includes(null) ? Uint8Array.from(values, (value) => Number(value === null)) : null,
});
const texts = (id: string, cells: readonly (string | null)[]): Column => ({
  id,
  name: id,
  type: "string",
  zone: false,
  cells,
  exact: null,
  numbers: null,
  missing: null,
});
const frame = (...columns: Column[]): Frame => ({
  columns,
  rows: columns[0]!.numbers?.length ?? columns[0]!.cells!.length,
});
const all = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, i) => i);

test("sorting puts missing cells and NaN last in both directions, and keeps the order of equal rows", () => {
  const table = frame(numbers("a", [3, null, -1, NaN, -Infinity, 3, 0, -0, Infinity, 1e-300]));
  assert.deepEqual([...sorted(table, all(10), [{ column: "a", descending: false }])], [4, 2, 6, 7, 9, 0, 5, 8, 1, 3]);
  assert.deepEqual([...sorted(table, all(10), [{ column: "a", descending: true }])], [8, 0, 5, 9, 6, 7, 2, 4, 1, 3]);
});

test("sorting many numbers agrees with a comparison", () => {
  let seed = 1;
  const random = (): number => {
    seed = (seed * 48271) % 2147483647;
    return (seed / 2147483647 - 0.5) * 10 ** ((seed % 40) - 20);
  };
  const values = Array.from({ length: 5000 }, random);
  const order = [...sorted(frame(numbers("a", values)), all(5000), [{ column: "a", descending: true }])];
  assert.deepEqual(
    order,
    values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b),
  );
});

test("a second key decides between equal rows", () => {
  const table = frame(texts("word", ["b", "a", "b", null, "a"]), numbers("n", [1, 2, 3, 4, 5]));
  assert.deepEqual(
    [
      ...sorted(table, all(5), [
        { column: "word", descending: false },
        { column: "n", descending: true },
      ]),
    ],
    [4, 1, 2, 0, 3],
  );
});

test("filters are joined by and; each type has its own comparison", () => {
  const dates: Column = { ...numbers("day", [Date.UTC(2020, 0, 1), Date.UTC(2021, 5, 1), null]), type: "date" };
  const table = frame(numbers("n", [1, 20, 3]), texts("s", ["Red", "green", null]), dates);
  const rows = (
    column: string,
    operator: "=" | "!=" | ">" | "<" | "has" | "hasnot" | "none" | "some",
    value = "",
  ): number[] => [...filtered(table, [{ column, operator, value }], "")];
  assert.deepEqual(rows("n", ">", "2.5"), [1, 2]);
  assert.deepEqual(rows("n", "!=", "20"), [0, 2]);
  assert.deepEqual(rows("s", "has", "RE"), [0, 1]);
  assert.deepEqual(rows("s", "hasnot", "red"), [1, 2]);
  assert.deepEqual(rows("s", "none"), [2]);
  assert.deepEqual(rows("day", "<", "2020-06-30"), [0]);
  assert.deepEqual(rows("day", "some"), [0, 1]);
  assert.deepEqual(
    [
      ...filtered(
        table,
        [
          { column: "n", operator: ">", value: "2" },
          { column: "s", operator: "some", value: "" },
        ],
        "",
      ),
    ],
    [1],
  );
  assert.deepEqual([...filtered(table, [], "2021")], [1]);
  assert.deepEqual([...filtered(table, [], "GREEN")], [1]);
});

test("groups hold the rows that agree, with aggregates and distributions", () => {
  const table = frame(texts("word", ["b", "a", "b", "a", null]), numbers("n", [1, 2, 3, NaN, 5]));
  const groups = grouped(table, all(5), ["word"]);
  assert.deepEqual(
    groups.map((group) => [group.labels[0], [...group.rows]]),
    [
      ["b", [0, 2]],
      ["a", [1, 3]],
      ["missing", [4]],
    ],
  );
  const n = table.columns[1]!;
  assert.equal(aggregate(n, groups[0]!.rows, "mean"), 2);
  assert.equal(aggregate(n, groups[1]!.rows, "sum"), 2);
  assert.ok(Number.isNaN(aggregate(n, Uint32Array.of(3), "max")));
  assert.deepEqual([...histogram(n, all(5), [1, 5], 2)], [2, 2]);
  assert.deepEqual(top(table.columns[0]!, 5, all(5), 1), { words: [{ word: "a", count: 2 }], distinct: 2 });
});

test("groups come by name, by size, or by the aggregate of the sorted column", () => {
  const table = frame(texts("word", ["b", "a", "b", "c"]), numbers("n", [1, 2, 3, 9]));
  const names = (state: Partial<TableState>): string[] =>
    ordered(table, kept(table, EMPTY), { ...EMPTY, group: ["word"], ...state }).groups.map((group) => group.labels[0]!);
  assert.deepEqual(names({}), ["a", "b", "c"]);
  assert.deepEqual(names({ bySize: true }), ["b", "a", "c"]);
  assert.deepEqual(names({ sort: [{ column: "n", descending: true }], aggregate: "sum" }), ["c", "b", "a"]);
});

test("lines are heads of groups and the rows of open ones", () => {
  const table = frame(texts("word", ["b", "a", "b"]));
  const now = ordered(table, all(3), { ...EMPTY, group: ["word"] });
  const { lines, tops } = laidOut(now, [now.groups[1]!.id], 20, 30);
  assert.deepEqual([...lines], [~0, ~1, 0, 2]);
  assert.deepEqual([...tops], [0, 30, 60, 80, 100]);
  assert.deepEqual(
    [0, 29, 30, 79, 80, 500].map((y) => lineAt(tops, y)),
    [0, 0, 1, 2, 3, 3],
  );
});

test("the address holds the whole state", () => {
  const state: TableState = {
    search: "a;b=c",
    conditions: [
      { column: "x,y", operator: ">=", value: "1;2" },
      { column: "z", operator: "none", value: "" },
    ],
    sort: [
      { column: "-a", descending: true },
      { column: "b", descending: false },
    ],
    group: ["g\\", "h"],
    aggregate: "max",
    bySize: true,
    open: ['["a,b"]'],
    hidden: ["c", "d;"],
    widths: { "e,": 120 },
    size: 96,
    join: "k=1",
  };
  assert.deepEqual(parse(write(state)), state);
  assert.deepEqual(parse(""), EMPTY);
  assert.deepEqual(parse(";;=;f=a;w=;z=9e9;a=median"), { ...EMPTY, widths: {}, size: 256 });
});

test("a head cycles through descending, ascending, off; Shift keeps the others", () => {
  const one = cycled([], "a", false);
  assert.deepEqual(one, [{ column: "a", descending: true }]);
  const two = cycled(one, "b", true);
  assert.deepEqual(cycled(cycled(two, "a", true), "a", true), [{ column: "b", descending: true }]);
});

test("tables of several runs stand one below the other or side by side", () => {
  const [a, b] = [
    frame(texts("k", ["x", "y", "y"]), numbers("n", [1, 2, 3])),
    frame(texts("k", ["y", "z"]), numbers("m", [4, 5])),
  ];
  const both = concatenated([a, b], ["first", "second"], new Map<string, RunRow>());
  assert.deepEqual(
    both.columns.map((column) => column.id),
    ["run", "k", "n", "m"],
  );
  assert.deepEqual(
    Array.from({ length: 5 }, (_, row) => both.columns.map((column) => plain(column, row)).join()),
    ["first,x,1,", "first,y,2,", "first,y,3,", "second,y,,4", "second,z,,5"],
  );
  const side = joined([a, b], ["first", "second"], "k")!;
  assert.deepEqual(
    side.columns.map((column) => column.id),
    ["k", "n · first", "m · second"],
  );
  assert.deepEqual(
    Array.from({ length: 4 }, (_, row) => side.columns.map((column) => plain(column, row)).join()),
    ["x,1,", "y,2,4", "y,3,", "z,,5"],
  );
  assert.equal(joined([a, b], ["first", "second"], "n"), null);
});
