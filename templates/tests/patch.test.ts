// Patches that git wrote (tests/patches), read as what they say.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { counted, type FilePatch, laidOut, parsePatch } from "../src/viewers/code/patch";

const read = (name: string): string => readFileSync(`tests/patches/${name}.patch`, "utf8");
const parsed = (name: string): readonly FilePatch[] => parsePatch(read(name))!;
const facts = ({ path, before, how, binary }: FilePatch): string =>
  `${how} ${before === path ? path : `${before} > ${path}`}${binary ? " binary" : ""}`;

test("patch: each file is named, with what happened to it", () => {
  assert.deepEqual(parsed("all").map(facts), [
    "changed crlf.txt",
    "changed data.bin binary",
    "renamed moved.py > deep/moved again.py",
    "new empty.py",
    "new fresh.py",
    "deleted gone.sql",
    "changed naïve.py",
    "renamed old.py > new.py",
    "changed no end.txt",
    "changed run.sh",
    "changed sql.txt",
    "changed sub",
    "changed tab\tname.txt",
    "changed train.py",
  ]);
});

test("patch: modes, commits of submodules, and last lines without an end", () => {
  const by = new Map(parsed("all").map((file) => [file.path, file]));
  assert.deepEqual(by.get("run.sh")!.modes, ["100644", "100755"]);
  assert.deepEqual(
    by.get("sub")!.commits!.map((commit) => commit.slice(0, 7)),
    ["b9a5f92", "371fd6a"],
  );
  assert.deepEqual(counted(by.get("sub")!), { added: 0, removed: 0 });
  assert.deepEqual(by.get("no end.txt")!.hunks[0]!.open, ["A"]);
  assert.equal(by.get("train.py")!.hunks[1]!.section, "A11 = 11");
});

test("patch: lines that look like heads are lines", () => {
  const file = parsed("all").find(({ path }) => path === "sql.txt")!;
  assert.deepEqual(file.hunks[0]!.lines, [" -- keep", "--- drop", "+++ come", " ++ keep"]);
  assert.deepEqual(parsed("plain")[0]!.hunks, file.hunks);
});

test("patch: lines stand where they stood", () => {
  const file = parsed("all").find(({ path }) => path === "train.py")!;
  const { texts, numbers, hunks } = laidOut(file);
  assert.deepEqual(counted(file), { added: 3, removed: 2 });
  const [added] = hunks[0]!.lines.filter(({ changed }) => changed);
  assert.deepEqual([added!.a, texts.B[added!.b], numbers.B[added!.b]], [-1, "import sys", 2]);
  const [print] = hunks[1]!.lines.filter(({ changed }) => changed);
  assert.deepEqual(
    [numbers.A[print!.a], numbers.B[print!.b], texts.B[print!.b]],
    [27, 28, '    print(train(0.2, "<b>"))'],
  );
});

test("patch: other prefixes, none, whole binary files, files that git does not track", () => {
  assert.deepEqual(
    parsed("prefixes").map(({ path }) => path),
    ["naïve.py", "sql.txt", "tab\tname.txt", "train.py"],
  );
  assert.deepEqual(parsed("binary").map(facts), ["changed data.bin binary", "changed train.py"]);
  assert.deepEqual(parsed("untracked").map(facts), ["new fresh.py"]);
});

test("patch: what is none, or breaks off, is left as a text", () => {
  const whole = read("all");
  for (const text of ["", "\n", "hello\n", `${whole}hello\n`, whole.slice(0, -30), "--- a\nhello\n", "diff --cc x\n"])
    assert.equal(parsePatch(text), null);
  for (let end = 0; end < whole.length; end += 7) parsePatch(whole.slice(0, end));
});
