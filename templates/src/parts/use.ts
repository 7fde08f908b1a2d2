// Hooks: what is near the window, what was loaded, which traces come of it.
import { useSignalEffect } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Superseded, viewer } from "../entry";
import { uid } from "../lib/data";
import { full, plural } from "../lib/format";
import { MANY, packedLines } from "../lib/packs";
import { type Line, lines as loadLines } from "../lib/series";
import { inTurn } from "../lib/slices";
import type { Smoothing } from "../lib/smooth";
import { type Groups, runTrace, type Trace, xRange } from "../lib/trace";
import { drawn, groupKeys, groupLook, groupLooks, lookOf, spreadKind, table } from "../lib/view";
import type { RunRow } from "../model";

/** Whether an element has come near the window (for `delay` ms where rows fly past; once seen it stays); its width. */
export function useSeen<T extends HTMLElement>(
  margin = "300px",
  delay = 0,
): [attach: (element: T | null) => void, seen: boolean, width: number] {
  const [seen, setSeen] = useState(false);
  const observer = useRef<IntersectionObserver | null>(null);
  const timer = useRef(0);
  // Asked of the element itself, its width would cost a layout for each panel of a board.
  const width = useRef(0);
  const attach = useMemo(
    () =>
      (element: T | null): void => {
        observer.current?.disconnect();
        clearTimeout(timer.current);
        if (!element) return;
        observer.current = new IntersectionObserver(
          (entries) => {
            clearTimeout(timer.current);
            const near = entries.find((entry) => entry.isIntersecting);
            if (!near) return;
            width.current = near.boundingClientRect.width;
            if (delay) timer.current = window.setTimeout(setSeen, delay, true);
            else setSeen(true);
            if (!delay) observer.current?.disconnect();
          },
          { rootMargin: margin },
        );
        observer.current.observe(element);
      },
    [],
  );
  return [attach, seen, width.current];
}

/** Width of an element in pixels, before it is painted and whenever it changes. */
export function useWidth(root: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = root.current!;
    const update = (): void => setWidth(element.clientWidth);
    update();
    const observer = new ResizeObserver(update);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return width;
}

/** The result of a promise, kept while the next one is on its way; only a newer answer replaces an older one. */
export function useLoaded<T>(
  make: () => Promise<T>,
  inputs: readonly unknown[],
  when = true,
): { value: T | null; error: string; again: () => void } {
  const [state, setState] = useState<{ value: T | null; error: string }>({ value: null, error: "" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!when) return;
    let stale = false;
    make().then(
      (value) => stale || setState({ value, error: "" }),
      // A build went by: the new index is on its way and will ask again.
      (error: Error) =>
        stale || error instanceof Superseded || setState((before) => ({ value: before.value, error: error.message })),
    );
    return () => {
      stale = true;
    };
  }, [...inputs, when, tries]);
  return { ...state, again: () => setTries(tries + 1) };
}

/** Runs that one panel reads at once: thousands of scripts inserted at once would freeze the page. */
const AT_ONCE = 64;

/** What takes less, in ms, is not worth a word. */
const MOMENT = 150;

export interface Loaded {
  readonly lines: ReadonlyMap<RunRow, readonly Line[]>;
  readonly failed: string;
  /** How many runs are drawn from packs, with so few points whatever the width. */
  readonly packed: number;
  /** What draws groups; null without groups. */
  readonly groups: Groups | null;
}

export interface Query {
  readonly key: string;
  readonly stream: string;
  readonly x: string;
  readonly zoom: readonly [number, number] | null;
  readonly logX: boolean;
  readonly width: number;
}

/** Lines of the runs that are drawn. Runs whose data cannot be read are named instead. */
export function useLines(
  runs: readonly RunRow[],
  query: Query,
  when: boolean,
): { loaded: Loaded | null; error: string; again: () => void; reading: string } {
  const { key, stream, x, zoom, logX } = query;
  // Neither a dragged grip nor the first guess of a width reloads at every pixel.
  const held = useRef(query.width);
  if (Math.abs(query.width - held.current) > 128) held.current = query.width;
  const width = Math.ceil(held.current / 128) * 128;
  const { reading, follow } = useProgress();
  const grouped = groupKeys.value.length;
  const result = useLoaded<Loaded>(
    async () => {
      const view = { min: zoom?.[0] ?? NaN, max: zoom?.[1] ?? NaN, log: logX, width };
      const whole = !zoom && !logX && stream === "history" && runs.length > MANY;
      const [lines, groups] = await Promise.all([
        packedLines(whole ? runs : [], key, x, !grouped),
        grouped ? viewer<Groups>("groups") : null,
      ]);
      const packed = lines.size;
      const rest = runs.filter((run) => !lines.has(run));
      const answers = await follow(rest, (run) => loadLines(run, key, stream, x, view));
      let failed = "";
      answers.forEach((answer, i) => {
        if (answer.status === "fulfilled") lines.set(rest[i]!, answer.value);
        else if (answer.reason instanceof Superseded) throw answer.reason;
        else failed = String((answer.reason as Error).message);
      });
      if (!lines.size && failed) throw new Error(failed);
      return { lines, failed, packed, groups };
    },
    [runs.map((run) => run.parts.join()).join(), key, stream, x, zoom?.[0], zoom?.[1], logX, width, grouped],
    when && query.width > 0,
  );
  return { loaded: result.value, error: result.error, again: result.again, reading };
}

/** Reads runs and says how many are there, once a moment has passed and unless all of them had been read before. */
function useProgress(): {
  reading: string;
  follow: <T>(runs: readonly RunRow[], read: (run: RunRow) => Promise<T>) => Promise<PromiseSettledResult<T>[]>;
} {
  const [reading, setReading] = useState("");
  const known = useRef(new Set<string>());
  const timer = useRef(0);
  const follow = async <T>(
    runs: readonly RunRow[],
    read: (run: RunRow) => Promise<T>,
  ): Promise<PromiseSettledResult<T>[]> => {
    clearInterval(timer.current);
    let done = 0;
    const mine = runs.every((run) => known.current.has(uid(run)))
      ? 0
      : window.setInterval(() => setReading(`Reading ${full(done)} of ${plural(runs.length, "run")}`), MOMENT);
    timer.current = mine;
    const answers = await inTurn(runs, AT_ONCE, (run) => read(run).finally(() => done++));
    clearInterval(mine);
    if (timer.current !== mine) return answers;
    for (const run of runs) known.current.add(uid(run));
    setReading("");
    return answers;
  };
  useEffect(() => () => clearInterval(timer.current), []);
  return { reading, follow };
}

/** Traces of loaded lines that have points, a run and rank each or a group; the same ones until an input changes. */
export function useTraces(
  loaded: Loaded | null,
  smoothing: Smoothing,
  zoom: readonly [number, number] | null,
  logX: boolean,
  width: number,
): readonly Trace[] {
  const keys = groupKeys.value;
  const now = table.value;
  const spread = spreadKind.value;
  const looks = keys.length ? "" : [...(loaded?.lines.keys() ?? [])].map((run) => JSON.stringify(lookOf(run))).join();
  const shared = keys.length ? groupLooks.value : null;
  return useMemo(() => {
    if (!loaded) return [];
    const all = [...loaded.lines.values()].flat();
    const range = zoom ?? xRange(all, logX) ?? [0, 1];
    const style = { smoothing, range: range[1] - range[0] };
    const { groups } = loaded;
    if (!keys.length || !now || !groups)
      return [...loaded.lines].flatMap(([run, lines]) =>
        lines.filter((line) => line.x.length).map((line) => runTrace(run, line, lookOf(run), style)),
      );
    const columns = { range, size: Math.max(16, Math.min(1000, Math.round(width))), log: logX };
    const current = new Map(now.index.runs.map((run) => [uid(run), run]));
    const members = [...loaded.lines.keys()].map((run) => current.get(uid(run)) ?? run);
    const byRow = new Map([...loaded.lines].map(([run, lines]) => [uid(run), lines]));
    return now
      .group(
        members,
        keys.map((key) => now.resolve(key)!),
      )
      .flatMap((group) => {
        const lines = group.runs.flatMap((run) => byRow.get(uid(run)) ?? []).filter((line) => line.x.length);
        return lines.length
          ? groups.groupTrace(group.id, group.label, lines, groupLook(group.id), spread, columns, smoothing)
          : [];
      });
  }, [
    loaded,
    smoothing.kind,
    smoothing.weight,
    zoom?.[0],
    zoom?.[1],
    logX,
    spread,
    keys.join(),
    looks,
    shared,
    keys.length ? width : 0,
  ]);
}

/** The runs a board draws: given ones, or those whose eyes are on. */
export function useRuns(fixed: readonly RunRow[] | undefined): readonly RunRow[] {
  return fixed ?? drawn.value;
}

/** The element that an island stands in. */
export const Place = createContext<HTMLElement | null>(null);

/** Runs a callback for keys pressed outside of fields; islands in tabs that are not open hear nothing. */
export function useKeys(handlers: Readonly<Record<string, (event: KeyboardEvent) => void>>): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  const place = useContext(Place);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.defaultPrevented ||
        localStorage.getItem("tracklog:keys") === "off"
      )
        return;
      const target = event.target as HTMLElement;
      if (target.closest("input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable], .menu"))
        return;
      if (place?.closest("[data-off]")) return;
      const handler = latest.current[event.key] ?? latest.current[event.key.toLowerCase()];
      if (!handler) return;
      // Escape also closes a dialog, which it must be left to do.
      if (event.key !== "Escape") event.preventDefault();
      handler(event);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

export { useSignalEffect };
