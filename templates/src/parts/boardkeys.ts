// Keys of a board: from panel to panel, from section to section, and what they do to the panel they stand on.
import { useRef } from "preact/hooks";
import { order, type Plan, placeOf, within } from "../lib/board";
import { effective, type PanelInfo, setOptions, showTable, togglePin } from "../lib/panels";
import { setParams } from "../route";
import { useKeys } from "./use";

interface Ways {
  readonly jump: (name: string, nearest?: boolean) => void;
  readonly foldAll: () => void;
}

/** The panel whose card has the focus of the keyboard, else the one below the pointer, else the one last clicked. */
function target(all: readonly PanelInfo[]): PanelInfo | undefined {
  const focused = document.activeElement?.closest<HTMLElement>("[data-panel]");
  const card =
    (document.activeElement?.matches(":focus-visible") && focused) ||
    (document.querySelector<HTMLElement>("[data-panel]:hover") ?? focused);
  return all.find((panel) => panel.id === card?.dataset.panel);
}

/** The first panel of a section that is open; empty without one. */
function firstOf(plan: Plan, section: string): string {
  return placeOf(plan, section)?.block.rows[0]?.cards[0]?.item.id ?? "";
}

export function useBoardKeys(
  all: readonly PanelInfo[],
  plan: Plan,
  root: { readonly current: HTMLElement | null },
  { jump, foldAll }: Ways,
): void {
  /** Where the keys went last: its card may have left the document since. */
  const last = useRef("");
  const step = (by: number) => (): void => {
    const ids = order(plan);
    const { activeElement: focused } = document;
    const section = focused?.closest<HTMLElement>(".sec > header")?.parentElement?.ariaLabel;
    const at =
      section === undefined
        ? ids.indexOf(focused?.closest<HTMLElement>("[data-panel]")?.dataset.panel ?? last.current)
        : // From the head of a section, its first panel is the next.
          ids.indexOf(firstOf(plan, section ?? "")) - Number(by > 0);
    const next = ids[Math.max(0, Math.min(ids.length - 1, at + by))];
    if (next === undefined) return;
    last.current = next;
    jump(next, true);
  };
  const turn = (by: number) => (): void => {
    const top = innerHeight / 3 - root.current!.getBoundingClientRect().top;
    const at = within(plan.lines, { from: top, to: top }).from;
    const line = plan.lines[Math.max(0, Math.min(plan.lines.length - 1, at + by))];
    if (line) jump(line.blocks[0]!.section.name);
  };
  const on = (act: (panel: PanelInfo) => void) => (): void => {
    const panel = target(all);
    if (panel) act(panel);
  };
  useKeys({
    "[": step(-1),
    "]": step(1),
    "{": turn(-1),
    "}": turn(1),
    f: on((panel) => setParams({ panel: panel.id })),
    l: on((panel) => setOptions(panel.id, { log: effective(panel).log ? undefined : true })),
    t: on(showTable),
    p: on((panel) => togglePin(panel.id)),
    s: foldAll,
  });
}
