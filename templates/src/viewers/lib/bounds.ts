// What a specification may generate: without bounds one line of JSON fills the memory of a tab, or never ends.
// Checked where Vega is about to generate, so that numbers of signals and expressions count like those of the text.
import { full } from "../../lib/format";

/** Rows that one chart may generate. */
export const ROWS = 1_000_000;
/** Steps of a curve, ticks of an axis, edges of bins. */
export const STEPS = 10_000;
/** Cells of a grid. */
const CELLS = 25_000_000;
const DEGREES = 100;

// biome-ignore lint/suspicious/noExplicitAny: parameters of transforms, of any type, by names that only Vega knows
type Params = Readonly<Record<string, any>>;
type Rows = readonly object[];

interface Flow {
  readonly source?: Rows;
  readonly dataflow: object;
}
type Transforms = Readonly<Record<string, { readonly prototype: { transform(params: Params, pulse: Flow): unknown } }>>;

const said = (count: number): string =>
  Number.isFinite(count) ? (count < 1e15 ? full(Math.ceil(count)) : count.toExponential(1)) : "infinitely many";

function atMost(count: number, most: number, what: string): number {
  if (count > most) throw new Error(`this chart asks for ${said(count)} ${what}; a page draws ${full(most)} at most`);
  return count;
}

const lengthOf = (start: number, stop: number, step: number): number => Math.max(0, Math.ceil((stop - start) / step));

type Accessor = (row: object) => unknown;

function groupsOf(params: Params, rows: Rows): number {
  const by = params.groupby as readonly Accessor[] | undefined;
  return by?.length ? new Set(rows.map((row) => by.map((get) => get(row)).join())).size : 1;
}

const curve = (params: Params): number =>
  atMost(Math.max(params.steps ?? 0, params.minsteps ?? 25, params.maxsteps ?? 200), STEPS, "steps of a curve");
const area = (size: readonly number[] | undefined): number =>
  atMost((size?.[0] ?? 0) * (size?.[1] ?? 0), CELLS, "cells of a grid");

function grids({ field }: Params, rows: Rows): undefined {
  for (const row of rows) {
    const { width = 0, height = 0 } = ((field ? (field as Accessor)(row) : row) ?? {}) as {
      width?: number;
      height?: number;
    };
    area([width, height]);
  }
}

/** Milliseconds of what time is counted in. */
const UNITS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1e3,
  minute: 6e4,
  hour: 36e5,
  date: 864e5,
  day: 864e5,
  week: 6048e5,
  month: 2592e6,
  year: 31536e6,
};

function ticks({ count, values, scale }: Params): undefined {
  if (Array.isArray(values)) return void atMost(values.length, STEPS, "ticks");
  if (typeof count === "number") return void atMost(count, STEPS, "ticks");
  const { interval, step = 1 } = (typeof count === "string" ? { interval: count } : (count ?? {})) as {
    interval?: unknown;
    step?: number;
  };
  const unit = UNITS[String(interval).replace(/^utc|s$/g, "")];
  const domain = (scale as { domain?: () => unknown[] } | undefined)?.domain?.() ?? [];
  if (unit) atMost(Math.abs(Number(domain.at(-1)) - Number(domain[0])) / unit / step, STEPS, "ticks");
}

function scales({ bins: wanted, domainRaw, domain: logged, schemeCount }: Params): undefined {
  atMost(schemeCount ?? 0, STEPS, "colours");
  const domain = domainRaw ?? logged;
  if (!wanted || Array.isArray(wanted)) return;
  const numbers = Array.isArray(domain) ? domain.map(Number) : [];
  const { start, stop, step } = wanted as { start?: number | null; stop?: number | null; step: number };
  atMost(lengthOf(start ?? Math.min(...numbers), stop ?? Math.max(...numbers), step), STEPS, "bins");
}

function graticule({ step, stepMajor = [90, 360], stepMinor = [10, 10], precision = 2.5 }: Params): number {
  const lines = [step ?? stepMinor, stepMajor].reduce((sum, [x, y]) => sum + 360 / Math.abs(x) + 180 / Math.abs(y), 0);
  return atMost((lines * 360) / Math.abs(precision), ROWS, "points of a graticule");
}

/** By the names of transforms: refuses what is too much, or returns how many rows there will be. */
const CHECKS: Readonly<Record<string, (params: Params, rows: Rows) => number | undefined>> = {
  sequence: ({ start, stop, step }) => lengthOf(start, stop, step || 1),
  impute: (params, rows) =>
    groupsOf(params, rows) *
    new Set([...((params.keyvals as unknown[] | undefined) ?? []), ...rows.map(params.key as Accessor)]).size,
  density: curve,
  kde: (params, rows) => groupsOf(params, rows) * curve(params),
  quantile: (params, rows) => groupsOf(params, rows) * (params.probs?.length ?? Math.ceil(1 / (params.step || 0.01))),
  regression: ({ order }) => void atMost(order ?? 0, DEGREES, "degrees of a polynomial"),
  flatten: ({ fields }, rows) =>
    rows.reduce(
      (sum, row) =>
        sum +
        Math.max(0, ...(fields as Accessor[]).map((get) => (get(row) as { length?: number } | null)?.length ?? 0)),
      0,
    ),
  fold: ({ fields }, rows) => rows.length * fields.length,
  cross: (_, rows) => rows.length ** 2,
  aggregate: ({ cross, groupby }, rows) =>
    cross ? ((groupby ?? []) as Accessor[]).reduce((product, get) => product * new Set(rows.map(get)).size, 1) : 0,
  bin: ({ base = 10, maxbins = 20 }) => {
    // Vega multiplies by the base until the bins are few enough.
    if (!(base > 1 && maxbins >= 1))
      throw new Error(
        `this chart asks for bins of base ${base}, ${maxbins} at most; the base is above 1, and one bin the least`,
      );
  },
  scale: scales,
  axisticks: ticks,
  legendentries: ticks,
  graticule,
  kde2d: ({ size }) => void area(size),
  contour: ({ size, count }) => {
    atMost(count ?? 0, STEPS, "levels");
    area(size);
  },
  isocontour: (params, rows) => {
    atMost(params.levels ?? 0, STEPS, "levels");
    return grids(params, rows);
  },
  heatmap: grids,
  label: ({ size }) => void area(size),
  wordcloud: ({ size }) => void area(size),
  force: ({ iterations }) => void atMost(iterations ?? 0, STEPS, "iterations"),
};

/** Rows of a transform, and of all of a chart. */
const [own, all] = [new WeakMap<object, number>(), new WeakMap<object, number>()];

/** Makes transforms of Vega refuse with a sentence what would be too much for a page. */
export function bound(transforms: Transforms): void {
  for (const [name, check] of Object.entries(CHECKS)) {
    const { prototype } = transforms[name]!;
    const run = prototype.transform;
    prototype.transform = function (this: object, params: Params, pulse: Flow) {
      // Vega makes nothing of bounds that are no numbers.
      const rows = check(params, pulse.source ?? []) || 0;
      const sum = (all.get(pulse.dataflow) ?? 0) - (own.get(this) ?? 0) + rows;
      atMost(sum, ROWS, "generated rows");
      own.set(this, rows);
      all.set(pulse.dataflow, sum);
      return run.call(this, params, pulse);
    };
  }
}

const times = (unit: string, start: number, stop: number, step = 1): number =>
  lengthOf(Number(start), Number(stop), step * (UNITS[String(unit).replace(/s$/, "")] ?? UNITS.day!));

/** How long is what functions of expressions make. */
const LENGTHS: Readonly<Record<string, (...args: never[]) => number>> = {
  sequence: (first: number, stop?: number, step?: number) =>
    stop === undefined ? lengthOf(0, first, 1) : lengthOf(first, stop, step ?? 1),
  timeSequence: times,
  utcSequence: times,
  pad: (_: string, length: number) => length,
};

type Callable = (...args: unknown[]) => unknown;

/** Makes functions of expressions refuse to make what is too long; `access` reads a function, or sets one. */
export function boundFunctions(access: (name: string, set?: Callable) => Callable): void {
  for (const [name, length] of Object.entries(LENGTHS)) {
    const known = access(name);
    access(name, (...args) => {
      atMost((length as (...all: unknown[]) => number)(...args), ROWS, name === "pad" ? "letters" : "generated rows");
      return known(...args);
    });
  }
}
