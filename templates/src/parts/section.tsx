// A section of a board: its head, and those of its rows of cards that are near the window.
import { Component, type ComponentChildren } from "preact";
import { type Block, FEW, HEAD, isLong, type Range, within } from "../lib/board";
import { full } from "../lib/format";
import type { PlacedPanel } from "../lib/layout";
import type { PanelInfo } from "../lib/panels";
import type { RunRow } from "../model";
import { share } from "./cards";
import { Icon } from "./icons";
import { LinePanel } from "./panel";
import { type PanelProps, ViewerPanel } from "./viewer";

export function PanelView(props: PanelProps) {
  return props.panel.kind === "line" ? <LinePanel {...props} /> : <ViewerPanel {...props} />;
}

/** What a section does for its board. */
export interface BoardActs {
  readonly toggle: (section: string) => void;
  readonly toggleWhole: (section: string) => void;
  readonly move: (id: string, before: string) => void;
  /** The height of a card that is as high as its content. */
  readonly measured: (panel: PanelInfo, height: number) => void;
}

export function SectionView({
  block,
  near,
  goal,
  fixed,
  acts,
}: {
  block: Block;
  /** Pixels from the top of the section. */
  near: Range;
  /** The panel that a link leads to. */
  goal: string | undefined;
  fixed: readonly RunRow[] | undefined;
  acts: BoardActs;
}) {
  const { open, left } = block;
  const { name, panels } = block.section;
  return (
    <section class={`sec${open ? "" : " shut"}${isLong(block) ? " long" : ""}`} aria-label={name} style={share(block)}>
      <header>
        <h2>
          <button type="button" class="fold" aria-expanded={open} onClick={() => acts.toggle(name)}>
            <Icon name={open ? "down" : "right"} />
            {name} <span class="n">{full(panels.length)}</span>
          </button>
        </h2>
      </header>
      {open && <RowsNear block={block} near={near} goal={goal} fixed={fixed} acts={acts} />}
      {open && panels.length > FEW && (
        <p class="whole">
          <button type="button" class="btn line" onClick={() => acts.toggleWhole(name)}>
            {left ? `Show all ${full(panels.length)}` : `Show the first ${FEW}`}
          </button>
          {left > 0 && <span class="dim">{full(left)} more panels: search them above, or show all</span>}
        </p>
      )}
    </section>
  );
}

/** Rows that are not near leave their room. */
function RowsNear({ block, near, goal, fixed, acts }: Parameters<typeof SectionView>[0]) {
  const { rows, cardsHeight } = block;
  const { from, to } = within(rows, { from: near.from - HEAD, to: near.to - HEAD });
  const shown = rows.slice(from, to);
  const last = shown.at(-1);
  const above = last ? rows[from]!.top : cardsHeight;
  const below = last ? cardsHeight - last.top - last.height : 0;
  return (
    <div class="cards" style={{ paddingTop: `${above}px`, paddingBottom: `${below}px` }}>
      {shown.flatMap((row) =>
        row.cards.map((card) => (
          <Slot key={card.item.id} card={card} at={card.item.id === goal} fixed={fixed} acts={acts} />
        )),
      )}
    </div>
  );
}

interface SlotProps {
  readonly card: PlacedPanel;
  readonly at: boolean;
  readonly fixed: readonly RunRow[] | undefined;
  readonly acts: BoardActs;
}

/** A card in its place. Scrolling draws only those again that stand elsewhere. */
class Slot extends Component<SlotProps> {
  private observer: ResizeObserver | null = null;

  override shouldComponentUpdate({ card, at, fixed }: SlotProps): boolean {
    const now = this.props;
    return (
      card.item !== now.card.item ||
      card.span !== now.card.span ||
      card.of !== now.card.of ||
      card.tall !== now.card.tall ||
      at !== now.at ||
      fixed !== now.fixed
    );
  }

  override componentWillUnmount(): void {
    this.observer?.disconnect();
  }

  private readonly attach = (element: HTMLElement | null): void => {
    this.observer?.disconnect();
    if (!element) return;
    this.observer = new ResizeObserver(() => {
      const { card, acts } = this.props;
      if (card.tall && element.offsetHeight) acts.measured(card.item, element.offsetHeight);
    });
    this.observer.observe(element);
  };

  override render(): ComponentChildren {
    const { card, at, fixed, acts } = this.props;
    const { item } = card;
    return (
      <div class={`slot${card.tall ? " tall" : ""}${at ? " at" : ""}`} style={share(card)} ref={this.attach}>
        <PanelView panel={item} fixed={fixed} drag={{ onDrop: (id) => id !== item.id && acts.move(id, item.id) }} />
      </div>
    );
  }
}

/** The room of lines of sections that are not near. */
export function Room({ height }: { height: number }) {
  return height > 0 ? <div class="room" style={{ height: `${height}px` }} /> : null;
}
