// A run's charts, pictures and system metrics: the board with one run.
import { useMemo } from "preact/hooks";
import { CHART_TABLES, type PanelInfo, panelsOf } from "../lib/panels";
import { type KeyInfo, MEDIA_KINDS, type RunHead } from "../model";
import { Board } from "../parts/board";
import { FullHost } from "../parts/fullhost";
import { useRunHead } from "../parts/runhead";
import { PanelView } from "../parts/section";
import { Empty, Wait } from "../parts/ui";
import { param } from "../route";

/** The panels of one run, from its own series. */
function panelsIn(head: RunHead, which: (panel: PanelInfo) => boolean): PanelInfo[] {
  const infos = head.series.map(
    (series): KeyInfo => ({
      key: series.key,
      kind: series.kind,
      stream: series.stream,
      runs: 1,
      hidden: series.hidden,
      x: series.x,
      goal: series.goal,
    }),
  );
  return panelsOf(infos).filter(which);
}

function RunBoard({ which, empty }: { which: (panel: PanelInfo) => boolean; empty: string }) {
  const { run, head, error } = useRunHead();
  const list = useMemo(() => (head ? panelsIn(head, which) : []), [head]);
  const fixed = useMemo(() => (run ? [run] : []), [run]);
  // Alone in a frame, a panel needs no board behind it.
  if (param("embed") !== undefined) return null;
  if (error) return <Empty title="This run could not be read" text={error} />;
  if (!run || !head)
    return (
      <div class="sec" aria-busy="true">
        <div class="cards">
          <div class="slot">
            <div class="card">
              <Wait />
            </div>
          </div>
        </div>
      </div>
    );
  if (!list.length) return <Empty title={empty} />;
  return (
    <div class="main">
      <Board fixed={fixed} list={list} openAll />
    </div>
  );
}

const isMedia = (panel: PanelInfo): boolean => MEDIA_KINDS.has(panel.kind);
const isTable = (panel: PanelInfo): boolean => panel.kind === "table" && !panel.behind;
const isChart = (panel: PanelInfo): boolean => panel.stream === "history" && !isMedia(panel) && panel.kind !== "table";
const isSystem = (panel: PanelInfo): boolean => panel.stream === "system";

export function Charts() {
  const { run } = useRunHead();
  const fixed = useMemo(() => (run ? [run] : []), [run]);
  return (
    <>
      <RunBoard which={isChart} empty="No data logged yet" />
      <FullHost fixed={fixed} />
    </>
  );
}

export function System() {
  return <RunBoard which={isSystem} empty="No system metrics were recorded" />;
}

const rank = (panel: PanelInfo): number => Number(panel.section === CHART_TABLES);

/** Panels one below the other, each as wide as the page. */
function Column({
  which,
  title,
  empty,
  example,
}: {
  which: (panel: PanelInfo) => boolean;
  title: string;
  empty: string;
  example: string;
}) {
  const { run, head, error } = useRunHead();
  // Tables of custom charts that were asked for come last.
  const list = useMemo(() => (head ? panelsIn(head, which).sort((a, b) => rank(a) - rank(b)) : []), [head]);
  const fixed = useMemo(() => (run ? [run] : []), [run]);
  if (error) return <Empty title="This run could not be read" text={error} />;
  if (!run || !head) return <Wait />;
  if (!list.length) return <Empty title={empty} text={<code>{example}</code>} />;
  return (
    <div class="main media-page">
      <h2 class="sr">{title}</h2>
      {list.map((panel) => (
        <PanelView key={panel.id} panel={panel} fixed={fixed} large />
      ))}
    </div>
  );
}

export function Media() {
  return (
    <Column
      which={isMedia}
      title="Media"
      empty="No media logged yet"
      example={'run.log({"example": tracklog.Image(array)})'}
    />
  );
}

export function Tables() {
  return (
    <Column
      which={isTable}
      title="Tables"
      empty="No table logged yet"
      example={'run.log({"example": tracklog.Table(dataframe=frame)})'}
    />
  );
}
