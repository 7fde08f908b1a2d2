// A histogram over steps as a heat map: colour is the share of a step's values in a bin.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { HistogramValue } from "../model";
import { rgb, themeTick } from "../lib/colours";
import { cursor, release, tip } from "../lib/cursor";
import { full, number, percent, tick } from "../lib/format";
import { edges, loggedValues, type Logged } from "../lib/media";
import { distanceOf, linearTicks } from "../lib/ticks";
import { lookOf } from "../lib/view";
import { uid } from "../lib/data";
import { Swatch, nameOf } from "../parts/identity";
import { Card } from "../parts/panel";
import { Empty } from "../parts/ui";
import { useLoaded, useRuns, useSeen } from "../parts/use";
import type { PanelProps } from "../parts/viewer";

type Values = readonly Logged<HistogramValue>[];
const [LEFT, BOTTOM, TOP, RIGHT] = [46, 20, 6, 8];

function Panel({ panel, fixed, drag }: PanelProps) {
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const [chosen, setChosen] = useState("");
  const run = runs.find((other) => uid(other) === chosen) ?? runs[0];
  const { value, error } = useLoaded<Values>(() => (run ? loggedValues<HistogramValue>(run, panel.key, "histogram") : Promise.resolve([])), [run?.parts.join(), panel.key], seen);
  const bins = value?.[0]?.value.counts.length ?? 0;
  return (
    <Card panel={panel} innerRef={attach} label={`${panel.title}: histogram by step${run ? ` of ${nameOf(run)}` : ""}`} drag={drag}>
      <div class="legend-wrap"><div class="legend nofade">
        {run && <span><Swatch look={{ ...lookOf(run), dash: 1 }} line /> {runs.length > 1
          ? <select class="plainselect" aria-label="Run" value={uid(run)} onChange={(event) => setChosen(event.currentTarget.value)}>{runs.slice(0, 100).map((other) => <option key={uid(other)} value={uid(other)}>{nameOf(other)}</option>)}</select>
          : nameOf(run)}</span>}
        {bins > 0 && <span class="dim">{bins} bins, share per step</span>}
      </div></div>
      {error ? <div class="plot"><Empty title="This panel could not be read" text={error} /></div>
        : !value ? <div class="plot wait" aria-hidden="true"><i class="sk" /></div>
          : !value.length ? <div class="plot"><Empty title={run ? "Not logged by this run" : "No run is shown"} /></div>
            : <Heat values={value} />}
      <p class="hint">{value && value.length > 400 ? `${full(value.length)} histograms, the last one of each pixel column drawn` : ""}</p>
    </Card>
  );
}

function Heat({ values }: { values: Values }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setSize([entry!.contentRect.width, entry!.contentRect.height]));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const frame = useMemo(() => frameOf(values), [values]);
  const theme = themeTick.value;
  useEffect(() => {
    if (size[0] > 60) draw(canvas.current!, size, values, frame);
  }, [size, values, theme]);
  const here = cursor.value?.kind === "step" && cursor.value.source !== "heat" ? cursor.value.x : null;
  const x = here === null ? -1 : LEFT + ((here - frame.first) / (frame.last - frame.first || 1)) * (size[0] - LEFT - RIGHT);
  return (
    <div class="plot"><div class="canvas heat" ref={box} onPointerMove={(event) => hover(event, size, values, frame)} onPointerLeave={release}>
      <canvas ref={canvas} role="img" aria-label={`${values.length} histograms from step ${frame.first} to ${frame.last}, values from ${number(frame.low)} to ${number(frame.high)}`} />
      {x >= LEFT && x <= size[0] - RIGHT && <i class="crossline" style={{ left: `${x}px` }} />}
    </div><span class="unit" aria-hidden="true">step</span></div>
  );
}

interface Frame {
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

function frameOf(values: Values): Frame {
  let [low, high] = [Infinity, -Infinity];
  for (const { value } of values) {
    const all = edges(value);
    low = Math.min(low, all[0]!);
    high = Math.max(high, all.at(-1)!);
  }
  return { first: values[0]!.step, last: values.at(-1)!.step, low, high: high > low ? high : low + 1 };
}

/** Nine steps from paper over accent to ink. */
function ramp(): string[] {
  const [paper, accent, ink] = [rgb("var(--paper)"), rgb("var(--accent)"), rgb("var(--ink)")];
  const mix = (a: readonly number[], b: readonly number[], share: number): string => `rgb(${a.map((value, i) => Math.round(value + (b[i]! - value) * share)).join(" ")})`;
  return Array.from({ length: 10 }, (_, i) => (i <= 6 ? mix(paper, accent, i / 6) : mix(accent, ink, (i - 6) / 3.6)));
}

function draw(canvas: HTMLCanvasElement, [width, height]: readonly [number, number], values: Values, frame: Frame): void {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  const colours = ramp();
  const [plotWidth, plotHeight] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  const span = frame.last - frame.first || 1;
  const atX = (step: number): number => LEFT + ((step - frame.first) / span) * plotWidth;
  const atY = (value: number): number => TOP + (1 - (value - frame.low) / (frame.high - frame.low)) * plotHeight;
  values.forEach(({ step, value }, i) => {
    const [left, right] = [i ? (atX(values[i - 1]!.step) + atX(step)) / 2 : LEFT, i + 1 < values.length ? (atX(values[i + 1]!.step) + atX(step)) / 2 : LEFT + plotWidth];
    const most = value.counts.reduce((max, count) => Math.max(max, count), 0);
    const borders = edges(value);
    value.counts.forEach((count, bin) => {
      if (count <= 0 || most <= 0) return;
      context.fillStyle = colours[Math.max(1, Math.round((count / most) * 9))]!;
      const [top, bottom] = [atY(borders[bin + 1]!), atY(borders[bin]!)];
      context.fillRect(Math.floor(left), Math.floor(top), Math.max(1, Math.ceil(right) - Math.floor(left)), Math.max(1, Math.ceil(bottom) - Math.floor(top)));
    });
  });
  axes(context, width, height, frame, atX, atY);
}

function axes(context: CanvasRenderingContext2D, width: number, height: number, frame: Frame, atX: (x: number) => number, atY: (y: number) => number): void {
  const style = getComputedStyle(document.body);
  context.font = `10.5px ${style.fontFamily}`;
  context.fillStyle = `rgb(${rgb("var(--ink-3)").join(" ")})`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const ys = linearTicks(frame.low, frame.high, 4);
  for (const value of ys) context.fillText(tick(value, distanceOf(ys)), LEFT - 6, atY(value));
  context.textAlign = "center";
  context.textBaseline = "top";
  const xs = frame.last > frame.first ? linearTicks(frame.first, frame.last, Math.max(2, Math.floor(width / 90))) : [frame.first];
  for (const value of xs) if (atX(value) < width - 44) context.fillText(tick(value, distanceOf(xs)), Math.max(LEFT + 4, atX(value)), height - BOTTOM + 6);
}

function hover(event: PointerEvent, [width, height]: readonly [number, number], values: Values, frame: Frame): void {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const step = frame.first + ((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * (frame.last - frame.first);
  const level = frame.low + (1 - (event.clientY - box.top - TOP) / (height - TOP - BOTTOM)) * (frame.high - frame.low);
  const at = values.reduce<Logged<HistogramValue>>((best, one) => (Math.abs(one.step - step) < Math.abs(best.step - step) ? one : best), values[0]!);
  const borders = edges(at.value);
  const bin = borders.findIndex((edge, i) => level >= edge && level < (borders[i + 1] ?? -Infinity));
  cursor.value = { x: at.step, kind: "step", source: "heat" };
  const total = at.value.counts.reduce((sum, count) => sum + count, 0);
  const count = bin < 0 ? 0 : at.value.counts[bin]!;
  tip.value = {
    title: `step ${full(at.step)}`, other: bin < 0 ? "outside of its bins" : `${number(borders[bin]!)} to ${number(borders[bin + 1]!)}`, rows: [], more: 0,
    foot: bin < 0 ? ["", ""] : [`${full(count)} of ${full(total)}`, percent(total ? count / total : 0)], left: event.clientX, top: event.clientY, frozen: false, byKeys: false,
  };
}

tracklog.viewer("histogram", { Panel });
