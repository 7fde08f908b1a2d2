// Sounds: the waveform is the slider; the spectrogram on request; one plays at a time.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import { rgb, themeTick } from "../lib/colours";
import type { AudioItem, RunRow } from "../model";
import { Broken, MediaPanel } from "../parts/mediapanel";
import { Button } from "../parts/ui";
import { useLoaded } from "../parts/use";
import type { ItemProps, PanelProps } from "../parts/viewer";
import css from "./audio.css";
import { bytesOf } from "./lib/payload";
import { addStyle } from "./lib/style";
import { Facts, type Pace, PlayButton } from "./lib/transport";

addStyle(css);

let playing: HTMLAudioElement | null = null;

function Panel(props: PanelProps) {
  return <MediaPanel<AudioItem> {...props} noun="sound" Item={Item} />;
}

interface Playback {
  /** Seconds. */
  readonly at: number;
  readonly length: number;
  readonly on: boolean;
  readonly error: string;
}

interface Player {
  readonly audio: RefObject<HTMLAudioElement | null>;
  readonly state: Playback;
  readonly set: (change: Partial<Playback>) => void;
  readonly seek: (to: number) => void;
  readonly toggle: () => void;
  /** Its length is known now. */
  readonly loaded: () => void;
}

function usePlayer(item: AudioItem): Player {
  const audio = useRef<HTMLAudioElement>(null);
  const wanted = useRef<number | null>(null);
  const [state, setState] = useState<Playback>({ at: 0, on: false, length: item.duration, error: "" });
  const set = (change: Partial<Playback>): void => setState((now) => ({ ...now, ...change }));
  // Between the browser's own reports, four a second, the line would jump.
  useEffect(() => {
    if (!state.on) return;
    let frame = requestAnimationFrame(function follow() {
      set({ at: audio.current?.currentTime ?? 0 });
      frame = requestAnimationFrame(follow);
    });
    return () => cancelAnimationFrame(frame);
  }, [state.on]);
  const seek = (to: number): void => {
    if (!audio.current || !state.length) return;
    const at = Math.max(0, Math.min(state.length, to));
    if (audio.current.readyState > 0) audio.current.currentTime = at;
    else {
      // Nothing of it is here yet: the place is taken once its length is known.
      wanted.current = at;
      audio.current.preload = "auto";
      audio.current.load();
    }
    set({ at });
  };
  const toggle = (): void => {
    if (state.on) {
      audio.current?.pause();
      return;
    }
    if (playing !== audio.current) playing?.pause();
    playing = audio.current;
    void audio.current?.play().catch((error: Error) => set({ error: error.message }));
  };
  const loaded = (): void => {
    if (Number.isFinite(audio.current!.duration)) set({ length: audio.current!.duration });
    if (wanted.current !== null) audio.current!.currentTime = wanted.current;
    wanted.current = null;
  };
  return { audio, state, set, seek, toggle, loaded };
}

function Item({ run, item }: ItemProps<AudioItem>) {
  const [spectrum, setSpectrum] = useState(false);
  const [pace, setPace] = useState<Pace>({ loop: false, speed: 1 });
  const player = usePlayer(item);
  useEffect(() => {
    if (player.audio.current) player.audio.current.playbackRate = pace.speed;
  }, [pace.speed]);
  const src = media(item.src);
  if (!src)
    return (
      <div class="media sound">
        <Broken item={item} />
      </div>
    );
  const { audio, state, set, toggle, loaded } = player;
  const now = (): number => audio.current?.currentTime ?? 0;
  return (
    <div class="sound">
      {/* biome-ignore lint/a11y/useMediaCaption: a run logs sounds, not what is said in them */}
      <audio
        ref={audio}
        src={src}
        loop={pace.loop}
        preload={item.duration ? "none" : "metadata"}
        onPlay={() => set({ on: true })}
        onPause={() => set({ on: false, at: now() })}
        onEnded={() => set({ on: false })}
        onLoadedMetadata={loaded}
        onSeeked={() => set({ at: now() })}
        onError={() => set({ on: false, error: `this browser cannot play ${item.format}` })}
      />
      <PlayButton on={state.on} toggle={toggle} disabled={state.error !== ""} />
      <Position item={item} player={player}>
        {spectrum && <Spectrogram run={run} item={item} />}
      </Position>
      <Facts
        where={<Where item={item} state={state} />}
        pace={pace}
        set={(change) => setPace((before) => ({ ...before, ...change }))}
        file={{ src, name: item.caption || "sound", format: item.format, bytes: item.bytes }}
      >
        {item.bands > 0 && (
          <Button kind="xs" text="Spectrogram" pressed={spectrum} onClick={() => setSpectrum(!spectrum)} />
        )}
      </Facts>
    </div>
  );
}

/** The waveform, on which a place in the sound is chosen. */
function Position({
  item,
  player: { state, seek, toggle },
  children,
}: {
  item: AudioItem;
  player: Player;
  children: ComponentChildren;
}) {
  const share = state.length ? state.at / state.length : 0;
  return (
    <div
      class="waves"
      role="slider"
      tabIndex={0}
      aria-label={`Position in ${item.caption || "the sound"}`}
      aria-valuemin={0}
      aria-valuemax={state.length}
      aria-valuenow={state.at}
      aria-valuetext={`${clock(state.at)} of ${clock(state.length)}`}
      onPointerDown={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        seek(((event.clientX - box.left) / box.width) * state.length);
      }}
      onKeyDown={(event) => {
        if (event.key === " " || event.key === "Enter") toggle();
        else if (event.key === "ArrowLeft" || event.key === "ArrowRight")
          seek(state.at + (event.key === "ArrowRight" ? 1 : -1) * Math.max(0.05, state.length / 50));
        else if (event.key === "Home") seek(0);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Wave peaks={item.peaks} share={share} />
      {children}
      {state.length > 0 && <i class="head" style={{ left: `${share * 100}%` }} />}
    </div>
  );
}

function Where({ item, state }: { item: AudioItem; state: Playback }) {
  return (
    <>
      <b>{clock(state.at)}</b> of {clock(state.length)}
      {item.sample_rate
        ? `, ${item.sample_rate / 1000} kHz ${["", "mono", "stereo"][item.channels] ?? `${item.channels} channels`}`
        : ""}
      {item.duration === 0 && item.sample_rate > 0 && <span class="amber"> no samples</span>}
      {state.error && <span class="amber"> {state.error}</span>}
    </>
  );
}

/** `1.44 s`, or `2:05.3`. */
function clock(seconds: number): string {
  if (!seconds) return "0 s";
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(1).padStart(4, "0")}`;
}

/** Bars as high as the sound is loud; those that were played in the accent. */
function Wave({ peaks, share }: { peaks: readonly number[]; share: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const theme = themeTick.value;
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(canvas.current!.parentElement!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (width) drawWave(canvas.current!, width, peaks, share);
  }, [width, peaks, share, theme]);
  return (
    <canvas
      ref={canvas}
      class="wave"
      role="img"
      aria-label={peaks.length ? "Waveform" : "No waveform: the sound was not decoded"}
    />
  );
}

function drawWave(canvas: HTMLCanvasElement, width: number, peaks: readonly number[], share: number): void {
  const [ratio, height] = [devicePixelRatio || 1, 64];
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  const [played, rest] = [`rgb(${rgb("var(--accent)").join(" ")})`, `rgb(${rgb("var(--ink-4)").join(" ")})`];
  const parts = peaks.length / 2;
  const bars = Math.max(1, Math.min(parts || 1, Math.floor(width / 3)));
  const loudest = peaks.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let bar = 0; bar < bars; bar++) {
    let [low, high] = [0, 0];
    for (
      let i = Math.floor((bar * parts) / bars);
      i < Math.max(Math.floor(((bar + 1) * parts) / bars), Math.floor((bar * parts) / bars) + 1);
      i++
    ) {
      low = Math.min(low, peaks[2 * i] ?? 0);
      high = Math.max(high, peaks[2 * i + 1] ?? 0);
    }
    context.fillStyle = bar / bars < share ? played : rest;
    const [top, bottom] = [height / 2 - (high / loudest) * 30, height / 2 - (low / loudest) * 30];
    context.fillRect((bar * width) / bars, top, Math.max(1, width / bars - 1), Math.max(1, bottom - top));
  }
}

function Spectrogram({ run, item }: { run: RunRow; item: AudioItem }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { value, error } = useLoaded(() => bytesOf(run, item.payload), [run.parts.join(), item.payload]);
  useEffect(() => {
    if (!value || !canvas.current) return;
    const columns = value.length / item.bands;
    canvas.current.width = columns;
    canvas.current.height = item.bands;
    const context = canvas.current.getContext("2d")!;
    const picture = context.createImageData(columns, item.bands);
    for (let x = 0; x < columns; x++)
      for (let y = 0; y < item.bands; y++)
        picture.data.set(heat(value[x * item.bands + y]! / 255), ((item.bands - 1 - y) * columns + x) * 4);
    context.putImageData(picture, 0, 0);
  }, [value]);
  return error ? (
    <p class="hint">{error}</p>
  ) : (
    <>
      <canvas ref={canvas} class="spectrogram" role="img" aria-label="Spectrogram" />
      <p class="scale">
        <span>0</span>
        <span>
          {item.sample_rate / 2000} kHz at the top, {clock(item.duration)}
        </span>
      </p>
    </>
  );
}

/** Black over violet and orange to pale yellow, rising in lightness throughout. */
function heat(share: number): [number, number, number, number] {
  const stops = [
    [8, 6, 20],
    [70, 18, 92],
    [160, 42, 92],
    [228, 92, 58],
    [250, 170, 60],
    [252, 244, 190],
  ];
  const at = Math.min(4.999, share * 5);
  const [low, high] = [stops[Math.floor(at)]!, stops[Math.floor(at) + 1]!];
  const mix = (i: number): number => low[i]! + (high[i]! - low[i]!) * (at % 1);
  return [mix(0), mix(1), mix(2), 255];
}

tracklog.viewer("audio", { Panel, Item });
