// Pictures over steps: one slider, one tile a picture and run.
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import type { ImageItem, ImageValue, RunRow } from "../model";
import { param, setParams } from "../route";
import { uid } from "../lib/data";
import { bytes, full, plural } from "../lib/format";
import { lastAt, loggedValues, type Logged } from "../lib/media";
import type { PanelInfo } from "../lib/panels";
import { lookOf } from "../lib/view";
import { Icon } from "./icons";
import { Swatch, nameOf } from "./identity";
import { Card } from "./panel";
import { Portal } from "./portal";
import { Button, Empty, Slider } from "./ui";
import { useLoaded, useRuns, useSeen } from "./use";

type Values = readonly Logged<ImageValue>[];
const TILES = 12;

interface Tile {
  readonly run: RunRow;
  readonly item: ImageItem;
  readonly step: number;
  /** Not logged at the step that is chosen, but before. */
  readonly earlier: boolean;
}

export function PicturesPanel({ panel, fixed, drag, large }: { panel: PanelInfo; fixed?: readonly RunRow[]; drag?: { onDrop: (id: string) => void }; large?: boolean }) {
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const { value, error } = useLoaded<ReadonlyMap<RunRow, Values>>(async () => {
    const loaded = await Promise.all(runs.slice(0, 24).map(async (run) => [run, await loggedValues<ImageValue>(run, panel.key, "image").catch(() => [])] as const));
    return new Map(loaded.filter(([, values]) => values.length));
  }, [runs.map((run) => run.parts.join()).join(), panel.key], seen);
  const [own, setOwn] = useState<number | null>(null);
  const [open, setOpen] = useState<Tile | null>(null);
  const steps = [...new Set([...(value?.values() ?? [])].flatMap((values) => values.map((one) => one.step)))].sort((a, b) => a - b);
  const shared = param("step");
  const linked = shared !== undefined;
  const wanted = linked ? Number(shared) : (own ?? steps.at(-1) ?? 0);
  const at = Math.max(0, steps.findLastIndex((step) => step <= wanted));
  const step = steps[at] ?? 0;
  const choose = (index: number): void => {
    const next = steps[Math.max(0, Math.min(steps.length - 1, index))]!;
    if (linked) setParams({ step: String(next) });
    else setOwn(next);
  };
  const tiles = tilesAt(value, step);
  const first = tiles[0]?.item.caption;
  const common = first && tiles.every((tile) => tile.item.caption === first) ? first : "";
  return (
    <Card panel={panel} innerRef={attach} label={`${panel.title}: pictures by step`} drag={drag} fact={common || undefined} wide={tiles.length > 2}>
      {error ? <div class="plot"><Empty title="This panel could not be read" text={error} /></div>
        : !value ? <div class="tiles wait" aria-hidden="true"><i class="sk" /><i class="sk" /></div>
          : !tiles.length ? <div class="plot"><Empty title="No run in view logged a picture here" /></div>
            : tiles.every((tile) => !tile.item.error && !media(tile.item.thumb || tile.item.src)) ? <div class="empty leftout"><b>Left out of this one-file copy</b><p>{plural(tiles.length, "picture")} at this step, {bytes(tiles.reduce((sum, tile) => sum + tile.item.bytes, 0))}</p></div>
            : <div class={large ? "tiles large" : "tiles"} style={{ "--n": Math.min(tiles.length, 4) }}>{tiles.slice(0, TILES).map((tile, i) => <TileView key={uid(tile.run) + i} tile={tile} common={common} named={(value?.size ?? 0) > 1} open={() => setOpen(tile)} />)}</div>}
      {tiles.length > TILES && <p class="hint">{TILES} of {plural(tiles.length, "picture")} shown</p>}
      <div class="steps" onKeyDown={(event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        event.preventDefault();
        choose(at + (event.key === "ArrowLeft" ? -1 : 1));
      }}>
        <span>step <b>{full(step)}</b></span>
        <Slider label={`Step of ${panel.title}`} min={0} max={Math.max(0, steps.length - 1)} step={1} value={at} text={`step ${full(step)}`} onInput={choose} width="auto"
          ticks={steps.map((_, i) => (steps.length > 1 ? (i / (steps.length - 1)) * 100 : 0))} />
        <span>{steps.length ? `${at + 1} of ${steps.length}` : ""}</span>
        <Button kind="xs" icon="link" text="all panels" pressed={linked} onClick={() => setParams({ step: linked ? undefined : String(step) })} />
      </div>
      {open && <Viewer tile={open} close={() => setOpen(null)} />}
    </Card>
  );
}

function tilesAt(loaded: ReadonlyMap<RunRow, Values> | null, step: number): Tile[] {
  const tiles: Tile[] = [];
  for (const [run, values] of loaded ?? []) {
    const logged = values[lastAt(values, step)];
    for (const item of logged?.value.items ?? []) tiles.push({ run, item, step: logged!.step, earlier: logged!.step !== step });
  }
  return tiles;
}

function TileView({ tile, named, common, open }: { tile: Tile; named: boolean; common: string; open: () => void }) {
  const { run, item } = tile;
  // What all tiles say stands in the head of the card.
  const caption = item.caption === common ? "" : item.caption;
  const src = media(item.thumb || item.src);
  const name = [named && nameOf(run), item.caption].filter(Boolean).join(", ") || "picture";
  return (
    <div class="media" style={{ aspectRatio: `${item.width || 4} / ${item.height || 3}` }}>
      {item.error || !src
        ? <div class="broken"><Icon name="warn" /><b>{item.error ? item.caption || "damaged" : "Left out"}</b><span>{item.error || `of this copy, ${bytes(item.bytes)}`}</span></div>
        : <button type="button" aria-label={`Open ${name}`} onClick={open}><img src={src} alt={name} width={item.width} height={item.height} loading="lazy" decoding="async" data-small={item.width < 128 ? "" : undefined} /></button>}
      {(named || caption || tile.earlier) && (
        <span class="cap">{named && <><Swatch look={lookOf(run)} line /> {nameOf(run)}{caption ? " " : ""}</>}{caption}{tile.earlier && <b class="amber"> step {full(tile.step)}</b>}</span>
      )}
    </div>
  );
}

function Viewer({ tile, close }: { tile: Tile; close: () => void }) {
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
