// Rows of which only those near the window exist, in whatever scrolls.
import { useEffect, useState } from "preact/hooks";

const BEYOND = 400;

type Ref = { readonly current: HTMLElement | null };

/** The range of rows to draw, of `count` of equal height in pixels, for an element as high as all of them. */
export function useRows(count: number, height: number, root: Ref): { readonly from: number; readonly to: number } {
  const [range, setRange] = useState({ from: 0, to: Math.min(count, 8) });
  useEffect(() => {
    const element = root.current!;
    const update = (): void => {
      const box = element.getBoundingClientRect();
      const clip = (element.closest(".boxed") ?? element.parentElement!).getBoundingClientRect();
      const top = Math.max(0, clip.top) - box.top - BEYOND;
      const bottom = Math.min(innerHeight, clip.bottom) - box.top + BEYOND;
      const from = Math.max(0, Math.min(count, Math.floor(top / height)));
      const to = Math.max(from, Math.min(count, Math.ceil(bottom / height)));
      setRange((now) => (now.from === from && now.to === to ? now : { from, to }));
    };
    update();
    addEventListener("scroll", update, { capture: true, passive: true });
    addEventListener("resize", update);
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => {
      removeEventListener("scroll", update, { capture: true });
      removeEventListener("resize", update);
      observer.disconnect();
    };
  }, [count, height]);
  return { from: Math.min(range.from, count), to: Math.min(range.to, count) };
}
