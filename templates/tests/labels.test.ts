import assert from "node:assert/strict";
import { test } from "node:test";
import { clockLabels, type Labels, linearLabels, logLabels, spanLabels } from "../src/lib/labels";
import { linearTicks, logTicks, timeTicks } from "../src/lib/ticks";

const said = ({ texts, offset }: Labels): string => [...texts, ...(offset ? [`(${offset})`] : [])].join(" ");
const linear = (low: number, high: number, count = 4): string => said(linearLabels(linearTicks(low, high, count)));

test("labels tell neighbours apart, and what would repeat is said once", () => {
  assert.equal(linear(0, 1), "0 0.25 0.50 0.75 1.00");
  assert.equal(linear(9.5e-5, 1.05e-4, 5), "9.6e−5 9.8e−5 1e−4 1.02e−4 1.04e−4");
  assert.equal(linear(0, 0.002), "0 0.0005 0.0010 0.0015 0.0020");
  assert.equal(linear(0, 20_000), "0 5k 10k 15k 20k");
  assert.equal(linear(1e8, 1e8 + 0.05, 5), "0 0.01 0.02 0.03 0.04 0.05 (+100,000,000)");
  assert.equal(linear(1.24e9, 1.24e9 + 49_000, 5), "0 10k 20k 30k 40k (+1,240,000,000)");
  assert.equal(linear(1.7e9, 1.7e9 + 1140, 6), "0 200 400 600 800 1000 (+1,700,000,000)");
  assert.equal(linear(1.7e18, 1.7e18 + 49_000, 5), "0 10k 20k 30k 40k (+1,700,000,000,000,000,000)");
  assert.equal(linear(1e300, 1.2e300), "1e300 1.05e300 1.1e300 1.15e300 1.2e300");
  assert.equal(linear(-1e8, -1e8 + 0.02, 2), "0 0.01 0.02 (−100,000,000)");
  assert.equal(linear(0.123456, 0.123456 + 2e-9, 2), "0 1e−9 2e−9 (+0.123456)");
  assert.equal(linear(7, 7), "7");
});

test("no range has a label twice, or none", () => {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  for (let i = 0; i < 4000; i++) {
    const low = (random() - 0.5) * 10 ** (random() * 40 - 20);
    const span = Math.abs(low) * 10 ** (-random() * 14) + (i % 3 ? 0 : 10 ** (random() * 30 - 15));
    const ticks = linearTicks(low, low + span, 2 + (i % 6));
    const { texts } = linearLabels(ticks);
    const shown = texts.filter(Boolean);
    assert.equal(new Set(shown).size, shown.length, `${low} + ${span}: ${texts.join(" ")}`);
    assert.ok(shown.length > 0 && shown.every((text) => text.length < 14), `${low} + ${span}: ${texts.join(" ")}`);
    const high = Math.abs(low) + span;
    const log = logLabels(logTicks(high / 10 ** (random() * 12), high)).texts.filter(Boolean);
    assert.ok(log.length > 0 && new Set(log).size === log.length, log.join(" "));
  }
});

test("log axes have powers throughout, or plain numbers throughout", () => {
  assert.equal(said(logLabels(logTicks(1e-5, 1000))), "1e−5 1e−3 1e−1 1e1 1e3");
  assert.equal(said(logLabels(logTicks(0.01, 100))), "0.01 0.1 1 10 100");
  assert.equal(said(logLabels(logTicks(2e-5, 9e-5))), "2e−5 5e−5");
  assert.equal(said(logLabels(logTicks(1, 1e5))), "1e0 1e1 1e2 1e3 1e4 1e5");
});

test("times tell days apart, and parts of a second", () => {
  const from = new Date(2026, 10, 17, 6).getTime() / 1000;
  const shift = -new Date(from * 1000).getTimezoneOffset() * 60;
  const clocks = (span: number, count: number): Labels => clockLabels(timeTicks(from, from + span, count, shift));
  assert.equal(said(clocks(86_400, 4)), "17 Nov 06:00 17 Nov 12:00 17 Nov 18:00 18 Nov 00:00 18 Nov 06:00");
  assert.equal(said(clocks(7200, 2)), "06:00 07:00 08:00");
  assert.equal(said(clocks(0.5, 2)), "0s 0.25s 0.50s (+17 Nov 2026, 06:00:00)");
  assert.equal(said(spanLabels(timeTicks(0, 7200, 4, 0))), "0 30m 60m 90m 120m");
  assert.equal(said(spanLabels(timeTicks(4000, 4000.02, 2, 0))), "0s 0.01s 0.02s (+1h 07m)");
});
