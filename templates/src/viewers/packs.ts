// Lines of many runs from the packs of their project: 128 points each, read from a few files.
import { packed } from "../entry";
import { index } from "../lib/data";
import { unpack } from "../lib/pack";
import type { Line } from "../lib/series";
import type { Pack, RunRow } from "../model";

/** In the place of a number of buckets: the run's own entries tell. */
const ELSEWHERE = -1;
const NONE: readonly number[] = [];

let known: { index: unknown; places: ReadonlyMap<RunRow, readonly [pack: Pack, n: number]> } | null = null;

/** Where runs stand in packs. */
function places(): ReadonlyMap<RunRow, readonly [pack: Pack, n: number]> {
  const now = index.value;
  if (known?.index !== now) {
    const found = new Map<RunRow, readonly [pack: Pack, n: number]>();
    for (const pack of now?.packs ?? [])
      for (const [n, run] of pack.runs.entries()) found.set(now!.runs[run]!, [pack, n]);
    known = { index: now, places: found };
  }
  return known!.places;
}

const NOTHING = new Float64Array();
/** Columns of a key's entry, as `site_builder/shares.py` tells them: seven have a number for each run. */
const [BUCKETS, ROWS, STRIDE, AXIS, LAST, LOW, HIGH, STEPS, MEANS, NAN, ABOVE, BELOW] = Array(12).keys();

/** One key of the runs of a pack. */
class Shares {
  private readonly starts: Int32Array;
  private readonly steps: Points;
  private readonly unknown: Float64Array;

  constructor(private readonly columns: readonly Float64Array[]) {
    this.starts = offsets(columns[BUCKETS!]!);
    this.steps = new Points(columns[STEPS!]!, this.starts, columns[BUCKETS!]!);
    this.unknown = new Float64Array(columns[STEPS!]!.length).fill(NaN);
  }

  buckets(n: number): number {
    return this.columns[BUCKETS!]![n]!;
  }

  axis(n: number): number {
    return this.fact(AXIS, n);
  }

  /** A number for a run: what its column says. */
  private fact(column: number | undefined, n: number): number {
    return this.columns[column!]![n]!;
  }

  private part(column: Float64Array, n: number): Float64Array {
    return column.subarray(this.starts[n]!, this.starts[n]! + this.buckets(n));
  }

  /** Its values as x of other series that were logged in the same rows; null for others. */
  x(n: number, other: Shares, ranges: readonly Float64Array[]): Place | null {
    if (this.buckets(n) <= 0 || [AXIS, ROWS].some((column) => this.fact(column, n) !== other.fact(column, n)))
      return null;
    const x = this.part(this.columns[MEANS!]!, n);
    const [low, high] = ranges.map((column) => this.part(column, n));
    let span: readonly [number, number] = [Infinity, -Infinity];
    for (let i = 0; i < x.length; i++)
      if (!Number.isNaN(low![i]!)) span = [Math.min(span[0], low![i]!), Math.max(span[1], high![i]!)];
    return { x, ...orderOf(x), span };
  }

  line(run: RunRow, n: number, key: string, place: Place | null, ranges: readonly Float64Array[] | null): Line {
    const fact = (column: number | undefined): number => this.fact(column, n);
    const part = (column: Float64Array): Float64Array => this.part(column, n);
    const buckets = this.buckets(n);
    const odd = [NAN, ABOVE, BELOW].map((at) => (this.columns[at!]!.length ? part(this.columns[at!]!) : NOTHING));
    const points = place ?? { ...this.steps.of(n), span: [fact(LOW), fact(HIGH)] as const };
    const [rows, stride] = [fact(ROWS), fact(STRIDE)];
    const means = part(this.columns[MEANS!]!);
    return {
      ...points,
      y: means,
      low: ranges ? part(ranges[0]!) : means,
      high: ranges ? part(ranges[1]!) : means,
      counts: ranges && stride > 1 ? rowsOf(rows, stride, buckets, odd) : null,
      other: place ? this.steps.of(n).x : part(this.unknown),
      last: fact(LAST),
      lost: run.diverged.find(([one]) => one === key)?.[1] ?? null,
      nan: marked(points.x, odd[0]!),
      above: marked(points.x, odd[1]!),
      below: marked(points.x, odd[2]!),
      rows,
      drawn: buckets,
      behind: rows,
      notNumbers: sum(odd[0]!),
      infinite: sum(odd[1]!) + sum(odd[2]!),
      leftOut: points.without * stride,
      rank: "",
      coarse: false,
      joints: NONE,
    };
  }
}

/** Where the points of a line stand. */
interface Place {
  readonly x: Float64Array;
  readonly ascending: boolean;
  /** Points without x. */
  readonly without: number;
  readonly span: readonly [number, number];
}

/** x of each run. Runs of one script have the same, which is the same array then. */
class Points {
  private readonly parts: { readonly x: Float64Array; readonly ascending: boolean; readonly without: number }[] = [];

  constructor(all: Float64Array, starts: Int32Array, sizes: Float64Array) {
    for (let n = 0; n < sizes.length; n++) {
      const x = all.subarray(starts[n]!, starts[n]! + Math.max(0, sizes[n]!));
      const before = this.parts.at(-1);
      this.parts.push(before && alike(before.x, x) ? before : { x, ...orderOf(x) });
    }
  }

  of(n: number) {
    return this.parts[n]!;
  }
}

/** Whether two lines have the same x. */
function alike(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function orderOf(x: Float64Array): { ascending: boolean; without: number } {
  let [ascending, without] = [true, 0];
  for (let i = 0; i < x.length; i++) {
    if (x[i]! < x[i - 1]!) ascending = false;
    if (Number.isNaN(x[i]!)) without++;
  }
  return { ascending, without };
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}

function offsets(sizes: Float64Array): Int32Array {
  const starts = new Int32Array(sizes.length);
  for (let n = 1; n < sizes.length; n++) starts[n] = starts[n - 1]! + Math.max(0, sizes[n - 1]!);
  return starts;
}

function rowsOf(rows: number, stride: number, buckets: number, odd: readonly Float64Array[]): Float64Array {
  const counts = new Float64Array(buckets).fill(stride);
  counts[buckets - 1] = rows - stride * (buckets - 1);
  for (const one of odd) for (let i = 0; i < one.length; i++) counts[i]! -= one[i]!;
  return counts;
}

function marked(x: Float64Array, counts: Float64Array): readonly number[] {
  if (!counts.length) return NONE;
  const found: number[] = [];
  for (let i = 0; i < counts.length; i++) if (counts[i]) found.push(x[i]!);
  return found;
}

/** Run times or clock times of the runs of a pack: of each run the number of its axes, then of each axis. */
class Clock {
  private readonly first: Int32Array;
  private readonly points: Points;

  constructor(private readonly columns: readonly Float64Array[]) {
    const [axes, sizes, , , all] = columns;
    this.first = offsets(axes!);
    this.points = new Points(all!, offsets(sizes!), sizes!);
  }

  x(n: number, of: Shares): Place {
    const at = this.first[n]! + of.axis(n);
    return { ...this.points.of(at), span: [this.columns[2]![at]!, this.columns[3]![at]!] as const };
  }
}

/** Entries that are kept. */
const LIMIT = 500;
const kept = new Map<string, Promise<unknown>>();

/** What `make` makes of the columns of an entry; null when no run of the pack has that. */
function entry<T>(pack: Pack, name: string, make: (columns: Float64Array[]) => T): Promise<T | null> {
  const key = `${name} ${pack.parts.join()}`;
  const held = kept.get(key);
  const found = (held as Promise<T | null>) ?? packed(pack, name).then((bytes) => bytes && make(unpack(bytes)));
  kept.delete(key);
  kept.set(key, found);
  if (!held) found.catch(() => kept.delete(key));
  if (kept.size > LIMIT) kept.delete(kept.keys().next().value!);
  return found;
}

/** Panels are read one after the other, the next while one is drawn: the first stands long before the last. */
let queue: readonly Promise<unknown>[] = [];

/** What `lib/packs.ts` asks for. */
async function lines(
  runs: readonly RunRow[],
  key: string,
  x: string,
  ranges: boolean,
): Promise<Map<RunRow, readonly Line[]>> {
  const found = new Map<RunRow, readonly Line[]>();
  const clock = ["step", "rel", "wall"].indexOf(x);
  const all = places();
  const packs = new Map<Pack, [run: RunRow, n: number][]>();
  for (const run of runs) {
    const [pack, n] = all.get(run) ?? [null, 0];
    if (pack) packs.has(pack) ? packs.get(pack)!.push([run, n]) : packs.set(pack, [[run, n]]);
  }
  const read = async ([pack, members]: [Pack, [RunRow, number][]]): Promise<void> => {
    const [shares, spread, time, metric, extent] = await Promise.all([
      entry(pack, `v${key}`, (columns) => new Shares(columns)),
      ranges ? entry(pack, `r${key}`, (columns) => columns) : null,
      clock > 0 ? entry(pack, `t${clock}`, (columns) => new Clock(columns)) : null,
      clock < 0 ? entry(pack, `v${x}`, (columns) => new Shares(columns)) : null,
      clock < 0 ? entry(pack, `r${x}`, (columns) => columns) : null,
    ]);
    for (const [run, n] of members) {
      const [buckets, other] = [shares?.buckets(n) ?? 0, metric?.buckets(n) ?? 0];
      if (buckets === ELSEWHERE) continue;
      if (!shares || !buckets || (clock < 0 && !other)) {
        found.set(run, []);
        continue;
      }
      const place = time?.x(n, shares) ?? metric?.x(n, shares, extent!) ?? null;
      if (place || !clock) found.set(run, [shares.line(run, n, key, place, spread)]);
    }
  };
  // What cannot be read is read from the runs' own entries.
  const turn = Promise.allSettled(queue.slice(0, 1)).then(() => Promise.allSettled([...packs].map(read)));
  queue = [...queue.slice(-1), turn];
  await turn;
  return new Map(runs.filter((run) => found.has(run)).map((run) => [run, found.get(run)!]));
}

tracklog.viewer("packs", { lines });
