// The whole run below a plot; the window in it can be dragged, resized and moved by keys.
import { useRef, useState } from "preact/hooks";
import { unitOf, xText } from "../../lib/axis";
import { setZoom, zoomOf } from "../../lib/view";
import { Chart } from "../../parts/chart";
import type { ChartState } from "../../parts/panel";

type Edge = "from" | "to" | "both";
type Range = readonly [number, number];

/** What of the whole range is in view, and how it changes. */
class Brush {
  readonly from: number;
  readonly to: number;
  readonly span: number;

  constructor(
    readonly low: number,
    readonly high: number,
    readonly x: string,
  ) {
    [this.from, this.to] = zoomOf(x) ?? [low, high];
    this.span = high - low || 1;
  }

  share(value: number): number {
    return Math.max(0, Math.min(1, (value - this.low) / this.span));
  }

  at(event: PointerEvent, element: HTMLElement): number {
    const box = element.getBoundingClientRect();
    return this.low + ((event.clientX - box.left) / box.width) * this.span;
  }

  set(a: number, b: number): void {
    const [start, end] = [Math.max(this.low, Math.min(a, b)), Math.min(this.high, Math.max(a, b))];
    if (end - start > this.span * 1e-7) setZoom(start <= this.low && end >= this.high ? null : [start, end], this.x);
  }

  /** Move one edge of a range, or all of it, within the whole. */
  drag(edge: Edge, [a, b]: Range, by: number): void {
    if (edge === "both") {
      const shift = Math.max(this.low - a, Math.min(this.high - b, by));
      this.set(a + shift, b + shift);
    } else this.set(edge === "from" ? a + by : a, edge === "to" ? b + by : b);
  }

  key(edge: Edge, event: KeyboardEvent): void {
    const sign = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!sign) return;
    event.preventDefault();
    const by = sign * this.span * (event.shiftKey ? 0.1 : 0.01);
    if (edge === "from") this.set(Math.min(this.from + by, this.to), this.to);
    else this.set(this.from, Math.max(this.to + by, this.from));
  }
}

export function Overview({ chart, x, left }: { chart: ChartState; x: string; left: number }) {
  const root = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ edge: Edge; start: number; range: Range } | null>(null);
  const brush = new Brush(...chart.scales.x, x);
  const begin = (event: PointerEvent, edge: Edge, range: Range = [brush.from, brush.to]): void => {
    event.stopPropagation();
    root.current!.setPointerCapture(event.pointerId);
    setDrag({ edge, start: brush.at(event, root.current!), range });
  };
  return (
    <div class="overview-strip">
      {chart.traces.length > 0 && (
        <Chart
          traces={chart.traces}
          x={x}
          scales={chart.scales}
          rawBehind={false}
          label={`Overview by ${unitOf(x)}`}
          onZoom={() => undefined}
          overview={left}
        />
      )}
      <div
        class="brush"
        ref={root}
        style={{ left: `${left}px` }}
        onPointerMove={(event) =>
          drag && brush.drag(drag.edge, drag.range, brush.at(event, root.current!) - drag.start)
        }
        onPointerUp={() => setDrag(null)}
        onPointerDown={(event) => {
          const at = brush.at(event, root.current!);
          begin(event, "to", [at, at]);
        }}
      >
        <i
          class="window"
          style={{ left: `${brush.share(brush.from) * 100}%`, right: `${(1 - brush.share(brush.to)) * 100}%` }}
          onPointerDown={(event) => begin(event, "both")}
        />
        <Handle edge="from" brush={brush} x={x} begin={begin} />
        <Handle edge="to" brush={brush} x={x} begin={begin} />
      </div>
    </div>
  );
}

function Handle({
  edge,
  brush,
  x,
  begin,
}: {
  edge: "from" | "to";
  brush: Brush;
  x: string;
  begin: (event: PointerEvent, edge: Edge) => void;
}) {
  const value = brush[edge];
  return (
    <button
      type="button"
      class="handle-x"
      style={{ left: `${brush.share(value) * 100}%` }}
      role="slider"
      aria-label={edge === "from" ? "Start of the view" : "End of the view"}
      aria-valuemin={brush.low}
      aria-valuemax={brush.high}
      aria-valuenow={value}
      aria-valuetext={xText(x, value)}
      onPointerDown={(event) => begin(event, edge)}
      onKeyDown={(event) => brush.key(edge, event)}
    />
  );
}
