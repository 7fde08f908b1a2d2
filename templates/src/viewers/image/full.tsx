// A picture over the whole window, beside those of other runs: one zoom for all of them.
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../../entry";
import { bytes, full, plural } from "../../lib/format";
import { lookOf } from "../../lib/view";
import type { ImageItem } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { Broken, type Tile } from "../../parts/mediapanel";
import { Modal } from "../../parts/modal";
import { Button } from "../../parts/ui";
import { hasOverlays, Overlays } from "./overlays";
import { notesOf, Picture } from "./picture";
import { chosen, isOn, isShown, setOn, showClasses } from "./settings";

const COLUMNS = 6;
const CLOSEST = 64;

interface View {
  readonly scale: number;
  /** Of the upper left corner, in shares of the frame. */
  readonly x: number;
  readonly y: number;
}

const WHOLE: View = { scale: 1, x: 0, y: 0 };

function zoomed(view: View, by: number, x: number, y: number): View {
  const scale = Math.min(CLOSEST, Math.max(1, view.scale * by));
  return kept({ scale, x: x - ((x - view.x) * scale) / view.scale, y: y - ((y - view.y) * scale) / view.scale });
}

const kept = ({ scale, x, y }: View): View => ({
  scale,
  x: Math.min(0, Math.max(1 - scale, x)),
  y: Math.min(0, Math.max(1 - scale, y)),
});

export interface FullProps {
  /** All pictures at this step. */
  readonly tiles: readonly Tile<ImageItem>[];
  /** The one that was opened. */
  readonly at: Tile<ImageItem>;
  readonly close: () => void;
  /** To another logged step. */
  readonly onStep?: (by: number) => void;
  readonly onSample?: (n: number) => void;
}

/** The browser's own shortcuts, and arrows that move a slider. */
const elsewhere = ({ ctrlKey, metaKey, altKey, key, target }: KeyboardEvent): boolean =>
  ctrlKey || metaKey || altKey || ((target as HTMLElement).matches("input") && key.startsWith("Arrow"));

export function Full({ tiles, at, close, onStep, onSample }: FullProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [n, setN] = useState(at.n);
  const [view, setView] = useState(WHOLE);
  const [panel, setPanel] = useState(true);
  const samples = [...new Set(tiles.map((tile) => tile.n))].sort((a, b) => a - b);
  const row = tiles.filter((tile) => tile.n === n);
  const mine = row.findIndex((tile) => tile.run.entry === at.run.entry);
  const from = Math.max(0, Math.min(mine - COLUMNS + 1, row.length - COLUMNS));
  const columns = row.slice(from, from + COLUMNS);
  const first = columns.find((tile) => tile.run.entry === at.run.entry) ?? columns[0];
  const sample = (by: number): void => {
    const next = samples[samples.indexOf(n) + by];
    if (next === undefined) return;
    setN(next);
    onSample?.(next);
  };
  const overlays = hasOverlays(columns);
  const keys: Readonly<Record<string, () => void>> = {
    m: () => setOn("masks", !isOn("masks")),
    b: () => setOn("boxes", !isOn("boxes")),
    ArrowLeft: () => onStep?.(-1),
    ArrowRight: () => onStep?.(1),
    ArrowUp: () => sample(-1),
    ArrowDown: () => sample(1),
    "+": () => setView(zoomed(view, 1.5, 0.5, 0.5)),
    "-": () => setView(zoomed(view, 1 / 1.5, 0.5, 0.5)),
    "0": () => setView(WHOLE),
    o: () => setPanel(!panel),
  };
  const key = (event: KeyboardEvent): void => {
    if (elsewhere(event)) return;
    const act =
      keys[event.key] ??
      keys[event.key.toLowerCase()] ??
      (/^[1-9]$/.test(event.key) ? () => toggleClass(columns, Number(event.key) - 1) : null);
    event.stopPropagation();
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <Modal kind="viewer" label={first?.item.caption || "Picture"} dialog={dialog} close={close} onKey={key}>
      <header>
        <b class="cut">{first?.item.caption || "Picture"}</b>
        {first && (
          <span class="dim cut">
            step {full(first.step)}, {first.item.width} × {first.item.height}, {bytes(first.item.bytes)}
          </span>
        )}
        <span class="grow" />
        {samples.length > 1 && (
          <>
            <Button kind="xs" icon="up" label="Earlier sample (↑)" onClick={() => sample(-1)} />
            <span class="dim">
              {full(samples.indexOf(n) + 1)} of {plural(samples.length, "sample")}
            </span>
            <Button kind="xs" icon="down" label="Next sample (↓)" onClick={() => sample(1)} />
          </>
        )}
        {onStep && (
          <>
            <Button kind="xs" icon="left" label="Earlier step (←)" onClick={() => onStep(-1)} />
            <Button kind="xs" icon="right" label="Next step (→)" onClick={() => onStep(1)} />
          </>
        )}
        <Button
          kind="xs"
          text={`${Math.round(view.scale * 100)} %`}
          title="Whole picture (0)"
          onClick={() => setView(WHOLE)}
        />
        {overlays && <Button kind="xs" text="Overlays" pressed={panel} onClick={() => setPanel(!panel)} />}
        <Button icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      <div class="stages">
        {columns.map((tile) => (
          <Stage key={tile.run.entry} tile={tile} named={columns.length > 1} view={view} setView={setView} />
        ))}
        {overlays && panel && (
          <aside>
            <Overlays shown={columns} />
          </aside>
        )}
      </div>
      {first && notesOf(first.item).length > 0 && <p class="notes">{notesOf(first.item).join(". ")}</p>}
    </Modal>
  );
}

function toggleClass(tiles: readonly Tile<ImageItem>[], at: number): void {
  const classes = new Map<number, string>();
  for (const { item } of tiles) {
    const on = chosen(
      "masks",
      item.masks.map((set) => set.name),
    );
    for (const set of item.masks)
      if (on.includes(set.name)) for (const { id, label } of set.classes) classes.set(id, label);
  }
  const labels = [...classes].sort(([a], [b]) => a - b).map(([, label]) => label);
  const label = labels[at];
  if (label === undefined) return;
  showClasses(
    "masks",
    labels.filter((other) => (other === label ? !isShown("masks", label) : isShown("masks", other))),
    labels,
  );
}

function Stage({
  tile,
  named,
  view,
  setView,
}: {
  tile: Tile<ImageItem>;
  named: boolean;
  view: View;
  setView: (view: View) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const drag = useRef<{ readonly x: number; readonly y: number; readonly from: View } | null>(null);
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => {
    const element = frame.current!;
    // The wheel must not scroll the page below, which only a listener that is not passive can prevent.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      setView(
        zoomed(
          latest.current,
          Math.exp(-event.deltaY / (event.deltaMode ? 12 : 400)),
          (event.clientX - box.left) / box.width,
          (event.clientY - box.top) / box.height,
        ),
      );
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, []);
  const move = (event: PointerEvent): void => {
    if (!drag.current) return;
    const box = frame.current!.getBoundingClientRect();
    const { x, y, from } = drag.current;
    setView(
      kept({
        scale: from.scale,
        x: from.x + (event.clientX - x) / box.width,
        y: from.y + (event.clientY - y) / box.height,
      }),
    );
  };
  const there = media(tile.item.src) || media(tile.item.thumb);
  return (
    <figure class="stage">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the dialog zoom, too */}
      <div
        class="frame"
        ref={frame}
        data-close={view.scale > 1 ? "" : undefined}
        onPointerMove={move}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerCancel={() => {
          drag.current = null;
        }}
        onDblClick={() => setView(WHOLE)}
        onPointerDown={(event) => {
          frame.current!.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY, from: view };
        }}
      >
        {tile.item.error || !there ? (
          <Broken item={tile.item} />
        ) : (
          <div
            class="moved"
            style={{
              transform: `translate(${view.x * 100}%, ${view.y * 100}%) scale(${view.scale})`,
              "--k": view.scale,
            }}
          >
            <Picture run={tile.run} item={tile.item} large alt={tile.item.caption || "picture"} />
          </div>
        )}
      </div>
      {named && (
        <figcaption>
          <Swatch look={lookOf(tile.run)} line /> {nameOf(tile.run)}
          {tile.earlier && <b class="amber"> step {full(tile.step)}</b>}
        </figcaption>
      )}
    </figure>
  );
}
