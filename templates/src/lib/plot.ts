// One chart: uPlot for scales, axes, cursor and selection; the traces are painted by paint.ts.
import uPlot from "uplot";
import { resolve } from "./colours";
import { CROWD, Crowd } from "./crowd";
import { type Labels, linearLabels, logLabels } from "./labels";
import { type Canvas, type Options, paint } from "./paint";
import { linearTicks, logTicks, timeTicks } from "./ticks";
import type { Trace } from "./trace";

export interface Scales {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly logX: boolean;
  readonly logY: boolean;
}

export interface ChartProps {
  readonly traces: readonly Trace[];
  readonly x: string;
  readonly scales: Scales;
  readonly rawBehind: boolean;
  readonly label: string;
  readonly onZoom: (x: readonly [number, number] | null, y: readonly [number, number] | null) => void;
  readonly onWidth?: (width: number, left: number) => void;
  /** A strip without y axis, its plot this far from the left. */
  readonly overview?: number;
  readonly tall?: boolean;
}

export interface Events {
  /** The pointer stands at an x value (and CSS pixels in the plot), or left. */
  cursor(x: number | null, left: number, top: number): void;
  zoom(x: readonly [number, number] | null, y: readonly [number, number] | null): void;
  /** What is to be added to the labels of x; empty for nothing. */
  offset(text: string): void;
}

export type XLabels = (ticks: readonly number[]) => Labels;

/** `whole` are steps, which are not negative. */
export type AxisKind = "number" | "whole" | "log" | "span" | "clock";

/** Height of the line above a plot that holds an offset, CSS pixels. */
const OFFSET = 18;

/** Own ticks: uPlot's walk over a range need not end, on a log axis beside a power of ten. */
function ticksOf(kind: AxisKind, vertical: boolean): Partial<uPlot.Axis> {
  return {
    // One increment that always fits: what it is makes no difference to the splits below.
    incrs: (_chart, _axis, min, max) => [Math.max(5, max - min)],
    splits: (chart, _axis, min, max) => {
      const size = (vertical ? chart.bbox.height / 26 : chart.bbox.width / 72) / uPlot.pxRatio;
      const count = Math.max(2, Math.min(vertical ? 7 : 12, size));
      if (kind === "log") return logTicks(min, max);
      if (kind === "number") return linearTicks(min, max, count);
      if (kind === "whole") return linearTicks(min, max, Math.min(count, max - min)).filter((tick) => tick >= 0);
      const shift = kind === "clock" ? -new Date(min * 1000).getTimezoneOffset() * 60 : 0;
      return timeTicks(min, max, count, shift).filter((tick) => tick >= 0);
    },
    filter: (_chart, splits) => splits,
  };
}

export class Plot {
  private readonly chart: uPlot;
  private traces: readonly Trace[] = [];
  private options: Options = { hovered: "", rawBehind: true, logY: false, yMin: -Infinity, yMax: Infinity };
  private shiftDrag = false;
  private crowd: Crowd | null = null;
  /** What is to be added to the labels of y. */
  private offset = "";
  /** Whether the cursor stands where another chart or a key has put it, and not where the pointer is. */
  private led = false;

  constructor(
    root: HTMLElement,
    width: number,
    height: number,
    private scales: Scales,
    private readonly xLabels: XLabels,
    private readonly unit: string,
    private readonly xKind: AxisKind,
    private readonly events: Events,
    private readonly overview?: number,
  ) {
    const { logX, logY } = scales;
    this.chart = new uPlot(
      {
        width,
        height,
        padding: [() => (this.offset ? OFFSET : 6), 8, 0, overview ?? 0],
        legend: { show: false },
        pxAlign: 1,
        cursor: this.cursor(),
        scales: {
          x: { time: false, auto: false, distr: logX ? 3 : 1, range: () => [...this.scales.x] as [number, number] },
          y: { auto: false, distr: logY ? 3 : 1, range: () => [...this.scales.y] as [number, number] },
        },
        axes: this.axes(),
        series: [{}, { paths: () => null, points: { show: false } }],
        hooks: {
          draw: [(u) => this.draw(u)],
          setCursor: [(u) => this.pointed(u)],
          setSelect: [(u) => this.selected(u)],
        },
      },
      [[...scales.x], [null, null]],
      root,
    );
    // uPlot tells of its cursor again whenever its scales change: only the chart under the pointer has a say.
    for (const type of ["mouseenter", "mousemove", "mouseleave"])
      this.chart.over.addEventListener(type, () => (this.led = false), { capture: true });
  }

  private cursor(): uPlot.Cursor {
    return {
      y: false,
      points: { show: false },
      focus: { prox: -1 },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      bind: {
        mousedown: (u, _target, handler) => (event: MouseEvent) => {
          this.shiftDrag = event.shiftKey;
          u.cursor.drag!.y = event.shiftKey;
          return handler(event);
        },
        dblclick: () => () => {
          this.events.zoom(null, null);
          return null;
        },
      },
    };
  }

  private axes(): uPlot.Axis[] {
    const { logX, logY } = this.scales;
    const axis = {
      stroke: () => resolve("var(--ink-3)"),
      font: `10.5px ${getComputedStyle(document.body).fontFamily}`,
      ticks: { show: false },
    };
    return [
      {
        ...axis,
        size: this.overview === undefined ? 20 : 18,
        gap: 4,
        space: 56,
        grid: { show: false },
        border: { show: true, stroke: () => resolve("var(--line-2)"), width: 1 },
        ...ticksOf(logX ? "log" : this.xKind, false),
        values: (u, splits) => this.xTicks(u, splits),
      },
      {
        ...axis,
        show: this.overview === undefined,
        size: (_, values) => 14 + 6.4 * Math.max(3, ...(values ?? []).map((text) => text?.length ?? 0)),
        gap: 6,
        space: 28,
        grid: { stroke: () => resolve("var(--grid)"), width: 1 },
        ...ticksOf(logY ? "log" : "number", true),
        values: (_, splits) => this.yTicks(splits),
      },
    ];
  }

  private pointed(u: uPlot): void {
    if (this.led) return;
    const { left, top } = u.cursor;
    if (left == null || left < 0) this.events.cursor(null, 0, 0);
    else this.events.cursor(u.posToVal(left, "x"), left, top ?? 0);
  }

  private selected(u: uPlot): void {
    const { left, width, top, height } = u.select;
    if (width < 4) return;
    const y: [number, number] | null =
      this.shiftDrag && height > 4 ? [u.posToVal(top + height, "y"), u.posToVal(top, "y")] : null;
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.events.zoom([u.posToVal(left, "x"), u.posToVal(left + width, "x")], y);
  }

  private xTicks(u: uPlot, splits: number[]): (string | null)[] {
    const { texts, offset } = (this.scales.logX ? logLabels : this.xLabels)(splits);
    this.events.offset(offset);
    const unit = [offset, this.unit].filter(Boolean).join(" ").length;
    const room = u.bbox.width / uPlot.pxRatio - 14 - 6 * unit;
    const edge = u.width - u.bbox.left / uPlot.pxRatio;
    // What does not fit beside its neighbour gives way to it, and the last ones to the unit.
    let free = -Infinity;
    return splits.map((value, i) => {
      const [at, half] = [u.valToPos(value, "x"), 3 * texts[i]!.length];
      if (!texts[i] || at - half < free || at + half > edge || (unit && at > room - 16)) return null;
      free = at + half + 4;
      return texts[i]!;
    });
  }

  private yTicks(splits: number[]): (string | null)[] {
    const { texts, offset } = (this.scales.logY ? logLabels : linearLabels)(splits);
    this.offset = offset;
    return texts.map((text) => text || null);
  }

  private draw(u: uPlot): void {
    const { left, top, width, height } = u.bbox;
    if (this.offset) {
      u.ctx.save();
      u.ctx.font = `${10.5 * uPlot.pxRatio}px ${getComputedStyle(document.body).fontFamily}`;
      u.ctx.fillStyle = resolve("var(--ink-3)");
      u.ctx.textAlign = "left";
      u.ctx.textBaseline = "top";
      u.ctx.fillText(this.offset, 2 * uPlot.pxRatio, uPlot.pxRatio);
      u.ctx.restore();
    }
    const canvas: Canvas = {
      context: u.ctx,
      left,
      top,
      width,
      height,
      ratio: uPlot.pxRatio,
      x: (value) => u.valToPos(value, "x", true),
      y: (value) => u.valToPos(value, "y", true),
    };
    if (this.traces.length <= CROWD) {
      this.crowd?.stop();
      paint(canvas, this.traces, this.options);
    } else {
      this.crowd ??= new Crowd(() => this.chart.redraw(false, false));
      this.crowd.draw(canvas, this.traces, this.options, [left, top, ...this.scales.x, resolve("var(--ink)")]);
    }
  }

  set(traces: readonly Trace[], scales: Scales, options: Omit<Options, "yMin" | "yMax">): void {
    this.traces = traces;
    this.scales = scales;
    this.options = { ...options, yMin: scales.y[0], yMax: scales.y[1] };
    // Not in a batch, which draws at once: like this all that is set before the next microtask is one drawing.
    this.chart.setScale("x", { min: scales.x[0], max: scales.x[1] });
    this.chart.setScale("y", { min: scales.y[0], max: scales.y[1] });
    this.chart.redraw(false, true);
  }

  resize(width: number, height: number): void {
    this.chart.setSize({ width, height });
  }

  /** Move the crosshair without telling anybody; null hides it. */
  follow(x: number | null): void {
    this.led = true;
    const left = x === null ? -10 : this.chart.valToPos(x, "x");
    this.chart.setCursor({ left: left >= 0 && left <= this.plotWidth ? left : -10, top: -10 }, true);
  }

  get plotWidth(): number {
    return this.chart.bbox.width / uPlot.pxRatio;
  }
  /** Of the plot within the chart, CSS pixels. */
  get plotLeft(): number {
    return this.chart.bbox.left / uPlot.pxRatio;
  }
  get plotTop(): number {
    return this.chart.bbox.top / uPlot.pxRatio;
  }
  get plotHeight(): number {
    return this.chart.bbox.height / uPlot.pxRatio;
  }
  get over(): HTMLElement {
    return this.chart.over;
  }
  get canvas(): HTMLCanvasElement {
    return this.chart.ctx.canvas;
  }
  xAt(left: number): number {
    return this.chart.posToVal(left, "x");
  }
  left(x: number): number {
    return this.chart.valToPos(x, "x");
  }
  topOf(y: number): number {
    return this.chart.valToPos(y, "y");
  }
  destroy(): void {
    this.crowd?.stop();
    this.chart.destroy();
  }
}
