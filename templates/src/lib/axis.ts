// What an x axis is called and how its values read.
import { clock, clockSeconds, date, duration, full, reading, tick } from "./format";
import { shown } from "./keys";

/** Under the axis, at its right end. */
export function unitOf(x: string): string {
  return x === "step" ? "step" : x === "rel" ? "time" : x === "wall" ? "" : shown(x);
}

export function tickText(x: string): (value: number, distance: number) => string {
  if (x === "rel") return relativeTick;
  if (x === "wall")
    return (value, distance) =>
      distance >= 86400 ? date(value).replace(/ \d{4}$/, "") : distance >= 60 ? clock(value) : clockSeconds(value);
  return tick;
}

function relativeTick(value: number, distance: number): string {
  if (value === 0) return "0";
  if (distance >= 3600) return `${Number((value / 3600).toFixed(1))}h`;
  if (distance >= 60) return `${Number((value / 60).toFixed(1))}m`;
  return distance >= 1 ? `${Number(value.toFixed(1))}s` : duration(value);
}

/** Under the cursor: `90,400`, `7h 24m`. */
export function xText(x: string, value: number): string {
  if (x === "step") return full(Math.round(value));
  if (x === "rel") return duration(Math.max(0, value));
  if (x === "wall") return `${date(value)}, ${clock(value)}`;
  return reading(value);
}

/** Heading of a tooltip: `step 90,400`. */
export function xTitle(x: string, value: number): string {
  const text = xText(x, value);
  return x === "step" || (x !== "rel" && x !== "wall") ? `${unitOf(x)} ${text}` : text;
}

/** The other reading of x at a point: time beside steps, steps beside the rest. */
export function otherText(x: string, other: number): string {
  if (!Number.isFinite(other)) return "";
  return x === "step" ? duration(Math.max(0, other)) : `step ${full(Math.round(other))}`;
}
