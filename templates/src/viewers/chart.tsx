// Custom charts: tables of the runs in view, drawn by a preset that can be looked at, changed and taken along.
import type { ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { viewer } from "../entry";
import { themeTick } from "../lib/colours";
import { uid } from "../lib/data";
import { full, number, plural } from "../lib/format";
import { type Logged, lastAt, stepsOf } from "../lib/media";
import { css as colourOf } from "../lib/palette";
import { baseline, groupKeys, groupLook, lookOf, table } from "../lib/view";
import type { ChartData, ChartItem, RunRow } from "../model";
import { nameOf } from "../parts/identity";
import { type MediaValues, readMedia, useStep } from "../parts/mediapanel";
import { Card, Legend } from "../parts/panel";
import { Unready } from "../parts/states";
import { Button, Empty, Wait } from "../parts/ui";
import { useLoaded, useRuns, useSeen } from "../parts/use";
import type { PanelProps, Viewer } from "../parts/viewer";
import css from "./chart.css";
import { drawable, spelled, titled } from "./lib/columns";
import { Editor } from "./lib/editor";
import { fill } from "./lib/fill";
import { jsonOf } from "./lib/payload";
import { metaOf, type Preset, presetNamed } from "./lib/presets";
import { solid } from "./lib/ramp";
import { averaged, byClass, mappingOf, nothing, type Owned, rowsOf } from "./lib/rows";
import { HEIGHT } from "./lib/size";
import { addStyle } from "./lib/style";
import { besideName, titleOf, untitled } from "./lib/title";
import { multiples } from "./lib/wrap";
import type { DrawnProps } from "./vega";

addStyle(css);

const LARGE = 400;
/** Rows of the table that stands in for a chart. */
const LISTED = 100;

type Values = ReadonlyMap<RunRow, readonly Logged<MediaValues<ChartItem>>[]>;

function Panel({ panel, fixed, drag, large }: PanelProps) {
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const { value, error } = useLoaded<Values>(
    () => readMedia<ChartItem>(runs, panel.key, "chart"),
    [runs.map((run) => run.parts.join()).join(), panel.key],
    seen,
  );
  const steps = useMemo(() => stepsOf(value), [value]);
  const { step, slider } = useStep(steps, panel.title);
  const charts = useMemo(() => chartsAt(value, step), [value, step]);
  const [editing, setEditing] = useState(-1);
  const [title, setTitle] = useState("");
  const [controls, setControls] = useState<HTMLElement | null>(null);
  const only = charts.length === 1;
  return (
    <Card
      panel={panel}
      innerRef={attach}
      drag={drag}
      label={`${panel.title}: custom chart`}
      head={
        <>
          {only && title && (
            <span class="headnote cut" title={title}>
              {title}
            </span>
          )}
          <span class="vega-bindings" ref={setControls} />
        </>
      }
      fact={charts[0]?.preset.replace(/^wandb\//, "")}
      acts={charts.map((chart, n) => (
        <Button
          key={n}
          kind="xs"
          text={charts.length > 1 ? `Edit ${n + 1}` : "Edit"}
          label={`Edit the chart ${panel.title}, ${chart.preset}`}
          onClick={() => setEditing(n)}
        />
      ))}
    >
      {error || !value || !charts.length ? (
        <Unready error={error} waiting={!value}>
          <Empty title="No run in view logged this chart" />
        </Unready>
      ) : (
        charts.map((chart, n) => (
          <Chart
            key={n}
            chart={chart}
            height={large ? LARGE : HEIGHT}
            title={panel.title}
            tell={only ? setTitle : null}
            controls={only ? controls : null}
            editing={editing === n}
            close={() => setEditing(-1)}
          />
        ))
      )}
      {steps.length > 1 && slider}
    </Card>
  );
}

interface Placed {
  readonly preset: string;
  readonly members: readonly { readonly run: RunRow; readonly item: ChartItem; readonly step: number }[];
  /** Runs that drew something else under this key. */
  readonly others: number;
}

/** The charts at a step: the first of every run together, then the second… */
function chartsAt(values: Values | null, step: number): Placed[] {
  const placed: { preset: string; members: { run: RunRow; item: ChartItem; step: number }[]; others: number }[] = [];
  for (const [run, all] of values ?? []) {
    const logged = all[lastAt(all, step)];
    for (const [n, item] of logged?.value.items.entries() ?? []) {
      placed[n] ??= { preset: item.preset, members: [], others: 0 };
      if (item.preset === placed[n].preset) placed[n].members.push({ run, item, step: logged!.step });
      else placed[n].others++;
    }
  }
  return placed;
}

interface Made {
  readonly preset: Preset | undefined;
  readonly mapping: Readonly<Record<string, string>>;
  readonly strings: Readonly<Record<string, string>>;
  readonly owned: readonly Owned[];
  readonly first: ChartData | undefined;
  readonly spec: unknown;
  readonly rows: Readonly<Record<string, readonly object[]>>;
}

type Read = readonly { readonly run: RunRow; readonly data: ChartData }[];

/** What is drawn of what was read: the preset filled, and the rows of all runs or groups. */
function useMade(chart: Placed, value: Read | null): Made {
  const groups = groupKeys.value.join();
  const looks = chart.members.map(({ run }) => JSON.stringify(lookOf(run))).join();
  const owned = useMemo(
    () => (value ?? []).map(({ run, data }) => ownedBy(run, data)),
    [value, groups, looks, themeTick.value, baseline.value],
  );
  const first = value?.[0]?.data;
  const preset = (first?.spec as Preset | null | undefined) ?? presetNamed(chart.preset);
  const mapping = useMemo(() => (first ? mappingOf(first) : {}), [first]);
  const strings = useMemo(() => (first ? Object.fromEntries(first.strings) : {}), [first]);
  const rows = useMemo(() => rowsFor(owned, preset, mapping), [owned, preset, mapping]);
  const spec = useMemo(
    () => (preset ? ready(preset, mapping, strings, owned) : null),
    [preset, mapping, strings, owned],
  );
  return { preset, mapping, strings, owned, first, spec, rows };
}

interface ChartPlace {
  readonly chart: Placed;
  readonly height: number;
  readonly title: string;
  /** Hears what the chart is titled, where the card's head shows it. */
  readonly tell: ((title: string) => void) | null;
  readonly controls: HTMLElement | null;
  readonly editing: boolean;
  readonly close: () => void;
}

function Chart(props: ChartPlace) {
  const { chart } = props;
  const broken = chart.members.find(({ item }) => item.error);
  const readable = chart.members.filter(({ item }) => !item.error);
  const { value, error } = useLoaded(
    async () =>
      Promise.all(
        readable.map(async ({ run, item }) => ({ run, data: drawable(await jsonOf<ChartData>(run, item.payload)) })),
      ),
    [readable.map(({ run, item }) => `${uid(run)} ${run.parts.join()} ${item.payload}`).join()],
  );
  const drawn = useLoaded(() => viewer<Viewer & { Drawn: ComponentType<DrawnProps> }>("vega"), []);
  const made = useMade(chart, value);
  if (error || drawn.error)
    return (
      <div class="plot">
        <Empty title="This chart could not be read" text={error || drawn.error} />
      </div>
    );
  if (!readable.length)
    return (
      <div class="plot">
        <Empty title="This chart is damaged" text={broken?.item.error} />
      </div>
    );
  if (!value || !drawn.value) return <Wait />;
  return <MadeChart {...props} value={value} made={made} Drawn={drawn.value.Drawn} />;
}

/** What is to be said below a chart. */
function notesOf(chart: Placed, value: Read, { preset, mapping, spec }: Made, failed: string): string[] {
  const data = value.map((one) => one.data);
  const notes = [...new Set(data.map(({ note }) => note).filter(Boolean))];
  const empty = spec && !failed ? nothing(preset, mapping, data) : "";
  if (empty) notes.unshift(`Nothing to draw: ${spelled(empty)}`);
  if (chart.others) notes.push(`${plural(chart.others, "run")} with another preset left out`);
  const broken = chart.members.find(({ item }) => item.error);
  if (broken) notes.push(`${nameOf(broken.run)}: ${broken.item.error}`);
  return notes;
}

/** Those in a chart, once each. */
function namesOf(owned: readonly Owned[]) {
  const entry = ({ id, label, look, baseline: base }: Owned) =>
    [id, { id, label: base ? `${label}, baseline` : label, look, damaged: false }] as const;
  return [...new Map(owned.map(entry)).values()];
}

function MadeChart({
  chart,
  height,
  title,
  tell,
  controls,
  editing,
  close,
  value,
  made,
  Drawn,
}: ChartPlace & { value: Read; made: Made; Drawn: ComponentType<DrawnProps> }) {
  const { preset, mapping, strings, owned, first, spec, rows } = made;
  const [width, setWidth] = useState(0);
  const [failed, setFailed] = useState("");
  const names = useMemo(() => namesOf(owned), [owned]);
  // Facets name their runs themselves.
  const faceted = spec !== null && "facet" in (spec as object);
  useEffect(() => tell?.(besideName(titleOf(spec), title)), [spec, tell]);
  const shown = useMemo(() => (spec && tell ? untitled(spec) : spec), [spec, tell]);
  const wrong = failed || (preset ? "" : first?.refused || missing(chart.preset));
  const notes = notesOf(chart, value, made, failed);
  return (
    <div class="customchart" ref={(element) => void (element && setWidth(element.clientWidth))}>
      {names.length > 1 && !faceted && <Legend names={names} width={width} />}
      {spec ? <Drawn spec={shown} datasets={rows} height={height} controls={controls} onError={setFailed} /> : null}
      {wrong && (
        <>
          {!spec && <p class="note warn">{wrong}</p>}
          <Listed data={first!} />
        </>
      )}
      {notes.length > 0 && <p class="hint">{notes.join(" · ")}</p>}
      {editing && (
        <Editor
          title={title}
          name={chart.preset.split("/").find((part) => part !== "wandb") ?? chart.preset}
          preset={preset ?? {}}
          mapping={mapping}
          columns={first!.columns}
          draw={(one, fields) => (
            <Drawn spec={ready(one, fields, strings, owned)} datasets={rowsFor(owned, one, fields)} height={320} />
          )}
          close={close}
        />
      )}
    </div>
  );
}

const missing = (preset: string): string =>
  `no preset is called ${preset}; put ${preset}.vl.json into the folder charts beside the log folder, and log again`;

/** A run's rows under its name and colour, or under its group's. */
function ownedBy(run: RunRow, data: ChartData): Owned {
  const now = table.value;
  const keys = groupKeys.value;
  const [group] =
    keys.length && now
      ? now.group(
          [run],
          keys.map((key) => now.resolve(key)!),
        )
      : [];
  const look = group ? groupLook(group.id) : lookOf(run);
  return {
    id: group ? `group:${group.id}` : uid(run),
    label: group?.label ?? nameOf(run),
    look,
    colour: solid(colourOf(look)),
    baseline: !group && run === baseline.value,
    data,
  };
}

function rowsFor(
  owned: readonly Owned[],
  preset: Preset | undefined,
  mapping: Readonly<Record<string, string>>,
): Readonly<Record<string, readonly object[]>> {
  const rows = rowsOf(owned);
  return { wandb: groupKeys.value.length && preset ? averaged(rows, metaOf(preset), mapping) : rows };
}

/** As many classes are told apart by dashes. */
const DASHES = 3;

/** A preset filled. Colours are for classes where a run is alone, or where so many need them that each has a chart. */
function ready(
  preset: Preset,
  mapping: Readonly<Record<string, string>>,
  strings: Readonly<Record<string, string>>,
  owned: readonly Owned[],
): unknown {
  const filled = titled(fill(preset, mapping, strings));
  const hue = metaOf(preset).hue;
  const column = hue ? mapping[hue] : undefined;
  const several = new Set(owned.map(({ label }) => label)).size > 1;
  if (!column || (several && classesOf(owned, column) <= DASHES)) return filled;
  const coloured = byClass(filled, column) as Preset;
  return several && !("facet" in coloured) ? multiples(coloured) : coloured;
}

function classesOf(owned: readonly Owned[], column: string): number {
  const at = ({ data }: Owned): number => data.columns.indexOf(column);
  return new Set(owned.flatMap((one) => one.data.rows.map((row) => row[at(one)]))).size;
}

const cellText = (value: unknown): string =>
  typeof value === "number" && !Number.isInteger(value) ? number(value) : String(value ?? "–");

/** The table itself, where no chart can be made of it. */
function Listed({ data }: { data: ChartData }) {
  return (
    <div class="listed">
      <table class="tbl">
        <thead>
          <tr>
            {data.columns.map((column) => (
              <th key={column} scope="col">
                {spelled(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.slice(0, LISTED).map((row, n) => (
            <tr key={n}>
              {data.columns.map((column, i) => (
                <td key={column}>{cellText(row[i])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {data.rows.length > LISTED && (
        <p class="hint">
          {LISTED} of {full(data.rows.length)} rows shown
        </p>
      )}
    </div>
  );
}

tracklog.viewer("chart", { Panel });
