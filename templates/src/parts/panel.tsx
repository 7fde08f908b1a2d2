// A panel: card with title, legend, chart and what was left out.
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { unitOf } from "../lib/axis";
import { fileName, linesCsv } from "../lib/csv";
import { uid } from "../lib/data";
import { full, number, plural } from "../lib/format";
import { parts, shown as plain } from "../lib/keys";
import { apart, fitting, middle } from "../lib/names";
import { CROWD } from "../lib/paint";
import { effective, optionsOf, type PanelInfo, pinned, setOptions, togglePin } from "../lib/panels";
import type { Scales } from "../lib/plot";
import { type Beyond, beyond, main, type Trace, xRange, yRange } from "../lib/trace";
import { lostText } from "../lib/values";
import { common, fromZero, hovered, logX, rawBehind, setZoom, table, toggleEyes, zoomOf } from "../lib/view";
import type { RunRow } from "../model";
import { setParams } from "../route";
import { Chart } from "./chart";
import { Swatch } from "./identity";
import { part } from "./part";
import { NobodyDrawn } from "./states";
import { TraceTable } from "./tracetable";
import { Button, download, Empty, Menu } from "./ui";
import { useLines, useRuns, useSeen, useTraces } from "./use";

const PanelMenu = part<{
  readonly panel: PanelInfo;
  readonly csv: (() => void) | undefined;
  readonly close: () => void;
}>("panelmenu", "PanelMenu");

const LEGEND = 6;
/** Characters of a name in the legend. */
const LONGEST = 30;
/** Pixels: of the card's edges, of a swatch with its gaps, and of what says that there are more. */
const [PADDING, ENTRY, MORE] = [24, 28, 28];
/** What the y axis takes of a card, about. */
const AXIS = 50;
/** The range of an axis of shares. */
const PERCENT = [0, 100] as const;

export function Title({ text, plain }: { text: string; plain?: boolean }) {
  const [dim, ink] = plain ? ["", text] : parts(text);
  return (
    <h3 title={text}>
      {dim && <span>{dim}</span>}
      {ink}
    </h3>
  );
}

/** The frame that all kinds of panels share. */
export function Card({
  panel,
  fact,
  head,
  acts,
  csv,
  children,
  label,
  innerRef,
  drag,
}: {
  panel: PanelInfo;
  fact?: ComponentChildren;
  /** Stands beside the title at all times: a title of its own, controls. */
  head?: ComponentChildren;
  acts?: ComponentChildren;
  csv?: () => void;
  children: ComponentChildren;
  label: string;
  innerRef?: (element: HTMLElement | null) => void;
  drag?: { onDrop: (id: string) => void };
}) {
  const pin = pinned.value.includes(panel.id);
  return (
    <figure
      class="card"
      aria-label={label}
      ref={innerRef}
      data-panel={panel.id}
      onDragOver={drag && ((event) => event.dataTransfer?.types.includes("text/panel") && event.preventDefault())}
      onDrop={drag && ((event) => drag.onDrop(event.dataTransfer!.getData("text/panel")))}
    >
      <header>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the menu moves it by keys */}
        <div
          class="grow handle"
          draggable={Boolean(drag)}
          onDragStart={(event) => event.dataTransfer?.setData("text/panel", panel.id)}
        >
          <Title text={panel.title} plain={panel.stream === "system"} />
        </div>
        {head}
        {fact && <span class="pts">{fact}</span>}
        {(acts || drag) && (
          <span class="acts">
            {acts}
            {drag && (
              <>
                <Button
                  kind="xs"
                  icon="pin"
                  label={pin ? "Unpin" : "Pin to top"}
                  pressed={pin}
                  onClick={() => togglePin(panel.id)}
                />
                <Button kind="xs" icon="full" label="Full screen" onClick={() => setParams({ panel: panel.id })} />
                <Menu label={`Menu of ${panel.title}`} icon="more">
                  {(close) => <PanelMenu panel={panel} csv={csv} close={close} />}
                </Menu>
              </>
            )}
          </span>
        )}
      </header>
      {children}
    </figure>
  );
}

export function LinePanel({
  panel,
  fixed,
  drag,
}: {
  panel: PanelInfo;
  fixed?: readonly RunRow[];
  drag?: { onDrop: (id: string) => void };
}) {
  const [attach, seen, room] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const chart = useChart(panel, runs, seen, room - AXIS);
  const { how, traces, loaded } = chart;
  // The page of a run is its legend; several ranks are told apart all the same.
  const alone = fixed?.length === 1 && traces.length <= 1;
  const fact = [
    panel.unit,
    how.log && "log y",
    optionsOf(panel.id).x !== undefined && `x: ${unitOf(how.x) || how.x}`,
    how.y && "y range",
  ]
    .filter(Boolean)
    .join(", ");
  return (
    <Card
      panel={panel}
      innerRef={attach}
      fact={fact}
      label={chart.label}
      drag={drag}
      csv={() => saveCsv(panel, how.x, traces)}
    >
      {!alone && <Legend names={traces} note={legendNote(chart)} width={chart.width} />}
      {how.table && traces.length ? (
        <TraceTable traces={traces} x={how.x} />
      ) : (
        <ChartBody chart={chart} panel={panel} runs={runs} ready={loaded !== null} />
      )}
      {(!alone || hintOf(chart)) && (
        <p class="hint" title={hintOf(chart)}>
          {hintOf(chart)}
        </p>
      )}
    </Card>
  );
}

/** The lowest line and its value, for those who do not see the chart. */
function lowest(traces: readonly Trace[]): string {
  let best: { value: number; label: string } | null = null;
  for (const trace of traces)
    for (const value of main(trace))
      if (Number.isFinite(value) && (!best || value < best.value)) best = { value, label: trace.label };
  return best ? `, lowest ${best.label} ${number(best.value)}` : "";
}

export type ChartState = ReturnType<typeof useChart>;

/** All that a line chart needs: data, traces, ranges. */
export function useChart(panel: PanelInfo, runs: readonly RunRow[], when: boolean, guess: number, whole = false) {
  const how = effective(panel);
  const [[width, left], setPlace] = useState<readonly [number, number]>([0, 0]);
  const setWidth = (nextWidth: number, nextLeft: number): void =>
    setPlace((now) => (now[0] === nextWidth && now[1] === nextLeft ? now : [nextWidth, nextLeft]));
  const [boxY, setBoxY] = useState<readonly [number, number] | null>(null);
  const range = whole ? null : zoomOf(how.x);
  const isLogX = logX.value && how.x !== "wall";
  const { loaded, error, again, reading } = useLines(
    runs,
    { key: panel.key, stream: panel.stream, x: how.x, zoom: range, logX: isLogX, width: width || guess },
    when,
  );
  const traces = useTraces(loaded, how.smoothing, range, isLogX, width || guess);
  const zero = fromZero.value;
  const scales = useMemo<Scales>(() => {
    const x = range ?? xRange(traces, isLogX) ?? [0, 1];
    const auto = how.y || boxY ? null : yRange(traces, x[0], x[1], how.clip, how.log);
    const out = panel.unit === "%" && !how.log && auto ? beyond(traces, x, PERCENT, false) : undefined;
    const share =
      auto && out !== undefined
        ? ([out?.below == null ? 0 : Math.min(0, auto[0]), out?.above == null ? 100 : Math.max(100, auto[1])] as const)
        : null;
    const fitted = how.y ?? boxY ?? share ?? auto ?? (how.log ? [0.1, 1] : [0, 1]);
    const y =
      zero && !how.y && !boxY && !how.log ? ([Math.min(0, fitted[0]), Math.max(0, fitted[1])] as const) : fitted;
    return { x: isLogX ? [Math.max(x[0], 1e-9), x[1]] : x, y, logX: isLogX, logY: how.log };
  }, [traces, range?.[0], range?.[1], isLogX, how.y?.[0], how.y?.[1], boxY, how.clip, how.log, zero]);
  const cut = useMemo(() => beyond(traces, scales.x, scales.y, how.log), [traces, scales]);
  const way = how.y ? "empty the Y range in the menu" : boxY ? "double click the chart" : "switch off Clip outliers";
  const least = useMemo(() => lowest(traces), [traces]);
  const label = `${panel.title} by ${unitOf(how.x) || "time"}, ${plural(traces.length, "line")}${least}`;
  const onZoom = (x: readonly [number, number] | null, y: readonly [number, number] | null): void => {
    setBoxY(y);
    setZoom(x, how.x);
  };
  return {
    how,
    loaded,
    error,
    again,
    reading,
    traces,
    scales,
    cut: cut && `${cutText(cut)} lie beyond the axis: ${way}`,
    left,
    width,
    setWidth,
    onZoom,
    zoomed: range !== null || boxY !== null,
    label,
    range,
  };
}

function cutText({ below, above }: Beyond): string {
  if (below !== null && above !== null) return `values from ${number(below)} to ${number(above)}`;
  return above !== null ? `values up to ${number(above)}` : `values down to ${number(below!)}`;
}

export function ChartBody({
  chart,
  panel,
  runs,
  ready,
  tall,
}: {
  chart: ChartState;
  panel: PanelInfo;
  runs: readonly RunRow[];
  ready: boolean;
  tall?: boolean;
}) {
  const { how, traces, error, again, scales } = chart;
  const frame = tall ? "plot tall" : "plot";
  if (error && !traces.length)
    return (
      <div class={frame}>
        <Empty title="This panel could not be read" text={error}>
          <Button kind="line" text="Retry" onClick={again} />
        </Empty>
      </div>
    );
  if (!runs.length)
    return (
      <div class={frame}>
        <NobodyDrawn />
      </div>
    );
  if (ready && !traces.length)
    return (
      <div class={frame}>
        <NoData panel={panel} x={how.x} runs={runs} />
      </div>
    );
  if (!ready)
    return (
      <div class={`${frame} wait`} aria-hidden="true">
        <i class="sk" />
        <i class="sk" />
        <i class="sk" />
      </div>
    );
  return (
    <Chart
      traces={traces}
      x={how.x}
      scales={scales}
      rawBehind={rawBehind.value}
      label={chart.label}
      onZoom={chart.onZoom}
      onWidth={chart.setWidth}
      tall={tall}
    />
  );
}

function NoData({ panel, x, runs }: { panel: PanelInfo; x: string; runs: readonly RunRow[] }) {
  if (["step", "rel", "wall"].includes(x))
    return <Empty title="No run in view logged this" text={`${plural(panel.runs, "run")} of the project did.`} />;
  const now = table.value;
  const has = (run: RunRow, key: string): boolean => now?.value(run, `summary.${key}`) !== undefined;
  const others =
    now?.index.runs.filter((run) => !runs.includes(run) && has(run, x) && has(run, panel.key)).map(uid) ?? [];
  const did = others.length ? `${plural(others.length, "hidden run")} did. ` : "";
  return (
    <Empty
      title={
        <>
          No run in view logged <code>{plain(x)}</code> next to {panel.title}
        </>
      }
      text={`${did}The other panels stay on ${plain(x)}.`}
    >
      <Button kind="line" text="Use step here" onClick={() => setOptions(panel.id, { x: "step" })} />
      {others.length ? (
        <Button
          kind="line"
          text={others.length > 1 ? `Show those ${full(others.length)} runs` : "Show that run"}
          onClick={() => toggleEyes(others, true)}
        />
      ) : (
        <Button kind="line" text="Use step everywhere" onClick={() => setParams({ x: undefined, zoom: undefined })} />
      )}
    </Empty>
  );
}

/** One line of runs, or of groups, which have no row to light up. */
export function Legend({
  names,
  note,
  width,
}: {
  names: readonly (Pick<Trace, "id" | "label" | "look" | "damaged"> & Partial<Pick<Trace, "lost">>)[];
  note?: string;
  width: number;
}) {
  // Measured and not laid out: a layout of every card would cost more than the line is worth. Only whole entries show.
  const shared = common.value;
  const labels = useMemo(
    () => names.map(({ id, label }) => middle(id.startsWith("group:") ? label : apart(label, shared), LONGEST)),
    [names, shared],
  );
  const shown = useMemo(() => {
    const whole = labels.map((label, i) => label + lostWord(names[i]!));
    return Math.max(1, Math.min(LEGEND, fitting(whole, width - PADDING, ENTRY, MORE)));
  }, [labels, width]);
  const rest = names.length - Math.min(shown, names.length);
  return (
    <div class="legend-wrap">
      <div class="legend">
        {names.slice(0, shown).map(({ id, label, look, damaged, lost = [] }, i) => (
          <span
            key={id + label}
            title={[label, ...lost.slice(0, LEGEND).map(lostText)].join("\n")}
            onPointerEnter={() => {
              hovered.value = id.startsWith("group:") ? "" : id;
            }}
            onPointerLeave={() => {
              hovered.value = "";
            }}
          >
            <Swatch look={look} line /> {labels[i]}
            {lost.length > 0 && <span class="nan">{lostWord({ lost })}</span>}
            {damaged && (
              <span class="warnmark" title="Part of this run could not be read">
                {" "}
                ⚠
              </span>
            )}
          </span>
        ))}
        {note && <span class="dim">{note}</span>}
      </div>
      {rest > 0 && <span class="more">+{rest}</span>}
    </div>
  );
}

function lostWord({ lost = [] }: Partial<Pick<Trace, "lost">>): string {
  return lost[0] ? ` ${lost[0].what}` : "";
}

/** Which lines ended in what is not finite, and how: the first of them, and how many more there are. */
function lostOf(traces: readonly Trace[]): string {
  const ended = traces.flatMap(({ label, lost }) => lost.map((one) => ({ label, text: lostText(one) })));
  if (!ended[0]) return "";
  const named = traces.length > 1 ? `${ended[0].label}: ${ended[0].text}` : ended[0].text;
  return ended.length > 1 ? `${named}, and ${plural(ended.length - 1, "more line")}` : named;
}

function legendNote({ loaded, traces, how }: ChartState): string {
  const without =
    loaded && !["step", "rel", "wall"].includes(how.x)
      ? [...loaded.lines.values()].filter((lines) => !lines.length).length
      : 0;
  return without && traces.length ? `${plural(without, "run")} without ${plain(how.x)} left out` : "";
}

/** Every reduction is said: merged, left out, not finite, failed. */
export function hintOf({ traces, range, how, loaded, cut, reading }: ChartState): string {
  if (reading) return reading;
  const sum = (field: "drawn" | "behind" | "rows" | "leftOut" | "notNumbers" | "infinite" | "dropped"): number =>
    traces.reduce((total, trace) => total + trace[field], 0);
  const said: string[] = [];
  if (cut) said.push(cut);
  const lost = lostOf(traces);
  if (lost) said.push(lost);
  const [drawnPoints, behind] = [sum("drawn"), sum("behind")];
  const kept = loaded?.packed ? ", each a mean: zoom for all" : ": min and max kept";
  if (drawnPoints < behind) said.push(`${full(drawnPoints)} of ${full(behind)} points drawn${kept}`);
  else if (range && behind) said.push(`All ${full(behind)} points in view are drawn`);
  if (traces.length > CROWD && traces.some((trace) => trace.low)) said.push("ranges of points not drawn");
  if (traces.some((trace) => trace.coarse)) said.push("finer points are left out of this copy");
  if (traces.some((trace) => trace.resampled)) said.push("groups resampled to pixels");
  if (traces.some((trace) => trace.endings.length)) said.push("rings: a run of the group ends");
  const [from, to] = range ?? [-Infinity, Infinity];
  if (traces.some((trace) => trace.joints.some((x) => x >= from && x <= to)))
    said.push("bars: a later session goes on");
  if (sum("dropped")) said.push(`${plural(sum("dropped"), "line")} whose x turns back left out of the means`);
  if (sum("leftOut")) said.push(`${plural(sum("leftOut"), "row")} without ${plain(how.x)} left out`);
  if (how.log) {
    const low = traces.reduce((total, trace) => total + trace.y.reduce((n, value) => n + Number(value <= 0), 0), 0);
    if (low) said.push(`${plural(low, "value")} ≤ 0 left out`);
  }
  if (sum("notNumbers")) said.push(`${full(sum("notNumbers"))} NaN`);
  if (sum("infinite")) said.push(`${full(sum("infinite"))} ±Inf`);
  if (loaded?.failed) said.push(`some runs could not be read: ${loaded.failed}`);
  return said.join(" · ");
}

/** What is in view: a zoomed chart holds coarser buckets beside its window, which nobody asked for. */
export function saveCsv(panel: PanelInfo, x: string, traces: readonly Trace[]): void {
  const [from, to] = zoomOf(x) ?? [-Infinity, Infinity];
  const lines = traces.map((trace) => {
    const seen = (_: number, i: number): boolean => trace.x[i]! >= from && trace.x[i]! <= to;
    const [low, high] = [trace.low?.filter(seen) ?? null, trace.high?.filter(seen) ?? null];
    const merged = low?.some((value, i) => !Object.is(value, high![i])) ?? false;
    return {
      label: trace.label,
      x: trace.x.filter(seen),
      y: main(trace).filter(seen),
      low: merged ? low : null,
      high: merged ? high : null,
    };
  });
  download(`${fileName(panel.title)}.csv`, linesCsv(unitOf(x) || x, lines), "text/csv");
}
