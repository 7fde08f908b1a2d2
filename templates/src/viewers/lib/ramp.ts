// The page's colours for what draws on canvases: single ones, and the ramp of heat maps.
import { rgb } from "../../lib/colours";

/** What canvases and their libraries understand of a colour of the page. */
export const solid = (css: string): string => `rgb(${rgb(css).join(",")})`;

/** Ten steps, the first of them paper. */
export function ramp(): string[] {
  const [paper, accent, ink] = [rgb("var(--paper)"), rgb("var(--accent)"), rgb("var(--ink)")];
  const mix = (a: readonly number[], b: readonly number[], share: number): string =>
    `rgb(${a.map((value, i) => Math.round(value + (b[i]! - value) * share)).join(",")})`;
  return Array.from({ length: 10 }, (_, i) => (i <= 6 ? mix(paper, accent, i / 6) : mix(accent, ink, (i - 6) / 3.6)));
}

/** The share of the ramp from which paper is read better on it than ink. */
export const flip = (dark: boolean): number => (dark ? 0.38 : 0.5);
