// Search and filters of the log: which lines are shown, which match, which one is current.
import { useEffect, useMemo, useState } from "preact/hooks";
import { full } from "../../lib/format";
import { search } from "../../lib/regex";
import type { RunHead } from "../../model";
import { param } from "../../route";
import type { LogReader } from "./reader";

export type Only = "" | "stdout" | "stderr" | "warn";

/** Numbers of the lines that a filter leaves; null when it leaves all. */
export function useLogFilter(reader: LogReader, head: RunHead, only: Only): readonly number[] | null {
  const [byStream, setByStream] = useState<{ only: Only; lines: readonly number[] } | null>(null);
  useEffect(() => {
    if (only !== "stdout" && only !== "stderr") return;
    let stale = false;
    void reader.all().then((lines) => {
      const wanted = only === "stderr" ? 1 : 0;
      if (!stale) setByStream({ only, lines: lines.flatMap((line, i) => (line[1] === wanted ? [i] : [])) });
    });
    return () => {
      stale = true;
    };
  }, [only, reader]);
  return useMemo(() => {
    if (only === "warn") return head.logs.marks.map((mark) => mark.line);
    return only && byStream?.only === only ? byStream.lines : null;
  }, [only, byStream, head]);
}

export interface LogFind {
  /** Marks its matches within a line; null without a search. */
  readonly pattern: RegExp | null;
  readonly count: number;
  /** Line number of the current match, -1 before the first step. */
  readonly current: number;
  readonly note: string;
  /** The pattern was taken literally. */
  readonly literal: boolean;
  readonly step: (by: number) => void;
}

export function useLogSearch(reader: LogReader, shown: readonly number[] | null): LogFind {
  const query = param("q") ?? "";
  const regex = param("re") !== "0";
  const [state, setState] = useState<{ hits: readonly number[]; literal: string; query: string }>({
    hits: [],
    literal: "",
    query: "",
  });
  const [at, setAt] = useState(-1);
  useEffect(() => {
    if (!query) return setState({ hits: [], literal: "", query });
    let stale = false;
    void reader
      .texts()
      .then((texts) => search(query, texts, regex))
      .then(({ hits, literal }) => {
        if (!stale) setState({ hits: [...hits].sort((a, b) => a - b), literal, query });
      });
    return () => {
      stale = true;
    };
  }, [query, regex, reader]);
  useEffect(() => setAt(-1), [query, regex]);
  const hits = useMemo(() => {
    if (!shown) return state.hits;
    const left = new Set(shown);
    return state.hits.filter((line) => left.has(line));
  }, [state, shown]);
  const pattern = useMemo(
    () => (query ? compile(query, regex && !state.literal) : null),
    [query, regex, state.literal],
  );
  const step = (by: number): void => {
    if (hits.length)
      setAt((now) => (now < 0 ? (by > 0 ? 0 : hits.length - 1) : (now + by + hits.length) % hits.length));
  };
  const note = !query
    ? ""
    : state.literal ||
      (at >= 0 && hits.length ? `${full(at + 1)} of ${full(hits.length)}` : `${full(hits.length)} lines`);
  return {
    pattern,
    count: hits.length,
    current: at >= 0 ? (hits[at] ?? -1) : -1,
    note,
    literal: state.literal !== "",
    step,
  };
}

function compile(query: string, regex: boolean): RegExp | null {
  try {
    return new RegExp(regex ? query : query.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"), "giu");
  } catch {
    return null;
  }
}
