// Tables: one grid for the tables that the runs in view logged under a key.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { uid } from "../lib/data";
import { full, plural } from "../lib/format";
import { type Logged, lastAt, stepsOf } from "../lib/media";
import type { RunRow, TableItem } from "../model";
import { nameOf } from "../parts/identity";
import { type MediaValues, RUNS, readMedia, useStep } from "../parts/mediapanel";
import { Card } from "../parts/panel";
import { Unready } from "../parts/states";
import { Button, Empty, Wait } from "../parts/ui";
import { useLoaded, useRuns, useSeen } from "../parts/use";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { param, setParams } from "../route";
import { addStyle } from "./lib/style";
import { concatenated, type Frame, joined } from "./table/columns";
import { Grid } from "./table/grid";
import { kept as keptRows, ordered as orderedRows } from "./table/lines";
import { load, type Source, sourceKey } from "./table/load";
import { codes } from "./table/query";
import { EMPTY, parse, type TableState, write } from "./table/state";
import { Chips, Tools } from "./table/tools";
import css from "./table.css";

addStyle(css);

type Values = ReadonlyMap<RunRow, readonly Logged<MediaValues<TableItem>>[]>;

function Panel({ panel, fixed, drag, large }: PanelProps) {
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const { value, error } = useLoaded(
    () => readMedia<TableItem>(runs, panel.key, "table"),
    [runs.map((run) => run.parts.join()).join(), panel.key],
    seen,
  );
  const steps = stepsOf(value);
  const { step, slider } = useStep(steps, panel.title);
  const sources = value ? sourcesAt(value, step) : [];
  const name = `t.${panel.id}`;
  const text = param(name) ?? "";
  const state = useMemo(() => parse(text), [text]);
  const set = (change: Partial<TableState>): void => setParams({ [name]: write({ ...state, ...change }) || undefined });
  const earlier = sources.filter((source) => source.earlier);
  return (
    <Card
      panel={panel}
      innerRef={attach}
      label={`${panel.title}: table by step`}
      drag={drag}
      fact={
        earlier.length
          ? `${earlier.map((source) => `${source.label} from step ${full(source.step)}`).join(", ")}`
          : undefined
      }
    >
      {error || !value || !sources.length ? (
        <Unready error={error} waiting={!value}>
          <Empty title="No run in view logged a table here" />
        </Unready>
      ) : (
        <TableView sources={sources} state={state} set={set} title={panel.title} large={large ?? false} />
      )}
      {runs.length > RUNS && (
        <p class="hint">
          Tables of the first {RUNS} of {plural(runs.length, "run")} in view
        </p>
      )}
      {steps.length > 1 && slider}
    </Card>
  );
}

/** What each run has at a step: a table, several that were logged as a list, or all parts of one up to that step. */
function sourcesAt(values: Values, step: number): Source[] {
  const names = [...values.keys()].map(nameOf);
  return [...values].flatMap(([run, logged]) => {
    const at = lastAt(logged, step);
    const now = logged[at];
    if (!now) return [];
    const label = names.filter((name) => name === nameOf(run)).length > 1 ? `${nameOf(run)} ${uid(run)}` : nameOf(run);
    const common = { run, step: now.step, earlier: now.step !== step };
    if ((now.value.items[0]?.increment ?? -1) >= 0) return [{ ...common, label, items: partsUpTo(logged, at) }];
    return now.value.items.map((item, n) => ({ ...common, label: n ? `${label} (${n + 1})` : label, items: [item] }));
  });
}

/** Parts from the last first one on. */
function partsUpTo(logged: readonly Logged<MediaValues<TableItem>>[], at: number): TableItem[] {
  const parts: TableItem[] = [];
  for (let i = at; i >= 0; i--) {
    const item = logged[i]!.value.items[0];
    if (!item) continue;
    parts.unshift(item);
    if (item.increment <= 0) break;
  }
  return parts;
}

/** The tables of the sources as one, the first rows of a long one before the rest. */
function useFrame(
  sources: readonly Source[],
  join: string,
): { frame: Frame | null; whole: boolean; error: string; joinable: readonly string[] } {
  const [state, setState] = useState<{
    frames: readonly Frame[];
    whole: boolean;
    error: string;
    labels: readonly string[];
  }>({ frames: [], whole: false, error: "", labels: [] });
  const key = sources.map(sourceKey).join(" | ");
  useEffect(() => {
    let stale = false;
    const labels = sources.map((source) => source.label);
    load(
      sources,
      (frame) =>
        stale || setState((now) => (now.frames.length ? now : { frames: [frame], whole: false, error: "", labels })),
    ).then(
      (frames) => stale || setState({ frames, whole: true, error: "", labels }),
      (error: Error) => stale || setState((now) => ({ ...now, error: error.message })),
    );
    return () => {
      stale = true;
    };
  }, [key]);
  const { frames, labels } = state;
  const frame = useMemo(() => {
    if (!frames.length) return null;
    const several = frames.length > 1;
    return (
      (several && join ? joined(frames, labels, join) : null) ??
      concatenated(frames, several ? labels : null, new Map(sources.map((source) => [source.label, source.run])))
    );
  }, [frames, join]);
  const joinable =
    frames.length > 1
      ? frames[0]!.columns
          .filter(
            (column) =>
              column.type !== "media" &&
              column.type !== "mixed" &&
              frames.every((other) => other.columns.some((one) => one.id === column.id)),
          )
          .map((column) => column.id)
      : [];
  useWarm(state.whole ? frame : null);
  return { frame, whole: state.whole, error: state.error, joinable };
}

/** Orders the texts of a table while nobody waits, so that the first sort answers at once. */
function useWarm(frame: Frame | null): void {
  useEffect(() => {
    if (!frame) return;
    const waiting = frame.columns.filter((column) => !column.numbers && column.type !== "media").slice(0, 24);
    let timer = setTimeout(function next() {
      const column = waiting.shift();
      if (!column) return;
      codes(column, frame.rows);
      timer = setTimeout(next, 30);
    }, 200);
    return () => clearTimeout(timer);
  }, [frame]);
}

function TableView({
  sources,
  state,
  set,
  title,
  large,
}: {
  sources: readonly Source[];
  state: TableState;
  set: (change: Partial<TableState>) => void;
  title: string;
  large: boolean;
}) {
  const latest = useRef(set);
  latest.current = set;
  const good = sources.filter((source) => source.items.some((item) => !item.error));
  const { frame, whole, error, joinable } = useFrame(good, state.join);
  const kept = useMemo(() => frame && keptRows(frame, state), [frame, state.conditions, state.search]);
  const ordered = useMemo(
    () => frame && kept && orderedRows(frame, kept, state),
    [frame, kept, state.sort, state.group, state.aggregate, state.bySize],
  );
  const notes = sources.flatMap(({ label, items }) =>
    items.flatMap((item) =>
      item.error || item.note ? [`${sources.length > 1 ? `${label}: ` : ""}${item.error || item.note}`] : [],
    ),
  );
  if (!good.length)
    return (
      <>
        <Notes notes={notes} />
        <div class="plot">
          <Empty title="This table cannot be shown" />
        </div>
      </>
    );
  if (error)
    return (
      <div class="plot">
        <Empty title="This table could not be read" text={error} />
      </div>
    );
  if (!frame || !kept || !ordered) return <Wait />;
  if (!frame.columns.length)
    return (
      <>
        <Notes notes={notes} />
        <div class="plot">
          <Empty
            title="This table is empty"
            text={
              frame.rows ? `It has no columns, and ${plural(frame.rows, "row")}` : "It has neither columns nor rows"
            }
          />
        </div>
      </>
    );
  const columns = frame.columns.filter((column) => !state.hidden.includes(column.id));
  const rows = good[0]!.items.reduce((sum, item) => sum + item.rows, 0);
  return (
    <div class={`dt${large ? " large" : ""}`}>
      <Tools
        frame={frame}
        shown={columns}
        rows={ordered.rows}
        state={state}
        set={set}
        title={title}
        joinable={joinable}
      />
      <Chips frame={frame} state={state} set={set} />
      <Notes notes={notes} />
      {columns.length ? (
        <Grid
          frame={frame}
          columns={columns}
          ordered={ordered}
          kept={kept}
          state={state}
          set={set}
          label={`${title}, ${plural(frame.rows, "row")}, ${plural(columns.length, "column")}`}
          foot={<span>{!whole && `reading the rest of ${full(rows)} rows`}</span>}
        />
      ) : (
        <div class="plot">
          <Empty title="All columns are hidden">
            <Button kind="line" text="Show all" onClick={() => set({ hidden: [] })} />
          </Empty>
        </div>
      )}
    </div>
  );
}

function Notes({ notes }: { notes: readonly string[] }) {
  return (
    <>
      {notes.map((note) => (
        <p class="dt-note" role="note" key={note}>
          ⚠ {note}
        </p>
      ))}
    </>
  );
}

/** One table in a frame of somebody else's: what is set for it is not in the address. */
function Item({ run, item, step, large }: ItemProps<TableItem>) {
  const [state, setState] = useState<TableState>(EMPTY);
  const sources = useMemo(() => [{ run, step, earlier: false, label: nameOf(run), items: [item] }], [run, item, step]);
  return (
    <TableView
      sources={sources}
      state={state}
      set={(change) => setState((now) => ({ ...now, ...change }))}
      title={item.caption || "table"}
      large={large ?? false}
    />
  );
}

tracklog.viewer("table", { Panel, Item });
