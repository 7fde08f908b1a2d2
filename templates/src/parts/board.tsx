// Sections of panels below a toolbar: the workspace, and a run's charts and system metrics.
import { computed } from "@preact/signals";
import { useEffect, useMemo, useReducer, useRef, useState } from "preact/hooks";
import { CARD, type Plan, planOf, usualHeight, within } from "../lib/board";
import { index } from "../lib/data";
import { columnsIn } from "../lib/layout";
import {
  boardPanels,
  fold,
  folded,
  movePanel,
  type PanelInfo,
  pinned,
  type Section,
  SYSTEM,
  sectionsOf,
  toggleWhole,
  whole,
} from "../lib/panels";
import { search } from "../lib/regex";
import { columnCount, split } from "../lib/view";
import type { RunRow } from "../model";
import { param, params } from "../route";
import { useBoardKeys } from "./boardkeys";
import { shapeFor } from "./cards";
import { FindHint } from "./findhint";
import { useJump } from "./jump";
import { useNear } from "./near";
import { type BoardActs, Room, SectionView } from "./section";
import { NoRuns } from "./states";
import { Toolbar } from "./toolbar";
import { Empty } from "./ui";
import { useRuns, useWidth } from "./use";

/** Ids of the panels that the search field leaves; null without a search. */
function usePanelSearch(all: readonly PanelInfo[]): { hits: ReadonlySet<string> | null; note: string } {
  const pattern = param("p") ?? "";
  const regex = param("pre") !== "0";
  const [state, setState] = useState<{ hits: ReadonlySet<string> | null; note: string }>({ hits: null, note: "" });
  useEffect(() => {
    if (!pattern) return setState({ hits: null, note: "" });
    let stale = false;
    void search(
      pattern,
      all.map((panel) => (panel.stream === "system" ? `${panel.title} ${panel.key}` : panel.title)),
      regex,
    ).then(({ hits, literal }) => {
      if (!stale)
        setState({ hits: new Set(all.filter((_, i) => hits.has(i)).map((panel) => panel.id)), note: literal });
    });
    return () => {
      stale = true;
    };
  }, [pattern, regex, all]);
  return state;
}

/** Of the parameters those by which cards and sections have other heights. */
const shaping = computed(() =>
  Object.entries(params.value)
    .filter(([key]) => /^(o\.|hv\.|hrun$|fold$|all$)/.test(key))
    .join("\n"),
);

/** The sections of a board, and where each of their panels will stand. */
function usePlan(
  all: readonly PanelInfo[],
  hits: ReadonlySet<string> | null,
  shut: ReadonlySet<string>,
  width: number,
  runs: number,
): { sections: readonly Section[]; plan: Plan; measured: BoardActs["measured"] } {
  const heights = useRef(new Map<string, number>());
  const [news, tell] = useReducer((n: number) => n + 1, 0);
  const order = param("order");
  const sections = useMemo(
    () => sectionsOf(hits ? all.filter((panel) => hits.has(panel.id)) : all, pinned.value, split(order)),
    [all, hits, pinned.value, order],
  );
  const columns = columnsIn(width, columnCount.value);
  const plan = useMemo(
    () =>
      planOf(width ? sections : [], {
        columns,
        shape: shapeFor(runs),
        isOpen: ({ name }) => hits !== null || !shut.has(name),
        isWhole: ({ name }) => whole.value.has(name),
        heightOf: (panel) => heights.current.get(panel.id) ?? usualHeight(panel),
      }),
    [sections, columns, runs, width > 0, shaping.value, news],
  );
  const measured = (panel: PanelInfo, height: number): void => {
    if ((heights.current.get(panel.id) ?? usualHeight(panel)) === height) return;
    heights.current.set(panel.id, height);
    tell(0);
  };
  return { sections, plan, measured };
}

export function Board({
  fixed,
  list,
  openAll,
  runsButton,
}: {
  fixed?: readonly RunRow[];
  list?: readonly PanelInfo[];
  openAll?: boolean;
  runsButton?: preact.ComponentChildren;
}) {
  const all = list ?? boardPanels.value;
  const { hits, note } = usePanelSearch(all);
  const first = openAll ? [] : [SYSTEM];
  const shut = folded(first);
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const { sections, plan, measured } = usePlan(all, hits, shut, width, useRuns(fixed).length);
  const [near, look] = useNear(root);
  const toggle = (name: string): void =>
    fold(shut.has(name) ? [...shut].filter((other) => other !== name) : [...shut, name], first);
  const jump = useJump(plan, root, { look, open: toggle, whole: toggleWhole, isSearched: hits !== null });
  const names = useMemo(() => [...new Set(all.map(({ section }) => section))], [all]);
  useBoardKeys(all, plan, root, {
    jump,
    foldAll: () => fold(names.every((name) => shut.has(name)) ? [] : names, first),
  });
  const history = useMemo(() => all.some((panel) => panel.stream === "history"), [all]);
  return (
    <>
      <Toolbar count={all.length} note={note} runsButton={runsButton} hasX={history} sections={sections} />
      <FindHint count={all.length} hidden={plan.height > innerHeight} />
      {!list && !history && <NoRuns project={index.value?.project ?? ""} />}
      <div class="board" ref={root} style={{ "--card": `${CARD}px` }}>
        <Lines
          plan={plan}
          near={near}
          fixed={fixed}
          acts={{
            toggle,
            toggleWhole,
            measured,
            move: (id, before) => {
              const section = sections.find(({ panels }) => panels.some((panel) => panel.id === before));
              if (section) movePanel(id, before, section.panels);
            },
          }}
        />
      </div>
      {!sections.length && hits && (
        <Empty title="No panel matches" text={`${all.length} panels are left out by the search.`} />
      )}
    </>
  );
}

/** Lines of sections near the window, between the rooms of all others. */
function Lines({
  plan,
  near,
  fixed,
  acts,
}: {
  plan: Plan;
  near: { readonly from: number; readonly to: number };
  fixed: readonly RunRow[] | undefined;
  acts: BoardActs;
}) {
  const { from, to } = within(plan.lines, near);
  const shown = plan.lines.slice(from, to);
  const last = shown.at(-1);
  const goal = param("h");
  return (
    <>
      <Room height={last ? shown[0]!.top : plan.height} />
      {shown.flatMap((line) =>
        line.blocks.map((block) => (
          <SectionView
            key={block.section.name}
            block={block}
            near={{ from: near.from - line.top, to: near.to - line.top }}
            goal={goal}
            fixed={fixed}
            acts={acts}
          />
        )),
      )}
      <Room height={last ? plan.height - last.top - last.height : 0} />
    </>
  );
}
