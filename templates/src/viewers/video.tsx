// Videos, and gifs by their sheet of frames: nothing moves before it is played.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import { bytes, full } from "../lib/format";
import type { VideoItem } from "../model";
import { Broken, MediaPanel } from "../parts/mediapanel";
import { Button, Slider } from "../parts/ui";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { addStyle } from "./lib/style";
import { Facts, type Pace, PlayButton } from "./lib/transport";
import css from "./video.css";

addStyle(css);

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

/** Play, the place in it, and what stands below. */
function Bar({
  item,
  on,
  toggle,
  place,
  pace,
  set,
  step,
  frame,
  frames,
}: {
  item: VideoItem;
  on: boolean;
  toggle: () => void;
  place: ComponentChildren;
  pace: Pace;
  set: (change: Partial<Pace>) => void;
  step: (by: number) => void;
  frame: number;
  frames: number;
}) {
  return (
    <>
      <div class="row playbar">
        <PlayButton on={on} toggle={toggle} />
        {place}
      </div>
      <Facts
        where={
          <>
            {frames > 0 && (
              <>
                frame <b>{full(frame + 1)}</b> of {full(frames)}
              </>
            )}
            {item.fps ? `${frames ? ", " : ""}${Math.round(item.fps * 100) / 100} fps` : ""}
          </>
        }
        pace={pace}
        set={set}
        step={step}
        file={{ src: media(item.src)!, name: item.caption || "video", format: item.format, bytes: item.bytes }}
      />
    </>
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

/** What a video says of itself, and what moves it. */
function usePlayback(fps: number, speed: number) {
  const video = useRef<HTMLVideoElement>(null);
  const [at, setAt] = useState(0);
  const [on, setOn] = useState(false);
  const [length, setLength] = useState(0);
  useEffect(() => {
    if (video.current) video.current.playbackRate = speed;
  }, [speed]);
  const now = (): void => setAt(video.current?.currentTime ?? 0);
  const seek = (to: number): void => {
    if (!video.current) return;
    video.current.pause();
    video.current.currentTime = Math.max(0, to);
  };
  // Half a frame on, since the start of a frame may round to the one before.
  const step = (by: number): void =>
    seek((Math.floor((video.current?.currentTime ?? 0) * fps + 0.01) + by + 0.5) / fps);
  const toggle = (): void => void (on ? video.current?.pause() : video.current?.play().catch(() => undefined));
  const events = {
    onPlay: () => setOn(true),
    onPause: () => setOn(false),
    onTimeUpdate: now,
    onSeeked: now,
    onLoadedMetadata: () => setLength(video.current?.duration ?? 0),
  };
  return { video, at, on, length: Number.isFinite(length) ? length : 0, seek, step, toggle, events };
}

function Native({ item }: { item: VideoItem }) {
  const [pace, setPace] = useState<Pace>({ loop: true, speed: 1 });
  const [failed, setFailed] = useState(false);
  const fps = item.fps || USUAL;
  const { video, at, on, length, seek, step, toggle, events } = usePlayback(fps, pace.speed);
  const frames = item.frames || Math.round(length * fps);
  const name = item.caption || "video";
  if (failed)
    return (
      <div class="media video">
        <Broken item={{ ...item, error: `this browser cannot play this ${item.format}` }} />
      </div>
    );
  return (
    <div class="video" role="group" aria-label={name} onKeyDown={onKeys(step)}>
      <video
        ref={video}
        src={media(item.src)}
        loop={pace.loop}
        muted
        playsinline
        preload="metadata"
        style={item.width ? { aspectRatio: `${item.width} / ${item.height}` } : {}}
        aria-label={name}
        onClick={toggle}
        onError={() => setFailed(true)}
        {...events}
      />
      <Bar
        item={item}
        on={on}
        toggle={toggle}
        place={
          <>
            <Slider
              label="Place"
              min={0}
              max={Math.max(length, at)}
              step={1 / fps}
              value={at}
              text={`${at.toFixed(2)} of ${length.toFixed(2)} s`}
              width="auto"
              onInput={seek}
            />
            <Button kind="xs" icon="full" label="Full screen" onClick={() => void video.current?.requestFullscreen()} />
          </>
        }
        pace={pace}
        set={(change) => setPace((now) => ({ ...now, ...change }))}
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

/** Which frame stands: they go on while it is on. */
function useFilm(item: VideoItem, ready: boolean, { loop, speed }: Pace): Film {
  const [on, setOn] = useState(false);
  const [frame, setFrame] = useState(0);
  // A tick that is due already must not move a picture that was just stopped.
  const moving = useRef(false);
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

/** A gif too large for a sheet, or left out of a single file: it plays as browsers play it, once that is asked for. */
function Whole({ item }: { item: VideoItem }) {
  const [on, setOn] = useState(false);
  const name = item.caption || "video";
  return (
    <div class="video" role="group" aria-label={name}>
      {on && <img src={media(item.src)} alt={name} style={{ width: "100%" }} />}
      <div class="row playbar">
        <PlayButton on={on} toggle={() => setOn(!on)} />
        <span class="dim">
          {item.format}, {bytes(item.bytes)}
        </span>
      </div>
    </div>
  );
}

function Gif({ item }: { item: VideoItem }) {
  return media(item.sheet) ? <Sheet item={item} /> : <Whole item={item} />;
}

function Sheet({ item }: { item: VideoItem }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pace, setPace] = useState<Pace>({ loop: true, speed: 1 });
  const sheet = useSheet(media(item.sheet)!);
  const { on, run, frame, stopAt } = useFilm(item, sheet !== null, pace);
  useEffect(() => {
    if (sheet && canvas.current) drawFrame(canvas.current, sheet, item, frame);
  }, [sheet, frame]);
  const step = (by: number): void => stopAt(frame + by);
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
      <Bar
        item={item}
        on={on}
        toggle={() => run(!on)}
        place={
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
        }
        pace={pace}
        set={(change) => setPace((now) => ({ ...now, ...change }))}
        step={step}
        frame={frame}
        frames={item.frames}
      />
    </div>
  );
}

tracklog.viewer("video", { Panel, Item });
