// The card of any kind of media: items of the runs in view at one step, and a slider over the steps.
import type { ComponentChildren, ComponentType } from "preact";
import { useState } from "preact/hooks";
import { uid } from "../lib/data";
import { bytes, full, plural } from "../lib/format";
import { type Logged, lastAt, loggedValues, stepsOf } from "../lib/media";
import { lookOf } from "../lib/view";
import type { MediaItem, RunRow } from "../model";
import { param, setParams } from "../route";
import { Icon } from "./icons";
import { nameOf, Swatch } from "./identity";
import { Card } from "./panel";
import { NobodyDrawn, Unready } from "./states";
import { Button, Empty, Slider } from "./ui";
import { useLoaded, useRuns, useSeen } from "./use";
import { type ItemProps, itemsOf, type PanelProps } from "./viewer";

/** Runs whose media one card reads. */
export const RUNS = 24;

export interface Tile<T extends MediaItem = MediaItem> {
  readonly run: RunRow;
  readonly item: T;
  /** Place among the items logged at once. */
  readonly n: number;
  readonly step: number;
  /** Not logged at the step that is chosen, but before. */
  readonly earlier: boolean;
}

export interface MediaValues<T extends MediaItem> {
  readonly items: readonly T[];
}

export interface MediaPanelProps<T extends MediaItem> extends PanelProps {
  /** In the singular: picture, sound. */
  readonly noun: string;
  /** Draws one item; the panel draws its caption, or why it cannot be shown. */
  readonly Item?: ComponentType<ItemProps<T>>;
  /** Draws all items in place of a grid of `Item`. */
  readonly body?: (
    tiles: readonly Tile<T>[],
    common: string,
    named: boolean,
    onStep: (by: number) => void,
  ) => ComponentChildren;
  readonly acts?: ComponentChildren;
  readonly head?: ComponentChildren;
  /** Items drawn without asking. */
  readonly most?: number;
}

export function MediaPanel<T extends MediaItem>({
  panel,
  fixed,
  drag,
  large,
  noun,
  Item,
  body,
  acts,
  head,
  most = 12,
}: MediaPanelProps<T>) {
  const [attach, seen] = useSeen<HTMLElement>();
  const [all, setAll] = useState(false);
  const runs = useRuns(fixed);
  const { value, error } = useLoaded(
    () => readMedia<T>(runs, panel.key, panel.kind),
    [runs.map((run) => run.parts.join()).join(), panel.key],
    seen,
  );
  const steps = stepsOf(value);
  const { step, slider, go } = useStep(steps, panel.title);
  const tiles = value ? tilesAt(value, step) : [];
  const first = tiles[0]?.item.caption;
  const common = first && tiles.every((tile) => tile.item.caption === first) ? first : "";
  const named = (value?.size ?? 0) > 1;
  const shown = all || body ? tiles : tiles.slice(0, most);
  return (
    <Card
      panel={panel}
      innerRef={attach}
      label={`${panel.title}: ${noun}s by step`}
      drag={drag}
      fact={common || undefined}
      acts={acts}
      head={head}
    >
      {error || !value || !tiles.length ? (
        <Unready error={error} waiting={!value} items={itemsOf(panel, runs)}>
          {runs.length ? <Empty title={`No run in view logged a ${noun} here`} /> : <NobodyDrawn />}
        </Unready>
      ) : body ? (
        body(tiles, common, named, go)
      ) : (
        <div
          class={`items of-${panel.kind}${large ? " large" : ""}`}
          style={{ "--n": Math.min(tiles.length, large ? 3 : 2) }}
        >
          {shown.map((tile) => (
            <Framed key={uid(tile.run) + tile.n} tile={tile} common={common} named={named}>
              {Item && <Item run={tile.run} item={tile.item} step={tile.step} large={large} />}
            </Framed>
          ))}
        </div>
      )}
      {shown.length < tiles.length && (
        <p class="hint">
          {full(shown.length)} of {plural(tiles.length, noun)} shown{" "}
          <button type="button" class="link" onClick={() => setAll(true)}>
            Show all
          </button>
        </p>
      )}
      {slider}
    </Card>
  );
}

/** The media of each run that has any under a key. */
export async function readMedia<T extends MediaItem>(
  runs: readonly RunRow[],
  key: string,
  kind: PanelProps["panel"]["kind"],
): Promise<ReadonlyMap<RunRow, readonly Logged<MediaValues<T>>[]>> {
  if (kind === "line") return new Map();
  const loaded = await Promise.all(
    runs
      .slice(0, RUNS)
      .map(async (run) => [run, await loggedValues<MediaValues<T>>(run, key, kind).catch(() => [])] as const),
  );
  return new Map(loaded.filter(([, values]) => values.length));
}

/** The step that is chosen, here or for all panels, and the slider that chooses it. */
export function useStep(
  steps: readonly number[],
  title: string,
): { step: number; slider: ComponentChildren; go: (by: number) => void } {
  const [own, setOwn] = useState<number | null>(null);
  const shared = param("step");
  const linked = shared !== undefined;
  const wanted = linked ? Number(shared) : (own ?? steps.at(-1) ?? 0);
  const at = Math.max(
    0,
    steps.findLastIndex((step) => step <= wanted),
  );
  const step = steps[at] ?? 0;
  const choose = (index: number): void => {
    const next = steps[Math.max(0, Math.min(steps.length - 1, index))]!;
    if (linked) setParams({ step: String(next) });
    else setOwn(next);
  };
  const slider = (
    <div
      class="steps"
      role="group"
      aria-label={`Steps of ${title}`}
      onKeyDown={(event) => {
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        event.preventDefault();
        choose(at + (event.key === "ArrowLeft" ? -1 : 1));
      }}
    >
      <span>
        step <b>{full(step)}</b>
      </span>
      <Slider
        label={`Step of ${title}`}
        min={0}
        max={Math.max(0, steps.length - 1)}
        step={1}
        value={at}
        text={`step ${full(step)}`}
        onInput={choose}
        width="auto"
        ticks={steps.map((_, i) => (steps.length > 1 ? (i / (steps.length - 1)) * 100 : 0))}
      />
      <span>{steps.length ? `${at + 1} of ${steps.length}` : ""}</span>
      <Button
        kind="xs"
        icon="link"
        text="all panels"
        pressed={linked}
        onClick={() => setParams({ step: linked ? undefined : String(step) })}
      />
    </div>
  );
  return { step, slider, go: (by) => choose(at + by) };
}

function tilesAt<T extends MediaItem>(
  loaded: ReadonlyMap<RunRow, readonly Logged<MediaValues<T>>[]>,
  step: number,
): Tile<T>[] {
  const tiles: Tile<T>[] = [];
  for (const [run, values] of loaded) {
    const logged = values[lastAt(values, step)];
    if (logged)
      tiles.push(
        ...logged.value.items.map((item, n) => ({ run, item, n, step: logged.step, earlier: logged.step !== step })),
      );
  }
  return tiles;
}

/** Why an item is not drawn. */
export function Broken({ item }: { item: MediaItem }) {
  return (
    <div class="broken">
      <Icon name="warn" />
      <b>{item.error ? item.caption || (item.whole ? "not shown" : "damaged") : "Left out"}</b>
      <span>{item.error || `of this copy, ${bytes(item.bytes)}`}</span>
    </div>
  );
}

/** Whose an item is, what it shows, and that it is an earlier one. */
export function Caption({ tile, common, named }: { tile: Tile; common: string; named: boolean }) {
  const caption = tile.item.caption === common ? "" : tile.item.caption;
  if (!named && !caption && !tile.earlier) return null;
  return (
    <span class="cap">
      {named && (
        <>
          <Swatch look={lookOf(tile.run)} line /> <b>{nameOf(tile.run)}</b>
          {caption ? " · " : ""}
        </>
      )}
      {caption}
      {tile.earlier && <b class="amber"> step {full(tile.step)}</b>}
    </span>
  );
}

function Framed({
  tile,
  common,
  named,
  children,
}: {
  tile: Tile;
  common: string;
  named: boolean;
  children: ComponentChildren;
}) {
  return (
    <figure class="item">
      {tile.item.error ? (
        <div class="media">
          <Broken item={tile.item} />
        </div>
      ) : (
        children
      )}
      <figcaption>
        <Caption tile={tile} common={common} named={named} />
      </figcaption>
    </figure>
  );
}
