// What charts may generate, and what is said of charts that have nothing to draw.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as vega from "vega";
import { compile } from "vega-lite";
import type { ChartData } from "../src/model";
import { bound, boundFunctions } from "../src/viewers/lib/bounds";
import { damaged } from "../src/viewers/lib/damage";
import { nothing } from "../src/viewers/lib/rows";
import { tiled } from "../src/viewers/lib/tiles";
import { type Column, plain } from "../src/viewers/table/columns";

bound(vega.transforms as unknown as Parameters<typeof bound>[0]);
boundFunctions((name, set) => (set ? vega.expressionFunction(name, set) : vega.expressionFunction(name)));

/** How many rows the data `d` have, or why there are none. */
async function rowsOf(...data: object[]): Promise<number | string> {
  let said = "";
  const logger = {
    ...vega.logger(vega.None),
    error: (error: unknown) => {
      said ||= String((error as Error).message ?? error);
      return logger;
    },
  } as unknown as vega.LoggerInterface;
  const view = new vega.View(vega.parse({ signals: [{ name: "n", value: 1e7 }], data } as vega.Spec), { logger });
  await view.runAsync().catch((error: Error) => {
    said ||= error.message;
  });
  return said || (view.data("d") as object[]).length;
}

const sequence = (stop: unknown, ...more: object[]): object => ({
  name: "d",
  transform: [{ type: "sequence", start: 0, stop }, ...more],
});
const values = (n: number): object[] => Array.from({ length: n }, (_, a) => ({ a, g: a }));

test("charts generate a million rows at most, whatever says how many", async () => {
  assert.equal(await rowsOf(sequence(1e6)), 1_000_000);
  assert.match(
    String(await rowsOf(sequence(1e6 + 1))),
    /asks for 1,000,001 generated rows; a page draws 1,000,000 at most/,
  );
  assert.match(String(await rowsOf(sequence({ signal: "n" }))), /10,000,000 generated rows/);
  assert.match(String(await rowsOf(sequence(2000, { type: "cross" }))), /4,002,000 generated rows/);
  assert.match(
    String(await rowsOf({ name: "e", transform: [{ type: "sequence", start: 0, stop: 6e5 }] }, sequence(6e5))),
    /1,200,000 generated rows/,
  );
  assert.match(
    String(
      await rowsOf(
        sequence(20, { type: "formula", as: "list", expr: "sequence(1e6)" }, { type: "flatten", fields: ["list"] }),
      ),
    ),
    /20,000,020 generated rows/,
  );
  assert.match(
    String(
      await rowsOf({ name: "d", values: values(2), transform: [{ type: "formula", as: "b", expr: "pad('', 1e9)" }] }),
    ),
    /1,000,000,000 letters/,
  );
  assert.match(
    String(
      await rowsOf({
        name: "d",
        values: values(3000),
        transform: [{ type: "impute", field: "b", key: "a", groupby: ["g"] }],
      }),
    ),
    /9,000,000 generated rows/,
  );
  assert.match(
    String(await rowsOf({ name: "d", values: values(2), transform: [{ type: "quantile", field: "a", step: 1e-9 }] })),
    /1,000,000,000 generated rows/,
  );
});

test("a bound holds for a chart, not for all that it generated since it was opened", async () => {
  const view = new vega.View(
    vega.parse({
      signals: [{ name: "n", value: 4e5 }],
      data: [{ name: "d", transform: [{ type: "sequence", start: 0, stop: { signal: "n" } }] }],
    } as vega.Spec),
  );
  for (const n of [4e5, 5e5, 6e5]) await view.signal("n", n).runAsync();
  assert.equal((view.data("d") as object[]).length, 6e5);
});

test("bins end, and curves have few steps", async () => {
  const binned = (how: object): Promise<number | string> =>
    rowsOf({ name: "d", values: values(9), transform: [{ type: "bin", field: "a", extent: [0, 9], ...how }] });
  assert.equal(await binned({}), 9);
  assert.match(String(await binned({ base: 0.5 })), /bins of base 0.5/);
  assert.match(String(await binned({ maxbins: -1 })), /-1 at most/);
  assert.match(
    String(await rowsOf({ name: "d", values: values(9), transform: [{ type: "kde", field: "a", steps: 1e8 }] })),
    /100,000,000 steps of a curve/,
  );
  assert.equal(await rowsOf({ name: "d", values: values(9), transform: [{ type: "kde", field: "a", steps: 30 }] }), 31);
  assert.match(
    String(await rowsOf({ name: "d", transform: [{ type: "graticule", precision: 1e-9 }] })),
    /points of a graticule/,
  );
  assert.equal(await rowsOf({ name: "d", transform: [{ type: "graticule" }] }), 1);
});

test("axes of time have few ticks", async () => {
  const spec = (interval: string): vega.Spec =>
    compile({
      data: { values: [{ t: "2020-01-01" }, { t: "2026-01-01" }] },
      mark: "point",
      encoding: { x: { field: "t", type: "temporal", axis: { tickCount: interval as "year" } } },
    }).spec;
  const drawn = async (interval: string): Promise<string> => {
    let said = "";
    const logger = {
      ...vega.logger(vega.None),
      error: (error: unknown) => {
        said ||= String((error as Error).message);
        return logger;
      },
    } as unknown as vega.LoggerInterface;
    await new vega.View(vega.parse(spec(interval)), { logger }).runAsync().catch((error: Error) => {
      said ||= error.message;
    });
    return said;
  };
  assert.equal(await drawn("year"), "");
  assert.match(await drawn("millisecond"), /189,388,800,000 ticks/);
});

const chart = (columns: string[], ...rows: unknown[][]): ChartData =>
  ({ columns, rows, fields: [], strings: [], spec: null, note: "" }) as unknown as ChartData;
const LINE = {
  encoding: {
    x: { field: "${field:x}", type: "quantitative" },
    y: { field: "${field:y}", type: "quantitative" },
    color: { field: "${field:g}", type: "nominal" },
  },
};

test("charts of nothing say what is missing", () => {
  const mapping = { x: "a", y: "b", g: "c" };
  assert.equal(nothing(LINE, mapping, [chart(["a", "b", "c"])]), "the table has no rows");
  assert.equal(nothing(LINE, mapping, [chart(["a", "b", "c"]), chart(["a", "b", "c"])]), "the tables have no rows");
  assert.equal(
    nothing(LINE, mapping, [chart(["a", "b", "c"], [1, null, "x"], [2, "many", null])]),
    "the column b holds no numbers",
  );
  assert.equal(
    nothing(LINE, mapping, [chart(["a", "b", "c"], [1, null, "x"]), chart(["a", "b", "c"], [1, 2, "x"])]),
    "",
  );
  assert.equal(nothing(LINE, mapping, [chart(["a", "b", "c"], ["1", "2.5", null])]), "", "Vega reads numbers of texts");
  assert.equal(nothing(LINE, { x: "a", y: "z" }, [chart(["a", "b"], [1, 2])]), "the table has no column z");
  assert.equal(nothing(LINE, { g: "c" }, [chart(["c"], [1])]), "no column is chosen for x, y");
  assert.equal(nothing({ mark: "bar" }, {}, [chart(["c"], ["x"])]), "");
});

test("figures on tiles are known by their traces", () => {
  for (const type of [
    "scattermap",
    "scattermapbox",
    "densitymap",
    "densitymapbox",
    "choroplethmap",
    "choroplethmapbox",
  ])
    assert.equal(tiled({ data: [{ type: "scatter" }, { type }] }), type);
  for (const type of ["scattergeo", "choropleth", "heatmap", "treemap", "scatter"])
    assert.equal(tiled({ data: [{ type }], layout: { mapbox: {}, map: {} } }), "");
  assert.equal(tiled({ data: [], layout: { map2: {} } }), "map2");
  assert.equal(tiled({}), "");
});

test("what libraries say to each other is not shown", () => {
  assert.equal(
    damaged("stl", new RangeError("Offset is outside the bounds of the DataView")),
    "this stl file is damaged",
  );
  assert.equal(
    damaged("mmtf", "Cannot read properties of undefined (reading 'subarray')"),
    "this mmtf file is damaged",
  );
  assert.equal(damaged("glb", new Error("Unsupported asset.")), "this glb file is damaged: Unsupported asset.");
});

test("histograms in cells are words to search, sort and download", () => {
  const column = (cell: unknown): Column => ({
    id: "h",
    name: "h",
    type: "mixed",
    zone: false,
    numbers: null,
    cells: [cell],
    missing: null,
    exact: null,
  });
  assert.equal(plain(column({ _type: "histogram", counts: [1, 2, 3], min: 0, width: 2 }), 0), "3 bins from 0 to 6");
  assert.equal(plain(column({ _type: "histogram", values: [1], bins: [-1, 4] }), 0), "1 bin from −1 to 4");
  assert.equal(plain(column({ _type: "histogram", counts: ["x"] }), 0), '{"_type":"histogram","counts":["x"]}');
});
