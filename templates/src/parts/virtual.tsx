// A list that keeps only what is near the window in the DOM.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

const BEYOND = 12;

/** Height of a row as the style sheet says, in pixels. */
export function rowHeight(): number {
  return parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row")) || 26;
}

export interface Window_ {
  readonly from: number;
  readonly to: number;
}

/** The range of rows to draw for a scrolling element. */
export function useWindow(
  count: number,
  height: number,
  element: { readonly current: HTMLElement | null },
  before = 0,
): Window_ {
  const [range, setRange] = useState<Window_>({ from: 0, to: Math.min(count, 60) });
  useLayoutEffect(() => {
    const root = element.current;
    if (!root) return;
    const update = (): void => {
      const first = Math.floor((root.scrollTop - before) / height);
      const from = Math.max(0, first - BEYOND);
      const to = Math.min(count, first + Math.ceil(root.clientHeight / height) + BEYOND + 1);
      setRange((now) => (now.from === from && now.to === to ? now : { from: Math.min(from, to), to }));
    };
    update();
    root.addEventListener("scroll", update, { passive: true });
    const observer = new ResizeObserver(update);
    observer.observe(root);
    return () => {
      root.removeEventListener("scroll", update);
      observer.disconnect();
    };
  }, [count, height, before]);
  return range;
}

export function VirtualList({
  count,
  height,
  row,
  scrollTo,
}: {
  count: number;
  height: number;
  row: (index: number) => ComponentChildren;
  scrollTo?: number;
}) {
  const root = useRef<HTMLDivElement>(null);
  const { from, to } = useWindow(count, height, root);
  useLayoutEffect(() => {
    const element = root.current;
    if (!element || scrollTo === undefined || scrollTo < 0) return;
    const top = scrollTo * height;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height > element.scrollTop + element.clientHeight)
      element.scrollTop = top + height - element.clientHeight;
  }, [scrollTo]);
  const rows: ComponentChildren[] = [];
  for (let i = from; i < Math.min(to, count); i++) rows.push(row(i));
  return (
    <div class="virtual" ref={root} role="presentation">
      <div
        role="presentation"
        style={{ height: `${count * height}px`, paddingTop: `${Math.min(from, count) * height}px` }}
      >
        {rows}
      </div>
    </div>
  );
}
