// Tiles: a few as they are, many in rows of which only those near the window exist; of several runs a list for each.
import { useRef, useState } from "preact/hooks";
import { media } from "../../entry";
import { bytes, full, plural } from "../../lib/format";
import { lookOf } from "../../lib/view";
import type { ImageItem } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { Broken, Caption, type Tile } from "../../parts/mediapanel";
import { useWidth } from "../../parts/use";
import { useRows } from "../lib/windowed";
import { Full } from "./full";
import { notesOf, Picture } from "./picture";
import { enlarged, LARGE, LIST } from "./size";

/** More tiles than this are drawn row by row. */
const FEW = 24;
const GAP = 4;
const CAPTION = 18;
/** Tiles of a few beside each other. */
const ABREAST = 4;

type Shot = Tile<ImageItem>;

export interface TilesProps {
  readonly tiles: readonly Shot[];
  readonly common: string;
  readonly named: boolean;
  readonly large: boolean;
  readonly onStep?: (by: number) => void;
}

/** One row of tiles for each run where runs have several at once, else all in one. */
function rowsOf(tiles: readonly Shot[], named: boolean): readonly (readonly Shot[])[] {
  if (!named || tiles.every(({ n }) => n === 0)) return [tiles];
  const entries = [...new Set(tiles.map(({ run }) => run.entry))];
  return entries.map((entry) => tiles.filter(({ run }) => run.entry === entry));
}

export function Tiles({ tiles, common, named, large, onStep }: TilesProps) {
  const [open, setOpen] = useState<Shot | null>(null);
  if (tiles.every(({ item }) => !item.error && !media(item.thumb || item.src)))
    return (
      <div class="empty leftout">
        <b>Left out of this one-file copy</b>
        <p>
          {plural(tiles.length, "picture")} at this step, {bytes(tiles.reduce((sum, { item }) => sum + item.bytes, 0))}
        </p>
      </div>
    );
  const rows = rowsOf(tiles, named);
  const many = tiles.length > FEW;
  const notes = [...new Set(tiles.slice(0, 100).flatMap(({ item }) => notesOf(item)))];
  const Row = many ? Many : Few;
  return (
    <>
      <div class="many" role="group" aria-label={plural(tiles.length, "picture")} style={{ "--rows": rows.length }}>
        {rows.map((row) => (
          <section key={row[0]!.run.entry}>
            {rows.length > 1 && <RunHead tile={row[0]!} count={row.length} />}
            <Row tiles={row} common={common} named={named && rows.length === 1} large={large} open={setOpen} />
          </section>
        ))}
      </div>
      {many && <p class="hint">{plural(tiles.length, "picture")}</p>}
      {notes.length > 0 && (
        <p class="hint said" title={notes.join("\n")}>
          {notes[0]}
          {notes.length > 1 ? ` (and ${notes.length - 1} more)` : ""}
        </p>
      )}
      {open && <Full tiles={tiles} at={open} close={() => setOpen(null)} onStep={onStep} />}
    </>
  );
}

function RunHead({ tile, count }: { tile: Shot; count: number }) {
  return (
    <header class="of-run">
      <Swatch look={lookOf(tile.run)} line />
      <b class="cut">{nameOf(tile.run)}</b>
      <span class="dim">{full(count)}</span>
      {tile.earlier && <b class="amber">step {full(tile.step)}</b>}
    </header>
  );
}

interface RowProps {
  readonly tiles: readonly Shot[];
  readonly common: string;
  readonly named: boolean;
  readonly large: boolean;
  readonly open: (tile: Shot) => void;
}

/** The widest of small pictures once enlarged; 0 when one of them is large enough as it is. */
function cellOf(tiles: readonly Shot[], bound: number): number {
  const widths = tiles.filter(({ item }) => !item.error).map(({ item }) => enlarged(item, bound)?.[0] ?? Infinity);
  const widest = Math.max(0, ...widths);
  return Number.isFinite(widest) ? widest : 0;
}

function Few({ tiles, common, named, large, open }: RowProps) {
  const grouping = tiles[0]?.item.grouping || 0;
  const cell = cellOf(tiles, LARGE);
  const columns = grouping || Math.min(tiles.length, ABREAST);
  const template = cell
    ? `repeat(${grouping || "auto-fill"}, ${Math.max(cell, 72)}px)`
    : `repeat(${columns}, minmax(0, ${large ? 720 : 520}px))`;
  return (
    <div class="tiles" style={{ gridTemplateColumns: template }}>
      {tiles.map((one) => (
        <TileView key={one.run.entry + one.n} tile={one} common={common} named={named} open={() => open(one)} />
      ))}
    </div>
  );
}

function Many({ tiles, common, named, large, open }: RowProps) {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const { item } = tiles.find((one) => !one.item.error) ?? tiles[0]!;
  const ratio = Math.min(4, Math.max(0.25, (item.width || 4) / (item.height || 3)));
  const cell = cellOf(tiles.slice(0, 500), LIST);
  const least = cell || Math.min(large ? 168 : 112, Math.max(56, item.width));
  const columns = item.grouping || Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const across = cell || (width - GAP * (columns - 1)) / columns;
  const said = named || tiles.some((one) => one.item.caption && one.item.caption !== common);
  const height = Math.round(across / ratio) + (said ? CAPTION : 0) + GAP;
  const rows = Math.ceil(tiles.length / columns);
  const { from, to } = useRows(rows, height, root);
  const template = `repeat(${columns}, ${cell ? `${cell}px` : "minmax(0, 1fr)"})`;
  const near = width > 0 ? tiles.slice(from * columns, to * columns) : [];
  return (
    <div class={large ? "" : "boxed"} tabIndex={large ? undefined : 0} role="group" aria-label="Pictures">
      <div ref={root} class="rows" style={{ height: `${rows * height}px`, paddingTop: `${from * height}px` }}>
        <div class="tiles" style={{ gridTemplateColumns: template, gridAutoRows: `${height - GAP}px` }}>
          {near.map((one) => (
            <TileView
              key={one.run.entry + one.n}
              tile={one}
              common={common}
              named={named}
              filled
              open={() => open(one)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** A picture with its caption below; `filled` takes the height of its row, else as much as its width asks for. */
export function TileView({
  tile,
  named,
  common,
  filled,
  open,
}: {
  tile: Shot;
  named: boolean;
  common: string;
  filled?: boolean;
  open: (() => void) | null;
}) {
  const { run, item } = tile;
  const name = [named && nameOf(run), item.caption].filter(Boolean).join(", ") || "picture";
  const there = media(item.thumb || item.src);
  const inside = <Picture run={run} item={item} alt={name} />;
  const small = enlarged(item, LARGE);
  return (
    <figure class={filled ? "tile filled" : "tile"} title={name}>
      <div
        class="media"
        style={
          filled
            ? undefined
            : { aspectRatio: `${item.width || 4} / ${item.height || 3}`, maxWidth: small ? `${small[0]}px` : undefined }
        }
      >
        {item.error || !there ? <Broken item={item} /> : inside}
        {!item.error && there && open && (
          <button type="button" class="opener" aria-label={`Open ${name}`} onClick={open} />
        )}
      </div>
      <figcaption>
        <Caption tile={tile} common={common} named={named} />
      </figcaption>
    </figure>
  );
}
