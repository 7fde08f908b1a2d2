// Which level of a pyramid is drawn where: the finest one that gives no pixel column more than a few items.

export interface Extent {
  /** Least and greatest x of each bucket of the coarsest level. */
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
}

export interface Segment {
  readonly level: number;
  /** Items of that level, from and up to. */
  readonly from: number;
  readonly to: number;
}

/** Items per pixel column that still draw well. */
const DENSITY = 4;
const MAX_SEGMENTS = 24;

/**
 * Cover all rows by segments: the coarsest level outside of the view, within it per bucket the finest level allowed.
 * `position` maps x to pixels of the plot, 0 to `width` being the view.
 */
export function plan(
  top: number,
  rows: number,
  extent: Extent,
  position: (x: number) => number,
  width: number,
): Segment[] {
  const buckets = extent.low.length;
  const span = 4 ** top;
  const wanted = new Int8Array(buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const [a, b] = [position(extent.low[bucket]!), position(extent.high[bucket]!)];
    const next = bucket + 1 < buckets ? position(extent.low[bucket + 1]!) : b;
    const [left, right] = [Math.min(a, b), Math.max(a, b, Number.isFinite(next) ? next : b)];
    if (!(right >= 0 && left <= width)) wanted[bucket] = top;
    else wanted[bucket] = levelFor(Math.min(span, rows - bucket * span), Math.max(right - left, 0.25), top);
  }
  let segments = join(wanted, top, rows);
  if (segments.length > MAX_SEGMENTS) segments = join(flatten(wanted, top, 4 * DENSITY * width), top, rows);
  return segments;
}

function levelFor(rows: number, pixels: number, top: number): number {
  let level = 0;
  while (level < top && rows / 4 ** level > DENSITY * pixels) level++;
  return level;
}

/** One level for all of the view, of `most` items, where the density of x changes too often: at each step of an x that
    stands still between them, say, or at each pause of the clock. */
function flatten(wanted: Int8Array, top: number, most: number): Int8Array {
  const seen = [...wanted].filter((level) => level < top).sort((a, b) => a - b);
  let common = seen.length ? seen[seen.length >> 1]! : top;
  const [first, last] = [wanted.findIndex((level) => level < top), wanted.findLastIndex((level) => level < top)];
  while (common < top && (last - first + 1) * 4 ** (top - common) > most) common++;
  return wanted.map((_, bucket) => (bucket >= first && bucket <= last ? common : top));
}

function join(wanted: Int8Array, top: number, rows: number): Segment[] {
  const segments: Segment[] = [];
  let start = 0;
  for (let bucket = 1; bucket <= wanted.length; bucket++) {
    if (bucket < wanted.length && wanted[bucket] === wanted[start]) continue;
    const level = wanted[start]!;
    const factor = 4 ** (top - level);
    const size = Math.ceil(rows / 4 ** level);
    if (wanted.length) segments.push({ level, from: start * factor, to: Math.min(bucket * factor, size) });
    start = bucket;
  }
  return segments;
}
