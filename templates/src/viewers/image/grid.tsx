// Tiles: a few as they are, many in rows of which only those near the window exist.
import { useRef, useState } from "preact/hooks";
import { media } from "../../entry";
import { bytes, plural } from "../../lib/format";
import type { ImageItem } from "../../model";
import { nameOf } from "../../parts/identity";
import { Broken, Caption, type Tile } from "../../parts/mediapanel";
import { useRows, useWidth } from "../lib/windowed";
import { Full } from "./full";
import { notesOf, Picture } from "./picture";

/** More tiles than this are drawn row by row. */
const FEW = 24;
const GAP = 4;

export interface TilesProps {
  readonly tiles: readonly Tile<ImageItem>[];
  readonly common: string;
  readonly named: boolean;
  readonly large: boolean;
  readonly onStep?: (by: number) => void;
}

export function Tiles({ tiles, common, named, large, onStep }: TilesProps) {
  const [open, setOpen] = useState<Tile<ImageItem> | null>(null);
  if (tiles.every(({ item }) => !item.error && !media(item.thumb || item.src)))
    return (
      <div class="empty leftout">
        <b>Left out of this one-file copy</b>
        <p>
          {plural(tiles.length, "picture")} at this step, {bytes(tiles.reduce((sum, { item }) => sum + item.bytes, 0))}
        </p>
      </div>
    );
  const tile = (one: Tile<ImageItem>, small = false) => (
    <TileView
      key={one.run.entry + one.n}
      tile={one}
      common={common}
      named={named}
      small={small}
      open={() => setOpen(one)}
    />
  );
  const grouping = tiles[0]?.item.grouping || 0;
  const notes = [...new Set(tiles.slice(0, 100).flatMap(({ item }) => notesOf(item)))];
  return (
    <>
      {tiles.length > FEW ? (
        <Many tiles={tiles} large={large} grouping={grouping} tile={(one) => tile(one, true)} />
      ) : (
        <div
          class={large && !grouping ? "tiles large" : "tiles"}
          style={{ "--n": grouping || Math.min(tiles.length, 4) }}
        >
          {tiles.map((one) => tile(one))}
        </div>
      )}
      {tiles.length > FEW && <p class="hint">{plural(tiles.length, "picture")}</p>}
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

function Many({
  tiles,
  large,
  grouping,
  tile,
}: {
  tiles: readonly Tile<ImageItem>[];
  large: boolean;
  grouping: number;
  tile: (tile: Tile<ImageItem>) => preact.ComponentChild;
}) {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const { item } = tiles.find((one) => !one.item.error) ?? tiles[0]!;
  const ratio = Math.min(4, Math.max(0.25, (item.width || 4) / (item.height || 3)));
  const least = Math.min(large ? 168 : 112, Math.max(56, item.width * 2));
  const columns = grouping || Math.max(1, Math.floor((width + GAP) / (least + GAP)));
  const height = Math.round((width - GAP * (columns - 1)) / columns / ratio) + GAP;
  const rows = Math.ceil(tiles.length / columns);
  const { from, to } = useRows(rows, height, root);
  return (
    <div
      class={large ? "many" : "many boxed"}
      tabIndex={large ? undefined : 0}
      role="group"
      aria-label={plural(tiles.length, "picture")}
    >
      <div ref={root} class="rows" style={{ height: `${rows * height}px`, paddingTop: `${from * height}px` }}>
        <div class="tiles" style={{ "--n": columns, gridAutoRows: `${height - GAP}px` }}>
          {width > 0 && tiles.slice(from * columns, to * columns).map(tile)}
        </div>
      </div>
    </div>
  );
}

export function TileView({
  tile,
  named,
  common,
  small,
  open,
}: {
  tile: Tile<ImageItem>;
  named: boolean;
  common: string;
  small?: boolean;
  open: (() => void) | null;
}) {
  const { run, item } = tile;
  const name = [named && nameOf(run), item.caption].filter(Boolean).join(", ") || "picture";
  const there = media(item.thumb || item.src);
  const inside = <Picture run={run} item={item} alt={name} />;
  return (
    <div
      class="media"
      style={small ? undefined : { aspectRatio: `${item.width || 4} / ${item.height || 3}` }}
      title={small ? name : undefined}
    >
      {item.error || !there ? <Broken item={item} /> : inside}
      {!item.error && there && open && (
        <button type="button" class="opener" aria-label={`Open ${name}`} onClick={open} />
      )}
      <Caption tile={tile} common={common} named={named} />
    </div>
  );
}
