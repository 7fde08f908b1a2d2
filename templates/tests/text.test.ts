import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, linesCsv } from "../src/lib/csv";
import { panelsOf, sectionsOf } from "../src/lib/panels";
import { search } from "../src/lib/regex";
import type { KeyInfo } from "../src/model";
import { contrast, pieces, readable, strip } from "../src/viewers/logs/ansi";
import { Heights } from "../src/viewers/logs/heights";

test("ANSI escapes become styles and never text", () => {
  const [plain, green, rest] = pieces("a \x1b[1;32mb\x1b[0m c");
  assert.equal(plain!.text, "a ");
  assert.ok(green!.bold && green!.colour === 2 && green!.text === "b");
  assert.ok(!rest!.bold && rest!.colour === null);
  assert.equal(pieces("\x1b[38;5;208mx")[0]!.colour, "rgb(255 135 0)");
  assert.equal(pieces("\x1b[38;2;1;2;3mx")[0]!.colour, "rgb(1 2 3)");
  assert.equal(strip("\x1b]0;title\x07a\x1b[2Kb\x1b(Bc".replace("\x1b(B", "")), "abc");
  for (const paper of [
    [255, 255, 255],
    [20, 22, 26],
  ]) {
    for (const colour of ["rgb(10 20 30)", "rgb(255 255 0)", "rgb(0 0 255)"]) {
      assert.ok(contrast(readable(colour, paper).match(/\d+/g)!.map(Number), paper) >= 4.5);
    }
  }
});

test("CSV never begins a formula and keeps numbers", () => {
  assert.equal(csv([["=1+1", "-3", "@x", 'a"b', "c,d", -3, NaN]]), '\'=1+1,"-3",\'@x,"a""b","c,d",-3,NaN\n');
  const text = linesCsv("step", [
    { label: "a", x: [0, 2], y: [1, 2], low: null, high: null },
    { label: "b", x: [1, 2], y: [5, 6], low: [4, 5], high: [6, 7] },
  ]);
  assert.equal(text, "step,a,b,b (min),b (max)\n0,1,,,\n1,,5,4,6\n2,2,6,5,7\n");
});

test("heights find rows and offsets", () => {
  const heights = new Heights(1000);
  heights.set(3, 4);
  heights.set(700, 2);
  assert.equal(heights.total, 1004);
  assert.equal(heights.above(4), 7);
  assert.equal(heights.above(701), 705);
  for (const row of [0, 3, 4, 699, 700, 701, 999]) assert.equal(heights.at(heights.above(row)), row);
  assert.equal(heights.at(1e9), 999);
});

test("sections come as first logged, pinned ones first and system last", () => {
  const key = (name: string, kind: KeyInfo["kind"], stream: KeyInfo["stream"] = "history"): KeyInfo => ({
    key: name,
    kind,
    stream,
    runs: 1,
    hidden: false,
    x: "",
    goal: "",
  });
  const list = panelsOf([
    key("system.cpu", "number", "system"),
    key("train/loss", "number"),
    key("train/loss", "bool"),
    key("lr", "number"),
    key("text", "string"),
    key("train/w", "histogram"),
  ]);
  const sections = sectionsOf(list, ["lr"], []);
  assert.deepEqual(
    sections.map((section) => [section.name, section.panels.map((panel) => panel.title)]),
    [
      ["Pinned", ["lr"]],
      ["train", ["train/loss", "train/w"]],
      ["Charts", ["text"]],
      ["system", ["CPU, this process"]],
    ],
  );
});

test("a pattern that is none is searched as it stands", async () => {
  const { hits, literal } = await search("a(", ["xa(y", "b"], true);
  assert.deepEqual([...hits], [0]);
  assert.ok(literal);
  assert.deepEqual([...(await search("^b|C", ["abc", "B", "x"], true)).hits], [0, 1]);
});
