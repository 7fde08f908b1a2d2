// A line chart in its box: sizes, crosshair, tooltip, zoom, keyboard.
import { effect } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { otherText, tickText, unitOf, xText, xTitle } from "../lib/axis";
import { themeTick } from "../lib/colours";
import { cursor, release, tip, type TipRow } from "../lib/cursor";
import { number, reading } from "../lib/format";
import { Plot, type Scales } from "../lib/plot";
import { css } from "../lib/palette";
import { main, nearest, type Trace } from "../lib/trace";
import { hovered } from "../lib/view";

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

const TIP_ROWS = 12;

export function Chart(props: ChartProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  const { x, scales, traces, overview } = props;
  const frozen = useRef(false);
  const pressed = useRef<readonly [number, number]>([0, 0]);

  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize([Math.floor(width), Math.floor(height)]);
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);

  const usable = size[0] > 40 && size[1] > 30;
  useLayoutEffect(() => {
    if (!usable) return;
    const made = new Plot(
      box.current!,
      size[0],
      size[1],
      latest.current.scales,
      tickText(x),
      overview !== undefined ? "" : unitOf(x),
      x === "rel" ? "span" : x === "wall" ? "clock" : "number",
      {
        cursor: (at, left, top) => frozen.current || moved(at, left, top, false),
        zoom: (rangeX, rangeY) => latest.current.onZoom(rangeX, rangeY),
      },
      overview,
    );
    plot.current = made;
    tell();
    const stop = followCursor(made);
    const theme = effect(() => {
      themeTick.value;
      const near = hovered.value;
      const { traces: now, scales: nowScales, rawBehind } = latest.current;
      made.set(now, nowScales, { hovered: near, rawBehind, logY: nowScales.logY });
    });
    return () => {
      stop();
      theme();
      if (cursor.peek()?.source === id) release();
      made.destroy();
      plot.current = null;
    };
  }, [usable, x, scales.logX, scales.logY, overview]);

  useLayoutEffect(() => {
    plot.current?.resize(size[0], size[1]);
    tell();
  }, [size[0], size[1]]);
  useLayoutEffect(() => {
    plot.current?.set(traces, scales, { hovered: hovered.peek(), rawBehind: props.rawBehind, logY: scales.logY });
    // The labels of the new range may be wider.
    tell();
  }, [traces, scales.x[0], scales.x[1], scales.y[0], scales.y[1], props.rawBehind]);

  function tell(): void {
    // The chart's own width, not its plot's: a group's mean is made for this width and decides the range of y, whose
    // labels decide the plot's. The two would chase each other for ever.
    if (plot.current) latest.current.onWidth?.(size[0], plot.current.plotLeft);
  }

  /** Crosshair and points of this chart, wherever the cursor stands. */
  function followCursor(made: Plot): () => void {
    return effect(() => {
      const now = cursor.value;
      const here = now && now.kind === latest.current.x && latest.current.overview === undefined ? now : null;
      if (now?.source !== id) made.follow(here ? here.x : null);
      showPoints(made, here ? here.x : null);
    });
  }

  function showPoints(made: Plot, at: number | null): void {
    const element = layer.current;
    if (!element) return;
    const { x: range, y: rangeY } = latest.current.scales;
    const spots =
      at === null || at < range[0] || at > range[1]
        ? []
        : read(latest.current.traces, at, made)
            .filter(({ value }) => value >= rangeY[0] && value <= rangeY[1])
            .slice(0, 24);
    element.replaceChildren(
      ...spots.map(({ trace, value }) => {
        const spot = document.createElement("i");
        spot.style.cssText = `left:${made.plotLeft + made.left(at!)}px;top:${made.plotTop + made.topOf(value)}px;--c:${css(trace.look)}`;
        return spot;
      }),
    );
    if (at === null || !spots.length) return;
    const pill = document.createElement("span");
    pill.textContent = xText(latest.current.x, at);
    pill.style.left = `${made.plotLeft + made.left(at)}px`;
    pill.style.top = `${made.plotTop + made.plotHeight + 2}px`;
    element.append(pill);
  }

  function moved(at: number | null, left: number, top: number, byKeys: boolean): void {
    const made = plot.current;
    if (!made || latest.current.overview !== undefined) return;
    if (at === null) {
      if (cursor.peek()?.source === id) release();
      return;
    }
    const spots = read(latest.current.traces, at, made).sort(
      (a, b) => Math.abs(made.topOf(a.value) - top) - Math.abs(made.topOf(b.value) - top),
    );
    const first = spots[0];
    const near = first && !byKeys && Math.abs(made.topOf(first.value) - top) < 24 ? first.trace.id : "";
    hovered.value = near.startsWith("group:") ? "" : near;
    cursor.value = { x: at, kind: latest.current.x, source: id };
    const box_ = made.over.getBoundingClientRect();
    const over = ended(latest.current.traces, at);
    const rows = [
      ...spots.map((spot) => row(spot, spot === first)),
      ...markRows(latest.current.traces, at),
      ...over.map((trace) => endRow(trace, latest.current.x)),
    ];
    const anySmooth = latest.current.traces.some((trace) => trace.smooth);
    const grouped = latest.current.traces.some((trace) => trace.n);
    tip.value =
      rows.length === 0
        ? null
        : {
            title: xTitle(latest.current.x, at),
            other: first?.trace.other ? otherText(latest.current.x, first.trace.other[first.i]!) : "",
            rows: rows.slice(0, TIP_ROWS),
            more: rows.length - Math.min(rows.length, TIP_ROWS),
            foot: ["nearest first", grouped ? "mean, spread, n" : anySmooth ? "smoothed, raw" : "value, range"],
            left: box_.left + left,
            top: box_.top + top,
            frozen: frozen.current,
            byKeys,
          };
  }

  function onKey(event: KeyboardEvent): void {
    const made = plot.current;
    const { scales: now, traces: lines } = latest.current;
    if (!made || overview !== undefined) return;
    const [a, b] = now.x;
    const stay = cursor.peek()?.source === id ? cursor.peek()!.x : a;
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const to = stepped(lines, stay, (event.key === "ArrowRight" ? 1 : -1) * (event.shiftKey ? 10 : 1));
      made.follow(to);
      moved(to, made.left(to), made.plotHeight / 2, true);
    } else if (event.key === "+" || event.key === "=")
      latest.current.onZoom([stay - (stay - a) / 2, stay + (b - stay) / 2], null);
    else if (event.key === "-") latest.current.onZoom([a - (b - a) / 2, b + (b - a) / 2], null);
    else if (event.key === "0") latest.current.onZoom(null, null);
    else if (event.key === "Escape" && (frozen.current || tip.peek())) {
      frozen.current = false;
      release();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function freeze(event: MouseEvent): void {
    // The end of a drag is no click.
    if (Math.hypot(event.clientX - pressed.current[0], event.clientY - pressed.current[1]) > 3) return;
    frozen.current = !frozen.current;
    if (tip.peek()) tip.value = { ...tip.peek()!, frozen: frozen.current };
  }

  function wheel(event: WheelEvent): void {
    const made = plot.current;
    if (!made || overview !== undefined || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const [a, b] = latest.current.scales.x;
    const at = made.xAt(event.clientX - made.over.getBoundingClientRect().left);
    const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200)));
    latest.current.onZoom([at - (at - a) * factor, at + (b - at) * factor], null);
  }

  function touch(event: TouchEvent): void {
    const made = plot.current;
    if (!made || event.touches.length !== 1) return;
    const box_ = made.over.getBoundingClientRect();
    const left = event.touches[0]!.clientX - box_.left;
    if (left < 0 || left > box_.width) return;
    made.follow(made.xAt(left));
    moved(made.xAt(left), left, event.touches[0]!.clientY - box_.top, false);
  }

  useEffect(() => {
    // React-style handlers are passive here: the page would zoom as well.
    box.current!.addEventListener("wheel", wheel, { passive: false });
  }, []);
  useEffect(() => () => void (cursor.peek()?.source === id && release()), []);
  const interactive = useMemo(
    () =>
      overview !== undefined ? {} : { tabIndex: 0, role: "application" as const, "aria-roledescription": "chart" },
    [overview],
  );
  return (
    <div class={props.tall ? "plot tall" : "plot"}>
      <div
        class="canvas"
        ref={box}
        aria-label={props.label}
        {...interactive}
        {...(overview !== undefined ? { "aria-hidden": true } : {})}
        onKeyDown={onKey}
        onClick={freeze}
        onPointerDown={(event) => void (pressed.current = [event.clientX, event.clientY])}
        onTouchStart={touch}
        onTouchMove={touch}
        onBlur={() => cursor.peek()?.source === id && !frozen.current && release()}
      />
      <div class="spots" ref={layer} aria-hidden="true" />
      {overview === undefined && unitOf(x) && (
        <span class="unit" aria-hidden="true">
          {unitOf(x)}
        </span>
      )}
    </div>
  );
}

interface Spot {
  readonly trace: Trace;
  readonly i: number;
  readonly value: number;
}

/** Where each trace stands at `x`, but for those that have not begun or have ended. */
function read(traces: readonly Trace[], x: number, plot: Plot): Spot[] {
  const spots: Spot[] = [];
  const slack = Math.abs(plot.xAt(6) - plot.xAt(0));
  for (const trace of traces) {
    const i = nearest(trace.x, x);
    const size = trace.x.length;
    if (i < 0 || x > trace.x[size - 1]! + slack || x < trace.x[0]! - slack) continue;
    const value = main(trace)[i]!;
    if (Number.isFinite(value)) spots.push({ trace, i, value });
  }
  return spots;
}

function ended(traces: readonly Trace[], x: number): Trace[] {
  return traces.filter((trace) => trace.x.length > 0 && !trace.n && x > trace.x[trace.x.length - 1]!);
}

function row({ trace, i, value }: Spot, near: boolean): TipRow {
  const { low, high, n } = trace;
  let raw = "";
  if (n) raw = `±${number((high![i]! - low![i]!) / 2)}, ${n[i]}`;
  else if (trace.smooth) raw = number(trace.y[i]!);
  else if (low && high![i]! > low[i]!) raw = `${number(low[i]!)}…${number(high![i]!)}`;
  return { id: trace.id + trace.label, look: trace.look, label: trace.label, value: reading(value), raw, near };
}

/** Rows of traces that stand at a value that is not finite. */
function markRows(traces: readonly Trace[], x: number): TipRow[] {
  return traces.flatMap((trace) => {
    const i = nearest(trace.x, x);
    const at = trace.x[i]!;
    if (i < 0 || trace.n || Number.isFinite(main(trace)[i]!)) return [];
    const value = trace.nan.includes(at)
      ? "NaN"
      : trace.above.includes(at)
        ? "+Inf"
        : trace.below.includes(at)
          ? "−Inf"
          : "";
    return value
      ? [{ id: trace.id + trace.label, look: trace.look, label: trace.label, value, raw: "", near: false }]
      : [];
  });
}

function endRow(trace: Trace, x: string): TipRow {
  return {
    id: trace.id + trace.label,
    look: trace.look,
    label: trace.label,
    value: "ended",
    raw: xText(x, trace.x[trace.x.length - 1]!),
    near: false,
  };
}

/** The point `steps` further along the trace with the most points. */
function stepped(traces: readonly Trace[], x: number, steps: number): number {
  const longest = traces.reduce<Trace | null>(
    (best, trace) => (!best || trace.x.length > best.x.length ? trace : best),
    null,
  );
  if (!longest || !longest.x.length) return x;
  const i = nearest(longest.x, x);
  return longest.x[Math.max(0, Math.min(longest.x.length - 1, i + steps))]!;
}
