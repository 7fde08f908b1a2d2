// One panel at full size: plot, overview with brush, values table.
import { useEffect, useRef } from "preact/hooks";
import { xTitle } from "../lib/axis";
import { cursor, release } from "../lib/cursor";
import { full as fullNumber, plural } from "../lib/format";
import { boardPanels, type PanelInfo, setOptions, showTable } from "../lib/panels";
import { rawBehind } from "../lib/view";
import type { RunRow } from "../model";
import { Icon } from "../parts/icons";
import { ChartBody, hintOf, saveCsv, Title, useChart } from "../parts/panel";
import { PanelView } from "../parts/section";
import { TipHost } from "../parts/tip";
import { Smooth, XAxis } from "../parts/toolbar";
import { TraceTable } from "../parts/tracetable";
import { Button, CopyButton, Segments, Switch } from "../parts/ui";
import { useRuns } from "../parts/use";
import { setParams, shareUrl } from "../route";
import { Overview } from "./full/overview";
import { PointTable } from "./full/points";

/** Share of the window that the plot takes, about. */
const ROOM = 0.7;

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
  const chart = useChart(panel, runs, true, innerWidth * ROOM);
  const overview = useChart(panel, runs, true, innerWidth * ROOM, true);
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
          <Switch on={rawBehind.value} text="Raw behind" onChange={(on) => setParams({ raw: on ? undefined : "0" })} />
        </span>
        <span class="grow" />
        <Button
          icon="table"
          text={<span class="wide">Table</span>}
          label="Table"
          pressed={how.table}
          onClick={() => showTable(panel)}
        />
        <Button
          icon="reset"
          text={<span class="wide">Reset zoom</span>}
          label="Reset zoom"
          disabled={!chart.zoomed}
          onClick={() => chart.onZoom(null, null)}
        />
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
          {how.table && traces.length ? (
            <PointTable traces={traces} x={how.x} />
          ) : (
            <ChartBody chart={chart} panel={panel} runs={runs} ready={chart.loaded !== null} tall />
          )}
          <Overview chart={overview} x={how.x} left={chart.left} />
        </div>
        <aside class="full-side" aria-label="Values">
          {at && <p class="narrow dim at">{xTitle(how.x, at.x)}</p>}
          <TraceTable traces={traces} x={how.x} caption={chart.label} of={runs.length} />
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
        <span class="grow" />
        <code class="cut">{location.hash}</code>
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

tracklog.viewer("full", { Full });
