// One panel at full size: plot, overview with brush, values table.
import { useEffect, useRef, useState } from "preact/hooks";
import type { RunRow } from "../model";
import { param, setParams, shareUrl } from "../route";
import { unitOf, xText, xTitle } from "../lib/axis";
import { cursor, release } from "../lib/cursor";
import { full as fullNumber, plural } from "../lib/format";
import { boardPanels, panels, setOptions, type PanelInfo } from "../lib/panels";
import { setZoom, zoom } from "../lib/view";
import { PanelView } from "./board";
import { Chart } from "./chart";
import { Icon } from "./icons";
import { ChartBody, Title, hintOf, saveCsv, useChart } from "./panel";
import { TipHost } from "./tip";
import { Smooth, XAxis } from "./toolbar";
import { TraceTable } from "./tracetable";
import { Button, CopyButton, Segments } from "./ui";
import { useRuns } from "./use";

/** Opens while the hash names a panel. */
export function FullHost({ fixed }: { fixed?: readonly RunRow[] }) {
  const id = param("panel");
  const panel = panels.value.find((other) => other.id === id);
  return panel ? <Full panel={panel} fixed={fixed} /> : null;
}

function Full({ panel, fixed }: { panel: PanelInfo; fixed?: readonly RunRow[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // Else the first button would take the focus, and show its ring to people who came by mouse.
    dialog.current?.focus();
  }, []);
  useEffect(() => release, [panel.id]);
  const close = (): void => setParams({ panel: undefined });
  return (
    <dialog
      class="full"
      ref={dialog}
      tabIndex={-1}
      aria-label={panel.title}
      onClose={close}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onKeyDown={(event) => stepPanel(event, panel)}
    >
      {panel.kind === "line" ? (
        <FullLine key={panel.id} panel={panel} fixed={fixed} close={close} />
      ) : (
        <FullOther key={panel.id} panel={panel} fixed={fixed} close={close} />
      )}
    </dialog>
  );
}

function stepPanel(event: KeyboardEvent, panel: PanelInfo): void {
  const by = event.key === "[" ? -1 : event.key === "]" ? 1 : 0;
  if (!by || (event.target as HTMLElement).closest("input, select")) return;
  // Else the board behind takes it too.
  event.preventDefault();
  const all = boardPanels.value;
  // From the table of a chart, the chart comes before and the next panel after.
  const at =
    all.findIndex((other) => (panel.behind ? other.table : other.id) === panel.id) + (panel.behind && by < 0 ? 1 : 0);
  setParams({ panel: all[(at + by + all.length) % all.length]!.id });
}

function FullLine({ panel, fixed, close }: { panel: PanelInfo; fixed?: readonly RunRow[]; close: () => void }) {
  const runs = useRuns(fixed);
  const chart = useChart(panel, runs, true);
  const overview = useChart(panel, runs, zoom.value !== null || true, true);
  const { how, traces } = chart;
  const at = cursor.value;
  return (
    <>
      <header class="full-top">
        <Title text={panel.title} />
        {panel.stream === "history" && (
          <span class="wide row">
            <span class="gap" />
            <XAxis />
          </span>
        )}
        <span class="wide row">
          <span class="lab">Y</span>
          <Segments
            label="Y axis"
            value={how.log ? "log" : "linear"}
            options={[
              ["linear", "Linear"],
              ["log", "Log"],
            ]}
            onChange={(value) => setOptions(panel.id, { log: value === "log" ? true : undefined })}
          />
        </span>
        <span class="wide row">
          <span class="gap" />
          <Smooth />
        </span>
        <span class="grow" />
        {zoom.value && <Button icon="reset" text="Reset zoom" onClick={() => setZoom(null)} />}
        <Button
          icon="download"
          text={<span class="wide">CSV</span>}
          label="Download CSV"
          onClick={() => saveCsv(panel, how.x, traces)}
        />
        <CopyButton icon="link" kind="" label="Copy link" text={() => shareUrl()} />
        <Button icon="close" label="Close" onClick={close} />
      </header>
      <div class="full-body">
        <div class="full-plot">
          <ChartBody chart={chart} panel={panel} runs={runs} ready={chart.loaded !== null} tall />
          <Overview chart={overview} x={how.x} left={chart.left} />
        </div>
        <aside class="full-side" aria-label="Values">
          {at && <p class="narrow dim at">{xTitle(how.x, at.x)}</p>}
          <TraceTable traces={traces} x={how.x} caption={chart.label} />
          <Points chart={chart} />
        </aside>
      </div>
      <footer class="full-foot wide">
        <span>drag: zoom x</span>
        <span>Shift-drag: zoom box</span>
        <span>double click: whole run</span>
        <span>← →: move the cursor</span>
        <span>[ ]: previous, next panel</span>
        <span>Esc: back</span>
      </footer>
    </>
  );
}

function Points({ chart }: { chart: ReturnType<typeof useChart> }) {
  const { traces } = chart;
  if (!traces.length) return null;
  const [drawn, behind, rows] = (["drawn", "behind", "rows"] as const).map((field) =>
    traces.reduce((sum, trace) => sum + trace[field], 0),
  ) as [number, number, number];
  return (
    <div class="note points">
      <Icon name={drawn === behind ? "check" : "chart"} />
      <div>
        <b>
          {drawn === behind
            ? `All ${fullNumber(behind)} points in view are drawn`
            : `${fullNumber(drawn)} of ${fullNumber(behind)} points in view are drawn`}
        </b>
        <p>
          {plural(traces.length, "line")}
          {drawn < behind ? ", min and max kept; zoom in for every point" : ""}
          {rows > behind ? `. Out of view: ${fullNumber(rows - behind)}` : ""}.{" "}
          {hintOf(chart)
            .split(" · ")
            .filter((said) => !said.includes("points"))
            .join(", ")}
        </p>
      </div>
    </div>
  );
}

/** The whole run below the plot; the window in it can be dragged, resized and moved by keys. */
function Overview({ chart, x, left }: { chart: ReturnType<typeof useChart>; x: string; left: number }) {
  const root = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{
    edge: "from" | "to" | "both";
    start: number;
    range: readonly [number, number];
  } | null>(null);
  const [low, high] = chart.scales.x;
  const [from, to] = zoom.value ?? [low, high];
  const span = high - low || 1;
  const share = (value: number): number => Math.max(0, Math.min(1, (value - low) / span));
  const at = (event: PointerEvent): number => {
    const box = root.current!.getBoundingClientRect();
    return low + ((event.clientX - box.left) / box.width) * span;
  };
  const apply = (a: number, b: number): void => {
    const [start, end] = [Math.max(low, Math.min(a, b)), Math.min(high, Math.max(a, b))];
    if (end - start > span * 1e-7) setZoom(start <= low && end >= high ? null : [start, end]);
  };
  const move = (event: PointerEvent): void => {
    if (!drag) return;
    const by = at(event) - drag.start;
    const [a, b] = drag.range;
    if (drag.edge === "both") {
      const shift = Math.max(low - a, Math.min(high - b, by));
      apply(a + shift, b + shift);
    } else apply(drag.edge === "from" ? a + by : a, drag.edge === "to" ? b + by : b);
  };
  const begin =
    (edge: "from" | "to" | "both") =>
    (event: PointerEvent): void => {
      event.stopPropagation();
      root.current!.setPointerCapture(event.pointerId);
      setDrag({ edge, start: at(event), range: [from, to] });
    };
  const key =
    (edge: "from" | "to") =>
    (event: KeyboardEvent): void => {
      const by =
        (event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0) * span * (event.shiftKey ? 0.1 : 0.01);
      if (!by) return;
      event.preventDefault();
      apply(edge === "from" ? Math.min(from + by, to) : from, edge === "to" ? Math.max(to + by, from) : to);
    };
  const handle = (edge: "from" | "to", value: number) => (
    <button
      type="button"
      class="handle-x"
      style={{ left: `${share(value) * 100}%` }}
      role="slider"
      aria-label={edge === "from" ? "Start of the view" : "End of the view"}
      aria-valuemin={low}
      aria-valuemax={high}
      aria-valuenow={value}
      aria-valuetext={xText(x, value)}
      onPointerDown={begin(edge)}
      onKeyDown={key(edge)}
    />
  );
  return (
    <div class="overview-strip">
      {chart.traces.length > 0 && (
        <Chart
          traces={chart.traces}
          x={x}
          scales={chart.scales}
          rawBehind={false}
          label={`Overview by ${unitOf(x)}`}
          onZoom={() => undefined}
          overview={left}
        />
      )}
      <div
        class="brush"
        ref={root}
        style={{ left: `${left}px` }}
        onPointerMove={move}
        onPointerUp={() => setDrag(null)}
        onPointerDown={(event) => {
          root.current!.setPointerCapture(event.pointerId);
          setDrag({ edge: "to", start: at(event), range: [at(event), at(event)] });
        }}
      >
        <i
          class="window"
          style={{ left: `${share(from) * 100}%`, right: `${(1 - share(to)) * 100}%` }}
          onPointerDown={begin("both")}
        />
        {handle("from", from)}
        {handle("to", to)}
      </div>
    </div>
  );
}

function FullOther({ panel, fixed, close }: { panel: PanelInfo; fixed?: readonly RunRow[]; close: () => void }) {
  return (
    <>
      <header class="full-top">
        <Title text={panel.title} />
        <span class="grow" />
        <Button icon="close" label="Close" onClick={close} />
      </header>
      <div class="full-body one">
        <PanelView panel={panel} fixed={fixed} large />
      </div>
      <TipHost />
    </>
  );
}
