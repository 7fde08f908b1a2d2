// Where cards stand: rows that fill the window, charts beside charts and tall cards beside their like.
import type { PanelInfo, Section } from "./panels";

export interface Placed<T> {
  readonly item: T;
  /** Columns that it takes, of those of its row. */
  readonly span: number;
  readonly of: number;
}

export interface PlacedPanel extends Placed<PanelInfo> {
  /** As tall as its content, whatever stands beside it; charts have one height. */
  readonly tall: boolean;
}

/** What the layout asks of a panel. */
export interface Shape {
  /** Columns that its card wants. */
  readonly span: (panel: PanelInfo) => number;
  /** Whether its card is as high as its content, and not as a chart. */
  readonly tall: (panel: PanelInfo) => boolean;
}

/** Cards of one band share rows: charts of all kinds, else those of a kind. */
function bandOf(panel: PanelInfo, shape: Shape): string {
  return shape.tall(panel) ? panel.kind : "";
}

/** Columns that a window of this width has room for, of those that are wanted. */
export function columnsIn(width: number, wanted: number): number {
  return width < 600 ? 1 : width < 900 ? 2 : wanted;
}

/** Rows of at most `columns` that all fill the width; of equal cards no row is more than one longer than another. */
export function rows<T>(items: readonly T[], columns: number, spanOf: (item: T) => number): Placed<T>[] {
  const spans = items.map((item) => Math.min(columns, spanOf(item)));
  const equal = spans.every((span) => span === 1);
  const count = Math.ceil(items.length / columns);
  const room = (row: number): number =>
    equal ? Math.floor(items.length / count) + Number(row < items.length % count) : columns;
  const filled: T[][] = [[]];
  let used = 0;
  items.forEach((item, i) => {
    if (used + spans[i]! > room(filled.length - 1)) {
      filled.push([]);
      used = 0;
    }
    filled.at(-1)!.push(item);
    used += spans[i]!;
  });
  return filled.flatMap((row) => {
    const of = row.reduce((sum, item) => sum + Math.min(columns, spanOf(item)), 0);
    return row.map((item) => ({ item, span: Math.min(columns, spanOf(item)), of }));
  });
}

/** The cards of a section, band by band in the order of their first ones. */
export function cards(panels: readonly PanelInfo[], columns: number, shape: Shape): PlacedPanel[] {
  const bands = [...new Set(panels.map((panel) => bandOf(panel, shape)))];
  return bands.flatMap((band) =>
    rows(
      panels.filter((panel) => bandOf(panel, shape) === band),
      columns,
      shape.span,
    ).map((placed) => ({ ...placed, tall: band !== "" })),
  );
}

/** Open sections of one short row each stand beside each other where there are columns, if their cards are alike. */
export function beside(
  sections: readonly Section[],
  columns: number,
  isOpen: (section: Section) => boolean,
  shape: Shape,
): Placed<Section>[] {
  const lines: { readonly band: string | null; readonly sections: Section[]; span: number }[] = [];
  const widths = new Map<Section, number>();
  for (const section of sections) {
    const bands = new Set(section.panels.map((panel) => bandOf(panel, shape)));
    const wanted = section.panels.reduce((sum, panel) => sum + Math.min(columns, shape.span(panel)), 0);
    const band = isOpen(section) && bands.size === 1 && wanted < columns ? [...bands][0]! : null;
    const span = Math.min(columns, wanted);
    widths.set(section, span);
    const line = lines.at(-1);
    if (line && band !== null && line.band === band && line.span + span <= columns) {
      line.sections.push(section);
      line.span += span;
    } else lines.push({ band, sections: [section], span });
  }
  return lines.flatMap((line) => line.sections.map((item) => ({ item, span: widths.get(item)!, of: line.span })));
}
