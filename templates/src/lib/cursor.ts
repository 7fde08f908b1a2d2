// The crosshair that all charts with the same x share, and the tooltip beside it.
import { signal } from "@preact/signals";
import type { Look } from "./palette";

export interface Cursor {
  readonly x: number;
  /** What x is: charts of another x keep still. */
  readonly kind: string;
  /** The chart it stands in. */
  readonly source: string;
}

export interface TipRow {
  readonly id: string;
  readonly look: Look;
  readonly label: string;
  readonly value: string;
  readonly raw: string;
  readonly near: boolean;
}

export interface Tip {
  readonly title: string;
  readonly other: string;
  readonly rows: readonly TipRow[];
  readonly more: number;
  readonly foot: readonly [string, string];
  /** In the window, CSS pixels: where the cursor stands. */
  readonly left: number;
  readonly top: number;
  readonly frozen: boolean;
  readonly byKeys: boolean;
}

export const cursor = signal<Cursor | null>(null);
export const tip = signal<Tip | null>(null);

/** Let the crosshair go, frozen or not. */
export function release(): void {
  cursor.value = null;
  tip.value = null;
}
