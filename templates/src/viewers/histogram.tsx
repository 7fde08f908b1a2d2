// Histograms: a heat map or outlines over the steps of a run, or several runs at one step.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { uid } from "../lib/data";
import { full, plural } from "../lib/format";
import { lastAt, loggedValues, stepsOf } from "../lib/media";
import { lookOf } from "../lib/view";
import type { HistogramValue, RunRow } from "../model";
import { nameOf, Swatch } from "../parts/identity";
import { RUNS, useStep } from "../parts/mediapanel";
import { Card } from "../parts/panel";
import { Empty, Wait } from "../parts/ui";
import { useLoaded, useRuns, useSeen } from "../parts/use";
import type { PanelProps } from "../parts/viewer";
import { param, setParams } from "../route";
import { totalOf, type Values } from "./histogram/bins";
import { Heat } from "./histogram/heat";
import { type Layer, Overlay } from "./histogram/overlay";
import { Ridges } from "./histogram/ridge";
import css from "./histogram.css";
import { addStyle } from "./lib/style";

addStyle(css);

const NAMED = 6;
const VIEWS = [
  ["heat", "Heat map"],
  ["ridge", "Ridge"],
  ["overlay", "Overlay"],
] as const;

type View = (typeof VIEWS)[number][0];

function Panel(props: PanelProps) {
  const { panel, fixed } = props;
  const place = `hv.${panel.id}`;
  const view = VIEWS.find(([name]) => name === param(place))?.[0] ?? "heat";
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const acts = (
    <select
      class="plainselect"
      aria-label="View"
      value={view}
      onChange={(event) =>
        setParams({ [place]: event.currentTarget.value === "heat" ? undefined : event.currentTarget.value })
      }
    >
      {VIEWS.map(([name, text]) => (
        <option key={name} value={name}>
          {text}
        </option>
      ))}
    </select>
  );
  const shared = { ...props, runs, acts, attach, seen };
  return view === "overlay" ? (
    <OverlayCard key="overlay" {...shared} />
  ) : (
    <StepsCard key="steps" {...shared} view={view} />
  );
}

interface CardProps extends PanelProps {
  readonly runs: readonly RunRow[];
  readonly acts: ComponentChildren;
  readonly attach: (element: HTMLElement | null) => void;
  readonly seen: boolean;
}

interface Found {
  readonly run: RunRow;
  /** Those with bins. */
  readonly values: Values;
  /** Those that could not be read have none. */
  readonly damaged: number;
}

async function histogramsOf(run: RunRow, key: string): Promise<Found> {
  const all = await loggedValues<HistogramValue>(run, key, "histogram");
  const values = all.filter(({ value }) => value.counts.length);
  return { run, values, damaged: all.length - values.length };
}

/** The first of the runs that has histograms, else what the first one has. */
async function firstOf(runs: readonly RunRow[], key: string): Promise<Found | null> {
  for (const run of runs.slice(0, RUNS)) {
    const found = await histogramsOf(run, key);
    if (found.values.length) return found;
  }
  return runs[0] ? histogramsOf(runs[0], key) : null;
}

function StepsCard({ panel, drag, large, runs, acts, attach, seen, view }: CardProps & { view: View }) {
  const [chosen, setChosen] = useState("");
  const [drawn, setDrawn] = useState(0);
  const asked = runs.filter((other) => uid(other) === chosen);
  const among = asked.length ? asked : runs;
  const { value: found, error } = useLoaded(
    () => firstOf(among, panel.key),
    [among.map((other) => other.parts.join()).join(), panel.key],
    seen,
  );
  const run = found?.run ?? among[0];
  const value = found?.values;
  const empty = Boolean(value?.length) && value!.every((one) => !totalOf(one.value));
  return (
    <Card
      panel={panel}
      innerRef={attach}
      label={`${panel.title}: histogram by step${run ? ` of ${nameOf(run)}` : ""}`}
      drag={drag}
      acts={acts}
    >
      <div class="legend-wrap">
        <div class="legend nofade">
          {run && (
            <span>
              <Swatch look={{ ...lookOf(run), dash: 1 }} line />{" "}
              {runs.length > 1 ? (
                <select
                  class="plainselect"
                  aria-label="Run"
                  value={uid(run)}
                  onChange={(event) => setChosen(event.currentTarget.value)}
                >
                  {runs.slice(0, 100).map((other) => (
                    <option key={uid(other)} value={uid(other)}>
                      {nameOf(other)}
                    </option>
                  ))}
                </select>
              ) : (
                nameOf(run)
              )}
            </span>
          )}
          {value?.[0] && (
            <span class="dim">
              {bins(value)}, {view === "heat" ? "share per step" : "each scaled to its peak"}
            </span>
          )}
        </div>
      </div>
      <Body
        error={error}
        ready={found !== undefined && (found !== null || !run)}
        none={!value?.length || empty}
        title={
          empty
            ? "No finite values"
            : !run
              ? "No run is shown"
              : found?.damaged
                ? `${plural(found.damaged, "histogram")} could not be read`
                : "Not logged by this run"
        }
        large={large}
      >
        {() =>
          view === "heat" ? (
            <Heat values={value!} id={panel.id} tall={large} />
          ) : (
            <Ridges values={value!} look={lookOf(run!)} id={panel.id} tall={large} tell={setDrawn} />
          )
        }
      </Body>
      <p class="hint" title={found ? left(found, view, drawn) : undefined}>
        {found && left(found, view, drawn)}
      </p>
    </Card>
  );
}

const bins = (values: Values): string => {
  const counts = values.map(({ value }) => value.counts.length);
  const [least, most] = [counts.reduce((a, b) => Math.min(a, b)), counts.reduce((a, b) => Math.max(a, b))];
  return least === most ? plural(most, "bin") : `${least} to ${most} bins`;
};

/** What of the histograms is not to be seen. */
function left({ values, damaged }: Found, view: View, drawn: number): string {
  const said = damaged && values.length ? [`${full(damaged)} could not be read`] : [];
  const dropped = values.reduce((sum, { value }) => sum + value.dropped, 0);
  if (dropped) said.push(`${plural(dropped, "value")} NaN or infinite, in no bin`);
  if (view === "heat" && values.length > 400)
    said.push(`${full(values.length)} histograms, the last one of each pixel column drawn`);
  if (view === "ridge" && drawn && drawn < values.length)
    said.push(`${full(drawn)} of ${full(values.length)} histograms drawn, evenly chosen`);
  return said.join(" · ");
}

function OverlayCard({ panel, drag, large, runs, acts, attach, seen }: CardProps) {
  const { value, error } = useLoaded(
    () =>
      Promise.all(
        runs.slice(0, RUNS).map(
          async (run) =>
            [
              run,
              await histogramsOf(run, panel.key).then(
                ({ values }) => values,
                (): Values => [],
              ),
            ] as const,
        ),
      ),
    [runs.map((run) => run.parts.join()).join(), panel.key],
    seen,
  );
  const steps = stepsOf(new Map(value ?? []));
  const { step, slider } = useStep(steps, panel.title);
  const layers = (value ?? []).flatMap<Layer>(([run, values]) => {
    const at = values[lastAt(values, step)];
    return at ? [{ run, name: nameOf(run), look: lookOf(run), step: at.step, value: at.value }] : [];
  });
  return (
    <Card
      panel={panel}
      innerRef={attach}
      label={`${panel.title}: histograms of runs at a step`}
      drag={drag}
      acts={acts}
    >
      <div class="legend-wrap">
        <div class="legend">
          {layers.slice(0, NAMED).map((layer) => (
            <span key={uid(layer.run)}>
              <Swatch look={layer.look} line /> {layer.name}
              {layer.step !== step && <b class="amber"> step {full(layer.step)}</b>}
            </span>
          ))}
          {layers.length > 0 && <span class="dim">density</span>}
        </div>
        {layers.length > NAMED && <span class="more">+{layers.length - NAMED}</span>}
      </div>
      <Body
        error={error}
        ready={Boolean(value)}
        none={!layers.length}
        title={steps.length ? "No run in view had logged this by then" : "No run in view logged this"}
        large={large}
      >
        {() => <Overlay layers={layers} step={step} tall={large} />}
      </Body>
      {runs.length > RUNS && (
        <p class="hint">
          {full(RUNS)} of {plural(runs.length, "run")} drawn
        </p>
      )}
      {slider}
    </Card>
  );
}

function Body({
  error,
  ready,
  none,
  title,
  large,
  children,
}: {
  error: string;
  ready: boolean;
  none: boolean;
  title: string;
  large?: boolean;
  children: () => ComponentChildren;
}) {
  const frame = large ? "plot tall" : "plot";
  if (error)
    return (
      <div class={frame}>
        <Empty title="This panel could not be read" text={error} />
      </div>
    );
  if (!ready) return <Wait />;
  if (!none) return children();
  return (
    <div class={frame}>
      <Empty title={title} />
    </div>
  );
}

tracklog.viewer("histogram", { Panel });
