// One panel alone, for a frame in another page: title, chart, whose lines they are, the way to the rest.
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { middle } from "../lib/names";
import type { PanelInfo } from "../lib/panels";
import type { Trace } from "../lib/trace";
import type { RunRow } from "../model";
import { Swatch } from "../parts/identity";
import { ChartBody, hintOf, Title, useChart } from "../parts/panel";
import { PanelView } from "../parts/section";
import { TipHost } from "../parts/tip";
import { TraceTable } from "../parts/tracetable";
import { Empty } from "../parts/ui";
import { useRuns } from "../parts/use";
import { shareUrl } from "../route";
import css from "./embed.css";
import { addStyle } from "./lib/style";

addStyle(css);

/** Lines that are named below a chart; the tooltip names all. */
const NAMED = 12;
/** Characters of a name there. */
const LONGEST = 40;
/** Share of the frame that the plot takes, about. */
const ROOM = 0.9;

function Embed({
  id,
  panel,
  fixed,
}: {
  id: string;
  panel: PanelInfo | undefined;
  fixed: readonly RunRow[] | undefined;
}) {
  useLayoutEffect(() => {
    const root = document.documentElement;
    root.dataset.embed = "";
    return () => void delete root.dataset.embed;
  }, []);
  return (
    <div class="embed">
      {!panel ? (
        <Empty
          title={`There is no panel ${id} here`}
          text="No run of this project has logged it, or none that is left."
        />
      ) : panel.kind === "line" ? (
        <EmbedLine key={panel.id} panel={panel} fixed={fixed} />
      ) : (
        <>
          <div class="embed-other">
            <PanelView panel={panel} fixed={fixed} large />
          </div>
          <Foot id={panel.id} hint="" />
        </>
      )}
      <TipHost />
    </div>
  );
}

/** What was left out, and the way to the same view with all that is around it. */
function Foot({ id, hint }: { id: string; hint: string }) {
  const [url, setUrl] = useState("");
  useEffect(() => void shareUrl({ embed: undefined, panel: id }).then(setUrl), [id]);
  return (
    <footer>
      <p class="hint" title={hint}>
        {hint}
      </p>
      <span class="grow" />
      {url && (
        <a href={url} target="_blank" rel="noopener">
          Open in tracklog
        </a>
      )}
    </footer>
  );
}

function EmbedLine({ panel, fixed }: { panel: PanelInfo; fixed: readonly RunRow[] | undefined }) {
  const runs = useRuns(fixed);
  const chart = useChart(panel, runs, true, innerWidth * ROOM);
  const { traces, how } = chart;
  return (
    <>
      <header>
        <Title text={panel.title} />
        {panel.unit && <span class="dim">{panel.unit}</span>}
      </header>
      <div class="embed-plot">
        {how.table && traces.length ? (
          <TraceTable traces={traces} x={how.x} />
        ) : (
          <ChartBody chart={chart} panel={panel} runs={runs} ready={chart.loaded !== null} tall />
        )}
      </div>
      <Names traces={traces} />
      <Foot id={panel.id} hint={hintOf(chart)} />
    </>
  );
}

function Names({ traces }: { traces: readonly Trace[] }) {
  return (
    <ul class="embed-names">
      {traces.slice(0, NAMED).map(({ id, label, look }) => (
        <li key={id + label} title={label}>
          <Swatch look={look} line /> {middle(label, LONGEST)}
        </li>
      ))}
      {traces.length > NAMED && <li class="dim">+{traces.length - NAMED}</li>}
    </ul>
  );
}

tracklog.viewer("embed", { Embed });
