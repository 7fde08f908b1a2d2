import assert from "node:assert/strict";
import { test } from "node:test";
import { beside, cards, columnsIn, rows, type Shape } from "../src/lib/layout";
import type { PanelInfo, Section } from "../src/lib/panels";

const one: Shape = { span: () => 1, tall: ({ kind }) => kind !== "line" && kind !== "histogram" };
const panel = (id: string, kind: PanelInfo["kind"] = "line"): PanelInfo => ({
  id,
  key: id,
  kind,
  stream: "history",
  title: id,
  unit: "",
  section: "s",
  x: "",
  runs: 1,
});
const lengths = (count: number, columns: number): number[] => {
  const placed = rows([...Array(count).keys()], columns, () => 1);
  const found: number[] = [];
  for (let i = 0; i < placed.length; i += placed[i]!.of) found.push(placed[i]!.of);
  return found;
};

test("rows fill the width, and no row is more than one longer than another", () => {
  assert.deepEqual(lengths(1, 3), [1]);
  assert.deepEqual(lengths(2, 3), [2]);
  assert.deepEqual(lengths(4, 3), [2, 2]);
  assert.deepEqual(lengths(5, 3), [3, 2]);
  assert.deepEqual(lengths(7, 3), [3, 2, 2]);
  for (let count = 1; count < 60; count++)
    for (let columns = 1; columns <= 6; columns++) {
      const found = lengths(count, columns);
      assert.equal(
        found.reduce((a, b) => a + b),
        count,
      );
      assert.ok(Math.max(...found) <= columns && Math.max(...found) - Math.min(...found) <= 1);
    }
});

test("a wide card takes two columns, and what is left of its row is shared out", () => {
  const placed = rows([1, 2, 1, 2], 3, (span) => span);
  assert.deepEqual(
    placed.map(({ span, of }) => [span, of]),
    [
      [1, 3],
      [2, 3],
      [1, 3],
      [2, 3],
    ],
  );
  assert.deepEqual(
    rows([2, 2], 3, (span) => span).map(({ span, of }) => [span, of]),
    [
      [2, 2],
      [2, 2],
    ],
  );
  assert.deepEqual(
    rows([2], 1, (span) => span).map(({ span, of }) => [span, of]),
    [[1, 1]],
  );
});

test("charts share rows with charts, tall cards with their like", () => {
  const list = [panel("a"), panel("i", "image"), panel("b"), panel("h", "histogram"), panel("j", "image")];
  const placed = cards(list, 3, one);
  assert.deepEqual(
    placed.map(({ item, of, tall }) => [item.id, of, tall]),
    [
      ["a", 3, false],
      ["b", 3, false],
      ["h", 3, false],
      ["i", 2, true],
      ["j", 2, true],
    ],
  );
});

test("a histogram that is taller than a chart leaves the rows of charts", () => {
  const list = [panel("a"), panel("h", "histogram"), panel("b")];
  const placed = cards(list, 3, { span: () => 1, tall: ({ kind }) => kind !== "line" });
  assert.deepEqual(
    placed.map(({ item, of, tall }) => [item.id, of, tall]),
    [
      ["a", 2, false],
      ["b", 2, false],
      ["h", 1, true],
    ],
  );
});

test("small sections of alike cards stand beside each other", () => {
  const section = (name: string, ...panels: PanelInfo[]): Section => ({ name, panels });
  const all = [
    section("a", panel("a")),
    section("b", panel("b"), panel("c")),
    section("d", panel("d"), panel("e")),
    section("f", panel("f", "image")),
    section("g", panel("g")),
    section("h", panel("h")),
  ];
  const shares = (open: (of: Section) => boolean): [string, number, number][] =>
    beside(all, 3, open, one).map(({ item, span, of }) => [item.name, span, of]);
  assert.deepEqual(
    shares(() => true),
    [
      ["a", 1, 3],
      ["b", 2, 3],
      ["d", 2, 2],
      ["f", 1, 1],
      ["g", 1, 2],
      ["h", 1, 2],
    ],
  );
  assert.deepEqual(shares(({ name }) => name !== "a").slice(0, 2), [
    ["a", 1, 1],
    ["b", 2, 2],
  ]);
});

test("narrow windows have fewer columns", () => {
  assert.deepEqual(
    [599, 600, 899, 900].map((width) => columnsIn(width, 3)),
    [1, 2, 2, 3],
  );
});
