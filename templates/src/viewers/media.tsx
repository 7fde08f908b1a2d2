// The media page: one key side by side for runs, steps or samples, and cards of everything else at the same step.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { viewer as script } from "../entry";
import { index, uid } from "../lib/data";
import { full, plural } from "../lib/format";
import { columnsIn } from "../lib/layout";
import { loggedValues, stepsOf } from "../lib/media";
import type { ImageItem, MediaItem, RunRow } from "../model";
import { Icon } from "../parts/icons";
import type { MediaValues, Tile } from "../parts/mediapanel";
import { Restored } from "../parts/states";
import { Button, Empty, SearchField, Segments, Slider } from "../parts/ui";
import { useKeys, useLoaded, useWidth } from "../parts/use";
import { ViewerPanel } from "../parts/viewer";
import { param, setParams } from "../route";
import type { ImageViewer } from "./image";
import { addStyle } from "./lib/style";
import { Cards } from "./media/cards";
import { Rows } from "./media/rows";
import { RunPicker } from "./media/runpicker";
import {
  type Columns,
  candidates,
  columnsNow,
  FIRST,
  type Key,
  keyNow,
  keysOf,
  type Loaded,
  placeOf,
  placeText,
  readPlace,
  tileOf,
  tilesAt,
} from "./media/state";
import { useStepBar } from "./media/stepbar";
import { Wipe } from "./media/wipe";
import css from "./media.css";

addStyle(css);

const COLUMNS = 3;

export function Page() {
  const all = keysOf(index.value?.keys ?? []);
  const of = keyNow(all);
  if (!index.value)
    return (
      <div class="sec" aria-busy="true">
        <i class="sk" />
      </div>
    );
  if (!of)
    return <Empty title="No media logged yet" text={<code>{'run.log({"example": tracklog.Image(array)})'}</code>} />;
  return <Compared of={of} all={all} />;
}

/** The panel of overlays, over the page where there is no room beside it. */
function useDrawer(): [boolean, (open: boolean) => void] {
  const [drawer, setDrawer] = useState(false);
  useEffect(() => () => document.body.classList.remove("sheet"), []);
  document.body.classList.toggle("sheet", drawer);
  return [drawer, setDrawer];
}

function searched(keys: readonly Key[]): readonly Key[] {
  const words = (param("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return keys.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
}

function WaitRows() {
  return (
    <div class="sec">
      <div class="media-rows wait" aria-busy="true">
        <i class="sk" />
        <i class="sk" />
        <i class="sk" />
      </div>
    </div>
  );
}

function Compared({ of, all }: { of: Key; all: readonly Key[] }) {
  const asked = candidates();
  const versions = asked.map((run) => run.entry + run.parts.join()).join();
  const { value, error } = useLoaded(() => read(asked, of), [versions, of.id]);
  const pictures = all.some(({ kind }) => kind === "image");
  const { value: viewer } = useLoaded(() => script<ImageViewer>("image"), [], pictures);
  const [drawer, setDrawer] = useDrawer();
  const [panel, setPanel] = useState(true);
  const loaded: Loaded = value?.id === of.id ? value.loaded : new Map();
  const having = asked.filter((run) => loaded.has(run));
  const by = columnsNow();
  const runs = param("runs") === undefined ? having.slice(0, by === "steps" ? 1 : FIRST) : having;
  const steps = useMemo(
    () => stepsOf(new Map(runs.map((run) => [run, loaded.get(run) ?? []]))),
    [loaded, runs.map(uid).join()],
  );
  const bar = useStepBar(steps);
  const tiles = tilesAt(loaded, runs, bar.step);
  const pictured = tiles as readonly Tile[] as readonly Tile<ImageItem>[];
  const found = searched(all);
  useKeys({ ArrowLeft: () => bar.go(-1), ArrowRight: () => bar.go(1), Escape: () => setDrawer(false) });
  const ready = value?.id === of.id && (!pictures || viewer !== null);
  return (
    <div class={`work media-work${panel ? "" : " alone"}${param("step") === undefined ? "" : " linked"}`}>
      <div class="rail" role="group" aria-label="Overlays and keys">
        <div class="sheet-head narrow">
          <b>Overlays</b>
          <Button text="Done" onClick={() => setDrawer(false)} />
        </div>
        <div class="rail-body">
          {viewer && of.kind === "image" && viewer.hasOverlays(pictured) && <viewer.Overlays shown={pictured} />}
          <Keys keys={found} of={of} loaded={loaded} count={all.length} />
        </div>
      </div>
      <div class="main">
        <Tools
          keys={all.length}
          by={by}
          runs={runs}
          overlays={panel || drawer}
          toggle={() => (matchMedia("(width < 760px)").matches ? setDrawer(!drawer) : setPanel(!panel))}
        />
        {bar.view(runs.filter((run) => loaded.get(run)?.some((one) => one.step === bar.step)).length)}
        {error ? (
          <Empty title="This media could not be read" text={error} />
        ) : !ready ? (
          <WaitRows />
        ) : (
          <>
            <Fold name="key" title={<Title text={of.title} />} said={said(tiles, of.kind)}>
              {runs.length ? (
                <Rows
                  of={of}
                  loaded={loaded}
                  runs={runs}
                  steps={steps}
                  step={bar.step}
                  by={by}
                  size={Number(param("size")) || 0}
                  viewer={viewer}
                />
              ) : (
                <Empty
                  title={`No run in view logged ${of.title}`}
                  text={`${plural(of.runs, "run")} of the project did: choose it above.`}
                />
              )}
            </Fold>
            <Fold name="all" title={`All media at step ${full(bar.step)}`} said={String(found.length)}>
              {viewer && of.kind === "image" && found.includes(of) && (
                <Wipe loaded={loaded} runs={runs} step={bar.step} title={of.title} viewer={viewer} />
              )}
              <Others keys={found.filter((key) => key !== of)} runs={runs.length ? runs : asked} />
            </Fold>
            {viewer && of.kind === "image" && (
              <Viewed loaded={loaded} runs={runs} go={bar.go} step={bar.step} viewer={viewer} />
            )}
          </>
        )}
      </div>
    </div>
  );
}

/** What is shown, how its columns come about, and how large. */
function Tools({
  keys,
  by,
  runs,
  overlays,
  toggle,
}: {
  keys: number;
  by: Columns;
  runs: readonly RunRow[];
  overlays: boolean;
  toggle: () => void;
}) {
  return (
    <div class="tools">
      <SearchField
        label={`Search ${plural(keys, "media key")}`}
        value={param("q") ?? ""}
        width={222}
        onInput={(text) => setParams({ q: text || undefined })}
      />
      <span class="gap wide" />
      <span class="lab wide">Columns are</span>
      <Segments<Columns>
        label="Columns are"
        value={by}
        options={[
          ["runs", "runs"],
          ["steps", "steps"],
          ["samples", "samples"],
        ]}
        onChange={(next) => setParams({ cols: next === "runs" ? undefined : next })}
      />
      <span class="gap wide" />
      <span class="lab wide">Size</span>
      <span class="wide">
        <Slider
          label="Size of tiles"
          min={60}
          max={720}
          step={10}
          value={Number(param("size")) || 300}
          text={`${param("size") ?? "automatic"} pixels`}
          onInput={(size) => setParams({ size: String(size) })}
        />
      </span>
      {param("size") !== undefined && (
        <Button
          kind="xs"
          icon="reset"
          label="Size: as wide as there is room"
          onClick={() => setParams({ size: undefined })}
        />
      )}
      <Restored />
      <span class="grow" />
      <RunPicker shown={runs} />
      <Button
        icon="columns"
        text={<span class="wide">Overlays</span>}
        label="Overlays"
        pressed={overlays}
        onClick={toggle}
      />
    </div>
  );
}

async function read(runs: readonly RunRow[], { id, key, kind }: Key): Promise<{ id: string; loaded: Loaded }> {
  const found = await Promise.all(
    runs.map(async (run) => [run, await loggedValues<MediaValues<MediaItem>>(run, key, kind).catch(() => [])] as const),
  );
  return { id, loaded: new Map(found.filter(([, values]) => values.length)) };
}

/** Cards of what else was logged. */
function Others({ keys, runs }: { keys: readonly Key[]; runs: readonly RunRow[] }) {
  const root = useRef<HTMLDivElement>(null);
  const columns = columnsIn(useWidth(root), COLUMNS);
  return (
    <div ref={root}>
      <Cards panels={keys.map(panelOf)} columns={columns} runs={runs.length}>
        {(panel) => <ViewerPanel panel={panel} fixed={runs} />}
      </Cards>
    </div>
  );
}

const panelOf = ({ id, key, kind, title, runs }: Key) =>
  ({ id, key, kind, stream: "history", title, unit: "", section: "", runs, x: "" }) as const;

const NOUNS: Readonly<Record<string, string>> = {
  image: "image",
  audio: "sound",
  video: "video",
  html: "document",
  molecule: "molecule",
  object3d: "scene",
};

function said(tiles: readonly Tile[], kind: string): string {
  const samples = new Set(tiles.map((tile) => tile.n)).size;
  return samples > 1 ? plural(samples, "sample") : plural(tiles.length, NOUNS[kind] ?? "item");
}

function Title({ text }: { text: string }) {
  const at = text.lastIndexOf("/") + 1;
  return (
    <>
      <span class="dim">{text.slice(0, at)}</span>
      {text.slice(at)}
    </>
  );
}

function Fold({
  name,
  title,
  said: more,
  children,
}: {
  name: string;
  title: preact.ComponentChildren;
  said: string;
  children: preact.ComponentChildren;
}) {
  const shut = (param("fold") ?? "").split(",");
  const open = !shut.includes(name);
  const toggle = (): void =>
    setParams({
      fold: (open ? [...shut, name] : shut.filter((other) => other !== name)).filter(Boolean).join(",") || undefined,
    });
  return (
    <section class={open ? "sec" : "sec shut"}>
      <header>
        <h2>
          <button type="button" class="fold" aria-expanded={open} onClick={toggle}>
            <Icon name={open ? "down" : "right"} />
            <span>{title}</span> <span class="n">{more}</span>
          </button>
        </h2>
      </header>
      {open && children}
    </section>
  );
}

function Keys({ keys, of, loaded, count }: { keys: readonly Key[]; of: Key; loaded: Loaded; count: number }) {
  const items = Math.max(0, ...[...loaded.values()].flatMap((values) => values.map((one) => one.value.items.length)));
  const steps = stepsOf(loaded).length;
  return (
    <section class="keys-list">
      <header>
        <b>Keys</b> <span class="dim">{keys.length === count ? count : `${keys.length} of ${count}`}</span>
      </header>
      <ul>
        {keys.map((key) => (
          <li key={key.id}>
            <button
              type="button"
              aria-pressed={key === of}
              onClick={() =>
                setParams({
                  key: keys.some((other) => other !== key && other.key === key.key) ? key.id : key.key,
                  view: undefined,
                  wipe: undefined,
                })
              }
            >
              <span class="cut" title={key.title}>
                {key.title}
              </span>
              <span class="n">
                {key === of && steps
                  ? `${full(steps)} × ${plural(items, NOUNS[key.kind]!)}`
                  : `${NOUNS[key.kind]}s, ${plural(key.runs, "run")}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {!keys.length && <p class="dim">No key matches</p>}
    </section>
  );
}

/** The picture of the hash at full size, beside those of the other runs. */
function Viewed({
  loaded,
  runs,
  go,
  step,
  viewer,
}: {
  loaded: Loaded;
  runs: readonly RunRow[];
  go: (by: number) => void;
  step: number;
  viewer: ImageViewer;
}) {
  const place = readPlace(param("view"));
  const [seen, setSeen] = useState(step);
  const tile = tileOf(loaded, place);
  useEffect(() => {
    // Steps go by below an open picture: it follows.
    if (step !== seen && tile) {
      const next = tilesAt(loaded, [tile.run], step).find((one) => one.n === tile.n);
      if (next) setParams({ view: placeText(placeOf(next)) });
    }
    setSeen(step);
  }, [step]);
  if (!tile) return null;
  const others = runs.some((run) => run === tile.run) ? runs : [tile.run];
  return (
    <viewer.Full
      tiles={tilesAt(loaded, others, tile.step) as Tile<ImageItem>[]}
      at={tile as Tile<ImageItem>}
      close={() => setParams({ view: undefined })}
      onStep={go}
      onSample={(n) => setParams({ view: placeText({ ...placeOf(tile), n }) })}
    />
  );
}

tracklog.viewer("media", { Page });
