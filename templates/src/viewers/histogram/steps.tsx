// The runs in view over their steps: one plot for each run, below each other.
import { useState } from "preact/hooks";
import { head, uid } from "../../lib/data";
import { full, plural } from "../../lib/format";
import { find, loggedValues } from "../../lib/media";
import { lookOf } from "../../lib/view";
import type { HistogramValue, RunRow } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { Card } from "../../parts/panel";
import { useLoaded } from "../../parts/use";
import { param, setParams } from "../../route";
import { Bars } from "./bars";
import { isNone, type Range, rangeOf, type Values } from "./bins";
import { Body, type CardProps } from "./card";
import { Heat } from "./heat";
import { Ridges } from "./ridge";
import type { Size } from "./surface";

/** Runs that one card draws. */
const MOST = 6;
/** More runs than these are not offered by name. */
const OFFERED = 100;
/** Histograms that a heat map has a pixel column for, about. */
const COLUMNS = 400;

export type StepsView = "heat" | "ridge";

interface Found {
  readonly run: RunRow;
  /** Those with bins. */
  readonly values: Values;
  /** Those that could not be read have none. */
  readonly damaged: number;
}

export async function histogramsOf(run: RunRow, key: string): Promise<Found> {
  const all = await loggedValues<HistogramValue>(run, key, "histogram");
  const values = all.filter(({ value }) => value.counts.length);
  return { run, values, damaged: all.length - values.length };
}

interface Loaded {
  readonly found: readonly Found[];
  /** Runs that logged the key. */
  readonly having: number;
}

/** The first of the runs that logged a key. */
async function firstOf(runs: readonly RunRow[], key: string): Promise<Loaded> {
  const logged = await Promise.all(runs.map(async (run) => find(await head(run), key, "histogram") !== undefined));
  const having = runs.filter((_, i) => logged[i]);
  return {
    found: await Promise.all(having.slice(0, MOST).map((run) => histogramsOf(run, key))),
    having: having.length,
  };
}

export function StepsCard({ panel, drag, large, runs, acts, attach, seen, view }: CardProps & { view: StepsView }) {
  const chosen = runs.filter((run) => uid(run) === param("hrun"));
  const among = chosen.length ? chosen : runs;
  const { value, error } = useLoaded(
    () => firstOf(among, panel.key),
    [among.map((run) => run.parts.join()).join(), panel.key],
    seen,
  );
  const found = value?.found ?? [];
  const several = found.length > 1;
  const finite = found.flatMap(({ values }) => values.map((one) => one.value)).filter((one) => !isNone(one));
  const range = several && finite.length ? rangeOf(finite) : undefined;
  const alone = among.length === 1 ? among[0] : found.length === 1 ? found[0]!.run : undefined;
  return (
    <Card
      panel={panel}
      innerRef={attach}
      label={`${panel.title}: histogram by step${alone ? ` of ${nameOf(alone)}` : ""}`}
      drag={drag}
      acts={acts}
    >
      <div class="legend-wrap">
        <div class="legend nofade">
          <span>
            {alone && <Swatch look={{ ...lookOf(alone), dash: 1 }} line />}{" "}
            {runs.length > 1 ? <RunChoice runs={runs} chosen={chosen[0]} /> : alone && nameOf(alone)}
          </span>
          {finite.length > 0 && (
            <span class="dim">
              {bins(finite)}
              {found.some(({ values }) => values.length > 1) &&
                (view === "heat" ? ", share per step" : ", each scaled to its peak")}
            </span>
          )}
        </div>
      </div>
      <Body error={error} ready={value !== null} none={!finite.length} title={noneTitle(among, found)} large={large}>
        {() => (
          <div class={several ? "runplots" : "runplot"}>
            {found.map((one) => (
              <RunPlot
                key={uid(one.run)}
                found={one}
                id={panel.id}
                view={view}
                several={several}
                large={large}
                range={range}
              />
            ))}
          </div>
        )}
      </Body>
      {!finite.length && <p class="hint">{found[0] && left(found[0], view, 0)}</p>}
      {value && value.having > MOST && (
        <p class="hint">
          {full(MOST)} of {plural(value.having, "run")} drawn
        </p>
      )}
    </Card>
  );
}

/** Which run all histograms are of; without a choice, all that are drawn. */
function RunChoice({ runs, chosen }: { runs: readonly RunRow[]; chosen: RunRow | undefined }) {
  return (
    <select
      class="plainselect"
      aria-label="Run"
      title="The run that all histograms are of"
      value={chosen ? uid(chosen) : ""}
      onChange={(event) => setParams({ hrun: event.currentTarget.value || undefined })}
    >
      <option value="">all runs</option>
      {runs.slice(0, OFFERED).map((run) => (
        <option key={uid(run)} value={uid(run)}>
          {nameOf(run)}
        </option>
      ))}
    </select>
  );
}

function noneTitle(runs: readonly RunRow[], found: readonly Found[]): string {
  if (!runs.length) return "No run is shown";
  if (found.some(({ values }) => values.length)) return "No finite values";
  const damaged = found.reduce((sum, one) => sum + one.damaged, 0);
  if (damaged) return `${plural(damaged, "histogram")} could not be read`;
  return runs.length > 1 ? "No run in view logged this" : "Not logged by this run";
}

function RunPlot({
  found,
  id,
  view,
  several,
  large,
  range,
}: {
  found: Found;
  id: string;
  view: StepsView;
  several: boolean;
  large: boolean | undefined;
  range: Range | undefined;
}) {
  const [drawn, setDrawn] = useState(0);
  const { run, values } = found;
  const size: Size = several ? "small" : large ? "tall" : "";
  const said = left(found, view, drawn);
  const look = lookOf(run);
  return (
    <div>
      {several && (
        <p class="runline cut">
          <Swatch look={{ ...look, dash: 1 }} line /> {nameOf(run)}
        </p>
      )}
      {values.every(({ value }) => isNone(value)) ? (
        <p class="hint">no finite values</p>
      ) : values.length === 1 ? (
        <Bars logged={values[0]!} look={look} size={size} range={range} />
      ) : view === "heat" ? (
        <Heat values={values} id={`${id} ${uid(run)}`} size={size} range={range} />
      ) : (
        <Ridges values={values} look={look} id={`${id} ${uid(run)}`} size={size} tell={setDrawn} range={range} />
      )}
      {(said || !several) && (
        <p class="hint" title={said}>
          {said}
        </p>
      )}
    </div>
  );
}

const bins = (values: readonly HistogramValue[]): string => {
  const counts = values.map((value) => value.counts.length);
  const [least, most] = [counts.reduce((a, b) => Math.min(a, b)), counts.reduce((a, b) => Math.max(a, b))];
  return least === most ? plural(most, "bin") : `${least} to ${most} bins`;
};

/** What of the histograms is not to be seen. */
function left({ values, damaged }: Found, view: StepsView, drawn: number): string {
  const said = damaged && values.length ? [`${full(damaged)} could not be read`] : [];
  const none = values.filter(({ value }) => isNone(value));
  if (none.length && none.length < values.length)
    said.push(`${plural(none.length, "step")} without a finite value, the first ${full(none[0]!.step)}`);
  const dropped = values.reduce((sum, { value }) => sum + value.dropped, 0);
  if (dropped) said.push(`${plural(dropped, "value")} NaN or infinite, in no bin`);
  if (view === "heat" && values.length > COLUMNS)
    said.push(`${full(values.length)} histograms, the last one of each pixel column drawn`);
  if (view === "ridge" && drawn && drawn < values.length)
    said.push(`${full(drawn)} of ${full(values.length)} histograms drawn, evenly chosen`);
  return said.join(" · ");
}
