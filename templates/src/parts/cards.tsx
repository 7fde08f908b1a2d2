// Cards in rows that fill the width.
import type { ComponentChildren } from "preact";
import { cards, type Placed } from "../lib/layout";
import { optionsOf, type PanelInfo } from "../lib/panels";

/** More runs' pictures than these want a wider card. */
const NARROW = 2;

/** Columns that the card of a panel takes while so many runs are drawn. */
export function spanOf(panel: PanelInfo, runs: number): number {
  const pictures = panel.kind === "image" && Math.min(runs, panel.runs) > NARROW;
  return pictures || panel.kind === "table" || optionsOf(panel.id).wide ? 2 : 1;
}

export function share({ span, of }: Placed<unknown>): Record<string, number> {
  return { "--span": span, "--of": of };
}

export function Cards({
  panels,
  columns,
  runs,
  children,
}: {
  panels: readonly PanelInfo[];
  columns: number;
  /** How many are drawn. */
  runs: number;
  children: (panel: PanelInfo) => ComponentChildren;
}) {
  return (
    <div class="cards">
      {cards(panels, columns, (panel) => spanOf(panel, runs)).map((card) => (
        <div key={card.item.id} class={card.tall ? "slot tall" : "slot"} style={share(card)}>
          {children(card.item)}
        </div>
      ))}
    </div>
  );
}
