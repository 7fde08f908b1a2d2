// Browsers keep some sixteen WebGL contexts a page: few viewers are live, those last seen; the others show a still.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Of one script; two scripts draw in three dimensions. */
const MOST = 7;

export interface Live {
  /** Draw at another size. */
  resize(): void;
  dispose(): void;
  canvas(): HTMLCanvasElement | null;
}

interface Entry {
  readonly stop: () => void;
  /** It has drawn, so that a still of it can stand in. */
  drawn: boolean;
}

const live: Entry[] = [];

function makeRoom(): void {
  while (live.length > MOST) {
    const oldest = live.find((entry) => entry.drawn);
    if (!oldest) return;
    oldest.stop();
  }
}

/** Libraries throw when they are still building; the page around them goes on. */
function quietly(act: () => void): void {
  try {
    act();
  } catch (failed) {
    console.warn((failed as Error).message);
  }
}

/**
 * Keeps a viewer alive while its box is near the window. `still` is what it last drew; `error` why it does not draw.
 * `make` is asked again after the viewer had to make room and came into view again.
 */
export function useLive3D<T extends Live>(
  make: (box: HTMLElement) => Promise<T>,
  inputs: readonly unknown[],
): { box: RefObject<HTMLDivElement | null>; now: T | null; still: string; error: string } {
  const box = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  const [now, setNow] = useState<T | null>(null);
  const [still, setStill] = useState("");
  const [error, setError] = useState("");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)!.isIntersecting), {
      rootMargin: "100px",
    });
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!near) return;
    let [made, gone]: [T | null, boolean] = [null, false];
    const end = (viewer: T): void => {
      quietly(() => {
        setStill(viewer.canvas()?.toDataURL("image/png") ?? "");
        viewer.dispose();
      });
    };
    const stop = (): void => {
      if (gone) return;
      gone = true;
      live.splice(live.indexOf(entry), 1);
      setNow(null);
      if (made) end(made);
    };
    const entry: Entry = { stop, drawn: false };
    live.push(entry);
    makeRoom();
    setError("");
    make(box.current!).then(
      (viewer) => {
        if (gone) return end(viewer);
        made = viewer;
        entry.drawn = true;
        // A browser short of contexts takes the oldest one from whoever has it, and leaves it black.
        viewer.canvas()?.addEventListener("webglcontextlost", () => {
          if (gone) return;
          made = null;
          stop();
          setError("The browser gave the memory of this picture to another one. Point at it to draw it again.");
          quietly(() => viewer.dispose());
        });
        setNow(viewer);
        setStill("");
        // After what draws on it has drawn.
        requestAnimationFrame(() => requestAnimationFrame(makeRoom));
      },
      (failed: Error) => {
        stop();
        setError(failed.message || String(failed));
      },
    );
    const observer = new ResizeObserver(() => made?.resize());
    observer.observe(box.current!);
    // One that made room comes back when the reader touches it.
    const again = (): void => void (gone && setTurn((n) => n + 1));
    box.current!.addEventListener("pointerenter", again);
    const element = box.current!;
    return () => {
      observer.disconnect();
      element.removeEventListener("pointerenter", again);
      stop();
    };
  }, [near, turn, ...inputs]);
  return { box, now, still, error };
}

let able: boolean | undefined;

/** Whether this browser can draw in three dimensions at all. */
export function hasWebGL(): boolean {
  if (able !== undefined) return able;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
  // Else it would count among those that wait for the garbage collector.
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  able = context !== null;
  return able;
}
