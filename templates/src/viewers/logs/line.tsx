// A console line with its colours and matches, and the map of warnings beside the log.
import { useEffect, useRef } from "preact/hooks";
import { resolve, rgb, themeTick } from "../../lib/colours";
import { plural } from "../../lib/format";
import type { LogMark } from "../../model";
import { type Piece, pieces, readable } from "./ansi";
import type { LogLine } from "./reader";

const MARKED = 4000;

/** Matches as [from, to] in the stripped text. Long lines are not marked: a pattern could take its time on them. */
function matchesIn(text: string, find: RegExp | null): [number, number][] {
  if (!find || text.length > MARKED) return [];
  const list: [number, number][] = [];
  find.lastIndex = 0;
  for (let match = find.exec(text); match && list.length < 50; match = find.exec(text)) {
    if (match[0].length === 0) find.lastIndex++;
    else list.push([match.index, match.index + match[0].length]);
  }
  return list;
}

export function LogText({ line, find, current }: { line: LogLine; find: RegExp | null; current: boolean }) {
  const list = pieces(line[2]);
  const found = matchesIn(list.map((piece) => piece.text).join(""), find);
  let from = 0;
  return (
    <>
      {list.map((piece, i) => {
        const start = from;
        from += piece.text.length;
        return <Styled key={i} piece={piece} start={start} found={found} current={current} />;
      })}
      {line[3] > 0 && <span class="dm"> ({plural(line[3], "update")} shown as one line)</span>}
    </>
  );
}

function Styled({
  piece,
  start,
  found,
  current,
}: {
  piece: Piece;
  start: number;
  found: readonly [number, number][];
  current: boolean;
}) {
  const parts = [];
  let at = 0;
  for (const [from, to] of found) {
    const [a, b] = [Math.max(0, from - start), Math.min(piece.text.length, to - start)];
    if (a >= b) continue;
    if (a > at) parts.push(piece.text.slice(at, a));
    parts.push(<mark class={current ? "cur" : undefined}>{piece.text.slice(a, b)}</mark>);
    at = b;
  }
  if (at < piece.text.length) parts.push(piece.text.slice(at));
  const style = styleOf(piece);
  const classes = [
    piece.bold && "bo",
    piece.dim && "dm",
    piece.italic && "it",
    piece.underline && "un",
    typeof piece.colour === "number" && `c${piece.colour}`,
  ]
    .filter(Boolean)
    .join(" ");
  if (!classes && !style) return parts;
  return (
    <span class={classes || undefined} style={style}>
      {parts}
    </span>
  );
}

const known = new Map<string, string>();
let knownTheme = -1;

function styleOf({ colour, back }: Piece): Record<string, string> | undefined {
  const theme = themeTick.peek();
  if (theme !== knownTheme) known.clear();
  knownTheme = theme;
  if (back !== null) {
    const ground = typeof back === "number" ? `var(--ansi-${back % 8})` : `var(--${back})`;
    const background = typeof back === "string" && back.startsWith("rgb") ? back : ground;
    const text = luminous(background) ? "#000" : "#fff";
    return { background, color: text };
  }
  if (typeof colour !== "string") return undefined;
  if (!colour.startsWith("rgb")) return { color: `var(--${colour})` };
  const mapped = known.get(colour) ?? readable(colour, rgb("var(--paper)"));
  known.set(colour, mapped);
  return { color: mapped };
}

function luminous(css: string): boolean {
  const [r, g, b] = rgb(resolve(css));
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}

/** A tick for every warning and error at its height; a click goes there. */
export function MarkMap({
  marks,
  lines,
  go,
}: {
  marks: readonly LogMark[];
  lines: number;
  go: (line: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = themeTick.value;
  useEffect(() => {
    const element = canvas.current!;
    const paint = (): void => {
      const ratio = devicePixelRatio || 1;
      const { width, height } = element.getBoundingClientRect();
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      const context = element.getContext("2d")!;
      for (const mark of marks) {
        context.fillStyle = resolve(mark.level === "error" ? "var(--bad)" : "var(--warn)");
        context.fillRect(
          2 * ratio,
          Math.round((mark.line / Math.max(1, lines)) * (element.height - 2 * ratio)),
          element.width - 4 * ratio,
          2 * ratio,
        );
      }
    };
    paint();
    const observer = new ResizeObserver(paint);
    observer.observe(element);
    return () => observer.disconnect();
  }, [marks, lines, theme]);
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without tabindex takes no focus
    <canvas
      class="markmap"
      ref={canvas}
      aria-hidden="true"
      title="Warnings and errors"
      onClick={(event) => {
        const wanted = (event.offsetY / event.currentTarget.clientHeight) * lines;
        const nearest = marks.reduce<LogMark | null>(
          (best, mark) => (!best || Math.abs(mark.line - wanted) < Math.abs(best.line - wanted) ? mark : best),
          null,
        );
        go(nearest && Math.abs(nearest.line - wanted) < lines / 40 ? nearest.line : Math.floor(wanted));
      }}
    />
  );
}
