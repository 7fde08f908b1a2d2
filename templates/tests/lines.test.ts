// Before what asks for a page as soon as it is loaded.
import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Columns, fold, type Member, meanStd } from "../src/lib/group";
import { plan } from "../src/lib/levels";
import { lookOf, looks, slots } from "../src/lib/palette";
import type { Line } from "../src/lib/series";
import { debiased, NONE, parse, smooth, timeWeighted, write } from "../src/lib/smooth";
import { beyond, runTrace, type Trace, yRange } from "../src/lib/trace";
import type { RunRow } from "../src/model";

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test("the debiased EMA begins at the first value", () => {
  const out = debiased([1, 2, 3], null, 0.5);
  near(out[0]!, 1);
  near(out[1]!, (0.25 * 1 + 0.5 * 2) / 0.75);
  near(out[2]!, (0.125 * 1 + 0.25 * 2 + 0.5 * 3) / 0.875);
});

test("a bucket weighs as its rows", () => {
  const rows = debiased([5, 5, 5, 5, 9], null, 0.7);
  const buckets = debiased([5, 9], [4, 1], 0.7);
  near(buckets[1]!, rows[4]!);
});

test("the time-weighted EMA fades with the distance in x", () => {
  const out = timeWeighted([0, 1, 1000], [1, 2, 3], null, 0.25, 1000);
  near(out[1]!, (0.5 * 1 + 2) / 1.5);
  near(out[2]!, 3);
});

test("gaps stay gaps and do not end the smoothing", () => {
  const out = smooth({ kind: "tb", weight: 0.5 }, [0, 1, 2], [1, NaN, 1], null, 2)!;
  assert.ok(Number.isNaN(out[1]!));
  near(out[2]!, 1);
  assert.equal(smooth({ kind: "none", weight: 0 }, [0], [1], null, 1), null);
  for (const text of ["ema.6", "tb.95", "mean.05", "gauss.15", ""]) assert.equal(write(parse(text)), text);
});

/** By the definition, every pair of points looked at. */
function plainly(
  x: readonly number[],
  y: readonly number[],
  counts: readonly number[],
  kernel: (distance: number) => number,
): number[] {
  return y.map((own, i) => {
    if (!Number.isFinite(own)) return NaN;
    const weights = y.map((value, j) => (Number.isFinite(value) ? counts[j]! * kernel(Math.abs(x[j]! - x[i]!)) : 0));
    return (
      y.reduce((sum, value, j) => (weights[j] ? sum + weights[j]! * value : sum), 0) /
      weights.reduce((sum, weight) => sum + weight, 0)
    );
  });
}

test("running mean and Gaussian are what they are called, weighted by rows and over uneven steps", () => {
  const x = Array.from({ length: 200 }, (_, i) => i + 0.4 * Math.sin(i * 7));
  const y = x.map((at, i) => (i % 17 === 5 ? NaN : i === 90 ? Infinity : Math.cos(at / 9) + (i % 3)));
  const counts = x.map((_, i) => 1 + (i % 4));
  const same = (actual: ArrayLike<number>, expected: readonly number[], within: number): void =>
    expected.forEach((value, i) => {
      assert.equal(Number.isNaN(actual[i]!), Number.isNaN(value));
      assert.ok(Number.isNaN(value) || Math.abs(actual[i]! - value) < within, `${i}: ${actual[i]} is not ${value}`);
    });
  same(
    smooth({ kind: "mean", weight: 0.1 }, x, y, counts, 200)!,
    plainly(x, y, counts, (distance) => Number(distance <= 10)),
    1e-9,
  );
  same(
    smooth({ kind: "gauss", weight: 0.05 }, x, y, counts, 200)!,
    plainly(x, y, counts, (distance) => (distance <= 30 ? Math.exp(-0.5 * (distance / 10) ** 2) : 0)),
    1e-4,
  );
});

test("a window does not reach over the place where x falls back", () => {
  for (const kind of ["mean", "gauss"] as const)
    assert.deepEqual(
      [...smooth({ kind, weight: 0.3 }, [8, 9, 8, 9], [1, 1, 5, 5], null, 10)!].map((value) =>
        Number(value.toFixed(9)),
      ),
      [1, 1, 5, 5],
    );
});

const member = (x: number[], y: number[]): Member => ({
  x: Float64Array.from(x),
  y: Float64Array.from(y),
  nan: x.filter((_, i) => Number.isNaN(y[i]!)),
  above: [],
  below: [],
});
const columns = (from: number, to: number, size: number, log = false): Columns => ({ range: [from, to], size, log });

test("groups have mean, spread and count at every column; a single member has no spread", () => {
  const four = columns(0, 3, 4);
  const lines = [member([0, 2], [0, 2]), member([0, 3], [2, 5])];
  const { y, low, high, n } = fold(lines, four, "minmax");
  assert.deepEqual([...n], [2, 2, 1]);
  assert.deepEqual([...y], [1, 3, 5]);
  assert.deepEqual([...low], [0, 2, NaN]);
  assert.deepEqual([...high], [2, 4, NaN]);
  near(fold(lines, four, "std").high[0]!, 1 + Math.SQRT2);
  near(fold(lines, four, "stderr").high[0]!, 2);
  assert.deepEqual(meanStd([1, 3, NaN]), { mean: 2, std: Math.SQRT2, n: 2 });
});

test("a line by itself is a group like the mean of two that are alike, whatever part of it is seen", () => {
  const line = member([0, 1, 2.5, 3, 7, 7.5], [4, 1, 9, 2, 6, 5]);
  for (const [from, to] of [
    [0, 7.5],
    [1, 3],
    [0.5, 7.2],
    [2.5, 2.5],
    [4, 6],
    [8, 9],
  ] as const) {
    const [one, two] = [[line], [line, line]].map((lines) => fold(lines, columns(from, to, 100), "std"));
    assert.deepEqual([...one!.x], [...two!.x]);
    assert.deepEqual([...one!.y], [...two!.y]);
    assert.deepEqual([...one!.n], Array(two!.n.length).fill(1));
    assert.deepEqual([...one!.low], Array(two!.n.length).fill(NaN));
    assert.deepEqual([one!.endings, one!.resampled], [two!.endings, two!.resampled]);
  }
});

test("points that stand alone are in the mean of a group, however many columns there are", () => {
  for (const size of [16, 17, 100, 333, 1000]) {
    for (const step of [0, 3, 7, 1234]) {
      const { x, y, n } = fold(
        [0.4, 0.5, 0.6].map((value) => member([step], [value])),
        columns(step - 0.5, step + 0.5, size),
        "std",
      );
      assert.deepEqual([[...x], [...n]], [[step], [3]]);
      near(y[0]!, 0.5);
    }
    const steps = Array.from({ length: 30 }, (_, i) => i);
    const now = (value: number): Member =>
      member(
        steps,
        steps.map((i) => (i % 7 === 3 ? value : NaN)),
      );
    const gaps = fold([now(0.4), now(0.6)], columns(0, 29, size), "std");
    const found = [...gaps.x].filter((_, i) => gaps.n[i] === 2);
    assert.equal(found.length, 4);
    for (const [i, x] of found.entries()) assert.ok(Math.abs(x - (3 + 7 * i)) <= 29 / size);
    assert.ok(gaps.nan.length > 4);
  }
});

test("runs that end a step apart all count, and where they end is told", () => {
  const upTo = (last: number): Member => {
    const steps = Array.from({ length: last + 1 }, (_, i) => i);
    return member(
      steps,
      steps.map((step) => step / 10),
    );
  };
  const wide = fold([upTo(98), upTo(99), upTo(100)], columns(0, 100, 101), "std");
  assert.deepEqual([...wide.n].slice(-4), [3, 3, 2, 1]);
  assert.deepEqual(wide.endings, [98, 99]);
  const small = fold([upTo(98), upTo(99), upTo(100)], columns(0, 100, 16), "std");
  assert.deepEqual(small.n.at(-1), 3);
  assert.deepEqual(small.endings, []);
});

test("a group of NaN alone has its marks and no value; a gap stays one", () => {
  const { y, n, nan } = fold([member([0, 50, 100], [NaN, NaN, NaN])], columns(0, 100, 101), "std");
  assert.deepEqual(
    [[...y], [...n], nan],
    [
      [NaN, NaN, NaN],
      [0, 0, 0],
      [0, 50, 100],
    ],
  );
  const gap = fold([member([0, 1], [1, 1]), member([60, 61], [2, 2])], columns(0, 100, 101), "std");
  assert.deepEqual([...gap.y], [1, 1, NaN, 2, 2]);
});

test("columns of a log axis are as fine at its left as at its right", () => {
  const steps = Array.from({ length: 1000 }, (_, i) => i + 1);
  const { x, resampled } = fold([member(steps, steps)], columns(1, 1000, 31, true), "std");
  assert.ok(resampled);
  assert.ok([...x].filter((value) => value < 10).length >= 8);
});

test("lines of fewer points than columns are folded at their own x", () => {
  const lines = [member([0, 10, 20], [1, 2, 3]), member([0, 5, 20], [3, 3, 5])];
  const { x, y, n, resampled } = fold(lines, columns(0, 20, 500), "std");
  assert.ok(!resampled);
  assert.deepEqual([...x], [0, 5, 10, 20]);
  // Between two points of a line counts what lies on the line.
  near(y[1]!, (1.5 + 3) / 2);
  near(y[3]!, 4);
  assert.deepEqual([...n], [2, 2, 2, 2]);
});

test("levels: all rows are covered once, fine within the view and coarse outside", () => {
  const rows = 1_000_000;
  const top = 5;
  const buckets = Math.ceil(rows / 4 ** top);
  const low = Float64Array.from({ length: buckets }, (_, i) => i * 4 ** top);
  const high = low.map((x) => Math.min(x + 4 ** top - 1, rows - 1));
  const whole = plan(top, rows, { low, high }, (x) => (x / rows) * 300, 300);
  assert.ok(whole.every((segment) => segment.level === top));
  const zoomed = plan(top, rows, { low, high }, (x) => ((x - 400_000) / 1000) * 300, 300);
  assert.ok(zoomed.some((segment) => segment.level === 0));
  for (const segments of [whole, zoomed]) {
    let next = 0;
    for (const { level, from, to } of segments) {
      assert.equal(from * 4 ** level, next);
      next = to * 4 ** level;
    }
    assert.ok(next >= rows);
  }
});

test("a log axis is finer at its left", () => {
  const rows = 100_000;
  const low = Float64Array.from({ length: Math.ceil(rows / 256) }, (_, i) => i * 256);
  const high = low.map((x) => Math.min(x + 255, rows - 1));
  const segments = plan(4, rows, { low, high }, (x) => (Math.log(x + 1) / Math.log(rows)) * 300, 300);
  assert.ok(segments[0]!.level < segments.at(-1)!.level);
});

test("looks hang on the id, and older runs keep theirs", () => {
  const ids = Array.from({ length: 30 }, (_, i) => `run${i}`);
  const all = slots(ids);
  assert.equal(new Set(all.values()).size, 30);
  assert.equal(slots(ids.slice(0, 7)).get("run6"), all.get("run6"));
  assert.ok(ids.slice(0, 6).every((id) => lookOf(all.get(id)!).dash === 1));
  const many = Array.from({ length: 100 }, (_, i) => `run${i}`);
  assert.deepEqual([...looks(many, "needed")].slice(0, 30), [...looks(many.slice(0, 30), "needed")]);
});

test("twelve colours come before the first dash, unless dashes are wanted always", () => {
  const ids = Array.from({ length: 48 }, (_, i) => `run${i}`);
  const dashesOf = (mode: "needed" | "always" | "never"): number[] =>
    [...looks(ids, mode).values()].map(({ dash }) => dash);
  assert.deepEqual([...new Set(dashesOf("needed").slice(0, 12))], [1]);
  assert.deepEqual([...new Set(dashesOf("needed").slice(12, 24))], [2]);
  assert.deepEqual([...new Set(dashesOf("always").slice(6, 12))], [2]);
  assert.deepEqual([...new Set(dashesOf("never"))], [1]);
  for (const mode of ["needed", "always"] as const) {
    const pairs = [...looks(ids, mode).values()].map(({ colour, dash }) => `${colour}/${dash}`);
    assert.equal(new Set(pairs).size, 48);
    assert.equal(new Set([...looks(ids, mode).values()].slice(0, 12).map(({ colour }) => colour)).size, 12);
  }
});

test("48 pairs of colour and dash", () => {
  assert.equal(new Set(Array.from({ length: 48 }, (_, slot) => JSON.stringify(lookOf(slot)))).size, 48);
});

function traceOf(y: readonly number[]): Trace {
  const run = { entry: "r/p/a", name: "a", state: "finished", damaged: 0 } as RunRow;
  const column = Float64Array.from(y);
  const x = Float64Array.from(y, (_, i) => i);
  const line = { x, y: column, low: column, high: column, counts: null, span: [0, y.length - 1] } as unknown as Line;
  return runTrace(run, line, lookOf(0), { smoothing: NONE, range: 1 });
}

test("an axis reaches all values unless outliers are clipped", () => {
  const calm = Array.from({ length: 300 }, (_, i) => 1 + (i % 10) / 10);
  for (const far of [[9.69e305], [-1e6, 5e7], [Number.MAX_VALUE / 8], [1e3]]) {
    const traces = [traceOf([...calm, ...far])];
    const [low, high] = yRange(traces, 0, 1e4, false, false)!;
    for (const value of [...calm, ...far]) assert.ok(low <= value && value <= high);
    assert.ok(Number.isFinite(high - low));
    assert.equal(beyond(traces, [0, 1e4], [low, high], false), null);
    const clipped = yRange(traces, 0, 1e4, true, false)!;
    assert.ok(clipped[1] < 3);
    assert.deepEqual(beyond(traces, [0, 1e4], clipped, false), {
      below: far[0]! < 0 ? far[0] : null,
      above: far.at(-1),
    });
    assert.equal(beyond(traces, [0, 200], clipped, false), null);
  }
});

test("a log axis reaches what it can show", () => {
  const traces = [traceOf([-5, 0, 1e-7, 2, 3e8])];
  const range = yRange(traces, 0, 10, false, true)!;
  assert.deepEqual(range, [1e-7, 3e8]);
  assert.equal(beyond(traces, [0, 10], range, true), null);
  assert.deepEqual(beyond(traces, [0, 10], [1, 10], true), { below: 1e-7, above: 3e8 });
});
