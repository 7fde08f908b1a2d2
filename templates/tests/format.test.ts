import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../src/lib/format";
import { lowByName, parts, prefix, shown } from "../src/lib/keys";
import { linearTicks, logTicks, timeTicks } from "../src/lib/ticks";

const pairs = (actual: (value: number) => string, table: [number, string][]): void => {
  for (const [value, text] of table) assert.equal(actual(value), text);
};

test("numbers have four digits, units from 10,000 and exponents below 0.001", () => {
  pairs(format.number, [
    [0.81274, "0.8127"],
    [12.3456, "12.35"],
    [48210944, "48.21M"],
    [48_200_000, "48.2M"],
    [0.00061234, "6.123e−4"],
    [0.04, "0.04"],
    [0.81204, "0.812"],
    [999.96, "1000"],
    [12_345.678, "12.35k"],
    [0.0000612, "6.12e−5"],
    [1234.5, "1234.5"],
    [10_000, "10k"],
    [0, "0"],
    [-0.5, "−0.5"],
    [3, "3"],
    [999_999, "1M"],
    [1e-7, "1e−7"],
    [2.5e18, "2.5e18"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "−Inf"],
  ]);
  pairs(format.full, [
    [125000, "125,000"],
    [-1234567, "−1,234,567"],
  ]);
  pairs(format.difference, [
    [-0.0443, "−0.0443"],
    [1 / 3, "+0.3333"],
    [0.5, "+0.5"],
    [0, "±0"],
  ]);
});

test("ticks take their decimals from their distance", () => {
  assert.equal(format.tick(0.2, 0.05), "0.20");
  assert.equal(format.tick(25000, 25000), "25k");
  assert.equal(format.tick(1e-4, 1e-4), "1e−4");
  assert.equal(format.tick(-0.5, 0.25), "−0.50");
  assert.equal(format.tick(5, 1), "5");
  assert.equal(format.tick(10250, 250), "10.25k");
  assert.equal(format.tick(2_000_000, 500_000), "2M");
});

test("spreads have three digits, whatever their size", () => {
  pairs(format.plusMinus, [
    [0.0128, "±0.0128"],
    [952.34, "±952"],
    [1234.5, "±1235"],
    [12_345, "±12.3k"],
    [2.13e-8, "±2.13e−8"],
    [0, "±0"],
  ]);
});

test("durations have two units", () => {
  pairs(format.duration, [
    [0.083, "83 ms"],
    [12.4, "12.4 s"],
    [64.2, "1m 04s"],
    [42012, "11h 40m"],
    [273600, "3d 4h"],
    [59.99, "1m 00s"],
    [3599.9, "1h 00m"],
    [0, "0 s"],
  ]);
});

test("sizes are decimal", () => {
  pairs(format.bytes, [
    [11234000000, "11.2 GB"],
    [999, "999 B"],
    [1000, "1 kB"],
    [2_100_000, "2.1 MB"],
  ]);
});

test("dates are relative for two weeks", () => {
  const now = 1_795_000_000;
  assert.equal(format.ago(now - 3 * 86400, now), "3 d ago");
  assert.equal(format.ago(now - 4, now), "4 s ago");
  assert.ok(/^\d+ \w{3} 2026$/.test(format.ago(now - 15 * 86400, now)));
});

test("keys are read without escapes", () => {
  assert.equal(shown("a\\.b.c"), "a.b.c");
  assert.equal(prefix("train/grad/x"), "train");
  assert.deepEqual(parts("train/loss"), ["train/", "loss"]);
  assert.deepEqual(parts("lr"), ["", "lr"]);
  assert.ok(lowByName("val/loss") && !lowByName("val/accuracy"));
});

test("ticks of every range are few, within it, and end", () => {
  assert.deepEqual(logTicks(0.00037, 2.6), [0.001, 0.01, 0.1, 1]);
  assert.deepEqual(logTicks(0.3, 7), [0.5, 1, 2, 5]);
  assert.deepEqual(linearTicks(-0.8, 0.8, 4), [-0.5, 0, 0.5]);
  assert.deepEqual(timeTicks(0, 400, 4, 0), [0, 120, 240, 360]);
  assert.deepEqual(timeTicks(0, 9 * 3600, 5, 0).length, 5);
  for (const [low, high] of [
    [1e-300, 1e300],
    [5e-324, 1],
    [3.1, 3.2],
    [1, 1 + 1e-12],
    [2, 2],
    [0, 1],
    [-1, 0],
  ] as const) {
    assert.ok(logTicks(low, high).length <= 12, `${low} ${high}`);
    assert.ok(linearTicks(low, high, 4).length <= 12, `${low} ${high}`);
  }
});
