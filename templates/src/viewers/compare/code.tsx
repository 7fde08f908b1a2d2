// One file of two runs: its head, and its lines once they come near.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { bytes, full, plural } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { Empty, Wait } from "../../parts/ui";
import { useLoaded, useSeen } from "../../parts/use";
import { param } from "../../route";
import { linesChanged } from "../lib/bookdiff";
import { type Change, counts, linesOf } from "../lib/difference";
import { Plus } from "../lib/difflines";
import { coloured, PATCH } from "../lib/texts";
import { compared, comparedCells } from "./answers";
import { CONTEXT, Lines } from "./lines";
import { type How, Notebook } from "./notebook";
import { type Held, isHistory, isText, type Pair, type Texts, textsOf } from "./pairs";

/** A file with more changed lines stays folded until it is asked for. */
export const MOST_CHANGED = 2000;
const LARGEST = 400_000;
const HEIGHT = 20;
/** Lines that are kept free for a file that is not compared yet, at most, and the bytes of one. */
const [FIRST_LINES, LINE_BYTES] = [60, 45];

interface Read {
  readonly texts: Texts;
  readonly changes: readonly Change[];
}

async function changesOf(pair: Pair, ignoreSpace: boolean): Promise<Read> {
  const texts = await textsOf(pair);
  return { texts, changes: await compared(texts.a?.text ?? "", texts.b?.text ?? "", ignoreSpace) };
}

interface FileProps {
  readonly pair: Pair;
  readonly how: How;
  readonly viewed: boolean;
  readonly onViewed: (on: boolean) => void;
  readonly onCounted: (path: string, added: number, removed: number) => void;
}

export function FileDiff(props: FileProps) {
  return props.pair.cells === undefined ? <TextFile {...props} /> : <NotebookFile {...props} />;
}

function TextFile(props: FileProps) {
  const { pair, how } = props;
  const { value, error } = useLoaded(() => changesOf(pair, how.ignoreSpace), [pair, how.ignoreSpace], isText(pair));
  const found = value?.changes ?? null;
  const { added, removed } = counts(found ?? []);
  const size = (pair.a?.file.size ?? 0) + (pair.b?.file.size ?? 0);
  const note = !pair.a
    ? "new in B"
    : !pair.b
      ? "not in B"
      : pair.before !== pair.path && !found?.length
        ? "renamed"
        : "";
  return (
    <Framed {...props} found={found} note={note} large={added + removed > MOST_CHANGED || size > 2 * LARGEST}>
      {(seen) =>
        !isText(pair) ? (
          <Empty title="Not a text" text={`${sizeOf(pair.a)} in A, ${sizeOf(pair.b)} in B`} />
        ) : error ? (
          <Empty title="This file could not be read" text={error} />
        ) : !value ? (
          <div style={{ height: `${guess(pair)}px` }} aria-busy={seen} />
        ) : seen ? (
          <Coloured pair={pair} of={value} how={how} />
        ) : (
          <div style={{ height: `${heightOf(value, added + removed)}px` }} />
        )
      }
    </Framed>
  );
}

/** The lines, once their colours are there, which only files that are looked at need. */
function Coloured({ pair: { path, before }, of, how }: { pair: Pair; of: Read; how: How }) {
  const { value } = useLoaded(
    async () => ({ a: await coloured(of.texts.a), b: await coloured(of.texts.b) }),
    [of.texts],
  );
  if (!value) return <div style={{ height: `${heightOf(of, 0)}px` }} />;
  return <Lines pair={{ path, before, ...value }} all={of.changes} split={how.split} wrap={how.wrap} />;
}

function NotebookFile(props: FileProps) {
  const { pair, how } = props;
  // Whitespace counted: that was found while the page was loaded.
  const { value } = useLoaded(
    async () => {
      const { a, b } = await textsOf(pair);
      return comparedCells(a?.text ?? null, b?.text ?? null, true);
    },
    [pair],
    how.ignoreSpace,
  );
  const cells = how.ignoreSpace ? value : pair.cells!;
  const found = useMemo(() => (cells ? linesChanged(cells) : null), [cells]);
  const { added, removed } = counts(found ?? []);
  const differing = cells?.filter((cell) => cell.how !== "equal").length ?? 0;
  const side = !pair.a ? "new in B, " : !pair.b ? "not in B, " : "";
  const note = cells
    ? `${side}${full(differing)} of ${plural(cells.length, "cell")} ${differing === 1 ? "differs" : "differ"}`
    : "";
  return (
    <Framed {...props} found={found} note={note} large={added + removed > MOST_CHANGED}>
      {(seen) =>
        pair.cells === null ? (
          <Empty
            title="A damaged notebook"
            text={`Its cells could not be read: ${sizeOf(pair.a)} in A, ${sizeOf(pair.b)} in B`}
          />
        ) : !cells ? (
          <Wait />
        ) : seen ? (
          <Notebook path={pair.path} cells={cells} how={how} />
        ) : (
          <div style={{ height: `${HEIGHT * (added + removed + 4 * differing)}px` }} />
        )
      }
    </Framed>
  );
}

/** A file's head, and below it what `children` makes of it once it is open; it is told whether it came near. */
function Framed({
  pair,
  viewed,
  onViewed,
  onCounted,
  found,
  note,
  large,
  children,
}: FileProps & {
  found: readonly Change[] | null;
  note: string;
  large: boolean;
  children: (seen: boolean) => ComponentChildren;
}) {
  const [attach, seen] = useSeen<HTMLElement>("600px");
  // A link to a line opens its file, however long that is.
  const [open, setOpen] = useState<boolean | null>(param("L") && param("file") === pair.path ? true : null);
  const { added, removed } = counts(found ?? []);
  useEffect(() => {
    if (found) onCounted(pair.path, added, removed);
  }, [found]);
  const size = (pair.a?.file.size ?? 0) + (pair.b?.file.size ?? 0);
  const isOpen = open ?? (!large && !viewed && pair.path !== PATCH);
  return (
    <section class="cmp-file" id={`file-${pair.path}`} ref={attach} aria-label={pair.path}>
      <header>
        <button type="button" class="cmp-name" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? "down" : "right"} small />
          <b class="cut">{pair.before === pair.path ? pair.path : `${pair.before} → ${pair.path}`}</b>
          {isHistory(pair.path) && <span class="dim">cells as they ran</span>}
        </button>
        <Plus added={added} removed={removed} />
        <span class="dim">{note}</span>
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
      {isOpen && children(seen)}
    </section>
  );
}

/** What a file may take of which nobody knows yet what changed: if all stood close together, all would be near. */
function guess({ a, b }: Pair): number {
  const size = Math.max(a?.file.size ?? 0, b?.file.size ?? 0);
  return HEIGHT * Math.min(FIRST_LINES, Math.ceil(size / LINE_BYTES));
}

/** About what the lines will take, for as long as they are far from the window. */
function heightOf({ texts: { a, b }, changes }: Read, changed: number): number {
  const lines = changed + changes.length * 2 * CONTEXT;
  return HEIGHT * Math.min(lines, linesOf(a?.text ?? "").length + linesOf(b?.text ?? "").length);
}

function sizeOf(held: Held | null): string {
  return held ? `${bytes(held.file.size)}${held.file.note ? ` (${held.file.note})` : ""}` : "no file";
}
