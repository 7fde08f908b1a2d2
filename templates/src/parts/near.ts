// What of a long element is near the window.
import { useLayoutEffect, useState } from "preact/hooks";
import type { Range } from "../lib/board";

/** Pixels beyond the window in which things are drawn, so that they stand when they come into view. */
const BEYOND = 420;
/** The range changes in steps of so many pixels. */
const STEP = 120;

/** The part of an element that is in the window or near it, in pixels from its top; `look` measures it at once. */
export function useNear(root: { readonly current: HTMLElement | null }): readonly [range: Range, look: () => void] {
  const [range, setRange] = useState<Range>({ from: 0, to: 0 });
  const look = (): void => {
    const top = root.current?.getBoundingClientRect().top;
    if (top === undefined) return;
    const from = Math.floor((-top - BEYOND) / STEP) * STEP;
    const to = Math.ceil((innerHeight - top + BEYOND) / STEP) * STEP;
    setRange((now) => (now.from === from && now.to === to ? now : { from, to }));
  };
  useLayoutEffect(() => {
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    const observer = new ResizeObserver(look);
    observer.observe(root.current!);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
      observer.disconnect();
    };
  }, []);
  return [range, look];
}
