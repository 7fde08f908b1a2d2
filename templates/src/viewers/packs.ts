// Lines of many runs from the packs of their project: 128 points each, read from a few files.
import { index, packEntry } from "../lib/data";
import type { Line } from "../lib/series";
import type { Pack, RunRow } from "../model";

/** In the place of a number of buckets: the run's own entries tell. */
const ELSEWHERE = -1;
const NONE: readonly number[] = [];

type Place = readonly [pack: Pack, n: number];

let known: { index: unknown; places: ReadonlyMap<RunRow, Place> } | null = null;

/** Where runs stand in packs. */
function places(): ReadonlyMap<RunRow, Place> {
  const now = index.value;
  if (known?.index !== now) {
    const found = new Map<RunRow, Place>();
    for (const pack of now?.packs ?? [])
      for (const [n, run] of pack.runs.entries()) found.set(now!.runs[run]!, [pack, n]);
    known = { index: now, places: found };
  }
  return known!.places;
}

/** One key of the runs of a pack; columns as `site_builder/shares.py` tells them. */
class Shares {
  /** Where the points of each run begin. */
  readonly starts: Int32Array;
  readonly unknown: Float64Array;

  constructor(readonly columns: readonly Float64Array[]) {
    this.starts = offsets(columns[0]!);
    this.unknown = new Float64Array(columns[7]!.length).fill(NaN);
  }

  line(run: RunRow, n: number, key: string, clock: Clock | null, ranges: readonly Float64Array[] | null): Line {
    const [buckets, rows, stride, axis, last, low, high] = this.columns.map((column) => column[n]!);
    const cut = (column: Float64Array): Float64Array => column.subarray(this.starts[n]!, this.starts[n]! + buckets!);
    const [, , , , , , , steps, means, ...odd] = this.columns.map(cut);
    const [x, span] = clock ? clock.axis(n, axis!) : [steps!, [low!, high!] as const];
    const counts = ranges && stride! > 1 ? rowsOf(rows!, stride!, buckets!, odd as Float64Array[]) : null;
    const [nan, above, below] = odd.map((count) => (count.length ? marked(x, count) : NONE));
    const [notNumbers, over, under] = odd.map((count) => count.reduce((sum, value) => sum + value, 0));
    return {
      x,
      y: means!,
      low: ranges ? cut(ranges[0]!) : means!,
      high: ranges ? cut(ranges[1]!) : means!,
      counts,
      other: clock ? steps! : cut(this.unknown),
      last: last!,
      lost: run.diverged.find(([one]) => one === key)?.[1] ?? null,
      nan: nan!,
      above: above!,
      below: below!,
      rows: rows!,
      drawn: buckets!,
      behind: rows!,
      notNumbers: notNumbers!,
      infinite: over! + under!,
      leftOut: clock ? x.reduce((sum, at) => sum + (Number.isNaN(at) ? stride! : 0), 0) : 0,
      rank: "",
      span,
      coarse: false,
      ascending: x.every((at, i) => i === 0 || !(at < x[i - 1]!)),
      joints: [],
      packed: true,
    };
  }
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

function marked(x: Float64Array, counts: Float64Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < counts.length; i++) if (counts[i]) found.push(x[i]!);
  return found;
}

/** Run times or clock times of the runs of a pack. */
class Clock {
  private readonly first: Int32Array;
  private readonly starts: Int32Array;

  constructor(private readonly columns: readonly Float64Array[]) {
    this.first = offsets(columns[0]!);
    this.starts = offsets(columns[1]!);
  }

  axis(n: number, axis: number): readonly [Float64Array, readonly [number, number]] {
    const at = this.first[n]! + axis;
    const [, size, low, high, all] = this.columns;
    return [all!.subarray(this.starts[at]!, this.starts[at]! + size![at]!), [low![at]!, high![at]!]];
  }
}

/** What `lib/packs.ts` asks for. */
async function packedLines(
  runs: readonly RunRow[],
  key: string,
  x: string,
  ranges: boolean,
): Promise<Map<RunRow, readonly Line[]>> {
  const found = new Map<RunRow, readonly Line[]>();
  const clock = ["step", "rel", "wall"].indexOf(x);
  if (clock < 0) return found;
  const all = places();
  const packs = new Map<Pack, [run: RunRow, n: number][]>();
  for (const run of runs) {
    const [pack, n] = all.get(run) ?? [null, 0];
    if (pack) packs.has(pack) ? packs.get(pack)!.push([run, n]) : packs.set(pack, [[run, n]]);
  }
  const read = async ([pack, members]: [Pack, [RunRow, number][]]): Promise<void> => {
    const [shares, spread, time] = await Promise.all([
      packEntry(pack, `v${key}`, (columns) => new Shares(columns)),
      ranges ? packEntry(pack, `r${key}`, (columns) => columns) : null,
      clock ? packEntry(pack, `t${clock}`, (columns) => new Clock(columns)) : null,
    ]);
    for (const [run, n] of members) {
      const buckets = shares ? shares.columns[0]![n]! : 0;
      if (buckets !== ELSEWHERE) found.set(run, shares && buckets ? [shares.line(run, n, key, time, spread)] : []);
    }
  };
  // What cannot be read is read from the runs' own entries.
  await Promise.allSettled([...packs].map(read));
  return found;
}

tracklog.viewer("packs", { packedLines });
