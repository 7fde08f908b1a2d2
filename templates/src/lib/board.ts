// Where everything of a board stands before any of it exists: lines of sections, rows of cards, and their heights.
import { beside, cards, type PlacedPanel, type Shape } from "./layout";
import type { PanelInfo, Section } from "./panels";

/** Pixels, as the style sheet has them: a card of a chart, the gap below it, the head and the foot of a section. */
export const CARD = 228;
export const [GAP, HEAD, SHUT, FOOT, MORE] = [12, 36, 41, 12, 40];

/** Panels of a section that are shown without asking. */
export const FEW = 60;

/** About how high cards are that are as high as their content, before somebody has seen them. */
const USUAL: Readonly<Record<string, number>> = {
  audio: 301,
  chart: 308,
  histogram: 325,
  html: 510,
  molecule: 648,
  object3d: 700,
  plotly: 638,
  table: 408,
  vega: 568,
  video: 820,
};

export function usualHeight({ kind }: PanelInfo): number {
  return USUAL[kind] ?? CARD;
}

/** Rows from which on the head of a section stays in view. */
const LONG = 8;

export const isLong = ({ rows }: Block): boolean => rows.length > LONG;

/** Cards beside each other. */
export interface Row {
  readonly cards: readonly PlacedPanel[];
  /** From the top of the section's cards. */
  readonly top: number;
  readonly height: number;
}

export interface Block {
  readonly section: Section;
  readonly span: number;
  readonly of: number;
  readonly open: boolean;
  readonly rows: readonly Row[];
  /** Of all its cards, with the gaps between them. */
  readonly cardsHeight: number;
  /** Panels that wait behind 'Show all'. */
  readonly left: number;
  readonly height: number;
}

/** Sections beside each other. */
export interface Line {
  readonly blocks: readonly Block[];
  readonly top: number;
  readonly height: number;
}

export interface Plan {
  readonly lines: readonly Line[];
  readonly height: number;
}

/** What the plan of a board asks of its page. */
export interface Wish {
  readonly columns: number;
  readonly shape: Shape;
  readonly isOpen: (section: Section) => boolean;
  /** Whether all panels of a large section were asked for. */
  readonly isWhole: (section: Section) => boolean;
  /** Of a card that is as high as its content. */
  readonly heightOf: (panel: PanelInfo) => number;
}

export function planOf(sections: readonly Section[], wish: Wish): Plan {
  const lines: Line[] = [];
  let top = 0;
  const placed = beside(sections, wish.columns, wish.isOpen, wish.shape);
  for (let i = 0; i < placed.length; ) {
    const blocks: Block[] = [];
    let used = 0;
    do {
      const { item, span, of } = placed[i++]!;
      blocks.push(blockOf(item, span, of, wish));
      used += span;
    } while (i < placed.length && used < placed[i - 1]!.of);
    const height = Math.max(...blocks.map((block) => block.height));
    lines.push({ blocks, top, height });
    top += height;
  }
  return { lines, height: top };
}

function blockOf(section: Section, span: number, of: number, wish: Wish): Block {
  if (!wish.isOpen(section)) return { section, span, of, open: false, rows: [], cardsHeight: 0, left: 0, height: SHUT };
  const many = section.panels.length > FEW;
  const shown = many && !wish.isWhole(section) ? section.panels.slice(0, FEW) : section.panels;
  const rows: Row[] = [];
  let top = 0;
  for (const cardsNow of inRows(cards(shown, wish.columns, wish.shape))) {
    const height = cardsNow[0]!.tall ? Math.max(...cardsNow.map(({ item }) => wish.heightOf(item))) : CARD;
    rows.push({ cards: cardsNow, top, height });
    top += height + GAP;
  }
  const cardsHeight = top - GAP;
  return {
    section,
    span,
    of,
    open: true,
    rows,
    cardsHeight,
    left: section.panels.length - shown.length,
    height: HEAD + cardsHeight + FOOT + (many ? MORE : 0),
  };
}

function inRows(placed: readonly PlacedPanel[]): PlacedPanel[][] {
  const found: PlacedPanel[][] = [];
  let room = 0;
  for (const card of placed) {
    if (room < card.span) {
      found.push([]);
      room = card.of;
    }
    found.at(-1)!.push(card);
    room -= card.span;
  }
  return found;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Which of things with a top and a height lie between two heights: from the first to before the last. */
export function within(things: readonly { readonly top: number; readonly height: number }[], range: Range): Range {
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (things[middle]!.top + things[middle]!.height < range.from) low = middle + 1;
    else high = middle;
  }
  let to = low;
  while (to < things.length && things[to]!.top <= range.to) to++;
  return { from: low, to };
}

export interface Place {
  readonly line: Line;
  readonly block: Block;
  /** From the top of the board. */
  readonly top: number;
  /** The row of the panel; undefined for a section, or where the panel is behind its fold. */
  readonly row?: Row;
}

/** Where a section or a panel stands; null where the board has neither. */
export function placeOf(plan: Plan, name: string): Place | null {
  for (const line of plan.lines)
    for (const block of line.blocks) if (block.section.name === name) return { line, block, top: line.top };
  for (const line of plan.lines)
    for (const block of line.blocks) {
      if (!block.section.panels.some(({ id }) => id === name)) continue;
      const row = block.rows.find(({ cards: those }) => those.some(({ item }) => item.id === name));
      return { line, block, top: line.top + (row ? HEAD + row.top : 0), row };
    }
  return null;
}

/** Ids of all cards, as they stand. */
export function order(plan: Plan): string[] {
  return plan.lines.flatMap(({ blocks }) =>
    blocks.flatMap(({ rows }) => rows.flatMap(({ cards: those }) => those.map(({ item }) => item.id))),
  );
}
