import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf } from "../src/viewers/lib/book";
import { bookDiff } from "../src/viewers/lib/bookdiff";

const code = (source: string, outputs: unknown[] = [], id?: string) => ({ cell_type: "code", source, outputs, id });
const book = (...cells: unknown[]): string => JSON.stringify({ nbformat: 4, metadata: {}, cells });
const printed = (text: string) => ({ output_type: "stream", name: "stdout", text });
const shown = (data: unknown) => ({ output_type: "display_data", data });
const hows = (a: string, b: string, ignoreSpace = false) => bookDiff(a, b, ignoreSpace)!.map(({ how }) => how);

test("notebooks: ids that count the cells pair nothing, those of an editor pair whatever a cell became", () => {
  const [one, two, three] = ["import numpy as np", "model = fit(frame, rate=0.1)", "plot(model.history)"];
  const counted = (...all: string[]) => book(...all.map((source, n) => code(source, [], `cell-${n + 1}`)));
  assert.deepEqual(hows(counted(one, three), counted(one, two, three)), ["equal", "inserted", "equal"]);
  assert.deepEqual(
    hows(book(code(one, [], "x7"), code(two, [], "q")), book(code(three, [], "x7"), code(two, [], "q"))),
    ["changed", "equal"],
  );
});

test("notebooks: a cell out of order has moved, and stands where B has it", () => {
  const [one, two, three] = ["alpha = 1111111", "print(sorted(names))", "with open(path) as file: pass"].map((s) =>
    code(s),
  );
  const cells = bookDiff(book(one, two, three), book(two, three, one), false)!;
  assert.deepEqual(
    cells.map(({ how, a, b }) => [how, a, b]),
    [
      ["equal", 1, 0],
      ["equal", 2, 1],
      ["moved", 0, 2],
    ],
  );
});

test("notebooks: what running again changes is no difference", () => {
  const a = { ...code("plot()", [printed("1%\r50%\r100%\n"), shown({ "text/plain": "<Axes at 0x7f3a11>" })]) };
  const b = {
    ...code("plot()", [printed("1%\r9"), printed("9%\r100%\n"), shown({ "text/plain": ["<Axes at 0x", "80ab11>"] })]),
  };
  assert.deepEqual(hows(book({ ...a, execution_count: 1 }), book({ ...b, execution_count: 7, metadata: { x: 1 } })), [
    "equal",
  ]);
});

test("notebooks: whitespace can be left out of it", () => {
  const [a, b] = [book(code("f( x )\n1")), book(code("f(x)\n1"))];
  assert.deepEqual([hows(a, b), hows(a, b, true)], [["changed"], ["equal"]]);
});

test("notebooks: pictures are shown, documents and scripts are named and never given to the page", () => {
  const outputs = (png: string, html: string, n: string) => [
    shown({ "image/png": png, "text/html": html, "text/plain": n, "image/svg+xml": "<svg onload=x()>" }),
    { output_type: "error", ename: "KeyError", evalue: n, traceback: ["\u001b[31mlong\u001b[0m"] },
  ];
  const [cell] = bookDiff(
    book(code("x", outputs("iVBO\nRw==", "<script>1</script>", "1"))),
    book(code("x", outputs("iVBORx==", "<b>2</b>", "2"))),
    false,
  )!;
  assert.equal(cell!.outputs, "differ");
  assert.deepEqual(cell!.shown!.text, ["1\nKeyError: 1\n", "2\nKeyError: 2\n"]);
  assert.deepEqual(cell!.shown!.pictures[0], [{ src: "data:image/png;base64,iVBORw==", name: "PNG" }]);
  assert.deepEqual(cell!.shown!.notes, ["SVG output, equal", "HTML output, differs"]);
  assert.equal(JSON.stringify(cell).includes("<"), false);
});

test("notebooks: a picture that is no base64 has no address", () => {
  const [cell] = bookDiff(book(code("x", [shown({ "image/png": '"><script>' })])), book(code("x")), false)!;
  assert.equal(cell!.shown!.pictures[0][0]!.src, "");
});

test("notebooks: format 3, NaN and one cut while it grew are read; damage is null", () => {
  const old = { cell_type: "code", input: ["a\n", "b"], outputs: [{ output_type: "pyout", text: ["1"] }] };
  const three = JSON.stringify({
    nbformat: 3,
    worksheets: [{ cells: [old, { cell_type: "heading", level: 2, source: "T" }] }],
  });
  assert.deepEqual(
    cellsOf(three)!.map(({ source, parts }) => [source, parts]),
    [
      ["a\nb", [{ kind: "text/plain", text: "1" }]],
      ["## T", []],
    ],
  );
  assert.equal(cellsOf('{"cells":[{"cell_type":"code","source":"NaN","metadata":{"x":NaN}}]}')![0]!.source, "NaN");
  const cut = '{"nbformat":4,"cells":[\n{"cell_type":"code","source":"whole"},\n{"cell_type":"code","sou';
  assert.deepEqual(
    cellsOf(cut)!.map(({ source }) => source),
    ["whole"],
  );
  for (const text of ["", "[]", "null", "{", '{"cells":7}', "x".repeat(99)]) assert.equal(cellsOf(text), null);
  for (const cells of [[null, 7, "x", []], [{ cell_type: 4, source: { x: 1 }, outputs: [null, { data: [] }] }]])
    assert.equal(cellsOf(JSON.stringify({ cells }))!.length, cells.length);
});

test("notebooks: two thousand cells each, or many that are nearly alike, are an answer still", () => {
  const alike = (by: number) => book(...Array.from({ length: 700 }, (_, n) => code(`${n * by} `.repeat(150))));
  assert.ok(bookDiff(alike(7), alike(11), false)!.length >= 700);
  const many = (by: string) => book(...Array.from({ length: 2000 }, (_, n) => code(`${by}(${n}, ${by})\n`.repeat(9))));
  assert.equal(bookDiff(many("left"), many("right"), false)!.length, 4000);
});

test("notebooks: fifty million characters of outputs are compared, and few of them are handed on", () => {
  const big = (n: string) =>
    book(...Array.from({ length: 50 }, (_, i) => code(`cell(${i})`, [printed(`${n}\n`.repeat(5e5))])));
  const cells = bookDiff(big("1"), big("2"), false)!;
  assert.equal(cells.length, 50);
  assert.ok(JSON.stringify(cells).length < 2e7);
});
