// Smoothing of a drawn level: every point stands for `counts[i]` rows, so it weighs as many.

export type Smoothing = { readonly kind: "none" | "ema" | "tb"; readonly weight: number };

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

export function smooth(how: Smoothing, x: Floats, y: Floats, counts: Counts, range: number): Float64Array | null {
  if (how.kind === "none" || how.weight <= 0) return null;
  return how.kind === "ema" ? timeWeighted(x, y, counts, how.weight, range) : debiased(y, counts, Math.min(how.weight, 0.999));
}

export function parse(text: string): Smoothing {
  const match = /^(ema|tb)(0?\.\d+|1)$/.exec(text);
  return match ? { kind: match[1] as "ema" | "tb", weight: Math.min(Number(match[2]), 0.999) } : NONE;
}

export function write(how: Smoothing): string {
  return how.kind === "none" || how.weight <= 0 ? "" : how.kind + String(how.weight).replace(/^0/, "");
}

export type Floats = ArrayLike<number>;
type Counts = ArrayLike<number> | null;
