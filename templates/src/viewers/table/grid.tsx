// The grid: only what is in view is in the document; head and first column stay.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { full, plural } from "../../lib/format";
import { written } from "../../lib/values";
import { rowHeight } from "../../parts/virtual";
import { Cell } from "./cell";
import type { Column, Frame } from "./columns";
import { HeadBars } from "./dist";
import { GroupCells } from "./group";
import { Head } from "./head";
import { type Lines, laidOut, lineAt } from "./lines";
import { type Group, rangeOf } from "./query";
import type { TableState } from "./state";

/** Browsers draw no element that is higher, in pixels; a longer grid scrolls faster than the pointer. */
const HIGHEST = 8_000_000;
const BEYOND = 6;
const GROUP_ROW = 34;

export interface GridProps {
  readonly frame: Frame;
  readonly columns: readonly Column[];
  readonly ordered: { readonly rows: Uint32Array; readonly groups: readonly Group[] };
  /** The same rows in the order of the table: distributions do not change when a table is sorted. */
  readonly kept: Uint32Array;
  readonly state: TableState;
  readonly set: (change: Partial<TableState>) => void;
  readonly label: string;
  readonly foot: ComponentChildren;
}

/** Pixels of each column: as dragged, as set, else by what it holds. */
function widthsOf(
  { columns, state, ordered }: GridProps,
  resizing: { readonly id: string; readonly width: number } | null,
): number[] {
  const least = (n: number): number => (ordered.groups.length ? (n ? 96 : 190) : 0);
  return columns.map((column, n) =>
    resizing?.id === column.id
      ? resizing.width
      : (state.widths[column.id] ?? Math.round(Math.max(least(n), natural(column, state.size)))),
  );
}

/** Where columns stand, and which of them are drawn. */
class Placing {
  readonly sum: number;
  /** Pixels of those that are left out before the first one that is drawn. */
  private readonly before: number;
  private readonly between: readonly Column[];

  constructor(
    private readonly columns: readonly Column[],
    private readonly widths: readonly number[],
    view: View,
  ) {
    const total = (some: readonly number[]): number => some.reduce((a, b) => a + b, 0);
    this.sum = total(widths);
    this.before = total(widths.slice(1, view.left));
    this.between = columns.slice(Math.max(1, view.left), view.right);
  }

  width(column: Column): number {
    return this.widths[this.columns.indexOf(column)]!;
  }

  readonly place = (column: Column, first: boolean): Record<string, unknown> => {
    const number = column.numbers && column.type !== "bool";
    return {
      "aria-colindex": this.columns.indexOf(column) + 1,
      style: { width: `${this.width(column)}px` },
      class: `dt-td${first ? " first" : ""}${number ? " num" : ""}${column.type === "media" ? " dt-pic" : ""}`,
    };
  };

  readonly cells = (draw: (column: Column, first: boolean) => ComponentChildren): ComponentChildren => (
    <>
      {this.columns[0] && draw(this.columns[0], true)}
      {this.before > 0 && <i class="dt-gap" style={{ width: `${this.before}px` }} />}
      {this.between.map((column) => draw(column, false))}
    </>
  );
}

export function Grid(props: GridProps) {
  const { frame, columns, ordered, kept, state, set, label, foot } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [resizing, setResizing] = useState<{ id: string; width: number } | null>(null);
  const media = columns.some((column) => column.type === "media");
  const height = Math.max(rowHeight(), media ? state.size + 8 : 0);
  const lines = useMemo(
    () => laidOut(ordered, state.open, height, Math.max(GROUP_ROW, rowHeight())),
    [ordered, state.open, height],
  );
  const widths = widthsOf(props, resizing);
  const view = useView(scroller, lines, widths);
  const placing = new Placing(columns, widths, view);
  const resize = (id: string, width: number | null, done: boolean): void => {
    const ended = done || width === null;
    setResizing(ended ? null : { id, width });
    if (ended) set({ widths: width === null ? without(state.widths, id) : { ...state.widths, [id]: width } });
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label */}
      <div
        class="dt-scroll"
        ref={scroller}
        role={ordered.groups.length ? "treegrid" : "grid"}
        tabIndex={0}
        aria-label={label}
        aria-rowcount={lines.lines.length + 1}
        aria-colcount={columns.length}
      >
        <div class="dt-head" role="row" aria-rowindex={1} style={{ width: `${placing.sum}px` }}>
          {placing.cells((column, first) => (
            <Head
              key={column.id}
              column={column}
              place={placing.place(column, first)}
              state={state}
              set={set}
              width={placing.width(column)}
              resize={(width, done) => resize(column.id, width, done)}
            >
              <HeadBars column={column} frameRows={frame.rows} rows={kept} />
            </Head>
          ))}
        </div>
        <Body {...{ props, lines, view, placing }} />
        {!lines.lines.length && <p class="dt-none">{frame.rows ? "No row matches" : "This table has no rows"}</p>}
      </div>
      <div class="dt-foot">
        <span aria-live="polite">{footText(lines, view, frame)}</span>
        {foot}
      </div>
    </>
  );
}

/** The lines in view. */
function Body({
  props: { frame, state, set, kept },
  lines,
  view,
  placing,
}: {
  props: GridProps;
  lines: Lines;
  view: View;
  placing: Placing;
}) {
  const { sum, cells, place } = placing;
  const by = new Set(state.group);
  const names = state.group.flatMap((id) => frame.columns.find((column) => column.id === id) ?? []);
  const shown: ComponentChildren[] = [];
  for (let i = view.from; i < Math.min(view.to, lines.lines.length); i++) {
    const line = lines.lines[i]!;
    const style = {
      top: `${lines.tops[i]! + view.shift}px`,
      height: `${lines.tops[i + 1]! - lines.tops[i]!}px`,
      width: `${sum}px`,
    };
    const group = line < 0 ? lines.groups[~line]! : null;
    shown.push(
      group ? (
        <div
          key={`g${group.id}`}
          class="dt-tr group"
          role="row"
          aria-level={1}
          aria-rowindex={i + 2}
          aria-expanded={state.open.includes(group.id)}
          style={style}
        >
          <GroupCells {...{ frame, group, by, names, state, set, cells, place, kept }} />
        </div>
      ) : (
        <div key={line} class={`dt-tr${i & 1 ? " odd" : ""}`} role="row" aria-rowindex={i + 2} style={style}>
          {cells((column, first) => (
            <span key={column.id} role={first ? "rowheader" : "gridcell"} {...place(column, first)}>
              {bar(column, line, state, kept)}
              <Cell column={column} row={line} size={state.size} />
            </span>
          ))}
        </div>
      ),
    );
  }
  const total = Math.min(lines.tops.at(-1)!, HIGHEST);
  return (
    <div class="dt-body" role="presentation" style={{ height: `${total}px`, width: `${sum}px` }}>
      {shown}
    </div>
  );
}

const without = (widths: Readonly<Record<string, number>>, id: string): Record<string, number> =>
  Object.fromEntries(Object.entries(widths).filter(([name]) => name !== id));

function footText(lines: Lines, view: View, frame: Frame): string {
  const [rows, all] = [lines.rows.length, frame.rows];
  const inAll = rows < all ? ` that match, ${full(all)} in all` : "";
  if (lines.groups.length) return `${plural(lines.groups.length, "group")} of ${plural(rows, "row")}${inAll}`;
  if (!rows) return inAll ? `0 rows${inAll}` : "no rows";
  return `${full(view.first + 1)}–${full(Math.min(rows, view.last + 1))} of ${plural(rows, "row")}${inAll}`;
}

interface View {
  /** Lines that are drawn, and those that are really in view. */
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
  /** Columns, from the second on. */
  readonly left: number;
  readonly right: number;
  /** What a grid beyond `HIGHEST` is moved by. */
  readonly shift: number;
}

function useView(scroller: { readonly current: HTMLDivElement | null }, lines: Lines, widths: readonly number[]): View {
  const [view, setView] = useState<View>({ from: 0, to: 30, first: 0, last: 0, left: 1, right: 30, shift: 0 });
  useLayoutEffect(() => {
    const root = scroller.current;
    if (!root) return;
    const update = (): void => {
      const total = lines.tops.at(-1)!;
      const head = root.firstElementChild!.getBoundingClientRect().height;
      const height = Math.max(0, root.clientHeight - head);
      const ratio = total > HIGHEST ? (total - height) / (HIGHEST - height) : 1;
      const top = root.scrollTop * ratio;
      const [first, last] = [lineAt(lines.tops, top), lineAt(lines.tops, top + height - 1)];
      let [left, x] = [1, widths[0] ?? 0];
      while (left < widths.length - 1 && x + widths[left]! < root.scrollLeft + (widths[0] ?? 0)) x += widths[left++]!;
      let right = left;
      while (right < widths.length && x < root.scrollLeft + root.clientWidth) x += widths[right++]!;
      const next = {
        from: Math.max(0, first - BEYOND),
        to: last + 1 + BEYOND,
        first,
        last,
        left,
        right: right + 1,
        shift: root.scrollTop - top,
      };
      setView((now) => (Object.entries(next).every(([name, value]) => now[name as keyof View] === value) ? now : next));
    };
    update();
    root.addEventListener("scroll", update, { passive: true });
    const observer = new ResizeObserver(update);
    observer.observe(root);
    return () => {
      root.removeEventListener("scroll", update);
      observer.disconnect();
    };
  }, [lines, widths.join()]);
  return view;
}

const LETTER = 6.6;

/** Width for what most cells of a column hold, in pixels. */
function natural(column: Column, size: number): number {
  const name = Math.min(240, column.name.length * LETTER + 34);
  if (column.type === "media")
    return Math.max(name, ["image", "video"].includes(kindOf(column)) ? size * 1.34 + 16 : 300);
  if (column.type === "date") {
    const parts = (unit: number): boolean => column.numbers!.some((value) => Math.abs(value % unit) > 0);
    return Math.max(
      name,
      column.zone || parts(86_400_000) ? 150 + (column.zone ? 32 : 0) + (parts(1000) ? 28 : 0) : 92,
    );
  }
  if (column.numbers) return Math.max(name, 84);
  const lengths = column
    .cells!.slice(0, 200)
    .map((cell) => (typeof cell === "string" ? cell.length : cell === null ? 0 : written(cell).length));
  lengths.sort((a, b) => a - b);
  if (column.runs)
    return Math.max(name, Math.min(200, Math.max(...[...column.runs.keys()].map((run) => run.length)) * LETTER + 48));
  return Math.max(name, 72, Math.min(280, (lengths[Math.floor(lengths.length * 0.9)] ?? 8) * LETTER + 28));
}

const kindOf = (column: Column): string =>
  (column.cells?.find((cell) => cell !== null) as { kind?: string } | undefined)?.kind ?? "image";

/** The cells of a sorted column carry their share of its range. */
function bar(column: Column, row: number, state: TableState, kept: Uint32Array): ComponentChildren {
  if (state.sort[0]?.column !== column.id || column.type !== "number") return null;
  const range = rangeOf(column, kept);
  const value = column.numbers![row]!;
  if (!range || !(range[1] > range[0]) || value - value !== 0) return null;
  const from = Math.min(0, range[0]);
  return (
    <i
      class="dt-bar"
      style={{ width: `${Math.max(0, ((value - from) / (range[1] - from || 1)) * 100).toFixed(1)}%` }}
    />
  );
}
