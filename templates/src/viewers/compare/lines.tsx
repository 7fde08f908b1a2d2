// The lines of one file of two runs, beside or below each other, with the equal ones folded away.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { plural } from "../../lib/format";
import { Button } from "../../parts/ui";
import { param, setParams } from "../../route";
import { type Change, type Ranges, words } from "../lib/difference";
import { Marked } from "./marked";
import type { Pair, Text } from "./texts";

export const CONTEXT = 3;
const MORE = 20;
const NONE: [Ranges, Ranges] = [[], []];

type SideName = "A" | "B";

interface Line {
  /** Line numbers from 0; -1 on a side that has none. */
  readonly a: number;
  readonly b: number;
  readonly changed: boolean;
  /** The first line of a change. */
  readonly first: boolean;
}

interface Fold {
  readonly from: number;
  readonly count: number;
  /** Distance from A's numbers to B's. */
  readonly shift: number;
}

/** Lines to show, and folds of equal ones between them. `opened` counts the lines shown of a fold, by its start. */
function layout(all: readonly Change[], length: number, opened: ReadonlyMap<number, number>): (Line | Fold)[] {
  const items: (Line | Fold)[] = [];
  let [a, b] = [0, 0];
  const equal = (until: number, first: boolean, last: boolean): void => {
    const shift = b - a;
    const head = first ? 0 : CONTEXT;
    const tail = last ? 0 : CONTEXT;
    const more = opened.get(a) ?? 0;
    const hidden = until - a - head - tail - more;
    const line = (i: number): Line => ({ a: i, b: i + shift, changed: false, first: false });
    if (hidden <= 1) for (let i = a; i < until; i++) items.push(line(i));
    else {
      for (let i = a; i < a + head; i++) items.push(line(i));
      items.push({ from: a, count: hidden, shift });
      for (let i = a + head + hidden; i < until; i++) items.push(line(i));
    }
    a = until;
    b = until + shift;
  };
  for (const [n, change] of all.entries()) {
    equal(change.a, n === 0, false);
    for (let i = 0; i < Math.max(change.an, change.bn); i++)
      items.push({
        a: i < change.an ? change.a + i : -1,
        b: i < change.bn ? change.b + i : -1,
        changed: true,
        first: i === 0,
      });
    [a, b] = [change.a + change.an, change.b + change.bn];
  }
  equal(length, !all.length, true);
  return items;
}

const isFold = (item: Line | Fold): item is Fold => "count" in item;

/** A file's name and texts, or those of a part of it. */
type Shown = Pick<Pair, "path" | "before"> & Readonly<Record<"a" | "b", Pick<Text, "text" | "marks"> | null>>;

/** What the rows of a table need. */
interface Drawn {
  readonly items: readonly (Line | Fold)[];
  readonly left: Marked;
  readonly right: Marked;
  readonly path: string;
  /** The line of the link: `B49`. */
  readonly asked: string | undefined;
  readonly open: (fold: Fold, count: number) => void;
}

export function Lines({
  pair,
  all,
  split,
  wrap,
}: {
  pair: Shown;
  all: readonly Change[];
  split: boolean;
  wrap: boolean;
}) {
  const [opened, setOpened] = useState<ReadonlyMap<number, number>>(new Map());
  const left = useMemo(() => new Marked(pair.a), [pair.a]);
  const right = useMemo(() => new Marked(pair.b), [pair.b]);
  const items = useMemo(() => layout(all, left.lines.length, opened), [all, left, opened]);
  const root = useRef<HTMLTableElement>(null);
  const asked = param("file") === pair.path ? param("L") : undefined;
  useEffect(() => {
    if (asked) root.current?.querySelector(".at")?.scrollIntoView({ block: "center" });
  }, []);
  if (!all.length)
    return <p class="cmp-note dim">{pair.before === pair.path ? "Equal" : "Renamed, and the same in every line"}</p>;
  const open = (fold: Fold, count: number): void => {
    setOpened(new Map([...opened, [fold.from, (opened.get(fold.from) ?? 0) + count]]));
  };
  const drawn: Drawn = { items, left, right, path: pair.path, asked, open };
  return (
    <div class={wrap ? "cmp-code wrap" : "cmp-code"}>
      <table class={split ? "diff two" : "diff"} ref={root}>
        <colgroup>
          <col class="n" />
          <col class={split ? "" : "n"} />
          {split && <col class="n" />}
          <col />
        </colgroup>
        <tbody>{split ? beside(drawn) : below(drawn)}</tbody>
      </table>
    </div>
  );
}

/** Equal lines that are folded away, and how to see them. */
function folded({ open }: Drawn, fold: Fold, columns: number) {
  return (
    <tr class="fold" key={`f${fold.from}`}>
      <td colSpan={columns}>
        <Button
          kind="line"
          text={plural(fold.count, "equal line")}
          title={`Show ${Math.min(MORE, fold.count)} more`}
          onClick={() => open(fold, MORE)}
        />
        {fold.count > MORE && <Button kind="line" text="all" onClick={() => open(fold, fold.count)} />}
      </td>
    </tr>
  );
}

/** A line's number, which links to it; nothing on a side that has no such line. */
function numbered({ path }: Drawn, side: SideName, n: number, look = ""): ComponentChildren {
  return (
    <td class={`no${look}`} key={`${side}n`}>
      {n >= 0 && (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Link to line ${n + 1} of ${side}`}
          onClick={() => setParams({ file: path, L: `${side}${n + 1}` })}
        >
          {n + 1}
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

const isAsked = ({ asked }: Drawn, side: SideName, n: number): string =>
  n >= 0 && asked === `${side}${n + 1}` ? " at" : "";

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
    if (isFold(item)) return folded(drawn, item, 4);
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
    if (isFold(item)) {
      rows.push(folded(drawn, item, 3));
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
      rows.push(
        <tr key={`${item.a} ${item.b}`}>
          {numbered(drawn, "A", item.a)}
          {numbered(drawn, "B", item.b)}
          {written(drawn, "B", item.b, "", "", [])}
        </tr>,
      );
      i++;
    }
  }
  return rows;
}

/** The lines of the change that begins there. */
function blockAt(items: readonly (Line | Fold)[], start: number): Line[] {
  const block: Line[] = [];
  for (let i = start; i < items.length; i++) {
    const item = items[i]!;
    if (isFold(item) || !item.changed || (item.first && i > start)) break;
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
