// Two pictures over each other: wiped, flickered or subtracted.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ImageItem, RunRow } from "../../model";
import { uid } from "../../lib/data";
import { full } from "../../lib/format";
import { stepsOf } from "../../lib/media";
import { lookOf } from "../../lib/view";
import { Swatch, nameOf } from "../../parts/identity";
import { Broken, type Tile } from "../../parts/mediapanel";
import { Button, Segments } from "../../parts/ui";
import { setParams } from "../../route";
import type { ImageViewer } from "../image";
import { placeOf, readWipe, tileOf, tilesAt, writeWipe, type Loaded, type Mode, type Place } from "./state";

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
  const frame = useRef<HTMLDivElement>(null);
  const [held, setHeld] = useState(false);
  const [second, setSecond] = useState(false);
  const { at, mode } = readWipe();
  const pair = pairOf(loaded, runs, step);
  const blinking = held || mode === "flicker";
  useEffect(() => {
    if (!blinking) return setSecond(false);
    setSecond((now) => !now);
    const timer = setInterval(() => setSecond((now) => !now), BLINK);
    return () => clearInterval(timer);
  }, [blinking]);
  if (!pair) return null;
  const { a, b } = pair;
  const put = (nextA: Place, nextB: Place, share = at): void =>
    writeWipe(nextA, nextB, Math.min(1, Math.max(0, share)));
  const move = (share: number): void => put(placeOf(a), placeOf(b), share);
  const swap = (): void => put(placeOf(b), placeOf(a));
  const drag = (event: PointerEvent): void => {
    if (!(event.buttons & 1) || mode !== "wipe") return;
    const box = frame.current!.getBoundingClientRect();
    move((event.clientX - box.left) / box.width);
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (by && mode === "wipe") move(at + by * (event.shiftKey ? 0.1 : 0.01));
    else if (event.key.toLowerCase() === "w") swap();
    else if (event.key === " ") setHeld(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const image = ({ run, item }: Tile) =>
    item.error ? (
      <Broken item={item} />
    ) : (
      <viewer.Picture run={run} item={item as ImageItem} large alt={item.caption || "picture"} />
    );
  const ratio = (a.item as ImageItem).width / (a.item as ImageItem).height || 4 / 3;
  return (
    <figure class="card w2" aria-label={`Two pictures of ${title} compared`}>
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
        onKeyUp={(event) => event.key === " " && setHeld(false)}
        onBlur={() => setHeld(false)}
        onPointerMove={drag}
        onPointerDown={(event) => {
          frame.current!.setPointerCapture(event.pointerId);
          drag(event);
        }}
      >
        <div class="side a">{image(a)}</div>
        <div class="side b" style={blinking ? { clipPath: "none", visibility: second ? "visible" : "hidden" } : {}}>
          {image(b)}
        </div>
        {mode === "wipe" && !blinking && (
          <i class="line" aria-hidden="true">
            <span>‹ ›</span>
          </i>
        )}
        <Tag letter="A" tile={a} dim={blinking && second} />
        <Tag letter="B" tile={b} dim={blinking && !second} />
      </div>
      <div class="sides">
        <Side letter="A" tile={a} loaded={loaded} choose={(place) => put(place, placeOf(b))} />
        <Button kind="xs" icon="swap" label="Swap A and B (W)" onClick={swap} />
        <Side letter="B" tile={b} loaded={loaded} choose={(place) => put(placeOf(a), place)} />
      </div>
      <p class="hint">
        {mode === "wipe"
          ? "Drag, or Arrow keys; W swaps A and B; hold Space to blink"
          : mode === "flicker"
            ? "A and B in turn; W swaps them"
            : "Black where both are equal"}
      </p>
    </figure>
  );
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
