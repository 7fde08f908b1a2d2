// Two notebooks cell by cell: equal cells folded away, changed lines within the others, what they show below.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { full, plural } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { Button } from "../../parts/ui";
import { param } from "../../route";
import type { CellDiff, Outputs, Picture } from "../lib/bookdiff";
import { linesOf } from "../lib/difference";
import { Lines } from "./lines";

/** How the changed lines of files are shown. */
export interface How {
  readonly split: boolean;
  readonly wrap: boolean;
  readonly ignoreSpace: boolean;
}

/** Lines of an equal source that are shown before somebody asks for the others. */
const FIRST_LINES = 8;
/** Equal cells that take less room than the line which folds them. */
const FEW = 1;

const SIGNS: Readonly<Record<CellDiff["how"], string>> = {
  equal: "",
  changed: "±",
  inserted: "+",
  deleted: "−",
  moved: "↕",
};

export function Notebook({ path, cells, how }: { path: string; cells: readonly CellDiff[]; how: How }) {
  const runs = useMemo(() => runsOf(cells), [cells]);
  if (!cells.length) return <p class="cmp-note dim">No cells</p>;
  return (
    <div class="cmp-cells">
      {runs.map((run) =>
        run.length > FEW && run[0]!.how === "equal" ? (
          <Equal key={keyOf(run[0]!)} cells={run} />
        ) : (
          run.map((cell) => <OneCell key={keyOf(cell)} path={path} cell={cell} how={how} />)
        ),
      )}
    </div>
  );
}

/** Cells in their order, equal ones that follow each other together. */
function runsOf(cells: readonly CellDiff[]): CellDiff[][] {
  const runs: CellDiff[][] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    if (last && last[0]!.how === "equal" && cell.how === "equal") last.push(cell);
    else runs.push([cell]);
  }
  return runs;
}

const keyOf = ({ a, b }: CellDiff): string => (b < 0 ? `a${a + 1}` : `b${b + 1}`);

function Equal({ cells }: { cells: readonly CellDiff[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <div class="cmp-equal">
        <Button
          kind="line"
          icon={open ? "down" : "right"}
          text={plural(cells.length, "equal cell")}
          expanded={open}
          onClick={() => setOpen(!open)}
        />
      </div>
      {open && cells.map((cell) => <Quiet key={keyOf(cell)} cell={cell} />)}
    </>
  );
}

/** A cell that is the same on both sides. */
function Quiet({ cell }: { cell: CellDiff }) {
  return (
    <section class="cmp-cell" aria-label={named(cell)}>
      <Head cell={cell} />
      <Source text={cell.source[1] ?? ""} />
    </section>
  );
}

function OneCell({ path, cell, how }: { path: string; cell: CellDiff; how: How }) {
  const root = useRef<HTMLElement>(null);
  const place = `${path}#${keyOf(cell)}`;
  useEffect(() => {
    if (param("file")?.startsWith(`${path}#`) && param("file")?.replace(/\.out$/, "") === place)
      root.current?.scrollIntoView();
  }, []);
  const file = useMemo(() => pairOf(place, cell.source), [place, cell]);
  return (
    <section class={`cmp-cell ${cell.how}`} id={`file-${place}`} ref={root} aria-label={named(cell)}>
      <Head cell={cell} />
      {cell.changes.length ? (
        <Lines pair={file} all={cell.changes} split={how.split} wrap={how.wrap} />
      ) : (
        <Source text={cell.source[1] ?? cell.source[0] ?? ""} />
      )}
      {cell.outputs === "equal" && <p class="cmp-note dim">Outputs equal</p>}
      {cell.shown && <Shown path={`${place}.out`} cell={cell} of={cell.shown} how={how} />}
    </section>
  );
}

function Head({ cell }: { cell: CellDiff }) {
  return (
    <header class={cell.how === "moved" ? "chg" : undefined}>
      <span class="cmp-sign" aria-hidden="true">
        {SIGNS[cell.how]}
      </span>
      <b>{numbered(cell)}</b>
      <span class="dim">{kindOf(cell)}</span>
      <span>{said(cell)}</span>
    </header>
  );
}

function numbered({ a, b }: CellDiff): string {
  if (a < 0 || b < 0) return `Cell ${Math.max(a, b) + 1}`;
  return a === b ? `Cell ${a + 1}` : `Cell ${a + 1} → ${b + 1}`;
}

function kindOf({ kind: [a, b] }: CellDiff): string {
  const names = { code: "", markdown: "Markdown", raw: "raw" };
  if (a && b && a !== b) return `${names[a] || "code"} → ${names[b] || "code"}`;
  return names[(b ?? a)!];
}

function said({ how, source, outputs }: CellDiff): string {
  if (how === "changed" && source[0] === source[1]) return outputs === "differ" ? "outputs changed" : "changed";
  return {
    equal: "",
    changed: "changed",
    inserted: "inserted, only in B",
    deleted: "deleted, only in A",
    moved: "moved",
  }[how];
}

const named = (cell: CellDiff): string => [numbered(cell), kindOf(cell), said(cell)].filter(Boolean).join(", ");

/** Two texts as the lines of a file want them. */
function pairOf(path: string, [a, b]: readonly [string | null, string | null]) {
  const text = (of: string | null) => (of === null ? null : { text: of, marks: [] });
  return { path, before: path, a: text(a), b: text(b) };
}

/** The lines of a source in which nothing changed. */
function Source({ text }: { text: string }) {
  const [all, setAll] = useState(false);
  const lines = linesOf(text);
  const more = all ? 0 : lines.length - FIRST_LINES;
  return (
    <div class="cmp-source">
      <pre class="code">{(more > 1 ? lines.slice(0, FIRST_LINES) : lines).join("\n")}</pre>
      {more > 1 && <Button kind="line" text={`${full(more)} more lines`} onClick={() => setAll(true)} />}
    </div>
  );
}

/** Outputs that differ: folded until they are asked for. */
function Shown({ path, cell, of, how }: { path: string; cell: CellDiff; of: Outputs; how: How }) {
  const [open, setOpen] = useState(param("file") === path);
  const file = useMemo(() => pairOf(path, of.text), [path, of]);
  return (
    <div class="cmp-out">
      <button type="button" class="cmp-go chg" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? "down" : "right"} small />
        {cell.how === "deleted" || cell.how === "inserted" ? "Outputs" : "Outputs differ"}
        <span class="dim cut">{summary(of)}</span>
      </button>
      {open && (
        <>
          {of.changes.length > 0 ? (
            <Lines pair={file} all={of.changes} split={how.split} wrap={how.wrap} />
          ) : (
            of.text[1] && <Source text={of.text[1]} />
          )}
          <Pictures of={of.pictures} />
          {of.notes.map((note) => (
            <p class="cmp-note dim" key={note}>
              {note}
            </p>
          ))}
        </>
      )}
    </div>
  );
}

function summary({ changes, pictures: [a, b], notes }: Outputs): string {
  const lines = changes.reduce((sum, { an, bn }) => sum + Math.max(an, bn), 0);
  return [
    lines ? plural(lines, "line") : "",
    a.length || b.length ? plural(Math.max(a.length, b.length), "picture") : "",
    ...notes,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Pictures beside each other, A left and B right, the first ones of each first. */
function Pictures({ of: [a, b] }: { of: readonly [readonly Picture[], readonly Picture[]] }) {
  const rows = Array.from({ length: Math.max(a.length, b.length) }, (_, n) => [a[n], b[n]] as const);
  return (
    <>
      {rows.map(([one, two], n) => (
        <div class="cmp-pictures" key={n}>
          <One side="A" of={one} same={one?.src === two?.src && !!one?.src} />
          <One side="B" of={two} same={one?.src === two?.src && !!one?.src} />
        </div>
      ))}
    </>
  );
}

function One({ side, of, same }: { side: string; of: Picture | undefined; same: boolean }): ComponentChildren {
  return (
    <figure>
      <figcaption class="dim">
        {side}
        {same && ", equal"}
      </figcaption>
      {!of ? (
        <span class="dim">no picture</span>
      ) : of.src ? (
        <img src={of.src} alt={`Output in ${side}`} loading="lazy" />
      ) : (
        <span class="dim">{of.name} that is damaged or too large to be shown here</span>
      )}
    </figure>
  );
}
