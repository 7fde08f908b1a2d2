import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Change, changes, counts, likeness, linesOf, words } from "../src/viewers/lib/difference";

/** A generator of numbers from 0 to 1, the same ones each time (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A source file of a few words a line, and what somebody made of it. */
function pair(seed: number): [string[], string[]] {
  const random = numbers(seed);
  const line = (): string =>
    "  ".repeat(random() * 3) +
    ["x = 1", "return y", "", "for n in z:", `v${Math.floor(random() * 30)}`][Math.floor(random() * 5)]!;
  const a = Array.from({ length: Math.floor(random() * 120) }, line);
  const b = a.flatMap((text) => {
    const chance = random();
    if (chance < 0.08) return [];
    if (chance < 0.16) return [line()];
    return chance < 0.24 ? [text, line()] : [text];
  });
  return [a, b];
}

function applied(a: readonly string[], b: readonly string[], all: readonly Change[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const change of all) {
    result.push(...a.slice(at, change.a), ...b.slice(change.b, change.b + change.bn));
    at = change.a + change.an;
  }
  return [...result, ...a.slice(at)];
}

test("diff: as many lines change as git says, and they make one text of the other, in 200 pairs", () => {
  const folder = mkdtempSync(join(tmpdir(), "diff-"));
  for (let seed = 0; seed < 200; seed++) {
    const [a, b] = pair(seed);
    const all = changes(a, b);
    assert.deepEqual(applied(a, b, all), b);
    writeFileSync(join(folder, "a"), a.map((line) => `${line}\n`).join(""));
    writeFileSync(join(folder, "b"), b.map((line) => `${line}\n`).join(""));
    const { stdout } = spawnSync("git", ["diff", "--no-index", "--minimal", "--numstat", "a", "b"], {
      cwd: folder,
      encoding: "utf8",
    });
    const [added, removed] = stdout ? stdout.split("\t").map(Number) : [0, 0];
    assert.deepEqual(counts(all), { added, removed }, `pair ${seed}`);
  }
});

test("diff: whitespace can be left out of it", () => {
  assert.equal(changes(["a  b", "c"], [" a b ", "d"], true).length, 1);
  assert.equal(changes(["a  b"], [" a b "]).length, 1);
});

test("diff: mixed line ends are line ends, the last one begins no line", () => {
  assert.deepEqual(linesOf("a\r\nb\rc\n\nd\n"), ["a", "b", "c", "", "d"]);
  assert.deepEqual(linesOf(""), []);
});

test("diff: texts with nothing in common are one change", () => {
  const all = changes(
    Array.from({ length: 9000 }, (_, i) => `a${i}`),
    Array.from({ length: 9000 }, (_, i) => `b${i}`),
  );
  assert.deepEqual(all, [{ a: 0, an: 9000, b: 0, bn: 9000 }]);
});

test("diff: words are marked where most of a line stayed", () => {
  assert.deepEqual(
    words("lr = 0.1", "lr = 0.2").map((ranges) => ranges.length),
    [1, 1],
  );
  assert.deepEqual(words("import os", "while running: go(on)"), [[], []]);
});

test("diff: a renamed file is known by its lines", () => {
  assert.equal(likeness(["a", "b", "c", "d"], ["a", "b", "c", "x"]), 0.75);
  assert.equal(likeness([], []), 0);
});
