// Follows a site that is being rebuilt: version.js is read again while the page is visible.
import { computed, signal } from "@preact/signals";
import { readVersion, single, version } from "../entry";
import { refresh } from "./data";
import { ago, clock, date } from "./format";

const FAST_MS = 2500;
const SLOW_MS = 60_000;
/** A watch signs at least every 30 s; past this the page counts as built, not live. */
const STALE_S = 120;

export const now = signal(Date.now() / 1000);
/** Something scrolled away that should not move; updates are counted until it is left. */
export const paused = signal(false);
export const waiting = signal(0);

export const isLive = computed(
  () => Boolean(version.value?.live) && now.value - (version.value?.written ?? 0) < STALE_S,
);

export const note = computed(() => {
  const current = version.value;
  if (!current) return "";
  if (paused.value && waiting.value) return `Paused, ${waiting.value} update${waiting.value === 1 ? "" : "s"}`;
  if (isLive.value) return `Live, ${ago(current.written, Math.max(now.value, current.written))}`;
  const sameYear = new Date(current.written * 1000).getFullYear() === new Date(now.value * 1000).getFullYear();
  const day = date(current.written);
  return `Built ${sameYear ? day.replace(/ \d{4}$/, "") : day} ${clock(current.written)}`;
});

let timer = 0;

async function tick(): Promise<void> {
  now.value = Date.now() / 1000;
  if (document.visibilityState === "visible") {
    const before = version.value?.build;
    try {
      await readVersion();
      if (version.value?.build !== before) {
        if (paused.value) waiting.value++;
        await refresh();
      }
    } catch {
      // The folder may be gone for a moment while it is copied; what is shown stays.
    }
  }
  plan();
}

function plan(): void {
  clearTimeout(timer);
  if (single || !version.value?.live) return;
  timer = window.setTimeout(() => void tick(), isLive.value ? FAST_MS : SLOW_MS);
}

export function start(): void {
  plan();
  setInterval(() => {
    if (document.visibilityState === "visible") now.value = Date.now() / 1000;
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && !single) void tick();
  });
}
