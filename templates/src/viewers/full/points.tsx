// A chart as a table: one row for each x, for those who do not see the chart.
import { unitOf, xText } from "../../lib/axis";
import { full } from "../../lib/format";
import { main, type Trace } from "../../lib/trace";
import { cell } from "../../lib/values";
import { zoomOf } from "../../lib/view";
import { Swatch } from "../../parts/identity";

/** Points of a table; those beyond are in the CSV. */
const LISTED = 1000;

/** The points of all lines. */
export function PointTable({ traces, x }: { traces: readonly Trace[]; x: string }) {
  const [from, to] = zoomOf(x) ?? [-Infinity, Infinity];
  const rows = new Map<number, (number | undefined)[]>();
  for (const [n, trace] of traces.entries())
    for (const [i, at] of trace.x.entries()) {
      if (!(at >= from && at <= to)) continue;
      const row = rows.get(at) ?? new Array<number | undefined>(traces.length).fill(undefined);
      row[n] = main(trace)[i]!;
      rows.set(at, row);
    }
  const sorted = [...rows].sort(([a], [b]) => a - b);
  return (
    <div class="tracetable points-table" tabIndex={0} role="region" aria-label="Points">
      <table class="tbl">
        <thead>
          <tr>
            <th scope="col" class="num">
              {unitOf(x) || "time"}
            </th>
            {traces.map((trace) => (
              <th scope="col" class="num" key={trace.id + trace.label}>
                <Swatch look={trace.look} /> {trace.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, LISTED).map(([at, values]) => (
            <tr key={at}>
              <th scope="row" class="num">
                {xText(x, at)}
              </th>
              {values.map((value, n) => (
                <td class={`num${Number.isNaN(value) ? " nan" : ""}`} key={n}>
                  {value === undefined ? "–" : cell(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > LISTED && (
        <p class="hint">
          {full(LISTED)} of {full(sorted.length)} rows shown: zoom in for others
        </p>
      )}
    </div>
  );
}
