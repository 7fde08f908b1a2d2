// A chart as a table: one row a line. The accessible form, and the values beside a full-screen chart.
import { useMemo, useState } from "preact/hooks";
import { xText } from "../lib/axis";
import { cursor } from "../lib/cursor";
import { full, plural } from "../lib/format";
import { valueAt } from "../lib/readout";
import { main, type Trace } from "../lib/trace";
import { cell } from "../lib/values";
import { hovered } from "../lib/view";
import { Middle, Swatch } from "./identity";

interface Row {
  readonly trace: Trace;
  /** Under the cursor, else the last logged one; null where there is none. */
  readonly at: number | null;
  readonly min: number;
  readonly max: number;
}

/** Lines of a table; the order says which. */
const LISTED = 200;

type Column = "name" | "at" | "min" | "max";

export function TraceTable({
  traces,
  x,
  caption,
  of,
}: {
  traces: readonly Trace[];
  x: string;
  caption?: string;
  /** Runs that are shown, of which some may have no line. */
  of?: number;
}) {
  const [sort, setSort] = useState<readonly [Column, boolean]>(["at", true]);
  const here = cursor.value?.kind === x ? cursor.value.x : null;
  const ends = useMemo(() => traces.map(endsOf), [traces]);
  const rows = traces.map(
    (trace, i): Row => ({ ...ends[i]!, trace, at: here === null ? trace.last : valueAt(trace, here) }),
  );
  const [by, down] = sort;
  rows.sort((a, b) => {
    if (by === "name") return a.trace.label.localeCompare(b.trace.label) * (down ? -1 : 1);
    const [x, y] = [a[by] ?? NaN, b[by] ?? NaN];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return (x < y ? -1 : Number(x > y)) * (down ? -1 : 1);
  });
  const head = (id: Column, text: string) => (
    <th
      scope="col"
      class={`${id === "name" ? "" : "num"}${by === id ? " sorted" : ""}`}
      aria-sort={by === id ? (down ? "descending" : "ascending") : undefined}
    >
      <button type="button" onClick={() => setSort([id, by === id ? !down : id !== "name"])}>
        {text}
        {by === id && (down ? " ↓" : " ↑")}
      </button>
    </th>
  );
  return (
    <div class="tracetable" tabIndex={0} role="region" aria-label="Values">
      <table class="tbl">
        {caption && <caption class="sr">{caption}</caption>}
        <thead>
          <tr>
            {head(
              "name",
              of && !traces.some(({ n }) => n)
                ? `${new Set(traces.map(({ id }) => id)).size} of ${plural(of, "run")}`
                : plural(traces.length, "line"),
            )}
            {head("at", here === null ? "last" : `at ${xText(x, here)}`)}
            {head("min", "min")}
            {head("max", "max")}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, LISTED).map(({ trace, at, min, max }) => (
            <tr
              key={trace.id + trace.label}
              onPointerEnter={() => {
                hovered.value = trace.n ? "" : trace.id;
              }}
              onPointerLeave={() => {
                hovered.value = "";
              }}
            >
              <th scope="row" class="cut">
                <Swatch look={trace.look} /> <Middle text={trace.label} />
                {trace.damaged && (
                  <span class="warnmark" title="Part of this run could not be read">
                    {" "}
                    ⚠
                  </span>
                )}
              </th>
              <td class={`num${Number.isNaN(at) ? " nan" : ""}`}>{at === null ? "–" : cell(at)}</td>
              <td class="num dim">{min > max ? "–" : cell(min)}</td>
              <td class="num dim">{min > max ? "–" : cell(max)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > LISTED && (
        <p class="hint">
          {full(LISTED)} of {plural(rows.length, "line")} listed, in this order
        </p>
      )}
    </div>
  );
}

function endsOf(trace: Trace): Pick<Row, "min" | "max"> {
  const y = main(trace);
  let [min, max] = [Infinity, -Infinity];
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    // A single member of a group has no spread.
    const [low, high] = [trace.low?.[i] ?? NaN, trace.high?.[i] ?? NaN];
    min = Math.min(min, Number.isNaN(low) ? y[i]! : low);
    max = Math.max(max, Number.isNaN(high) ? y[i]! : high);
  }
  return { min, max };
}
