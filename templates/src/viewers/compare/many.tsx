// More than two runs: what differs between them, each beside a baseline.
import { useMemo, useState } from "preact/hooks";
import { page } from "../../entry";
import { head, uid } from "../../lib/data";
import { dateTime, difference, full, plural } from "../../lib/format";
import { join, lookOf, table } from "../../lib/view";
import type { RunHead, RunRow } from "../../model";
import { Dot, nameOf, Swatch } from "../../parts/identity";
import { Restored } from "../../parts/states";
import { Button, Empty, Menu, SearchField, Switch } from "../../parts/ui";
import { useLoaded } from "../../parts/use";
import { href, setParams } from "../../route";
import { packagesOf } from "../lib/packages";
import { textOf } from "../lib/texts";
import { judgedBy } from "./facts";
import { isDiffering, type ManyRow, manyRows, manyTexts } from "./manyrows";

/** Columns that a person still reads beside each other. */
export const MOST_RUNS = 10;
/** Rows of a section that are listed at once. */
const ROWS = 200;
/** Runs that the list of those to add names. */
const LISTED = 200;

const show = (runs: readonly RunRow[]): void => setParams({ runs: join(runs.map(uid)) ?? "" });

export function Many({ asked, all }: { asked: readonly string[]; all: readonly RunRow[] }) {
  const known = asked.map((id) => all.find((run) => uid(run) === id)).filter((run) => run !== undefined);
  const runs = [...new Set(known)].slice(0, MOST_RUNS);
  if (!runs.length)
    return (
      <Empty title="None of these runs is in this site">
        <Button text="Newest two" onClick={() => setParams({ runs: undefined })} />
      </Empty>
    );
  const [absent, over] = [asked.length - known.length, new Set(known).size - runs.length];
  return (
    <div class="cmp">
      <Restored />
      {absent > 0 && (
        <p class="cmp-note">
          {plural(absent, "run")} of this link {absent === 1 ? "is" : "are"} not in this site
        </p>
      )}
      {over > 0 && (
        <p class="cmp-note">
          {full(MOST_RUNS)} runs are compared at once; of this link {full(over)} more {over === 1 ? "is" : "are"} left
          out
        </p>
      )}
      <Tables key={runs.map(uid).join()} runs={runs} all={all} />
    </div>
  );
}

function Tables({ runs, all }: { runs: readonly RunRow[]; all: readonly RunRow[] }) {
  const [equal, setEqual] = useState(false);
  const now = table.value!;
  const summary = useMemo(() => manyRows(now, "summary", runs), [now, runs]);
  const config = useMemo(() => manyRows(now, "config", runs), [now, runs]);
  const packages = useLoaded(() => packagesIn(runs), [runs.map((run) => run.parts.join()).join()]);
  const sections: [string, readonly ManyRow[]][] = [
    ["Config", config],
    ["Metrics", summary],
    ["Packages", packages.value ?? []],
  ];
  const hidden = sections.reduce((sum, [, rows]) => sum + rows.filter((row) => !isDiffering(row)).length, 0);
  return (
    <section class="card cmp-card" aria-label="Runs compared">
      <header>
        <b>{plural(runs.length, "run")}</b>
        <span class="dim">what differs, beside the baseline</span>
        <span class="grow" />
        {hidden > 0 && <Switch on={equal} text={`Show ${full(hidden)} equal`} onChange={setEqual} />}
        <Adder runs={runs} all={all} />
      </header>
      <div class="scroll" tabIndex={0}>
        <table class="cmp-tbl many">
          <thead>
            <tr>
              <td />
              {runs.map((run) => (
                <Head key={uid(run)} run={run} runs={runs} />
              ))}
            </tr>
          </thead>
          {sections.map(([title, rows]) => (
            <Section key={title} title={title} rows={rows} equal={equal} count={runs.length} />
          ))}
        </table>
      </div>
      {packages.error && <p class="cmp-note dim">The packages could not be read: {packages.error}</p>}
    </section>
  );
}

async function packagesIn(runs: readonly RunRow[]): Promise<ManyRow[]> {
  const found = await Promise.all(
    runs.map(async (run) => packagesOf(await textOf({ run, head: await head<RunHead>(run) }, "requirements.txt"))),
  );
  return manyTexts(found);
}

function Head({ run, runs }: { run: RunRow; runs: readonly RunRow[] }) {
  const isBase = run === runs[0];
  const others = runs.filter((other) => other !== run);
  return (
    <th scope="col">
      <span class="cmp-col">
        <Swatch look={lookOf(run)} />
        <a class="cut" href={href(run.page)} title={nameOf(run)}>
          {nameOf(run)}
        </a>
        {runs.length > 1 && (
          <Button kind="xs" icon="close" label={`Leave out ${nameOf(run)}`} onClick={() => show(others)} />
        )}
      </span>
      <span class="cmp-col">
        {isBase ? (
          <span class="dim">baseline</span>
        ) : (
          <>
            <a
              class="cmp-both"
              href={href(page.value.path, { a: uid(runs[0]!), b: uid(run) })}
              title={`All that differs between ${nameOf(runs[0]!)} and ${nameOf(run)}`}
            >
              Compare both
            </a>
            <Button kind="xs" icon="flag" label={`${nameOf(run)} as baseline`} onClick={() => show([run, ...others])} />
          </>
        )}
      </span>
    </th>
  );
}

function Section({
  title,
  rows,
  equal,
  count,
}: {
  title: string;
  rows: readonly ManyRow[];
  equal: boolean;
  count: number;
}) {
  const [most, setMost] = useState(ROWS);
  const some = rows.filter(isDiffering);
  const shown = equal ? rows : some;
  if (!rows.length) return null;
  return (
    <tbody aria-label={title}>
      <tr class="cmp-sec">
        <th scope="rowgroup" colSpan={count + 1}>
          <b>{title}</b>{" "}
          <span class="dim">{some.length ? `${full(some.length)} of ${full(rows.length)} differ` : "same"}</span>
        </th>
      </tr>
      {shown.slice(0, most).map((row) => (
        <tr key={row.key} class={isDiffering(row) ? undefined : "dim"}>
          <th scope="row">{row.label}</th>
          {row.values.map(({ text, differs, change }, n) => (
            <td key={n} class={differs ? "differs" : undefined}>
              {text ?? <span class="dim">–</span>}
              {Number.isFinite(change) && (
                <small class={(title === "Metrics" && judgedBy(row.key, change)) || "dim"}>{difference(change)}</small>
              )}
            </td>
          ))}
        </tr>
      ))}
      {shown.length > most && (
        <tr>
          <th scope="row" colSpan={count + 1}>
            {full(most)} of {full(shown.length)}{" "}
            <Button
              kind="line"
              text={`Show ${full(Math.min(ROWS, shown.length - most))} more`}
              onClick={() => setMost(most + ROWS)}
            />
          </th>
        </tr>
      )}
    </tbody>
  );
}

/** Chooses a further run. */
function Adder({ runs, all }: { runs: readonly RunRow[]; all: readonly RunRow[] }) {
  const [query, setQuery] = useState("");
  if (runs.length >= MOST_RUNS) return <span class="dim">{full(MOST_RUNS)} runs at most</span>;
  const wanted = query.toLowerCase();
  const hits = all.filter((run) => !runs.includes(run) && `${nameOf(run)} ${run.id}`.toLowerCase().includes(wanted));
  return (
    <Menu label="Add a run" icon="plus" text="Add a run" kind="">
      {(close) => (
        <div class="form runs-form">
          <SearchField label={`Search ${plural(all.length, "run")}`} value={query} onInput={setQuery} />
          <ul>
            {hits.slice(0, LISTED).map((run) => (
              <li key={uid(run)}>
                <button
                  type="button"
                  class="cmp-choice"
                  onClick={() => {
                    close();
                    show([...runs, run]);
                  }}
                >
                  <Dot state={run.state} />
                  <Swatch look={lookOf(run)} />
                  <span class="cut grow">{nameOf(run)}</span>
                  <span class="dim">{dateTime(run.created)}</span>
                </button>
              </li>
            ))}
          </ul>
          {hits.length > LISTED && <p class="dim">The first {LISTED} are listed; type on</p>}
        </div>
      )}
    </Menu>
  );
}
