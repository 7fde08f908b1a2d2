// Numbers, durations, dates and sizes as DESIGN-UI §12 writes them.

export const MINUS = "−";
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const SI: readonly [number, string][] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** With a minus that is one. */
export function signed(text: string): string {
  return text.replaceAll("-", MINUS);
}

export function notFinite(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : `${MINUS}Inf`;
}

/** 6.12e−5, with so many digits after the first as say something. */
export function exponent(value: number, digits: number): string {
  return signed(
    value
      .toExponential(digits)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e"),
  );
}

/** Full with thousands commas: steps, counts, tooltips. */
export function full(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (Number.isInteger(value)) return signed(value.toLocaleString("en-US"));
  return signed(value.toLocaleString("en-US", { maximumSignificantDigits: digits }));
}

function withUnit(value: number, digits: number): string {
  const size = Math.abs(value);
  // What rounds up to a unit has it.
  const up = 1 - 0.5 / 10 ** digits;
  for (const [unit, letter] of SI) {
    if (size >= unit * up) return signed(trimZeros((value / unit).toPrecision(digits))) + letter;
  }
  return signed(String(value));
}

function trimZeros(text: string): string {
  return text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
}

/** Four significant digits: 0.8127, 12.35, 6.12e−5, 48.21M; zeros at the end say nothing. */
export function number(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return notFinite(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e15 || size < 0.001) return exponent(value, digits - 1);
  if (size >= 10_000) return withUnit(value, digits);
  return signed(trimZeros(size >= 100 ? value.toFixed(digits - 3) : value.toPrecision(digits)));
}

/** Like `number`, but never with a unit: the value under the cursor. */
export function reading(value: number): string {
  return Number.isFinite(value) && Math.abs(value) >= 10_000 && Math.abs(value) < 1e15 ? full(value) : number(value);
}

/** With its sign: +0.0041, −3.2. */
export function difference(value: number): string {
  if (!Number.isFinite(value)) return notFinite(value);
  if (value === 0) return "±0";
  return (value > 0 ? "+" : MINUS) + number(Math.abs(value));
}

/** A spread: ±0.0128, ±952, ±2.1e−8. */
export function plusMinus(std: number): string {
  return `±${number(std, 3)}`;
}

/** Decimals of an axis come from the distance of its ticks; its unit or exponent from the one that is `most`. */
export function tick(value: number, distance: number, most = Math.abs(value)): string {
  if (value === 0) return "0";
  if (most >= 1e15 || most < 0.001) {
    const power = 10 ** Math.floor(Math.log10(Math.abs(value)));
    return exponent(value, decimalsOf(distance / power));
  }
  const [unit, letter] = most >= 10_000 ? (SI.find(([least]) => most >= least) ?? [1, ""]) : [1, ""];
  const text = (value / unit).toFixed(decimalsOf(distance / unit));
  return letter ? signed(trimZeros(text)) + letter : signed(text);
}

/** Decimals that a distance has, at most 9. */
function decimalsOf(distance: number): number {
  let decimals = 0;
  while (decimals < 9 && Math.abs(distance * 10 ** decimals - Math.round(distance * 10 ** decimals)) > 1e-6) decimals++;
  return Math.round(distance * 10 ** decimals) ? decimals : 9;
}

/** Two units: 83 ms, 12.4 s, 1m 04s, 11h 40m, 3d 4h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0) return MINUS + duration(-seconds);
  if (seconds === 0) return "0 s";
  if (seconds < 0.9995) return `${trimZeros((seconds * 1000).toPrecision(3))} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
  const hours = Math.round(seconds / 3600);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** 17 Nov 2026, in local time. */
export function date(seconds: number): string {
  const at = new Date(seconds * 1000);
  return `${at.getDate()} ${MONTHS[at.getMonth()]} ${at.getFullYear()}`;
}

/** 21:06. */
export function clock(seconds: number): string {
  const at = new Date(seconds * 1000);
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** 21:06:11. */
export function clockSeconds(seconds: number): string {
  return `${clock(seconds)}:${two(new Date(seconds * 1000).getSeconds())}`;
}

/** Tue 17 Nov 2026, 21:06. */
export function dateTime(seconds: number): string {
  return `${DAYS[new Date(seconds * 1000).getDay()]} ${date(seconds)}, ${clock(seconds)}`;
}

/** With seconds and the distance to UTC, for titles. */
export function fullDate(seconds: number): string {
  const offset = -new Date(seconds * 1000).getTimezoneOffset();
  const sign = offset < 0 ? MINUS : "+";
  const zone = `UTC${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  return `${DAYS[new Date(seconds * 1000).getDay()]} ${date(seconds)}, ${clockSeconds(seconds)} ${zone}`;
}

/** `3 d ago` up to 14 days, then the date. */
export function ago(seconds: number, now: number): string {
  const passed = now - seconds;
  if (passed < 0 || passed > 14 * 86400) return date(seconds);
  if (passed < 60) return `${Math.floor(passed)} s ago`;
  if (passed < 3600) return `${Math.floor(passed / 60)} min ago`;
  if (passed < 86400) return `${Math.floor(passed / 3600)} h ago`;
  return `${Math.floor(passed / 86400)} d ago`;
}

/** Decimal: 11.2 GB. */
export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  for (const [unit, name] of [
    [1e12, "TB"],
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ] as const) {
    if (size >= unit * 0.9995) return `${trimZeros((size / unit).toPrecision(3))} ${name}`;
  }
  return `${size} B`;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `1 run`, `3 runs`. */
export function plural(count: number, noun: string): string {
  return `${full(count)} ${noun}${count === 1 ? "" : "s"}`;
}
