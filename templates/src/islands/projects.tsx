// The projects of a site, as the newest build has them.
import { site } from "../lib/data";
import { ago, full, fullDate } from "../lib/format";
import { now } from "../lib/live";
import { NoRuns } from "../parts/states";
import { href } from "../route";

export function Projects() {
  const current = site.value;
  if (!current) return null;
  return (
    <>
      <h1>{current.title}</h1>
      {current.projects.length ? (
        <table class="tbl">
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col" class="num">
                Runs
              </th>
              <th scope="col">State</th>
              <th scope="col" class="num">
                Last sign
              </th>
            </tr>
          </thead>
          <tbody>
            {current.projects.map((row) => (
              <tr key={row.page}>
                <th scope="row">
                  <a class="name" href={href(row.page)}>
                    {row.project}
                  </a>
                </th>
                <td class="num">{full(row.runs)}</td>
                <td>
                  {(["running", "crashed", "failed"] as const).map(
                    (state) =>
                      row[state] > 0 && (
                        <span class="row state-of" key={state}>
                          <span class={`dot ${state}`} /> {row[state]} {state}
                        </span>
                      ),
                  )}
                </td>
                <td class="num dim" title={row.last_sign ? fullDate(row.last_sign) : undefined}>
                  {row.last_sign ? ago(row.last_sign, now.value) : "–"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <NoRuns project="my-project" />
      )}
    </>
  );
}
