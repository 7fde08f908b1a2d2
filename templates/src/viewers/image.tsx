// Pictures: tiles, and a viewer at full size.
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import type { ImageItem } from "../model";
import { bytes, full, plural } from "../lib/format";
import { nameOf } from "../parts/identity";
import { Broken, Caption, MediaPanel, type Tile } from "../parts/mediapanel";
import { Portal } from "../parts/portal";
import { Button } from "../parts/ui";
import type { ItemProps, PanelProps } from "../parts/viewer";

const TILES = 12;

function Panel(props: PanelProps) {
  return <MediaPanel<ImageItem> {...props} noun="picture" body={(tiles, common, named) => <Tiles tiles={tiles} common={common} named={named} large={props.large ?? false} />} />;
}

function Tiles({ tiles, common, named, large }: { tiles: readonly Tile<ImageItem>[]; common: string; named: boolean; large: boolean }) {
  const [open, setOpen] = useState<Tile<ImageItem> | null>(null);
  if (tiles.every(({ item }) => !item.error && !media(item.thumb || item.src)))
    return <div class="empty leftout"><b>Left out of this one-file copy</b><p>{plural(tiles.length, "picture")} at this step, {bytes(tiles.reduce((sum, { item }) => sum + item.bytes, 0))}</p></div>;
  return (
    <>
      <div class={large ? "tiles large" : "tiles"} style={{ "--n": Math.min(tiles.length, 4) }}>
        {tiles.slice(0, TILES).map((tile) => <TileView key={tile.run.entry + tile.n} tile={tile} common={common} named={named} open={() => setOpen(tile)} />)}
      </div>
      {tiles.length > TILES && <p class="hint">{TILES} of {plural(tiles.length, "picture")} shown</p>}
      {open && <Full tile={open} close={() => setOpen(null)} />}
    </>
  );
}

function TileView({ tile, named, common, open }: { tile: Tile<ImageItem>; named: boolean; common: string; open: () => void }) {
  const { run, item } = tile;
  const src = media(item.thumb || item.src);
  const name = [named && nameOf(run), item.caption].filter(Boolean).join(", ") || "picture";
  return (
    <div class="media" style={{ aspectRatio: `${item.width || 4} / ${item.height || 3}` }}>
      {item.error || !src ? <Broken item={item} />
        : <button type="button" aria-label={`Open ${name}`} onClick={open}><img src={src} alt={name} width={item.width} height={item.height} loading="lazy" decoding="async" data-small={item.width < 128 ? "" : undefined} /></button>}
      <Caption tile={tile} common={common} named={named} />
    </div>
  );
}

function Item({ run, item, step }: ItemProps<ImageItem>) {
  return <TileView tile={{ run, item, n: 0, step, earlier: false }} named={false} common={item.caption} open={() => undefined} />;
}

function Full({ tile, close }: { tile: Tile<ImageItem>; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => void dialog.current?.showModal(), []);
  const { item, run, step } = tile;
  const src = media(item.src) || media(item.thumb);
  return (
    <Portal>
      <dialog class="viewer" ref={dialog} aria-label={item.caption || "Picture"} onClose={close} onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}>
        <header><b>{item.caption || "Picture"}</b><span class="dim">{nameOf(run)}, step {full(step)}, {item.width} × {item.height}, {bytes(item.bytes)}</span><span class="grow" />
          <Button icon="close" label="Close" onClick={() => dialog.current?.close()} /></header>
        <img src={src} alt={item.caption || "Picture"} data-small={item.width < 160 ? "" : undefined} />
      </dialog>
    </Portal>
  );
}

tracklog.viewer("image", { Panel, Item });
