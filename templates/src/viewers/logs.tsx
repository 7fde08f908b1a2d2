// The console of a run: only visible lines are in the DOM.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { themeTick } from "../lib/colours";
import { fileName } from "../lib/csv";
import { bytes, clockSeconds, duration, full, fullDate } from "../lib/format";
import { paused, waiting } from "../lib/live";
import type { LogMark, RunHead, RunRow } from "../model";
import { nameOf } from "../parts/identity";
import { useRunHead } from "../parts/runhead";
import { Button, download, Empty, SearchField, Segments, Switch } from "../parts/ui";
import { useKeys } from "../parts/use";
import { param, setParams } from "../route";
import { strip } from "./logs/ansi";
import { Heights } from "./logs/heights";
import { LogText, MarkMap } from "./logs/line";
import { LogReader } from "./logs/reader";
import { type LogFind, type Only, useLogFilter, useLogSearch } from "./logs/search";

const UNIT = 19;
const BEYOND = 20;

function Page() {
  const { run, head, error } = useRunHead();
  if (error) return <Empty title="The log could not be read" text={error} />;
  if (!run || !head)
    return (
      <div class="log-wait" aria-busy="true">
        <i class="sk" />
        <i class="sk" />
        <i class="sk" />
      </div>
    );
  if (!head.logs.lines)
    return (
      <Empty title="Nothing was printed" text="This run wrote nothing to its console, or capturing was switched off." />
    );
  return <LogView run={run} head={head} />;
}

/** The reader of the newest head; it keeps what an older one had read. */
function useReader(run: RunRow, head: RunHead): LogReader {
  const held = useRef<LogReader | null>(null);
  return useMemo(() => {
    held.current = new LogReader(run, head, held.current);
    return held.current;
  }, [head]);
}

function useColumns(root: { readonly current: HTMLElement | null }, wrap: boolean): number {
  const [columns, setColumns] = useState(160);
  useLayoutEffect(() => {
    const element = root.current;
    if (!element || !wrap) return;
    const measure = (): void => {
      const probe = element.querySelector<HTMLElement>(".probe")!;
      const width = element.clientWidth - 60 - 78 - 16 - 14;
      setColumns(Math.max(20, Math.floor(width / (probe.getBoundingClientRect().width / 100))));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [wrap]);
  return columns;
}

type Time = "wall" | "rel" | "none";

interface Log {
  readonly run: RunRow;
  readonly head: RunHead;
  readonly reader: LogReader;
  readonly root: RefObject<HTMLDivElement | null>;
  readonly running: boolean;
  readonly follow: boolean;
  readonly wrap: boolean;
  /** Characters that a line has room for. */
  readonly columns: number;
  readonly time: Time;
  readonly only: Only;
  /** Numbers of the lines that a filter leaves; null for all. */
  readonly shown: readonly number[] | null;
  readonly find: LogFind;
  /** How many lines there are to scroll through. */
  readonly count: number;
  readonly heights: Heights;
  /** Number of the line at a place in what is shown. */
  readonly number: (at: number) => number;
}

function useLog(run: RunRow, head: RunHead): Log {
  const reader = useReader(run, head);
  const root = useRef<HTMLDivElement>(null);
  const running = run.state === "running" || run.state === "silent";
  const wrap = param("wrap") !== "0";
  const only = (param("only") ?? "") as Only;
  const shown = useLogFilter(reader, head, only);
  const find = useLogSearch(reader, shown);
  const columns = useColumns(root, wrap);
  const count = shown ? shown.length : head.logs.lines;
  const heights = useMemo(() => new Heights(count), [count, columns, wrap, shown]);
  return {
    run,
    head,
    reader,
    root,
    running,
    follow: running && param("follow") !== "0",
    wrap,
    columns,
    time: (param("t") ?? "wall") as Time,
    only,
    shown,
    find,
    count,
    heights,
    number: (at) => (shown ? shown[at]! : at),
  };
}

interface Scroll {
  /** Pixels. */
  readonly top: number;
  readonly size: number;
  readonly reveal: (no: number) => void;
  readonly toEnd: () => void;
  readonly scrolled: () => void;
  readonly setFollow: (on: boolean) => void;
}

/** Where the log stands; it follows what is written, and goes to the lines that are linked or found. */
function useScroll({ root, shown, heights, count, reader, running, follow, find }: Log): Scroll {
  const [top, setTop] = useState(0);
  const [size, setSize] = useState(600);
  const [from] = lineRange();
  const reveal = (no: number): void => {
    const element = root.current;
    const at = shown ? shown.findIndex((other) => other >= no) : no;
    if (!element || at < 0) return;
    const y = heights.above(at) * UNIT;
    if (y < element.scrollTop + UNIT || y > element.scrollTop + element.clientHeight - 3 * UNIT)
      element.scrollTop = Math.max(0, y - element.clientHeight / 2);
    setTop(element.scrollTop);
  };
  const toEnd = (): void => {
    if (root.current) root.current.scrollTop = root.current.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = root.current!;
    const observer = new ResizeObserver(() => {
      setSize(element.clientHeight);
      setTop(element.scrollTop);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (from >= 0 && size > 0) reveal(from);
  }, [from, size > 100]);
  useEffect(() => {
    if (find.current >= 0) reveal(find.current);
  }, [find.current]);
  useLayoutEffect(() => {
    if (follow && from < 0) toEnd();
  }, [follow, count, reader, size, reader.tick.value]);
  const scrolled = (): void => {
    const element = root.current!;
    const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 2 * UNIT;
    if (follow && !atEnd && element.scrollTop < top - UNIT) setParams({ follow: "0" });
    else if (running && !follow && atEnd && element.clientHeight) setParams({ follow: undefined });
    setTop(element.scrollTop);
  };
  const setFollow = (on: boolean): void => {
    setParams({ follow: on ? undefined : "0" });
    if (on) toEnd();
  };
  return { top, size, reveal, toEnd, scrolled, setFollow };
}

/** Live updates wait while somebody reads what was written before. */
function usePause({ root, running, follow }: Log): void {
  useEffect(() => {
    const away = running && !follow && Boolean(root.current?.clientHeight);
    paused.value = away;
    if (!away) waiting.value = 0;
    return () => {
      paused.value = false;
    };
  }, [running, follow]);
}

function LogView({ run, head }: { run: RunRow; head: RunHead }) {
  const log = useLog(run, head);
  const scroll = useScroll(log);
  usePause(log);
  themeTick.value;
  log.reader.tick.value;
  useKeys({
    G: () => (log.running ? scroll.setFollow(true) : scroll.toEnd()),
    g: () => log.root.current?.scrollTo({ top: 0 }),
    n: () => log.find.step(1),
    N: () => log.find.step(-1),
    w: toggleWrap,
  });
  return (
    <div class="logs">
      <LogTools log={log} scroll={scroll} />
      <div class="log-box">
        <div
          class={`log${log.wrap ? "" : " nowrap"}`}
          ref={log.root}
          onScroll={scroll.scrolled}
          tabIndex={0}
          role="region"
          aria-label="Console"
          data-time={log.time}
        >
          <span class="probe" aria-hidden="true">
            {"0".repeat(100)}
          </span>
          <Lines log={log} scroll={scroll} />
        </div>
        <MarkMap marks={head.logs.marks} lines={head.logs.lines} go={scroll.reveal} />
      </div>
      <LogFoot log={log} scroll={scroll} />
    </div>
  );
}

const toggleWrap = (): void => setParams({ wrap: param("wrap") === "0" ? undefined : "0" });

function LogTools({ log, scroll }: { log: Log; scroll: Scroll }) {
  const { find, head, only, time, wrap } = log;
  return (
    <div class="tools log-tools" role="toolbar" aria-label="Log">
      <SearchField
        label="Search the log"
        value={param("q") ?? ""}
        onInput={(q) => setParams({ q: q || undefined })}
        regex={param("re") !== "0"}
        onRegex={(on) => setParams({ re: on ? undefined : "0" })}
        note={find.note}
        warn={find.literal}
        width={290}
        onKey={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          find.step(event.shiftKey ? -1 : 1);
        }}
      />
      <Button icon="up" label="Previous match" disabled={!find.count} onClick={() => find.step(-1)} />
      <Button icon="down" label="Next match" disabled={!find.count} onClick={() => find.step(1)} />
      <StreamChoice only={only} head={head} />
      <span class="grow" />
      <span class="wide row">
        <Button
          icon="clock"
          pressed={time !== "none"}
          text={time === "rel" ? "Run time" : "Time"}
          title="Clock time, run time, none"
          onClick={() => setParams({ t: time === "wall" ? "rel" : time === "rel" ? "none" : undefined })}
        />
        <Button icon="wrap" pressed={wrap} text="Wrap" onClick={toggleWrap} />
        <Button
          icon="download"
          text={
            <>
              output.log <span class="dim">{bytes(head.logs.bytes)}</span>
            </>
          }
          onClick={() => void save(log)}
        />
      </span>
      {log.running && <Switch on={log.follow} text="Follow" onChange={scroll.setFollow} />}
    </div>
  );
}

function StreamChoice({ only, head }: { only: Only; head: RunHead }) {
  return (
    <span class="wide row">
      <span class="gap" />
      <Segments
        label="Stream"
        value={only === "warn" ? "" : only}
        options={[
          ["", "All"],
          ["stdout", "stdout"],
          ["stderr", `stderr ${full(head.logs.stderr)}`],
        ]}
        onChange={(value) => setParams({ only: value || undefined })}
      />
      {head.logs.marks.length > 0 && (
        <Button
          icon="warn"
          pressed={only === "warn"}
          text={
            <>
              Only warnings <b>{full(head.logs.marks.length)}</b>
            </>
          }
          onClick={() => setParams({ only: only === "warn" ? undefined : "warn" })}
        />
      )}
    </span>
  );
}

async function save({ reader, run }: Log): Promise<void> {
  const texts = await reader.texts();
  download(`${fileName(nameOf(run))}.log`, `${texts.join("\n")}\n`, "text/plain");
}

/** The lines in view and some beyond, at their height. */
function Lines({ log, scroll: { top, size } }: { log: Log; scroll: Scroll }) {
  const { reader, heights, count, number, wrap, columns, head } = log;
  const marked = useMemo(() => new Map(head.logs.marks.map((mark) => [mark.line, mark.level])), [head]);
  const first = Math.max(0, heights.at(top / UNIT) - BEYOND);
  const last = Math.min(count, heights.at((top + size) / UNIT) + BEYOND + 1);
  const rows = [];
  for (let at = first; at < last; at++) {
    const line = reader.line(number(at));
    if (line && wrap) heights.set(at, Math.max(1, Math.ceil((strip(line[2]).length + (line[3] ? 40 : 0)) / columns)));
    rows.push(<LogLine key={at} no={number(at)} line={line} log={log} marked={marked} />);
  }
  return (
    <div style={{ height: `${heights.total * UNIT}px`, paddingTop: `${heights.above(first) * UNIT}px` }}>{rows}</div>
  );
}

/** Errors with the indented lines of their tracebacks, and warnings. */
function kindOf(no: number, reader: LogReader, marked: ReadonlyMap<number, LogMark["level"]>): string {
  for (let i = no; i >= 0 && i > no - 60; i--) {
    const level = marked.get(i);
    if (level) return level === "error" ? " err" : i === no ? " wrn" : "";
    const line = reader.line(i);
    if (!line?.[1] || !/^\s/.test(line[2])) break;
  }
  return "";
}

function LogLine({
  no,
  line,
  log: { reader, find, time, head },
  marked,
}: {
  no: number;
  line: ReturnType<LogReader["line"]>;
  log: Log;
  marked: ReadonlyMap<number, LogMark["level"]>;
}) {
  const [from, to] = lineRange();
  const pick = (range: boolean): void => {
    const [a, b] = range && from >= 0 ? [Math.min(from, no), Math.max(from, no)] : [no, no];
    setParams({ L: a === b ? String(a + 1) : `${a + 1}-${b + 1}` });
  };
  const at = no >= from && no <= to ? " at" : "";
  return (
    <div class={`l${line?.[1] ? " se" : ""}${kindOf(no, reader, marked)}${at}`} data-line={no + 1}>
      <button
        type="button"
        class="no"
        tabIndex={-1}
        aria-label={`Link to line ${no + 1}`}
        onClick={(event) => pick(event.shiftKey)}
      >
        {no + 1}
      </button>
      <span class="ts" title={line ? fullDate(line[0]) : undefined}>
        {line && time === "wall" && clockSeconds(line[0])}
        {line && time === "rel" && duration(Math.max(0, line[0] - head.started))}
      </span>
      <span class="tx">{line ? <LogText line={line} find={find.pattern} current={no === find.current} /> : " "}</span>
    </div>
  );
}

function LogFoot({ log, scroll: { top, size, setFollow } }: { log: Log; scroll: Scroll }) {
  const { running, follow, shown, heights, count, number, head } = log;
  const at = (y: number): string => full(number(Math.min(count - 1, heights.at(y / UNIT))) + 1);
  return (
    <div class="rail-foot log-foot">
      {running &&
        (follow ? (
          <span class="row">
            <span class="dot running" /> following
          </span>
        ) : (
          <Button kind="xs" text="Follow again" onClick={() => setFollow(true)} />
        ))}
      {shown && <span>{full(shown.length)} lines left by the filter</span>}
      <span class="grow" />
      <span>
        lines {at(top)} to {at(top + size)} of {full(head.logs.lines)}
      </span>
      <span class="wide">Click a line number to link to it, Shift-click for a range</span>
    </div>
  );
}

/** First and last line of `L=`, from 0; -1 when there is none. */
function lineRange(): [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(param("L") ?? "");
  return match ? [Number(match[1]) - 1, Number(match[2] ?? match[1]) - 1] : [-1, -1];
}

tracklog.viewer("logs", { Page });
