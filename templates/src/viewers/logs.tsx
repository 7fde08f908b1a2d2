// The console of a run: only visible lines are in the DOM.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { RunHead, RunRow } from "../model";
import { param, setParams } from "../route";
import { themeTick } from "../lib/colours";
import { bytes, clockSeconds, duration, full, fullDate } from "../lib/format";
import { Heights } from "./logs/heights";
import { paused, waiting } from "../lib/live";
import { LogReader } from "./logs/reader";
import { strip } from "./logs/ansi";
import { fileName } from "../lib/csv";
import { LogText, MarkMap } from "./logs/line";
import { useLogFilter, useLogSearch } from "./logs/search";
import { useRunHead } from "../parts/runhead";
import { Button, Empty, SearchField, Segments, Switch, download } from "../parts/ui";
import { useKeys } from "../parts/use";
import { nameOf } from "../parts/identity";

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
  return useMemo(() => (held.current = new LogReader(run, head, held.current)), [head]);
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

function LogView({ run, head }: { run: RunRow; head: RunHead }) {
  const reader = useReader(run, head);
  const root = useRef<HTMLDivElement>(null);
  const running = run.state === "running" || run.state === "silent";
  const follow = running && param("follow") !== "0";
  const wrap = param("wrap") !== "0";
  const time = (param("t") ?? "wall") as "wall" | "rel" | "none";
  const only = (param("only") ?? "") as "" | "stdout" | "stderr" | "warn";
  const shown = useLogFilter(reader, head, only);
  const find = useLogSearch(reader, shown);
  const columns = useColumns(root, wrap);
  const [from, to] = lineRange();
  const count = shown ? shown.length : head.logs.lines;
  const heights = useMemo(() => new Heights(count), [count, columns, wrap, shown]);
  const marked = useMemo(() => new Map(head.logs.marks.map((mark) => [mark.line, mark.level])), [head]);
  const [top, setTop] = useState(0);
  const [size, setSize] = useState(600);
  themeTick.value;
  reader.tick.value;

  const first = Math.max(0, heights.at(top / UNIT) - BEYOND);
  const last = Math.min(count, heights.at((top + size) / UNIT) + BEYOND + 1);
  const number = (at: number): number => (shown ? shown[at]! : at);
  const rows = [];
  for (let at = first; at < last; at++) {
    const line = reader.line(number(at));
    if (line && wrap) heights.set(at, Math.max(1, Math.ceil((strip(line[2]).length + (line[3] ? 40 : 0)) / columns)));
    rows.push({ at, no: number(at), line });
  }

  /** Errors with the indented lines of their tracebacks, and warnings. */
  const kindOf = (no: number): string => {
    for (let i = no; i >= 0 && i > no - 60; i--) {
      const level = marked.get(i);
      if (level) return level === "error" ? " err" : i === no ? " wrn" : "";
      const line = reader.line(i);
      if (!line?.[1] || !/^\s/.test(line[2])) break;
    }
    return "";
  };
  /** Where a line number stands in what is shown. */
  const position = (no: number): number => (shown ? shown.findIndex((other) => other >= no) : no);
  const reveal = (no: number): void => {
    const element = root.current;
    const at = position(no);
    if (!element || at < 0) return;
    const y = heights.above(at) * UNIT;
    if (y < element.scrollTop + UNIT || y > element.scrollTop + element.clientHeight - 3 * UNIT)
      element.scrollTop = Math.max(0, y - element.clientHeight / 2);
    setTop(element.scrollTop);
  };
  const toEnd = (): void => {
    const element = root.current;
    if (element) element.scrollTop = element.scrollHeight;
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
  useEffect(() => {
    const element = root.current;
    const away = running && !follow && Boolean(element?.clientHeight);
    paused.value = away;
    if (!away) waiting.value = 0;
    return () => void (paused.value = false);
  }, [running, follow]);

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
  useKeys({
    G: () => (running ? setFollow(true) : toEnd()),
    g: () => void (root.current && (root.current.scrollTop = 0)),
    n: () => find.step(1),
    N: () => find.step(-1),
    w: () => setParams({ wrap: wrap ? "0" : undefined }),
  });
  const pickLine = (no: number, range: boolean): void => {
    const [a, b] = range && from >= 0 ? [Math.min(from, no), Math.max(from, no)] : [no, no];
    setParams({ L: a === b ? String(a + 1) : `${a + 1}-${b + 1}` });
  };
  const save = (): void =>
    void reader
      .texts()
      .then((texts) => download(`${fileName(nameOf(run))}.log`, texts.join("\n") + "\n", "text/plain"));

  return (
    <div class="logs">
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
          onKey={(event) => event.key === "Enter" && (event.preventDefault(), find.step(event.shiftKey ? -1 : 1))}
        />
        <Button icon="up" label="Previous match" disabled={!find.count} onClick={() => find.step(-1)} />
        <Button icon="down" label="Next match" disabled={!find.count} onClick={() => find.step(1)} />
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
        <span class="grow" />
        <span class="wide row">
          <Button
            icon="clock"
            pressed={time !== "none"}
            text={time === "rel" ? "Run time" : "Time"}
            title="Clock time, run time, none"
            onClick={() => setParams({ t: time === "wall" ? "rel" : time === "rel" ? "none" : undefined })}
          />
          <Button icon="wrap" pressed={wrap} text="Wrap" onClick={() => setParams({ wrap: wrap ? "0" : undefined })} />
          <Button
            icon="download"
            text={
              <>
                output.log <span class="dim">{bytes(head.logs.bytes)}</span>
              </>
            }
            onClick={save}
          />
        </span>
        {running && <Switch on={follow} text="Follow" onChange={setFollow} />}
      </div>
      <div class="log-box">
        <div
          class={`log${wrap ? "" : " nowrap"}`}
          ref={root}
          onScroll={scrolled}
          tabIndex={0}
          role="region"
          aria-label="Console"
          data-time={time}
        >
          <span class="probe" aria-hidden="true">
            {"0".repeat(100)}
          </span>
          <div style={{ height: `${heights.total * UNIT}px`, paddingTop: `${heights.above(first) * UNIT}px` }}>
            {rows.map(({ at, no, line }) => (
              <div
                class={`l${line?.[1] ? " se" : ""}${kindOf(no)}${no >= from && no <= to ? " at" : ""}`}
                key={at}
                data-line={no + 1}
              >
                <button
                  type="button"
                  class="no"
                  tabIndex={-1}
                  aria-label={`Link to line ${no + 1}`}
                  onClick={(event) => pickLine(no, event.shiftKey)}
                >
                  {no + 1}
                </button>
                <span class="ts" title={line ? fullDate(line[0]) : undefined}>
                  {line &&
                    (time === "wall"
                      ? clockSeconds(line[0])
                      : time === "rel"
                        ? duration(Math.max(0, line[0] - head.started))
                        : "")}
                </span>
                <span class="tx">
                  {line ? <LogText line={line} find={find.pattern} current={no === find.current} /> : " "}
                </span>
              </div>
            ))}
          </div>
        </div>
        <MarkMap marks={head.logs.marks} lines={head.logs.lines} go={reveal} />
      </div>
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
          lines {full(number(Math.min(count - 1, heights.at(top / UNIT))) + 1)} to{" "}
          {full(number(Math.min(count - 1, heights.at((top + size) / UNIT))) + 1)} of {full(head.logs.lines)}
        </span>
        <span class="wide">Click a line number to link to it, Shift-click for a range</span>
      </div>
    </div>
  );
}

/** First and last line of `L=`, from 0; -1 when there is none. */
function lineRange(): [number, number] {
  const match = /^(\d+)(?:-(\d+))?$/.exec(param("L") ?? "");
  return match ? [Number(match[1]) - 1, Number(match[2] ?? match[1]) - 1] : [-1, -1];
}

tracklog.viewer("logs", { Page });
