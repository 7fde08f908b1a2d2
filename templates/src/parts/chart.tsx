// A line chart in its box.
import { effect } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { unitOf, xLabels } from "../lib/axis";
import { themeTick } from "../lib/colours";
import { CROWD } from "../lib/paint";
import { type AxisKind, type ChartProps, Plot } from "../lib/plot";
import { hovered } from "../lib/view";
import { Crosshair } from "./crosshair";

const KINDS: Readonly<Record<string, AxisKind>> = { step: "whole", rel: "span", wall: "clock" };

/** How long a pointer rests, ms. */
const REST = 150;

type Size = readonly [number, number];

function useSize(box: { readonly current: HTMLElement | null }): Size {
  const [size, setSize] = useState<Size>([0, 0]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      setSize([Math.floor(width), Math.floor(height)]);
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return size;
}

function plotIn(element: HTMLElement, [width, height]: Size, hair: Crosshair): Plot {
  const { x, scales, overview } = hair.props;
  return new Plot(
    element,
    width,
    height,
    scales,
    xLabels(x),
    overview !== undefined ? "" : unitOf(x),
    KINDS[x] ?? "number",
    {
      cursor: (at, left, top) => hair.frozen || hair.move(at, left, top, false),
      zoom: (rangeX, rangeY) => hair.props.onZoom(rangeX, rangeY),
      offset: (text) => hair.showOffset(text),
    },
    overview,
  );
}

/** The drawing, made again where its axes are of another kind, and kept up with what it shows. */
function useDrawing(box: { readonly current: HTMLElement | null }, size: Size, hair: Crosshair): void {
  const { x, scales, traces, overview, rawBehind } = hair.props;
  const usable = size[0] > 40 && size[1] > 30;
  const draw = (near: string): void => {
    const now = hair.props;
    hair.plot?.set(now.traces, now.scales, { hovered: near, rawBehind: now.rawBehind, logY: now.scales.logY });
  };
  const tell = (): void => {
    // The chart's own width, not its plot's: a group's mean is made for this width and decides the range of y, whose
    // labels decide the plot's. The two would chase each other for ever.
    if (hair.plot) hair.props.onWidth?.(size[0], hair.plot.plotLeft);
  };
  useLayoutEffect(() => {
    if (!usable) return;
    const plot = plotIn(box.current!, size, hair);
    hair.plot = plot;
    tell();
    let timer = 0;
    const stops = [
      effect(() => hair.follow()),
      effect(() => {
        themeTick.value;
        clearTimeout(timer);
        // Thousands of lines are painted again where the pointer rests, not at all that it passes.
        if (hair.props.traces.length > CROWD) timer = window.setTimeout(draw, REST, hovered.value);
        else draw(hovered.value);
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
      hair.leave();
      plot.destroy();
      hair.plot = null;
    };
  }, [usable, x, scales.logX, scales.logY, overview]);
  useLayoutEffect(() => {
    hair.plot?.resize(size[0], size[1]);
    tell();
  }, [size[0], size[1]]);
  useLayoutEffect(() => {
    draw(hovered.peek());
    // The labels of the new range may be wider.
    tell();
  }, [traces, scales.x[0], scales.x[1], scales.y[0], scales.y[1], rawBehind]);
}

export function Chart(props: ChartProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const hair = useMemo(() => new Crosshair(id, props), []);
  hair.props = props;
  const { x, overview, label } = props;
  useDrawing(box, useSize(box), hair);
  useEffect(() => {
    // Handlers of elements are passive here: the page would zoom as well.
    box.current!.addEventListener("wheel", (event) => hair.wheel(event), { passive: false });
    return () => hair.leave();
  }, []);
  const unit = overview === undefined ? unitOf(x) : "";
  return (
    <div class={props.tall ? "plot tall" : "plot"}>
      {overview === undefined ? (
        <div
          class="canvas"
          ref={box}
          role="application"
          aria-roledescription="chart"
          aria-label={label}
          tabIndex={0}
          onKeyDown={(event) => hair.key(event)}
          onClick={(event) => hair.click(event)}
          onPointerDown={(event) => hair.press(event)}
          onTouchStart={(event) => hair.touch(event)}
          onTouchMove={(event) => hair.touch(event)}
          onBlur={() => hair.frozen || hair.leave()}
        />
      ) : (
        <div class="canvas" ref={box} aria-hidden="true" />
      )}
      <div
        class="spots"
        ref={(element) => {
          hair.layer = element;
        }}
        aria-hidden="true"
      />
      {overview === undefined && (
        <span class="unit" aria-hidden="true">
          <span
            ref={(element) => {
              hair.offset = element;
            }}
          />{" "}
          {unit}
        </span>
      )}
    </div>
  );
}
