// Canvas needs colours, styles have variables: resolves them, once per theme.
import { signal } from "@preact/signals";
import { preference, setPreference } from "../route";

/** Counts theme changes: whatever paints reads it and paints again. */
export const themeTick = signal(0);
const resolved = new Map<string, string>();
let probe: HTMLElement | null = null;

/** The computed colour of any CSS colour, variables included. */
export function resolve(css: string): string {
  const known = resolved.get(css);
  if (known) return known;
  if (!probe) {
    probe = document.createElement("i");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = "";
  probe.style.color = css;
  const colour = getComputedStyle(probe).color;
  resolved.set(css, colour);
  return colour;
}

/** Red, green and blue, 0 to 255, of any CSS colour. */
export function rgb(css: string): [number, number, number] {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = resolve(css);
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r!, g!, b!];
}

function changed(): void {
  resolved.clear();
  themeTick.value++;
}

export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function toggleTheme(): void {
  const next = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  setPreference("theme", next);
  changed();
}

export function toggleDensity(): void {
  const comfortable = document.documentElement.dataset.density !== "comfortable";
  document.documentElement.dataset.density = comfortable ? "comfortable" : "";
  setPreference("density", comfortable ? "comfortable" : null);
  changed();
}

export function watchTheme(): void {
  const stored = preference("theme");
  if (stored) document.documentElement.dataset.theme = stored;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}
