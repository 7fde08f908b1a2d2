// Where the ticks of an axis stand.

/** About `count` round values from `low` to `high`, each once. */
export function linearTicks(low: number, high: number, count: number): number[] {
  const rough = high / Math.max(1, count) - low / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [low];
  const power = Math.floor(Math.log10(rough));
  // As a whole number of a power of ten, by which doubles are divided and multiplied without an error that shows.
  const factor = [10, 20, 25, 50, 100].find((value) => value * 10 ** (power - 1) >= rough * 0.999) ?? 100;
  const at = (n: number): number =>
    power < 1 ? (n * factor) / 10 ** (1 - power) : Number((n * factor * 10 ** (power - 1)).toPrecision(15));
  const step = factor * 10 ** (power - 1);
  const found = new Set<number>();
  const first = Math.ceil(low / step - Math.max(1e-9, Math.abs(low / step) * 4e-16));
  for (let i = 0; i < 100 && at(first + i) <= high + step * 1e-9; i++) found.add(at(first + i) || 0);
  return [...found];
}

const SPANS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
];

/** Seconds in round spans of time; `shift` moves them to local midnight. */
export function timeTicks(low: number, high: number, count: number, shift: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  const step = rough < 1 ? 0 : (SPANS.find((span) => span >= rough * 0.999) ?? Math.ceil(rough / 604_800) * 604_800);
  if (!step) return linearTicks(low, high, count);
  const result: number[] = [];
  for (let value = Math.ceil((low + shift) / step) * step; value <= high + shift && result.length < 100; value += step)
    result.push(value - shift);
  return result;
}

const MOST = 7;

/** Powers of ten; where the range holds few of them also 2 and 5, or round values. Any positive range ends. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high > low)) return [Math.max(low, high)];
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  const stride = Math.max(1, Math.ceil((to - from + 1) / MOST));
  const powers: number[] = [];
  for (let exponent = from; exponent <= to; exponent += stride) powers.push(10 ** exponent);
  if (powers.length > 2) return powers;
  const fine: number[] = [];
  for (let exponent = from - 1; exponent <= to; exponent++)
    for (const factor of [1, 2, 5]) fine.push(Number((factor * 10 ** exponent).toPrecision(12)));
  const inside = fine.filter((value) => value >= low * 0.999999 && value <= high * 1.000001);
  return inside.length > 1 ? inside : linearTicks(low, high, 4);
}

/** Least distance between neighbours: what their labels must tell apart. */
export function distanceOf(ticks: readonly number[]): number {
  let least = Infinity;
  for (let i = 1; i < ticks.length; i++) least = Math.min(least, Math.abs(ticks[i]! - ticks[i - 1]!));
  return Number.isFinite(least) && least > 0 ? least : Math.abs(ticks[0] ?? 1) || 1;
}
