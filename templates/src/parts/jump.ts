// Going to a section or a panel of a board, whether it is in the document or not.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { HEAD, isLong, type Plan, placeOf } from "../lib/board";
import { param, setParams } from "../route";

/** Pixels between what is gone to and what covers the top of the window. */
const AIR = 4;

interface Ways {
  /** Measures what is near the window, after it was moved. */
  readonly look: () => void;
  /** Unfolds a section; shows all panels of one. */
  readonly open: (section: string) => void;
  readonly whole: (section: string) => void;
  readonly isSearched: boolean;
}

interface Goal {
  readonly name: string;
  /** Moves the window only as far as needed, for steps from panel to panel. */
  readonly nearest: boolean;
}

const trips = signal(0);

/** Go to a section by its name or to a panel by its id, again if need be; the page's link leads there from now on. */
export function goTo(name: string): void {
  setParams({ h: name });
  trips.value++;
}

/** A function that goes to a section by its name or to a panel by its id; links do, by `h`. */
export function useJump(
  plan: Plan,
  root: { readonly current: HTMLElement | null },
  ways: Ways,
): (name: string, nearest?: boolean) => void {
  const [goal, setGoal] = useState<Goal | null>(null);
  /** Selects what takes the focus once it is there. */
  const focus = useRef("");
  const linked = param("h");
  useEffect(() => {
    if (linked) setGoal({ name: linked, nearest: false });
  }, [linked, trips.value]);
  useLayoutEffect(() => {
    if (!goal || !plan.lines.length) return;
    const place = placeOf(plan, goal.name);
    if (!place) {
      // It may be left out by the search; what no board has is none of ours.
      if (ways.isSearched) setParams({ p: undefined });
      else setGoal(null);
      return;
    }
    const { name } = place.block.section;
    const isPanel = name !== goal.name;
    if (!place.block.open) return ways.open(name);
    if (isPanel && !place.row) return ways.whole(name);
    const above = isPanel && isLong(place.block) ? HEAD : 0;
    scrollTo(root.current!, place.top - above, isPanel ? above + place.row!.height : 0, goal.nearest);
    focus.current = isPanel ? `[data-panel="${CSS.escape(goal.name)}"]` : `[aria-label="${CSS.escape(name)}"] > header`;
    setGoal(null);
    ways.look();
  }, [goal, plan]);
  useLayoutEffect(() => {
    const card = focus.current && root.current!.querySelector(focus.current);
    if (!card) return;
    focus.current = "";
    (card.querySelector<HTMLElement>(".canvas[tabindex]") ?? card.querySelector("button"))?.focus({
      preventScroll: true,
    });
  });
  return (name, nearest = false) => setGoal({ name, nearest });
}

/** Move the window to what lies between two heights of a board; what sticks to its top covers nothing of it. */
function scrollTo(root: HTMLElement, top: number, height: number, nearest: boolean): void {
  const tools = root.parentElement!.querySelector<HTMLElement>(".tools")!;
  const covered = (parseFloat(getComputedStyle(tools).top) || 0) + tools.offsetHeight + AIR;
  const at = root.getBoundingClientRect().top + top;
  if (nearest && at >= covered && at + height <= innerHeight) return;
  const to = nearest && at >= covered ? at + height - innerHeight + AIR : at - covered;
  scrollBy({ top: to, behavior: "instant" });
}
