// Lines of two texts beside or below each other, as whoever compared them laid them out.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { full } from "../../lib/format";
import { type Ranges, words } from "./difference";
import type { Marked } from "./marked";

const NONE: [Ranges, Ranges] = [[], []];
/** Items that are drawn at once: what takes longer than a frame keeps the page from answering. */
const PIECE = 60;
const HEIGHT = 20;

export type SideName = "A" | "B";

export interface Line {
  /** Lines of either text, from 0; -1 on a side that has none. */
  readonly a: number;
  readonly b: number;
  readonly changed: boolean;
  /** The first line of a change. */
  readonly first: boolean;
}

/** What stands between lines, over the whole width. */
export interface Between {
  readonly key: string;
  readonly content: ComponentChildren;
}

export interface Drawn {
  readonly items: readonly (Line | Between)[];
  readonly left: Marked;
  readonly right: Marked;
  /** The number that is shown of a line, from 1. */
  readonly numberOf: (side: SideName, n: number) => number;
  /** The line of the link: `B49`. */
  readonly asked: string | undefined;
  readonly onAsk: (line: string) => void;
}

const isBetween = (item: Line | Between): item is Between => "content" in item;

/** Items in pieces that are drawn one after the other; a change stays whole, since its two sides stand in turns. */
function piecesOf(items: Drawn["items"]): Drawn["items"][] {
  const pieces: Drawn["items"][] = [];
  for (let from = 0; from < items.length; ) {
    let to = Math.min(from + PIECE, items.length);
    for (let item = items[to]; to < items.length && item && !isBetween(item) && item.changed && !item.first; )
      item = items[++to];
    pieces.push(items.slice(from, to));
    from = to;
  }
  return pieces;
}

export function DiffLines({ split, wrap, ...drawn }: Drawn & { readonly split: boolean; readonly wrap: boolean }) {
  const root = useRef<HTMLTableElement>(null);
  const pieces = useMemo(() => piecesOf(drawn.items), [drawn.items]);
  // A link is followed at once, wherever it leads.
  const [ready, setReady] = useState(drawn.asked ? Number.POSITIVE_INFINITY : 1);
  const isWhole = ready >= pieces.length;
  useEffect(() => {
    if (isWhole) return;
    const timer = setTimeout(() => setReady(ready + 1));
    return () => clearTimeout(timer);
  }, [ready, isWhole]);
  useEffect(() => {
    if (drawn.asked) root.current?.querySelector(".at")?.closest("tr")?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <div class={wrap ? "diff-box wrap" : "diff-box"}>
      <table class={split ? "diff syn two" : "diff syn"} ref={root} onPointerDown={choose}>
        <colgroup>
          <col class="n" />
          <col class={split ? "" : "n"} />
          {split && <col class="n" />}
          <col />
        </colgroup>
        {pieces.slice(0, ready).map((items, n) => (
          <Piece key={n} {...drawn} items={items} split={split} />
        ))}
      </table>
      {!isWhole && (
        <div style={{ height: `${HEIGHT * pieces.slice(ready).reduce((sum, { length }) => sum + length, 0)}px` }} />
      )}
    </div>
  );
}

/** What is selected with the pointer, and copied, is of the side where it begins. */
function choose({ target, currentTarget }: { target: EventTarget | null; currentTarget: HTMLElement }): void {
  const cell = (target as Element | null)?.closest("td");
  if (cell) currentTarget.dataset.side = cell.cellIndex < 2 ? "A" : "B";
}

function Piece({ split, ...drawn }: Drawn & { readonly split: boolean }) {
  const { items, left, right, asked } = drawn;
  const rows = useMemo(() => (split ? beside(drawn) : below(drawn)), [split, items, left, right, asked]);
  return <tbody>{rows}</tbody>;
}

export function Plus({ added, removed }: { added: number; removed: number }) {
  if (!added && !removed) return null;
  return (
    <span class="diff-plus">
      {added > 0 && <span class="plus">+{full(added)}</span>}{" "}
      {removed > 0 && <span class="minus">−{full(removed)}</span>}
    </span>
  );
}

function between({ key, content }: Between, columns: number) {
  return (
    <tr class="between" key={key}>
      <td colSpan={columns}>{content}</td>
    </tr>
  );
}

/** A line's number, which links to it; nothing on a side that has no such line. */
function numbered({ numberOf, onAsk }: Drawn, side: SideName, n: number, look = ""): ComponentChildren {
  const number = n >= 0 ? numberOf(side, n) : 0;
  return (
    <td class={`no${look}`} key={`${side}n`}>
      {number > 0 && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Link to line ${number} of ${side}`}
          onClick={() => onAsk(`${side}${number}`)}
        >
          {number}
        </button>
      )}
    </td>
  );
}

function written(
  drawn: Drawn,
  side: SideName,
  n: number,
  look: string,
  sign: string,
  marks: Ranges,
): ComponentChildren {
  return (
    <td class={`tx${look}`} key={side} data-sign={sign}>
      {n >= 0 && (side === "A" ? drawn.left : drawn.right).line(n, marks)}
    </td>
  );
}

const isAsked = ({ asked, numberOf }: Drawn, side: SideName, n: number): string =>
  n >= 0 && asked === `${side}${numberOf(side, n)}` ? " at" : "";

/** What changed within the two lines of a row. */
const wordsOf = ({ left, right }: Drawn, { a, b, changed }: Line): [Ranges, Ranges] =>
  changed && a >= 0 && b >= 0 ? words(left.lines[a]!, right.lines[b]!) : NONE;

/** Beside each other: A left, B right. */
function beside(drawn: Drawn) {
  const half = (side: SideName, n: number, changed: boolean, marks: Ranges): ComponentChildren => {
    const kind = n < 0 ? "none" : changed ? (side === "A" ? "del" : "add") : "";
    const look = `${kind && ` ${kind}`}${isAsked(drawn, side, n)}`;
    const sign = { del: "−", add: "+", none: "", "": "" }[kind];
    return [numbered(drawn, side, n, look), written(drawn, side, n, look, sign, marks)];
  };
  return drawn.items.map((item, i) => {
    if (isBetween(item)) return between(item, 4);
    const [gone, come] = wordsOf(drawn, item);
    return (
      <tr key={i} class={item.first ? "chg" : undefined}>
        {half("A", item.a, item.changed, gone)}
        {half("B", item.b, item.changed, come)}
      </tr>
    );
  });
}

/** Below each other: of each change first what went, then what came. */
function below(drawn: Drawn) {
  const rows = [];
  const { items } = drawn;
  for (let i = 0; i < items.length; ) {
    const item = items[i]!;
    if (isBetween(item)) {
      rows.push(between(item, 3));
      i++;
    } else if (item.changed) {
      const block = blockAt(items, i);
      const marks = block.map((line) => wordsOf(drawn, line));
      for (const side of ["A", "B"] as const)
        for (const [k, line] of block.entries()) {
          const first = k === 0 && (side === "A" || item.a < 0);
          const n = side === "A" ? line.a : line.b;
          if (n >= 0) rows.push(changedRow(drawn, side, n, first, marks[k]![side === "A" ? 0 : 1]));
        }
      i += block.length;
    } else {
      const look = isAsked(drawn, "B", item.b);
      rows.push(
        <tr key={`${item.a} ${item.b}`}>
          {numbered(drawn, "A", item.a)}
          {numbered(drawn, "B", item.b)}
          {written(drawn, "B", item.b, look, "", [])}
        </tr>,
      );
      i++;
    }
  }
  return rows;
}

/** The lines of the change that begins there. */
function blockAt(items: readonly (Line | Between)[], start: number): Line[] {
  const block: Line[] = [];
  for (let i = start; i < items.length; i++) {
    const item = items[i]!;
    if (isBetween(item) || !item.changed || (item.first && i > start)) break;
    block.push(item);
  }
  return block;
}

function changedRow(drawn: Drawn, side: SideName, n: number, first: boolean, marks: Ranges) {
  const kind = side === "A" ? "del" : "add";
  return (
    <tr key={`${side}${n}`} class={first ? `${kind} chg` : kind}>
      {numbered(drawn, "A", side === "A" ? n : -1)}
      {numbered(drawn, "B", side === "B" ? n : -1)}
      {written(drawn, side, n, ` ${kind}${isAsked(drawn, side, n)}`, side === "A" ? "−" : "+", marks)}
    </tr>
  );
}
