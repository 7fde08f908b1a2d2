// Paints traces onto a chart's canvas: envelopes, lines, points, marks of what is not finite, ends.
import { resolve } from "./colours";
import { main, nearest, reach, type Trace } from "./trace";

export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Canvas pixels per CSS pixel. */
  readonly ratio: number;
  x(value: number): number;
  y(value: number): number;
}

export interface Options {
  /** Id of the trace that stands out, or empty. */
  readonly hovered: string;
  readonly rawBehind: boolean;
  readonly logY: boolean;
  readonly yMin: number;
  readonly yMax: number;
}

const FAR = 0.38;
const BAND = 0.16;
const RAW = 0.2;
const FEW = 40;
/** More lines than these are thin ones, without the ranges of their points, which would cover all there is. */
export const CROWD = 200;

export function paint(canvas: Canvas, traces: readonly Trace[], options: Options): void {
  const { context } = canvas;
  within(canvas, 0);
  const crowded = traces.length > CROWD;
  context.lineJoin = crowded ? "bevel" : "round";
  const anyHovered = traces.some((trace) => trace.id === options.hovered);
  const ordered = anyHovered
    ? [...traces].sort((a, b) => Number(a.id === options.hovered) - Number(b.id === options.hovered))
    : traces;
  const dim = (trace: Trace): number => (anyHovered && trace.id !== options.hovered ? FAR : 1);
  if (!crowded) for (const trace of ordered) band(canvas, trace, BAND * dim(trace), options);
  if (options.rawBehind)
    for (const trace of ordered)
      if (trace.smooth && !trace.n) line(canvas, trace, trace.y, RAW * dim(trace), 1, options);
  for (const trace of ordered) {
    const near = anyHovered && trace.id === options.hovered;
    line(canvas, trace, main(trace), dim(trace), near ? 2.25 : crowded ? 1 : 1.5, options);
  }
  context.restore();
  // The dots of the first and last points are whole.
  within(canvas, 3 * canvas.ratio);
  for (const trace of ordered) points(canvas, trace, dim(trace), options);
  context.restore();
  for (const trace of ordered) endings(canvas, trace, dim(trace), options);
  for (const trace of ordered) joints(canvas, trace, dim(trace), options);
  for (const trace of ordered) ends(canvas, trace, dim(trace), options);
  for (const trace of ordered) marks(canvas, trace, options);
}

/** Many lines as they are together: without the points of each. */
export function paintLines(canvas: Canvas, traces: readonly Trace[], options: Options): void {
  within(canvas, 0);
  canvas.context.lineJoin = "round";
  for (const trace of traces) band(canvas, trace, BAND, options);
  for (const trace of traces) line(canvas, trace, main(trace), 1, 1, options);
  canvas.context.restore();
  for (const trace of traces) marks(canvas, trace, options);
}

/** Until the context is restored, only the plot is painted, and so much beyond its left and right. */
function within({ context, left, top, width, height }: Canvas, beyond: number): void {
  context.save();
  context.beginPath();
  context.rect(left - beyond, top - 1, width + 2 * beyond, height + 2);
  context.clip();
}

function usable(value: number, options: Options): boolean {
  return Number.isFinite(value) && !(options.logY && value <= 0);
}

function band(canvas: Canvas, trace: Trace, alpha: number, options: Options): void {
  const { low, high, x } = trace;
  if (!low || !high) return;
  const { context } = canvas;
  context.globalAlpha = alpha;
  context.fillStyle = resolve(trace.colour);
  const bottom = (value: number): number => (options.logY && value <= 0 ? canvas.top + canvas.height : canvas.y(value));
  let start = -1;
  for (let i = 0; i <= x.length; i++) {
    const fine =
      i < x.length && Number.isFinite(low[i]!) && usable(high[i]!, options) && !(start >= 0 && x[i]! < x[i - 1]!);
    if (fine && start < 0) start = i;
    if (fine || start < 0) continue;
    context.beginPath();
    for (let j = start; j < i; j++) context.lineTo(canvas.x(x[j]!), canvas.y(high[j]!));
    for (let j = i - 1; j >= start; j--) context.lineTo(canvas.x(x[j]!), bottom(low[j]!));
    context.fill();
    start = -1;
  }
  context.globalAlpha = 1;
}

/** Gaps stay gaps; a line whose x falls back begins anew. A group's mean is dotted where fewer than half have data. */
function line(canvas: Canvas, trace: Trace, y: Float64Array, alpha: number, width: number, options: Options): void {
  const { context, ratio } = canvas;
  context.globalAlpha = alpha;
  context.strokeStyle = resolve(trace.colour);
  context.lineWidth = width * ratio;
  const solid = trace.dash.map((length) => length * ratio);
  const few = (i: number): boolean => trace.n !== null && trace.n[i]! * 2 < trace.members;
  const [from, to] = window_(canvas, trace.x);
  let open = false;
  let dotted = false;
  const close = (): void => {
    if (open) context.stroke();
    open = false;
  };
  for (let i = from; i < to; i++) {
    if (!usable(y[i]!, options) || !Number.isFinite(trace.x[i]!)) {
      close();
      continue;
    }
    const [px, py] = [canvas.x(trace.x[i]!), canvas.y(y[i]!)];
    const back = i > from && trace.x[i]! < trace.x[i - 1]!;
    if (open && (back || few(i) !== dotted)) {
      if (!back) context.lineTo(px, py);
      close();
    }
    if (!open) {
      dotted = few(i);
      context.setLineDash(dotted ? [1.5 * ratio, 3 * ratio] : solid);
      context.beginPath();
      context.moveTo(px, py);
      open = true;
    } else context.lineTo(px, py);
  }
  close();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/** Points outside of the plot are skipped, but for one at each side. */
function window_(canvas: Canvas, x: Float64Array): [number, number] {
  let [from, to] = [0, x.length];
  while (from + 1 < to && canvas.x(x[from + 1]!) < canvas.left) from++;
  while (to - 1 > from && canvas.x(x[to - 2]!) > canvas.left + canvas.width) to--;
  return [from, to];
}

function points(canvas: Canvas, trace: Trace, alpha: number, options: Options): void {
  const { context, ratio } = canvas;
  const y = main(trace);
  const all = trace.n === null && trace.drawn < FEW;
  context.globalAlpha = alpha;
  context.fillStyle = resolve(trace.colour);
  const radius = 1.75 * ratio;
  const [from, to] = [canvas.left - 1, canvas.left + canvas.width + 1];
  for (let i = 0; i < y.length; i++) {
    const px = canvas.x(trace.x[i]!);
    if (!usable(y[i]!, options) || px < from || px > to) continue;
    const alone = !(i > 0 && usable(y[i - 1]!, options)) && !(i + 1 < y.length && usable(y[i + 1]!, options));
    if (!all && !alone) continue;
    if (alone && trace.n) whisker(canvas, trace, i, options);
    context.beginPath();
    context.arc(px, canvas.y(y[i]!), alone ? radius * 1.3 : radius, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** The spread of a mean that stands alone, where a band would have no width. */
function whisker({ context, ratio, x, y }: Canvas, { x: xs, low, high }: Trace, i: number, options: Options): void {
  if (!(high![i]! > low![i]!)) return;
  const bottom = options.logY && low![i]! <= 0 ? options.yMin : low![i]!;
  const px = x(xs[i]!);
  context.fillRect(px - 0.5 * ratio, y(high![i]!), ratio, y(bottom) - y(high![i]!));
}

/** A ring where a run of a group ends: from there on the mean is one of fewer. */
function endings(canvas: Canvas, trace: Trace, alpha: number, options: Options): void {
  const { context, ratio, left, top, width, height } = canvas;
  const y = main(trace);
  context.globalAlpha = alpha;
  context.strokeStyle = resolve(trace.colour);
  context.fillStyle = resolve("var(--paper)");
  context.lineWidth = 1.25 * ratio;
  for (const ending of trace.endings) {
    const value = y[nearest(trace.x, ending)]!;
    const [px, py] = [canvas.x(ending), canvas.y(value)];
    const inside = px >= left && px <= left + width && py >= top - 1 && py <= top + height + 1;
    if (!usable(value, options) || !inside) continue;
    context.beginPath();
    context.arc(px, py, 2.75 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** A bar across the line where a later session of the run went on. */
function joints(canvas: Canvas, trace: Trace, alpha: number, options: Options): void {
  const { context, ratio, left, width } = canvas;
  const y = main(trace);
  context.globalAlpha = alpha;
  context.strokeStyle = resolve(trace.colour);
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  for (const joint of trace.joints) {
    const value = y[nearest(trace.x, joint)]!;
    const [px, py] = [canvas.x(joint), canvas.y(value)];
    if (!usable(value, options) || px < left || px > left + width) continue;
    context.moveTo(px, py - 5 * ratio);
    context.lineTo(px, py + 5 * ratio);
  }
  context.stroke();
  context.globalAlpha = 1;
}

function ends(canvas: Canvas, trace: Trace, alpha: number, options: Options): void {
  if (!trace.end) return;
  const y = main(trace);
  let last = y.length - 1;
  while (last >= 0 && !usable(y[last]!, options)) last--;
  if (last < 0) return;
  const { context, ratio, left, top, width, height } = canvas;
  const [px, py] = [canvas.x(trace.x[last]!), canvas.y(y[last]!)];
  if (px < left - 1 || px > left + width + 1 || py < top - 1 || py > top + height + 1) return;
  context.globalAlpha = alpha;
  if (trace.end === "crash") {
    const arm = 3.5 * ratio;
    context.strokeStyle = resolve("var(--bad)");
    context.lineWidth = 1.75 * ratio;
    context.beginPath();
    context.moveTo(px - arm, py - arm);
    context.lineTo(px + arm, py + arm);
    context.moveTo(px - arm, py + arm);
    context.lineTo(px + arm, py - arm);
    context.stroke();
  } else {
    context.fillStyle = resolve(trace.colour);
    context.strokeStyle = resolve("var(--paper)");
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    context.arc(px, py, 3.5 * ratio, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** NaN on the x axis in red, infinities at the edges in amber. */
function marks(canvas: Canvas, trace: Trace, options: Options): void {
  const { context, ratio, top, height } = canvas;
  const bottom = top + height;
  const tick = (xs: readonly number[], colour: string, y0: number, y1: number): void => {
    if (!xs.length) return;
    context.strokeStyle = resolve(colour);
    context.lineWidth = 1.5 * ratio;
    context.beginPath();
    for (const value of xs) {
      const px = canvas.x(value);
      if (px < canvas.left - 1 || px > canvas.left + canvas.width + 1) continue;
      context.moveTo(px, y0);
      context.lineTo(px, y1);
    }
    context.stroke();
  };
  const length = 5 * ratio;
  tick(trace.nan, "var(--bad)", bottom - length, bottom);
  tick(trace.above, "var(--warn)", top, top + length);
  tick(trace.below, "var(--warn)", bottom - length, bottom);
  clipped(canvas, trace, options);
}

/** Peaks beyond the y range get a tick at the edge that cuts them. */
function clipped(canvas: Canvas, trace: Trace, options: Options): void {
  const { context, ratio, top, height, left, width } = canvas;
  const previous = { over: -Infinity, under: -Infinity };
  context.fillStyle = resolve(trace.colour);
  const tick = (side: "over" | "under", px: number): void => {
    if (px < left || px > left + width || px - previous[side] < 3 * ratio) return;
    previous[side] = px;
    context.fillRect(px - ratio / 2, side === "over" ? top : top + height - 3 * ratio, ratio, 3 * ratio);
  };
  for (let i = 0; i < trace.x.length; i++) {
    const [low, high] = reach(trace, i);
    if (high > options.yMax) tick("over", canvas.x(trace.x[i]!));
    if (low < options.yMin && !(options.logY && low <= 0)) tick("under", canvas.x(trace.x[i]!));
  }
}
