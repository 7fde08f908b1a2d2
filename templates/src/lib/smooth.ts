// Smoothing of a drawn level: every point stands for `counts[i]` rows, so it weighs as many.

/** `weight` is, for EMAs, that of what came before; for mean and Gaussian the width as a share of the visible range of
 * x: of the whole window, and of one standard deviation. */
export type Smoothing = { readonly kind: "none" | "ema" | "tb" | "mean" | "gauss"; readonly weight: number };

/** For a person to choose from: kind, name, first and greatest weight, what the weight is. */
export const KINDS: readonly (readonly [
  kind: Smoothing["kind"],
  name: string,
  first: number,
  greatest: number,
  meaning: string,
])[] = [
  ["none", "none", 0, 0.99, ""],
  ["ema", "EMA by distance", 0.6, 0.99, "Weight of earlier values"],
  ["tb", "EMA debiased", 0.6, 0.99, "Weight of earlier values"],
  ["mean", "running mean", 0.05, 0.3, "Width of the window, as a share of the x in view"],
  ["gauss", "Gaussian", 0.02, 0.15, "Standard deviation, as a share of the x in view"],
];
export const kindOf = (kind: string): (typeof KINDS)[number] | undefined => KINDS.find(([name]) => name === kind);

export const NONE: Smoothing = { kind: "none", weight: 0 };
const VIEWPORT = 1000;

/** W&B's time-weighted EMA: the weight fades with the distance in x, measured in thousandths of the visible range. */
export function timeWeighted(x: Floats, y: Floats, counts: Counts, param: number, range: number): Float64Array {
  const weight = Math.min(Math.sqrt(param), 0.999);
  const out = new Float64Array(y.length).fill(NaN);
  let [last, debias, previous] = [0, 0, NaN];
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    const distance = Number.isNaN(previous) || range <= 0 ? 0 : (Math.abs(x[i]! - previous) / range) * VIEWPORT;
    const fade = weight ** distance;
    const n = counts ? counts[i]! : 1;
    last = last * fade + n * y[i]!;
    debias = debias * fade + n;
    previous = x[i]!;
    out[i] = last / debias;
  }
  return out;
}

/** TensorBoard's EMA, corrected for its start at zero. */
export function debiased(y: Floats, counts: Counts, weight: number): Float64Array {
  const out = new Float64Array(y.length).fill(NaN);
  let [last, remaining] = [0, 1];
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    const fade = weight ** (counts ? counts[i]! : 1);
    last = last * fade + (1 - fade) * y[i]!;
    remaining *= fade;
    out[i] = last / (1 - remaining);
  }
  return out;
}

/** Standard deviations that a Gaussian reaches to either side. */
const REACH = 3;
const STEPS = 4096;
let bell: Float64Array | null = null;

/** Mean of the points within `reach` in x to either side, weighted by their rows and, for a Gaussian, by distance.
 * Where x falls back, another line begins. */
export function windowed(x: Floats, y: Floats, counts: Counts, reach: number, gaussian: boolean): Float64Array {
  bell ??= Float64Array.from({ length: REACH * STEPS + 1 }, (_, i) => Math.exp(-((i / STEPS) ** 2) / 2));
  const out = new Float64Array(y.length).fill(NaN);
  const scale = gaussian && reach > 0 ? (REACH * STEPS) / reach : 0;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    let rows = counts ? counts[i]! : 1;
    let sum = rows * y[i]!;
    for (let way = -1; way < 2; way += 2) {
      for (let j = i + way; Math.abs(x[j]! - x[i]!) <= reach && (x[j]! - x[j - way]!) * way >= 0; j += way) {
        if (!Number.isFinite(y[j]!)) continue;
        const weight = bell[Math.round(Math.abs(x[j]! - x[i]!) * scale)]! * (counts ? counts[j]! : 1);
        rows += weight;
        sum += weight * y[j]!;
      }
    }
    out[i] = sum / rows;
  }
  return out;
}

export function smooth(how: Smoothing, x: Floats, y: Floats, counts: Counts, range: number): Float64Array | null {
  if (how.kind === "none" || how.weight <= 0) return null;
  if (how.kind === "mean") return windowed(x, y, counts, (how.weight * range) / 2, false);
  if (how.kind === "gauss") return windowed(x, y, counts, how.weight * range * REACH, true);
  return how.kind === "ema"
    ? timeWeighted(x, y, counts, how.weight, range)
    : debiased(y, counts, Math.min(how.weight, 0.999));
}

export function parse(text: string): Smoothing {
  const match = /^(ema|tb|mean|gauss)(0?\.\d+|1)$/.exec(text);
  return match ? { kind: match[1] as Smoothing["kind"], weight: Math.min(Number(match[2]), 0.999) } : NONE;
}

export function write(how: Smoothing): string {
  return how.kind === "none" || how.weight <= 0 ? "" : how.kind + String(how.weight).replace(/^0/, "");
}

export type Floats = ArrayLike<number>;
type Counts = ArrayLike<number> | null;
