// Sections of panels below a toolbar: the workspace, and a run's charts and system metrics.
import { useEffect, useRef, useState } from "preact/hooks";
import { index } from "../lib/data";
import { beside, columnsIn, type Placed } from "../lib/layout";
import {
  boardPanels,
  effective,
  fold,
  folded,
  movePanel,
  type PanelInfo,
  pinned,
  type Section,
  SYSTEM,
  sectionsOf,
  setOptions,
  showTable,
  togglePin,
} from "../lib/panels";
import { search } from "../lib/regex";
import { columnCount, split } from "../lib/view";
import type { RunRow } from "../model";
import { param, setParams } from "../route";
import { Cards, shapeFor, share } from "./cards";
import { Icon } from "./icons";
import { LinePanel } from "./panel";
import { NoRuns } from "./states";
import { Toolbar } from "./toolbar";
import { Empty } from "./ui";
import { useKeys, useRuns, useWidth } from "./use";
import { type PanelProps, ViewerPanel } from "./viewer";

export function PanelView(props: PanelProps) {
  return props.panel.kind === "line" ? <LinePanel {...props} /> : <ViewerPanel {...props} />;
}

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
  const left = hits ? all.filter((panel) => hits.has(panel.id)) : all;
  const sections = sectionsOf(left, pinned.value, split(param("order")));
  const first = openAll ? [] : [SYSTEM];
  const shut = folded(first);
  const toggle = (name: string): void =>
    fold(shut.has(name) ? [...shut].filter((other) => other !== name) : [...shut, name], first);
  const names = sectionsOf(all, pinned.value, []).map(({ name }) => name);
  useBoardKeys(all, () => fold(names.every((name) => shut.has(name)) ? [] : names, first));
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const columns = columnsIn(width, columnCount.value);
  const isOpen = (section: Section): boolean => hits !== null || !shut.has(section.name);
  const runs = useRuns(fixed).length;
  return (
    <>
      <Toolbar
        count={all.length}
        note={note}
        runsButton={runsButton}
        hasX={all.some((panel) => panel.stream === "history")}
      />
      {!list && !all.some((panel) => panel.stream === "history") && <NoRuns project={index.value?.project ?? ""} />}
      <div class="board" ref={root}>
        {/* Before the width is known every chart would be drawn twice. */}
        {beside(width ? sections : [], columns, isOpen, shapeFor(runs)).map((placed) => (
          <SectionView
            key={placed.item.name}
            placed={placed}
            columns={columns}
            runs={runs}
            open={isOpen(placed.item)}
            toggle={() => toggle(placed.item.name)}
            fixed={fixed}
          />
        ))}
      </div>
      {!sections.length && hits && (
        <Empty title="No panel matches" text={`${all.length} panels are left out by the search.`} />
      )}
    </>
  );
}

function SectionView({
  placed,
  columns,
  runs,
  open,
  toggle,
  fixed,
}: {
  placed: Placed<Section>;
  columns: number;
  runs: number;
  open: boolean;
  toggle: () => void;
  fixed?: readonly RunRow[];
}) {
  const section = placed.item;
  return (
    <section class={open ? "sec" : "sec shut"} aria-label={section.name} style={share(placed)}>
      <header>
        <h2>
          <button type="button" class="fold" aria-expanded={open} onClick={toggle}>
            <Icon name={open ? "down" : "right"} />
            {section.name} <span class="n">{section.panels.length}</span>
          </button>
        </h2>
      </header>
      {open && (
        <Cards panels={section.panels} columns={columns} runs={runs}>
          {(panel) => (
            <PanelView
              panel={panel}
              fixed={fixed}
              drag={{ onDrop: (id) => id !== panel.id && movePanel(id, panel.id, section.panels) }}
            />
          )}
        </Cards>
      )}
    </section>
  );
}

/** The panel whose card has the focus of the keyboard, else the one below the pointer, else the one last clicked. */
function target(all: readonly PanelInfo[]): PanelInfo | undefined {
  const focused = document.activeElement?.closest<HTMLElement>("[data-panel]");
  const card =
    (document.activeElement?.matches(":focus-visible") && focused) ||
    (document.querySelector<HTMLElement>("[data-panel]:hover") ?? focused);
  return all.find((panel) => panel.id === card?.dataset.panel);
}

function useBoardKeys(all: readonly PanelInfo[], foldAll: () => void): void {
  const step = (by: number): void => {
    const cards = [...document.querySelectorAll<HTMLElement>("[data-panel]")].filter((card) => card.checkVisibility());
    const at = cards.findIndex((card) => card.contains(document.activeElement));
    const card = cards[Math.max(0, Math.min(cards.length - 1, at < 0 ? 0 : at + by))];
    card?.scrollIntoView({ block: "nearest" });
    (card?.querySelector<HTMLElement>(".canvas[tabindex]") ?? card?.querySelector<HTMLElement>("button"))?.focus({
      preventScroll: true,
    });
  };
  const on = (act: (panel: PanelInfo) => void) => (): void => {
    const panel = target(all);
    if (panel) act(panel);
  };
  useKeys({
    "[": () => step(-1),
    "]": () => step(1),
    f: on((panel) => setParams({ panel: panel.id })),
    l: on((panel) => setOptions(panel.id, { log: effective(panel).log ? undefined : true })),
    t: on(showTable),
    p: on((panel) => togglePin(panel.id)),
    s: foldAll,
  });
}
