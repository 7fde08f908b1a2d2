// Distributions of a column's values as a few bars: in its head, and for each group.
import { useEffect, useState } from "preact/hooks";
import { full, number, percent } from "../../lib/format";
import { type Column, isoDate } from "./columns";
import { extent, histogram, top } from "./query";

const BINS = 20;
const WORDS = 12;

export interface Dist {
  readonly counts: ArrayLike<number>;
  /** Read out, and on hover. */
  readonly text: string;
  /** In place of bars that would all be alike. */
  readonly caption: string;
}

const shown = (column: Column, value: number): string =>
  column.type === "date" ? isoDate(value, column.zone).slice(0, 10) : number(value);

/** The distribution of a column over some rows; numbers over the range `over` where it is given. */
export function distOf(
  column: Column,
  frameRows: number,
  rows: Uint32Array,
  over?: readonly [number, number] | null,
): Dist | null {
  if (!rows.length || column.type === "media") return null;
  if (column.type === "bool") {
    const yes = rows.reduce((sum, row) => sum + Number(column.numbers![row] === 1), 0);
    const no = rows.reduce((sum, row) => sum + Number(column.numbers![row] === 0), 0);
    return { counts: [no, yes], text: `false ${full(no)}, true ${full(yes)}`, caption: "" };
  }
  if (column.numbers) {
    const range = over ?? extent(column, rows);
    if (!range) return null;
    const [low, high] = range;
    if (low === high) return { counts: [], text: `all ${shown(column, low)}`, caption: `all ${shown(column, low)}` };
    return {
      counts: histogram(column, rows, range, BINS),
      text: `from ${shown(column, low)} to ${shown(column, high)}`,
      caption: "",
    };
  }
  const { words, distinct } = top(column, frameRows, rows, WORDS);
  if (!words.length) return null;
  const list = words
    .slice(0, 8)
    .map(({ word, count }) => `${word.slice(0, 40)} ${full(count)} (${percent(count / rows.length)})`)
    .join("\n");
  const rest = distinct > 8 ? `\nand ${full(distinct - 8)} more` : "";
  if (words[0]!.count === 1 && distinct > 1)
    return { counts: [], text: `${full(distinct)} different values`, caption: `${full(distinct)} different` };
  if (distinct === 1) return { counts: [], text: list, caption: `all ${words[0]!.word.slice(0, 40)}` };
  return { counts: words.map(({ count }) => count), text: list + rest, caption: "" };
}

export function Bars({ dist, width = 100 }: { dist: Dist; width?: number }) {
  const most = Array.from(dist.counts).reduce((a, b) => Math.max(a, b), 0);
  if (!most)
    return (
      <span class="dist-text" title={dist.text}>
        {dist.caption}
      </span>
    );
  const step = width / Math.max(dist.counts.length, 4);
  const path = Array.from(dist.counts, (count, i) => {
    const height = count ? Math.max(1, (count / most) * 20) : 0;
    return height ? `M${(i * step).toFixed(2)} 20v${(-height).toFixed(2)}h${(step * 0.86).toFixed(2)}V20Z` : "";
  }).join("");
  return (
    <svg
      class="dist"
      viewBox={`0 0 ${width} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Distribution: ${dist.text}`}
    >
      <title>{dist.text}</title>
      <path d={path} />
    </svg>
  );
}

/** The distribution in a column's head, worked out when the page has answered. */
export function HeadBars({ column, frameRows, rows }: { column: Column; frameRows: number; rows: Uint32Array }) {
  const [dist, setDist] = useState<Dist | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setDist(distOf(column, frameRows, rows)));
    return () => clearTimeout(timer);
  }, [column, rows]);
  return <div class="dt-dist">{dist && <Bars dist={dist} />}</div>;
}
