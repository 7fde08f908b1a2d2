// Pictures: tiles with masks and boxes, and a viewer at full size.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageItem } from "../model";
import { MediaPanel, type Tile } from "../parts/mediapanel";
import { Menu } from "../parts/ui";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { Full } from "./image/full";
import { Tiles, type TilesProps, TileView } from "./image/grid";
import { hasOverlays, Overlays } from "./image/overlays";
import { Picture } from "./image/picture";
import css from "./image.css";
import { addStyle } from "./lib/style";

addStyle(css);

function Panel(props: PanelProps) {
  const [shown, setShown] = useState<readonly Tile<ImageItem>[]>([]);
  const acts = hasOverlays(shown) && (
    <Menu label="Overlays" icon="filter">
      {() => <Overlays shown={shown} />}
    </Menu>
  );
  return (
    <MediaPanel<ImageItem>
      {...props}
      noun="picture"
      acts={acts}
      body={(tiles, common, named, onStep) => (
        <Watched
          tiles={tiles}
          common={common}
          named={named}
          large={props.large ?? false}
          onStep={onStep}
          tell={setShown}
        />
      )}
    />
  );
}

/** Tells the head of its card what it shows. */
function Watched({ tell, ...props }: TilesProps & { tell: (tiles: readonly Tile<ImageItem>[]) => void }) {
  const key = `${props.tiles.length} ${props.tiles[0]?.run.entry} ${props.tiles[0]?.step}`;
  const last = useRef("");
  useEffect(() => {
    if (last.current !== key) tell(props.tiles);
    last.current = key;
  });
  return <Tiles {...props} />;
}

function Item({ run, item, step, large }: ItemProps<ImageItem>) {
  const [open, setOpen] = useState(false);
  const tile = { run, item, n: 0, step, earlier: false };
  return (
    <>
      <TileView tile={tile} named={false} common={item.caption} open={() => setOpen(true)} filled={large === false} />
      {open && <Full tiles={[tile]} at={tile} close={() => setOpen(false)} />}
    </>
  );
}

/** What the media page draws with. */
export const exports = { Panel, Item, Picture, Full, TileView, Overlays, hasOverlays };
export type ImageViewer = typeof exports;

tracklog.viewer("image", exports);
