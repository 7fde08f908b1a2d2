// What the ticks of an axis say: neighbours differ, and where they would not, what they have in common is said once.
import { clock, clockSeconds, date, duration, exponent, full, tick } from "./format";
import { distanceOf } from "./ticks";

export interface Labels {
  readonly texts: readonly string[];
  /** What is to be added to each label; empty for nothing. */
  readonly offset: string;
}

/** Digits that a label may have before what all have in common is said once instead. */
const MOST = 5;

const differ = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;
const plain = (texts: readonly string[]): Labels => ({ texts, offset: "" });
const power = (value: number): number => Math.floor(Math.log10(value) + 1e-9);

/** Of round values at equal distances. */
export function linearLabels(ticks: readonly number[]): Labels {
  const most = ticks.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  const step = stepOf(ticks);
  const texts = ticks.map((value) => tick(value, step, most));
  const digits = most ? power(most) - power(step) + 1 : 1;
  if (ticks.length < 2 || (digits <= MOST && differ(texts))) return plain(texts);
  const base = baseOf(ticks, step);
  const beyond = ticks.map((value) => Math.round((value - base) / step) * step);
  const far = beyond.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  return {
    texts: once(beyond.map((value) => tick(value, step, far))),
    offset: `${base < 0 ? "" : "+"}${exactly(base)}`,
  };
}

/** The distance that ticks were meant to have: between large doubles there is no room for just any. */
function stepOf(ticks: readonly number[]): number {
  const distance = distanceOf(ticks);
  const unit = 10 ** power(distance);
  const round = [1, 2, 2.5, 5, 10].find((factor) => Math.abs(distance / unit / factor - 1) < 0.02);
  return round ? Number((round * unit).toPrecision(2)) : Number(distance.toPrecision(3));
}

/** A round number below all ticks, which leaves little to say of each. */
function baseOf(ticks: readonly number[], step: number): number {
  const [low, high] = [Math.min(...ticks), Math.max(...ticks)];
  const unit = power(Math.max(high - low, step)) + 1;
  // Not by a factor below 1, which doubles do not have.
  return unit < 0 ? Math.floor(low * 10 ** -unit) / 10 ** -unit : Math.floor(low / 10 ** unit) * 10 ** unit;
}

/** All digits, with commas; of the largest and smallest an exponent. */
function exactly(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e21 || (size > 0 && size < 1e-4)) return exponent(value, 15);
  return full(Number(value), 17);
}

/** Doubles that are too close for their distance read alike: the second one says nothing. */
const once = (texts: readonly string[]): string[] => texts.map((text, i) => (texts.indexOf(text) === i ? text : ""));

/** Of a log axis, where each label says its own value: powers throughout where one of them needs it. */
export function logLabels(ticks: readonly number[]): Labels {
  const texts = ticks.map((value) => tick(value, value));
  if (texts.every((text) => /^[\d.]+$/.test(text)) && differ(texts)) return plain(texts);
  return plain(once(ticks.map((value) => exponent(value, 5))));
}

type Reading = (seconds: number) => string;
const day: Reading = (seconds) => date(seconds).replace(/ \d{4}$/, "");
const inDay =
  (time: Reading): Reading =>
  (seconds) =>
    `${day(seconds)} ${time(seconds)}`;

/** Of moments: as short as tells them apart, parts of a second beyond a whole one. */
export function clockLabels(ticks: readonly number[]): Labels {
  const distance = distanceOf(ticks);
  const time = distance >= 60 ? clock : clockSeconds;
  const readings = distance >= 86_400 ? [day, date] : distance >= 1 ? [time, inDay(time)] : [];
  const reading = readings.find((one) => differ(ticks.map(one)));
  return reading ? plain(ticks.map(reading)) : beyondSecond(ticks, (base) => `${date(base)}, ${clockSeconds(base)}`);
}

/** Of spans of time. */
export function spanLabels(ticks: readonly number[]): Labels {
  const distance = distanceOf(ticks);
  const texts = ticks.map((value) => span(value, distance));
  return differ(texts) ? plain(texts) : beyondSecond(ticks, duration);
}

function span(value: number, distance: number): string {
  if (value === 0) return "0";
  if (distance >= 3600) return `${Number((value / 3600).toFixed(1))}h`;
  if (distance >= 60) return `${Number((value / 60).toFixed(1))}m`;
  return distance >= 1 ? `${Number(value.toFixed(1))}s` : duration(value);
}

function beyondSecond(ticks: readonly number[], said: Reading): Labels {
  const base = Math.floor(Math.min(...ticks));
  const step = stepOf(ticks);
  const beyond = ticks.map((value) => Math.round((value - base) / step) * step);
  const far = Math.max(...beyond);
  return { texts: once(beyond.map((value) => `${tick(value, step, far)}s`)), offset: `+${said(base)}` };
}
