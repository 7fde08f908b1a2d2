// Cards in rows that fill the width.
import type { ComponentChildren } from "preact";
import { cards } from "../../lib/layout";
import type { PanelInfo } from "../../lib/panels";
import { shapeFor, share } from "../../parts/cards";

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
      {cards(panels, columns, shapeFor(runs)).map((card) => (
        <div key={card.item.id} class={card.tall ? "slot tall" : "slot"} style={share(card)}>
          {children(card.item)}
        </div>
      ))}
    </div>
  );
}
