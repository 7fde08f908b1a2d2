// One file of two runs: its head, and its lines once they come near.
import { useEffect, useState } from "preact/hooks";
import { bytes, plural } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { Empty, Wait } from "../../parts/ui";
import { useLoaded, useSeen } from "../../parts/use";
import { type Change, counts, linesOf } from "../lib/difference";
import { Plus } from "../lib/difflines";
import { PATCH, type Text } from "../lib/texts";
import { CONTEXT, Lines } from "./lines";
import { compared, type Pair } from "./texts";

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
          <Lines pair={pair} all={found} split={how.split} wrap={how.wrap} />
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
