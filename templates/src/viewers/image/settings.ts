// What is drawn above pictures: one setting for all of a page, in the hash.

import { join, split } from "../../lib/view";
import { param, setParams } from "../../route";

/** Masks and boxes have the same settings, under names of their own. */
export type Layer = "masks" | "boxes";

const NAMES = {
  masks: { on: "masks", sets: "src", classes: "cls" },
  boxes: { on: "boxes", sets: "bsrc", classes: "bcls" },
} as const;
const OPACITY = 0.6;

export const isOn = (layer: Layer): boolean => param(NAMES[layer].on) !== "0";
export const setOn = (layer: Layer, on: boolean): void => setParams({ [NAMES[layer].on]: on ? undefined : "0" });

export const labelsOn = (): boolean => param("lab") !== "0";
export const setLabels = (on: boolean): void => setParams({ lab: on ? undefined : "0" });

export function opacity(): number {
  const value = Number(param("op") ?? OPACITY);
  return value >= 0 && value <= 1 ? value : OPACITY;
}
export const setOpacity = (value: number): void =>
  setParams({
    op:
      value === OPACITY
        ? undefined
        : value
            .toFixed(2)
            .replace(/^0(?=\.)/, "")
            .replace(/\.?0+$/, "") || "0",
  });

/** The sets of an image that are drawn, of those it has: the first mask and all boxes, unless a person chose. */
export function chosen(layer: Layer, names: readonly string[]): readonly string[] {
  const wanted = param(NAMES[layer].sets);
  if (wanted !== undefined) return names.filter((name) => split(wanted).includes(name));
  return layer === "masks" ? names.slice(0, 1) : names;
}
export function choose(layer: Layer, names: readonly string[]): void {
  setParams({ [NAMES[layer].sets]: join(names) ?? "" });
}

/** Whether a class is drawn: `cls=-sky,-car` hides two, `cls=road` leaves one. */
export function isShown(layer: Layer, label: string): boolean {
  const list = split(param(NAMES[layer].classes));
  const only = list.filter((item) => !item.startsWith("-"));
  return only.length ? only.includes(label) : !list.includes(`-${label}`);
}
/** Show these of all labels, written in the shorter of its two forms. */
export function showClasses(layer: Layer, shown: readonly string[], all: readonly string[]): void {
  const hidden = all.filter((label) => !shown.includes(label)).map((label) => `-${label}`);
  const plain = shown.length && shown.length < hidden.length && shown.every((label) => !label.startsWith("-"));
  setParams({ [NAMES[layer].classes]: join(plain ? shown : hidden) });
}

export interface Bound {
  readonly value: number;
  readonly below: boolean;
}

/** Bounds of scores by their names: `score=iou:.6,loss:<.2`; a lone `.6` is meant for every score. */
export function bounds(): ReadonlyMap<string, Bound> {
  const found = new Map<string, Bound>();
  for (const item of split(param("score"))) {
    const [, name = "", sign, value] = /^(?:(.*):)?(<)?(-?[\d.eE+-]+)$/.exec(item) ?? [];
    if (value !== undefined && Number.isFinite(Number(value)))
      found.set(name, { value: Number(value), below: sign === "<" });
  }
  return found;
}
export function setBound(name: string, bound: Bound | null): void {
  const next = new Map(bounds());
  next.delete("");
  if (bound) next.set(name, bound);
  else next.delete(name);
  setParams({
    score: join(
      [...next].map(
        ([key, { value, below }]) => `${key}:${below ? "<" : ""}${String(value).replace(/^(-?)0\./, "$1.")}`,
      ),
    ),
  });
}
export function passes(scores: Readonly<Record<string, number>>, all: ReadonlyMap<string, Bound>): boolean {
  for (const [name, { value, below }] of all) {
    const checked = name === "" ? Object.values(scores) : name in scores ? [scores[name]!] : [];
    if (checked.some((score) => (below ? score > value : score < value))) return false;
  }
  return true;
}
