// The numbered lines of a text; a link names one of them, or several.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { param, setParams } from "../../route";
import { Marked } from "../lib/marked";
import type { Text } from "../lib/texts";
import { useRows } from "../lib/windowed";

/** Lines that all stand in the page, where the browser's own search finds them; of more only those near the window. */
export const MOST_LINES = 5000;
/** Pixels, as the style sheet says. */
const HEIGHT = 20;
/** Characters up to which the page scrolls sideways. */
const WIDEST = 4000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The lines of the link, from 1: `12` or `12-20`. */
function asked(): Range | null {
  const [, from, to] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(param("L") ?? "") ?? [];
  if (!from) return null;
  const [a, b] = [Number(from), Number(to ?? from)];
  return { from: Math.min(a, b), to: Math.max(a, b) };
}

export function Lines({ of, wrap }: { of: Text; wrap: boolean }) {
  const root = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => new Marked(of), [of]);
  const drawn = useMemo(() => new Map<number, ComponentChildren>(), [marked]);
  const count = marked.lines.length;
  const isLong = count > MOST_LINES;
  const near = useRows(isLong ? count : 0, HEIGHT, root);
  const { from, to } = isLong ? near : { from: 0, to: count };
  const range = asked();
  useEffect(() => {
    if (range) show(root.current!, range, isLong);
  }, [range?.from, range?.to, marked]);
  const width = useMemo(
    () =>
      Math.min(
        WIDEST,
        marked.lines.reduce((most, line) => Math.max(most, line.length), 0),
      ),
    [marked],
  );
  const line = (i: number): ComponentChildren => {
    if (!drawn.has(i)) drawn.set(i, <span class="tx">{marked.line(i, [])}</span>);
    const isAt = range && range.from <= i + 1 && i + 1 <= range.to;
    return (
      <div class={isAt ? "cv-line at" : "cv-line"} key={i} data-line={i + 1}>
        <button type="button" class="no" tabIndex={-1} aria-label={`Link to line ${i + 1}`}>
          {i + 1}
        </button>
        {drawn.get(i)}
      </div>
    );
  };
  const lines: ComponentChildren[] = [];
  for (let i = from; i < to; i++) lines.push(line(i));
  return (
    <section class={wrap && !isLong ? "cv-code wrap" : "cv-code"} tabIndex={0} aria-label="Lines">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: one listener for the buttons of all lines */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a key on a button is a click */}
      <div
        class="cv-lines syn"
        ref={root}
        style={{
          "--digits": String(count).length,
          "--w": `${width + 2}ch`,
          ...(isLong ? { height: `${count * HEIGHT}px`, paddingTop: `${from * HEIGHT}px` } : {}),
        }}
        onClick={(event) => link(event, range)}
      >
        {lines}
      </div>
    </section>
  );
}

/** A click on a number links to its line, with Shift to all from the one that was linked to before. */
function link(event: MouseEvent, before: Range | null): void {
  const row = (event.target as HTMLElement).closest(".no")?.closest<HTMLElement>("[data-line]");
  if (!row) return;
  const n = Number(row.dataset.line);
  if (!event.shiftKey || !before) setParams({ L: String(n) });
  else {
    getSelection()?.removeAllRanges();
    setParams({ L: n < before.from ? `${n}-${before.to}` : n > before.from ? `${before.from}-${n}` : String(n) });
  }
}

/** Bring lines to the middle of the window, unless they are in it. */
function show(root: HTMLElement, { from }: Range, isLong: boolean): void {
  const row = root.querySelector(`[data-line="${from}"]`);
  const top = row?.getBoundingClientRect().top ?? root.getBoundingClientRect().top + (from - 1) * HEIGHT;
  if (!row && !isLong) return; // the file has no such line
  if (top < innerHeight * 0.15 || top > innerHeight * 0.9) scrollBy(0, top - innerHeight / 2);
}
