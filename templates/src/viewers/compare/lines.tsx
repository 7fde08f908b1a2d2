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
  const items = useMemo(() => {
    const open = (fold: Fold, count: number): void => {
      setOpened(new Map([...opened, [fold.from, (opened.get(fold.from) ?? 0) + count]]));
    };
    return layout(all, left.lines.length, opened).map((item) => (isFold(item) ? folded(item, open) : item));
  }, [all, left, opened]);
  if (!all.length)
    return <p class="cmp-note dim">{pair.before === pair.path ? "Equal" : "Renamed, and the same in every line"}</p>;
  return (
    <DiffLines
      items={items}
      left={left}
      right={right}
      numberOf={(_, n) => n + 1}
      asked={param("file") === pair.path ? param("L") : undefined}
      onAsk={(L) => setParams({ file: pair.path, L })}
      split={split}
      wrap={wrap}
    />
  );
}

/** Equal lines that are folded away, and how to see them. */
function folded(fold: Fold, open: (fold: Fold, count: number) => void): Between {
  return {
    key: `f${fold.from}`,
    content: (
      <>
        <Button
          kind="line"
          text={plural(fold.count, "equal line")}
          title={`Show ${Math.min(MORE, fold.count)} more`}
          onClick={() => open(fold, MORE)}
        />
        {fold.count > MORE && <Button kind="line" text="all" onClick={() => open(fold, fold.count)} />}
      </>
    ),
  };
}
