// Histograms: a heat map or outlines over the steps of a run, or several runs at one step.
import { uid } from "../lib/data";
import { full, plural } from "../lib/format";
import { lastAt, stepsOf } from "../lib/media";
import { lookOf } from "../lib/view";
import { nameOf, Swatch } from "../parts/identity";
import { RUNS, useStep } from "../parts/mediapanel";
import { Card } from "../parts/panel";
import { useLoaded, useRuns, useSeen } from "../parts/use";
import type { PanelProps } from "../parts/viewer";
import { param, setParams } from "../route";
import type { Values } from "./histogram/bins";
import { Body, type CardProps } from "./histogram/card";
import { type Layer, Overlay } from "./histogram/overlay";
import { histogramsOf, StepsCard } from "./histogram/steps";
import css from "./histogram.css";
import { addStyle } from "./lib/style";

addStyle(css);

const NAMED = 6;
const VIEWS = [
  ["heat", "Heat map"],
  ["ridge", "Ridge"],
  ["overlay", "Overlay"],
] as const;

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
        {() => <Overlay layers={layers} step={step} size={large ? "tall" : ""} />}
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

tracklog.viewer("histogram", { Panel });
