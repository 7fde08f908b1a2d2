// The shapes of cards, and their share of a row.
import { uid } from "../lib/data";
import type { Placed, Shape } from "../lib/layout";
import { optionsOf, type PanelInfo } from "../lib/panels";
import { drawn } from "../lib/view";
import { param } from "../route";

/** More runs' pictures than these want a wider card. */
const NARROW = 2;

/** How the cards of panels stand while so many runs are drawn. */
export function shapeFor(runs: number): Shape {
  const several = (panel: PanelInfo, most: number): boolean => Math.min(runs, panel.runs) > most;
  return {
    span: (panel) =>
      (panel.kind === "image" && several(panel, NARROW)) || panel.kind === "table" || optionsOf(panel.id).wide ? 2 : 1,
    // Histograms of several runs stand below each other.
    tall: (panel) =>
      panel.kind === "histogram"
        ? several(panel, 1) &&
          !drawn.value.some((run) => uid(run) === param("hrun")) &&
          param(`hv.${panel.id}`) !== "overlay"
        : panel.kind !== "line",
  };
}

export function share({ span, of }: Pick<Placed<unknown>, "span" | "of">): Record<string, number> {
  return { "--span": span, "--of": of };
}
