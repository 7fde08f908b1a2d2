// A run's charts, pictures and system metrics: the board with one run.
import { useMemo } from "preact/hooks";
import type { KeyInfo, RunHead } from "../model";
import { panelsOf, type PanelInfo } from "../lib/panels";
import { Board, PanelView } from "../parts/board";
import { FullHost } from "../parts/full";
import { useRunHead } from "../parts/runhead";
import { Empty } from "../parts/ui";

/** The panels of one run, from its own series. */
function panelsIn(head: RunHead, which: (panel: PanelInfo) => boolean): PanelInfo[] {
  const infos = head.series.map((series): KeyInfo => ({ key: series.key, kind: series.kind, stream: series.stream, runs: 1, hidden: series.hidden }));
  return panelsOf(infos).filter(which);
}

function RunBoard({ which, empty }: { which: (panel: PanelInfo) => boolean; empty: string }) {
  const { run, head, error } = useRunHead();
  const list = useMemo(() => (head ? panelsIn(head, which) : []), [head]);
  const fixed = useMemo(() => (run ? [run] : []), [run]);
  if (error) return <Empty title="This run could not be read" text={error} />;
  if (!run || !head) return <div class="sec" aria-busy="true"><div class="cols"><div class="card"><div class="plot wait"><i class="sk" /></div></div></div></div>;
  if (!list.length) return <Empty title={empty} />;
  return <div class="main"><Board fixed={fixed} list={list} openAll /></div>;
}

const isChart = (panel: PanelInfo): boolean => panel.stream === "history" && panel.kind !== "image";
const isSystem = (panel: PanelInfo): boolean => panel.stream === "system";

export function Charts() {
  const { run } = useRunHead();
  const fixed = useMemo(() => (run ? [run] : []), [run]);
  return <><RunBoard which={isChart} empty="No data logged yet" /><FullHost fixed={fixed} /></>;
}

export function System() {
  return <RunBoard which={isSystem} empty="No system metrics were recorded" />;
}

export function Media() {
  const { run, head, error } = useRunHead();
  const list = useMemo(() => (head ? panelsIn(head, (panel) => panel.kind === "image") : []), [head]);
  const fixed = useMemo(() => (run ? [run] : []), [run]);
  if (error) return <Empty title="This run could not be read" text={error} />;
  if (!run || !head) return null;
  if (!list.length) return <Empty title="No media logged yet" text={<code>run.log(&#123;"example": tracklog.Image(array)&#125;)</code>} />;
  return <div class="main media-page"><h2 class="sr">Pictures</h2>{list.map((panel) => <PanelView key={panel.id} panel={panel} fixed={fixed} large />)}</div>;
}
