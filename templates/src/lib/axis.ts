// What an x axis is called and how its values read.
import { clock, date, duration, full, reading } from "./format";
import { shown } from "./keys";
import { clockLabels, type Labels, linearLabels, spanLabels } from "./labels";

/** Under the axis, at its right end. */
export function unitOf(x: string): string {
  return x === "step" ? "step" : x === "rel" ? "time" : x === "wall" ? "" : shown(x);
}

export function xLabels(x: string): (ticks: readonly number[]) => Labels {
  return x === "rel" ? spanLabels : x === "wall" ? clockLabels : linearLabels;
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
