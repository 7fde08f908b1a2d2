// Two pictures over each other: wiped, flickered or subtracted.
import { useEffect, useRef, useState } from "preact/hooks";
import { uid } from "../../lib/data";
import { full } from "../../lib/format";
import { stepsOf } from "../../lib/media";
import { lookOf } from "../../lib/view";
import type { ImageItem, RunRow } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { Broken, type Tile } from "../../parts/mediapanel";
import { Button, Segments } from "../../parts/ui";
import { setParams } from "../../route";
import type { ImageViewer } from "../image";
import { type Loaded, type Mode, type Place, placeOf, readWipe, tileOf, tilesAt, writeWipe } from "./state";

const BLINK = 450;
const LISTED = 300;

interface Pair {
  readonly a: Tile;
  readonly b: Tile;
}

/** The two of the hash; else the first two runs at this step, or the first step and this one. */
function pairOf(loaded: Loaded, runs: readonly RunRow[], step: number): Pair | null {
  const { a, b } = readWipe();
  const there = tilesAt(loaded, runs, step).filter((tile) => tile.n === 0);
  const earliest = stepsOf(loaded)[0];
  const first = tileOf(loaded, a) ?? there[0];
  const second = tileOf(loaded, b) ?? there.find((tile) => tile.run !== first?.run) ?? there[0];
  if (!first || !second) return null;
  if (!a && !b && first.run === second.run && earliest !== undefined)
    return { a: tilesAt(loaded, [first.run], earliest)[0] ?? first, b: second };
  return { a: first, b: second };
}

/** Blinks while Space is held or A and B are shown in turn; `second` is B's turn. */
function useBlink(mode: Mode): { on: boolean; second: boolean; hold: (held: boolean) => void } {
  const [held, hold] = useState(false);
  const [second, setSecond] = useState(false);
  const on = held || mode === "flicker";
  useEffect(() => {
    if (!on) return setSecond(false);
    setSecond((now) => !now);
    const timer = setInterval(() => setSecond((now) => !now), BLINK);
    return () => clearInterval(timer);
  }, [on]);
  return { on, second, hold };
}

const HINTS: Readonly<Record<Mode, string>> = {
  wipe: "Drag, or Arrow keys; W swaps A and B; hold Space to blink",
  flicker: "A and B in turn; W swaps them",
  difference: "Black where both are equal",
};

export function Wipe({
  loaded,
  runs,
  step,
  title,
  viewer,
}: {
  loaded: Loaded;
  runs: readonly RunRow[];
  step: number;
  title: string;
  viewer: ImageViewer;
}) {
  const { at, mode } = readWipe();
  const pair = pairOf(loaded, runs, step);
  if (!pair) return null;
  const { a, b } = pair;
  const put = (nextA: Place, nextB: Place, share = at): void =>
    writeWipe(nextA, nextB, Math.min(1, Math.max(0, share)));
  const swap = (): void => put(placeOf(b), placeOf(a));
  return (
    <figure class="card wiped" aria-label={`Two pictures of ${title} compared`}>
      <header>
        <h3>{title}</h3>
        <span class="grow" />
        <Segments<Mode>
          label="How they are compared"
          value={mode}
          options={[
            ["wipe", "wipe"],
            ["flicker", "flicker"],
            ["difference", "difference"],
          ]}
          onChange={(next) => setParams({ by: next === "wipe" ? undefined : next })}
        />
      </header>
      <Versus
        pair={pair}
        at={at}
        mode={mode}
        viewer={viewer}
        move={(share) => put(placeOf(a), placeOf(b), share)}
        swap={swap}
      />
      <div class="sides">
        <Side letter="A" tile={a} loaded={loaded} choose={(place) => put(place, placeOf(b))} />
        <Button kind="xs" icon="swap" label="Swap A and B (W)" onClick={swap} />
        <Side letter="B" tile={b} loaded={loaded} choose={(place) => put(placeOf(a), place)} />
      </div>
      <p class="hint">{HINTS[mode]}</p>
    </figure>
  );
}

/** Both pictures in one place, with what moves between them. */
function Versus({
  pair: { a, b },
  at,
  mode,
  viewer,
  move,
  swap,
}: {
  pair: Pair;
  at: number;
  mode: Mode;
  viewer: ImageViewer;
  move: (share: number) => void;
  swap: () => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const { on: blinking, second, hold } = useBlink(mode);
  const drag = (event: PointerEvent): void => {
    if (!(event.buttons & 1) || mode !== "wipe") return;
    const box = frame.current!.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (by && mode === "wipe") move(at + by * (event.shiftKey ? 0.1 : 0.01));
    else if (event.key.toLowerCase() === "w") swap();
    else if (event.key === " ") hold(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const ratio = (a.item as ImageItem).width / (a.item as ImageItem).height || 4 / 3;
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label
    // biome-ignore lint/a11y/noStaticElementInteractions: a slider while there is something to slide
    <div
      class={`versus ${mode}`}
      ref={frame}
      tabindex={0}
      style={{ "--ratio": ratio, "--at": `${at * 100}%` }}
      role={mode === "wipe" ? "slider" : "img"}
      aria-label={`${nameOf(a.run)} and ${nameOf(b.run)}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      onKeyDown={key}
      onKeyUp={(event) => event.key === " " && hold(false)}
      onBlur={() => hold(false)}
      onPointerMove={drag}
      onPointerDown={(event) => {
        frame.current!.setPointerCapture(event.pointerId);
        drag(event);
      }}
    >
      <div class="side a">
        <Large tile={a} viewer={viewer} />
      </div>
      <div class="side b" style={blinking ? { clipPath: "none", visibility: second ? "visible" : "hidden" } : {}}>
        <Large tile={b} viewer={viewer} />
      </div>
      {mode === "wipe" && !blinking && (
        <i class="line" aria-hidden="true">
          <span>‹ ›</span>
        </i>
      )}
      <Tag letter="A" tile={a} dim={blinking && second} />
      <Tag letter="B" tile={b} dim={blinking && !second} />
    </div>
  );
}

function Large({ tile: { run, item }, viewer }: { tile: Tile; viewer: ImageViewer }) {
  if (item.error) return <Broken item={item} />;
  return <viewer.Picture run={run} item={item as ImageItem} large alt={item.caption || "picture"} />;
}

function Tag({ letter, tile, dim }: { letter: "A" | "B"; tile: Tile; dim: boolean }) {
  return (
    <span class={`cap ${letter.toLowerCase()}`} style={{ opacity: dim ? 0.4 : 1 }}>
      {letter} <Swatch look={lookOf(tile.run)} line /> {nameOf(tile.run)}, step {full(tile.step)}
    </span>
  );
}

function Side({
  letter,
  tile,
  loaded,
  choose,
}: {
  letter: string;
  tile: Tile;
  loaded: Loaded;
  choose: (place: Place) => void;
}) {
  const now = placeOf(tile);
  const logged = loaded.get(tile.run) ?? [];
  const steps = logged.map((one) => one.step).slice(-LISTED);
  const count = logged.find((one) => one.step === tile.step)?.value.items.length ?? 1;
  return (
    <span class="side-pick">
      <b>{letter}</b>
      <select
        class="plainselect"
        aria-label={`Run of ${letter}`}
        value={now.run}
        onChange={(event) => choose({ ...now, run: event.currentTarget.value })}
      >
        {[...loaded.keys()].map((run) => (
          <option key={uid(run)} value={uid(run)}>
            {nameOf(run)}
          </option>
        ))}
      </select>
      <select
        class="plainselect"
        aria-label={`Step of ${letter}`}
        value={String(now.step)}
        onChange={(event) => choose({ ...now, step: Number(event.currentTarget.value) })}
      >
        {steps.map((step) => (
          <option key={step} value={String(step)}>
            step {full(step)}
          </option>
        ))}
      </select>
      {count > 1 && (
        <label class="dim">
          sample{" "}
          <input
            type="number"
            min={1}
            max={count}
            value={now.n + 1}
            aria-label={`Sample of ${letter}`}
            onChange={(event) =>
              choose({ ...now, n: Math.min(count, Math.max(1, event.currentTarget.valueAsNumber || 1)) - 1 })
            }
          />
        </label>
      )}
    </span>
  );
}
