// Videos: the browser's player, with loop, speed and steps of one frame; gifs by their sheet of frames.
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import { bytes, full } from "../lib/format";
import type { VideoItem } from "../model";
import { Broken, MediaPanel } from "../parts/mediapanel";
import { Button, Slider } from "../parts/ui";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { addStyle } from "./lib/style";
import css from "./video.css";

addStyle(css);

const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4];
/** Frames a second where nothing says how many there are: what a step of one frame goes on by. */
const USUAL = 25;

function Panel(props: PanelProps) {
  return <MediaPanel<VideoItem> {...props} noun="video" Item={Item} />;
}

function Item({ item }: ItemProps<VideoItem>) {
  if (!media(item.src))
    return (
      <div class="media video">
        <Broken item={item} />
      </div>
    );
  return item.format === "gif" ? <Gif item={item} /> : <Native item={item} />;
}

interface Controls {
  readonly loop: boolean;
  readonly speed: number;
}

function Bar({
  item,
  controls,
  set,
  step,
  frame,
  frames,
}: {
  item: VideoItem;
  controls: Controls;
  set: (change: Partial<Controls>) => void;
  step: (by: number) => void;
  frame: number;
  frames: number;
}) {
  return (
    <p class="facts">
      <span class="group">
        <Button kind="xs" text="‹" label="One frame back (,)" onClick={() => step(-1)} />
        <Button kind="xs" text="›" label="One frame on (.)" onClick={() => step(1)} />
        <select
          aria-label="Speed"
          title="Speed"
          value={String(controls.speed)}
          onChange={(event) => set({ speed: Number(event.currentTarget.value) })}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed}×
            </option>
          ))}
        </select>
        <Button kind="xs" text="Loop" pressed={controls.loop} onClick={() => set({ loop: !controls.loop })} />
      </span>
      <span class="group">
        <span>
          {frames ? (
            <>
              frame <b>{full(frame + 1)}</b> of {full(frames)}
            </>
          ) : null}
          {item.fps ? `${frames ? ", " : ""}${Math.round(item.fps * 100) / 100} fps` : ""}
        </span>
        <a
          class="btn xs"
          href={media(item.src)}
          download={`${item.caption || "video"}.${item.format}`}
          title="Download"
        >
          {item.format}, {bytes(item.bytes)}
        </a>
      </span>
    </p>
  );
}

const onKeys =
  (step: (by: number) => void) =>
  (event: KeyboardEvent): void => {
    if (event.key !== "," && event.key !== ".") return;
    event.preventDefault();
    event.stopPropagation();
    step(event.key === "." ? 1 : -1);
  };

function Native({ item }: { item: VideoItem }) {
  const video = useRef<HTMLVideoElement>(null);
  const [controls, setControls] = useState<Controls>({ loop: true, speed: 1 });
  const [at, setAt] = useState(0);
  const [failed, setFailed] = useState(false);
  const [length, setLength] = useState(0);
  const set = (change: Partial<Controls>): void => setControls((now) => ({ ...now, ...change }));
  useEffect(() => {
    if (video.current) video.current.playbackRate = controls.speed;
  }, [controls.speed]);
  const fps = item.fps || USUAL;
  const step = (by: number): void => {
    if (!video.current) return;
    video.current.pause();
    // Half a frame on, since the start of a frame may round to the one before.
    video.current.currentTime = Math.max(0, (Math.floor(video.current.currentTime * fps + 0.01) + by + 0.5) / fps);
  };
  const frames = item.frames || Math.round(length * fps);
  if (failed)
    return (
      <div class="media video">
        <Broken item={{ ...item, error: `this browser cannot play this ${item.format}` }} />
      </div>
    );
  return (
    <div class="video" role="group" aria-label={item.caption || "video"} onKeyDown={onKeys(step)}>
      <video
        ref={video}
        src={media(item.src)}
        controls
        loop={controls.loop}
        muted
        playsinline
        preload="metadata"
        style={item.width ? { aspectRatio: `${item.width} / ${item.height}` } : {}}
        aria-label={item.caption || "video"}
        onTimeUpdate={() => setAt(video.current?.currentTime ?? 0)}
        onSeeked={() => setAt(video.current?.currentTime ?? 0)}
        onLoadedMetadata={() => setLength(video.current?.duration ?? 0)}
        onError={() => setFailed(true)}
      />
      <Bar
        item={item}
        controls={controls}
        set={set}
        step={step}
        frame={Math.min(Math.max(0, frames - 1), Math.floor(at * fps))}
        frames={item.fps ? frames : 0}
      />
    </div>
  );
}

interface Film {
  readonly on: boolean;
  readonly run: (on: boolean) => void;
  readonly frame: number;
  /** Stops at a frame, counted from 0; beyond either end it goes on at the other. */
  readonly stopAt: (frame: number) => void;
}

/** Which frame stands: they go on by themselves while it is on. */
function useFilm(item: VideoItem, ready: boolean, { loop, speed }: Controls): Film {
  const [on, setOn] = useState(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  const [frame, setFrame] = useState(0);
  // A tick that is due already must not move a picture that was just stopped.
  const moving = useRef(on);
  const run = (now: boolean): void => {
    moving.current = now;
    if (now && !on && frame === item.frames - 1) setFrame(0);
    setOn(now);
  };
  useEffect(() => {
    if (!on || !ready || item.frames < 2) return;
    const next = (now: number): number => {
      if (now + 1 < item.frames) return now + 1;
      if (loop) return 0;
      run(false);
      return now;
    };
    const timer = setInterval(() => moving.current && setFrame(next), 1000 / ((item.fps || 10) * speed));
    return () => clearInterval(timer);
  }, [on, ready, speed, loop]);
  const stopAt = (wanted: number): void => {
    run(false);
    setFrame((wanted + item.frames) % item.frames);
  };
  return { on, run, frame, stopAt };
}

function useSheet(src: string): HTMLImageElement | null {
  const [sheet, setSheet] = useState<HTMLImageElement | null>(null);
  useEffect(() => {
    if (!src) return;
    const image = new Image();
    image.src = src;
    void image.decode().then(
      () => setSheet(image),
      () => undefined,
    );
  }, [src]);
  return sheet;
}

function drawFrame(canvas: HTMLCanvasElement, sheet: HTMLImageElement, item: VideoItem, frame: number): void {
  const { width, height, columns } = item;
  const context = canvas.getContext("2d")!;
  context.clearRect(0, 0, width, height);
  const [x, y] = [(frame % columns) * width, Math.floor(frame / columns) * height];
  context.drawImage(sheet, x, y, width, height, 0, 0, width, height);
}

function Gif({ item }: { item: VideoItem }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [controls, setControls] = useState<Controls>({ loop: true, speed: 1 });
  const src = media(item.sheet);
  const sheet = useSheet(src);
  const { on, run, frame, stopAt } = useFilm(item, sheet !== null, controls);
  useEffect(() => {
    if (sheet && canvas.current) drawFrame(canvas.current, sheet, item, frame);
  }, [sheet, frame]);
  const step = (by: number): void => stopAt(frame + by);
  // Too large for a sheet, or left out of a single file: it plays as browsers play it.
  if (!src)
    return (
      <div class="video">
        <img src={media(item.src)} alt={item.caption || "video"} loading="lazy" style={{ width: "100%" }} />
      </div>
    );
  return (
    <div class="video" role="group" aria-label={item.caption || "video"} onKeyDown={onKeys(step)}>
      <canvas
        ref={canvas}
        width={item.width}
        height={item.height}
        role="img"
        aria-label={item.caption || "video"}
        data-small={item.width < 200 ? "" : undefined}
        onClick={() => run(!on)}
      />
      <div class="row gifbar">
        <Button kind="xs" text={on ? "Pause" : "Play"} onClick={() => run(!on)} />
        <Slider
          label="Frame"
          min={0}
          max={Math.max(0, item.frames - 1)}
          step={1}
          value={frame}
          text={`frame ${frame + 1}`}
          width="auto"
          onInput={stopAt}
        />
      </div>
      <Bar
        item={item}
        controls={controls}
        set={(change) => setControls((now) => ({ ...now, ...change }))}
        step={step}
        frame={frame}
        frames={item.frames}
      />
    </div>
  );
}

tracklog.viewer("video", { Panel, Item });
