// The lines of one file of two runs, with the equal ones folded away.
import { useMemo, useState } from "preact/hooks";
import { plural } from "../../lib/format";
import { Button } from "../../parts/ui";
import { param, setParams } from "../../route";
import type { Change } from "../lib/difference";
import { type Between, DiffLines, type Line } from "../lib/difflines";
import { Marked } from "../lib/marked";
import type { Text } from "../lib/texts";
import type { Pair } from "./pairs";

export const CONTEXT = 3;
const MORE = 20;

interface Fold {
  /** Line of A at which the equal lines begin: the fold is known by it. */
  readonly from: number;
  readonly count: number;
  /** Whether a change stands before it, and behind it. */
  readonly below: boolean;
  readonly above: boolean;
}

/** How many lines of a fold are shown below the change before it, and above the one behind it. */
type Opened = ReadonlyMap<number, readonly [below: number, above: number]>;

interface Asked {
  readonly side: "A" | "B";
  /** From 0. */
  readonly line: number;
}

/** The line of the link, `B49`, where it is about this file. */
function askedOf(path: string): Asked | null {
  const [, side, line] = (param("file") === path && /^([AB])(\d{1,9})$/.exec(param("L") ?? "")) || [];
  return side ? { side: side as "A" | "B", line: Number(line) - 1 } : null;
}

/** Lines to show, and folds of equal ones between them; the fold of the line that is asked for is open. */
function layout(all: readonly Change[], length: number, opened: Opened, asked: Asked | null): (Line | Fold)[] {
  const items: (Line | Fold)[] = [];
  let [a, b] = [0, 0];
  const equal = (until: number, first: boolean, last: boolean): void => {
    const shift = b - a;
    const [below, above] = opened.get(a) ?? [0, 0];
    const head = (first ? 0 : CONTEXT) + below;
    const tail = (last ? 0 : CONTEXT) + above;
    const hidden = until - a - head - tail;
    const line = (i: number): Line => ({ a: i, b: i + shift, changed: false, first: false });
    const wanted = asked ? asked.line - (asked.side === "B" ? shift : 0) : -1;
    if (hidden <= 1 || (wanted >= a + head && wanted < until - tail))
      for (let i = a; i < until; i++) items.push(line(i));
    else {
      for (let i = a; i < a + head; i++) items.push(line(i));
      items.push({ from: a, count: hidden, below: !first, above: !last });
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

/** What differs between two texts of which no line does. */
function ends(a: string, b: string): string {
  const kind = (text: string): string => {
    const [crlf, lf] = [/\r\n/.test(text), /(^|[^\r])\n/.test(text)];
    return crlf && lf ? "mixed" : crlf ? "CRLF" : "LF";
  };
  if (kind(a) !== kind(b)) return `Only the ends of lines differ: ${kind(a)} in A, ${kind(b)} in B`;
  const [one, two] = [/\n$/.test(a), /\n$/.test(b)];
  if (one !== two) return `Only the end of the file differs: no newline there in ${one ? "B" : "A"}`;
  return "Only whitespace differs";
}

const isFold = (item: Line | Fold): item is Fold => "count" in item;

/** A file's name and texts, or those of a part of it. */
type Shown = Pick<Pair, "path" | "before"> & Readonly<Record<"a" | "b", Pick<Text, "text" | "marks"> | null>>;

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
  const [opened, setOpened] = useState<Opened>(new Map());
  const asked = askedOf(pair.path);
  const left = useMemo(() => new Marked(pair.a), [pair.a]);
  const right = useMemo(() => new Marked(pair.b), [pair.b]);
  const items = useMemo(() => {
    const open = (fold: Fold, below: number, above: number): void => {
      const [before, behind] = opened.get(fold.from) ?? [0, 0];
      setOpened(new Map([...opened, [fold.from, [before + below, behind + above]]]));
    };
    return layout(all, left.lines.length, opened, asked).map((item) => (isFold(item) ? folded(item, open) : item));
  }, [all, left, opened, asked?.side, asked?.line]);
  if (!all.length) {
    const [a, b] = [pair.a?.text ?? "", pair.b?.text ?? ""];
    const renamed = pair.before !== pair.path ? "Renamed, and the same in every line" : "Equal";
    return <p class="cmp-note dim">{a === b ? renamed : ends(a, b)}</p>;
  }
  return (
    <DiffLines
      items={items}
      left={left}
      right={right}
      numberOf={(_, n) => n + 1}
      asked={asked ? param("L") : undefined}
      onAsk={(L) => setParams({ file: pair.path, L })}
      split={split}
      wrap={wrap}
    />
  );
}

/** Equal lines that are folded away, and how to see them: from the change before, from the one behind, or all. */
function folded(fold: Fold, open: (fold: Fold, below: number, above: number) => void): Between {
  const more = Math.min(MORE, fold.count);
  const few = fold.count <= MORE;
  return {
    key: `f${fold.from}`,
    content: (
      <>
        {fold.below && !few && (
          <Button kind="xs" icon="down" label={`Show ${more} lines below`} onClick={() => open(fold, more, 0)} />
        )}
        {fold.above && !few && (
          <Button kind="xs" icon="up" label={`Show ${more} lines above`} onClick={() => open(fold, 0, more)} />
        )}
        <Button
          kind="xs"
          text={plural(fold.count, "equal line")}
          title="Show all of them"
          onClick={() => open(fold, fold.count, 0)}
        />
      </>
    ),
  };
}
