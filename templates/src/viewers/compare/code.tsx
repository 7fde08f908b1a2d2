// One file of two runs: what changed, unified or split, with the equal lines folded away.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { bytes, full, plural } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { Button, Empty, Wait } from "../../parts/ui";
import { useLoaded, useSeen } from "../../parts/use";
import { param, setParams } from "../../route";
import { type Change, counts, linesOf, type Ranges, words } from "../lib/difference";
import { compared, PATCH, type Pair, type Text } from "./texts";

export const CONTEXT = 3;
const MORE = 20;
/** A file with more changed lines stays folded until it is asked for. */
export const MOST_CHANGED = 2000;
const LARGEST = 400_000;
const HEIGHT = 20;

export interface How {
  readonly split: boolean;
  readonly wrap: boolean;
  readonly ignoreSpace: boolean;
}

/** What changed in a file; null while it is looked for. */
export function useChanges(pair: Pair, ignoreSpace: boolean, when: boolean): readonly Change[] | null {
  const [a, b] = [pair.a?.text ?? "", pair.b?.text ?? ""];
  const { value } = useLoaded(() => compared(a, b, ignoreSpace), [a, b, ignoreSpace], when);
  return value;
}

export function FileDiff({
  pair,
  how,
  viewed,
  onViewed,
  onCounted,
}: {
  pair: Pair;
  how: How;
  viewed: boolean;
  onViewed: (on: boolean) => void;
  onCounted: (path: string, added: number, removed: number) => void;
}) {
  const [attach, seen] = useSeen<HTMLElement>("600px");
  const [open, setOpen] = useState<boolean | null>(null);
  const found = useChanges(pair, how.ignoreSpace, true);
  const { added, removed } = counts(found ?? []);
  useEffect(() => {
    if (found) onCounted(pair.path, added, removed);
  }, [found]);
  const size = (pair.a?.file.size ?? 0) + (pair.b?.file.size ?? 0);
  const large = added + removed > MOST_CHANGED || size > 2 * LARGEST;
  const isOpen = open ?? (!large && !viewed && pair.path !== PATCH);
  const isText = (pair.a ?? pair.b)!.text !== null && (pair.b ?? pair.a)!.text !== null;
  return (
    <section class="cmp-file" id={`file-${pair.path}`} ref={attach} aria-label={pair.path}>
      <header>
        <button type="button" class="cmp-name" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} small />
          <b class="cut">{pair.before === pair.path ? pair.path : `${pair.before} → ${pair.path}`}</b>
        </button>
        <Plus added={added} removed={removed} />
        <span class="dim">
          {!pair.a ? "new in B" : !pair.b ? "not in B" : pair.before !== pair.path && !found?.length ? "renamed" : ""}
        </span>
        <span class="grow" />
        {large && !isOpen && (
          <span class="dim">
            {plural(added + removed, "changed line")}, {bytes(size)}: folded
          </span>
        )}
        <label class="check">
          <input
            type="checkbox"
            checked={viewed}
            onChange={({ currentTarget }) => {
              onViewed(currentTarget.checked);
              setOpen(null);
            }}
          />
          Viewed
        </label>
      </header>
      {isOpen &&
        (!isText ? (
          <Empty title="Not a text" text={`${sizeOf(pair.a)} in A, ${sizeOf(pair.b)} in B`} />
        ) : !found ? (
          <Wait />
        ) : seen ? (
          <Lines pair={pair} all={found} how={how} />
        ) : (
          <div style={{ height: `${heightOf(pair, added + removed + found.length * 2 * CONTEXT)}px` }} />
        ))}
    </section>
  );
}

/** About what the lines will take, for as long as they are far from the window. */
function heightOf({ a, b }: Pair, lines: number): number {
  return HEIGHT * Math.min(lines, linesOf(a?.text ?? "").length + linesOf(b?.text ?? "").length);
}

function sizeOf(text: Text | null): string {
  return text ? `${bytes(text.file.size)}${text.file.note ? ` (${text.file.note})` : ""}` : "no file";
}

export function Plus({ added, removed }: { added: number; removed: number }) {
  if (!added && !removed) return null;
  return (
    <span class="cmp-plus">
      {added > 0 && <span class="plus">+{full(added)}</span>}{" "}
      {removed > 0 && <span class="minus">−{full(removed)}</span>}
    </span>
  );
}

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

function Lines({ pair, all, how }: { pair: Pair; all: readonly Change[]; how: How }) {
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
  const cell = (side: "A" | "B", n: number, line: Line, marks: Ranges) => {
    const text = side === "A" ? left : right;
    const kind = n < 0 ? "none" : line.changed ? (side === "A" ? "del" : "add") : "";
    const at = n >= 0 && asked === `${side}${n + 1}` ? " at" : "";
    return [
      <td class={`no ${kind}${at}`} key={`${side}n`}>
        {n >= 0 && (
          <button
            type="button"
            tabIndex={-1}
            aria-label={`Link to line ${n + 1} of ${side}`}
            onClick={() => setParams({ file: pair.path, L: `${side}${n + 1}` })}
          >
            {n + 1}
          </button>
        )}
      </td>,
      <td class={`tx ${kind}${at}`} key={side} data-sign={kind === "del" ? "−" : kind === "add" ? "+" : ""}>
        {n >= 0 && text.line(n, marks)}
      </td>,
    ];
  };
  const rows = items.flatMap((item, i) => {
    if (isFold(item))
      return [
        <tr class="fold" key={`f${item.from}`}>
          <td colSpan={4}>
            <Button
              kind="line"
              text={`${plural(item.count, "equal line")}`}
              title={`Show ${Math.min(MORE, item.count)} more`}
              onClick={() => open(item, MORE)}
            />
            {item.count > MORE && <Button kind="line" text="all" onClick={() => open(item, item.count)} />}
          </td>
        </tr>,
      ];
    if (how.split) {
      const [gone, come] =
        item.a >= 0 && item.b >= 0 && item.changed ? words(left.lines[item.a]!, right.lines[item.b]!) : NONE;
      return [
        <tr key={i} class={item.first ? "chg" : undefined}>
          {cell("A", item.a, item, gone)}
          {cell("B", item.b, item, come)}
        </tr>,
      ];
    }
    return [];
  });
  return (
    <div class={how.wrap ? "cmp-code wrap" : "cmp-code"}>
      <table class={how.split ? "diff two" : "diff"} ref={root}>
        <colgroup>
          <col class="n" />
          <col class={how.split ? "" : "n"} />
          {how.split && <col class="n" />}
          <col />
        </colgroup>
        <tbody>{how.split ? rows : unified(items, left, right, pair.path, asked, open)}</tbody>
      </table>
    </div>
  );
}

const NONE: [Ranges, Ranges] = [[], []];

/** Below each other: of each change first what went, then what came. */
function unified(
  items: readonly (Line | Fold)[],
  left: Marked,
  right: Marked,
  path: string,
  asked: string | undefined,
  open: (fold: Fold, count: number) => void,
) {
  const rows = [];
  const number = (side: "A" | "B", n: number) => (
    <td class="no">
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
  for (let i = 0; i < items.length; ) {
    const item = items[i]!;
    if (isFold(item)) {
      rows.push(
        <tr class="fold" key={`f${item.from}`}>
          <td colSpan={3}>
            <Button kind="line" text={plural(item.count, "equal line")} onClick={() => open(item, MORE)} />
            {item.count > MORE && <Button kind="line" text="all" onClick={() => open(item, item.count)} />}
          </td>
        </tr>,
      );
      i++;
      continue;
    }
    if (!item.changed) {
      rows.push(
        <tr key={i}>
          {number("A", item.a)}
          {number("B", item.b)}
          <td class="tx">{right.line(item.b, [])}</td>
        </tr>,
      );
      i++;
      continue;
    }
    const block: Line[] = [item];
    for (i++; i < items.length; i++) {
      const next = items[i]!;
      if (isFold(next) || !next.changed || next.first) break;
      block.push(next);
    }
    const marks = block.map(({ a, b }) => (a >= 0 && b >= 0 ? words(left.lines[a]!, right.lines[b]!) : NONE));
    for (const side of ["A", "B"] as const)
      for (const [k, line] of block.entries()) {
        const n = side === "A" ? line.a : line.b;
        if (n < 0) continue;
        const at = asked === `${side}${n + 1}` ? " at" : "";
        rows.push(
          <tr
            key={`${i} ${side}${k}`}
            class={`${side === "A" ? "del" : "add"}${k === 0 && (side === "A" || item.a < 0) ? " chg" : ""}`}
          >
            {number("A", side === "A" ? n : -1)}
            {number("B", side === "B" ? n : -1)}
            <td class={`tx ${side === "A" ? "del" : "add"}${at}`} data-sign={side === "A" ? "−" : "+"}>
              {(side === "A" ? left : right).line(n, marks[k]![side === "A" ? 0 : 1])}
            </td>
          </tr>,
        );
      }
  }
  return rows;
}

/** A text whose lines have colours. */
class Marked {
  readonly lines: readonly string[];
  private readonly text: string;
  private readonly marks: readonly number[];
  private starts: number[] | null = null;
  private ends: number[] | null = null;

  constructor(of: Text | null) {
    this.text = of?.text ?? "";
    this.marks = of?.marks ?? [];
    this.lines = linesOf(this.text);
  }

  /** A line with its colours and the ranges that changed. */
  line(n: number, ranges: Ranges) {
    const text = this.lines[n]!;
    const pieces = [];
    const cuts = this.spans(n, text.length);
    let at = 0;
    for (const [until, kind] of cuts) {
      while (at < until) {
        const range = ranges.find(([from, to]) => at < to && from < until && at >= from);
        const next = range ? range[1] : Math.min(until, ...ranges.map(([from]) => (from > at ? from : until)));
        const end = Math.min(until, next);
        const piece = text.slice(at, end);
        const cls = [kind ? `c${kind}` : "", range ? "w" : ""].filter(Boolean).join(" ");
        pieces.push(
          cls ? (
            <span class={cls} key={at}>
              {piece}
            </span>
          ) : (
            piece
          ),
        );
        at = end;
      }
    }
    return pieces;
  }

  /** Ends of the pieces of a line, and their classes. */
  private spans(n: number, length: number): [number, number][] {
    if (!this.marks.length) return [[length, 0]];
    this.index();
    const start = this.starts![n]!;
    const found: [number, number][] = [];
    let [low, high] = [0, this.ends!.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends![middle]! <= start) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.ends!.length; i++) {
      const end = Math.min(length, this.ends![i]! - start);
      if (end > (found.at(-1)?.[0] ?? 0)) found.push([end, this.marks[2 * i + 1]!]);
      if (end >= length) break;
    }
    if ((found.at(-1)?.[0] ?? 0) < length) found.push([length, 0]);
    return found;
  }

  private index(): void {
    if (this.starts) return;
    this.starts = [0];
    for (const match of this.text.matchAll(/\r\n|\n|\r/g)) this.starts.push(match.index + match[0].length);
    this.ends = [];
    let at = 0;
    for (let i = 0; i < this.marks.length; i += 2) {
      at += this.marks[i]!;
      this.ends.push(at);
    }
  }
}
