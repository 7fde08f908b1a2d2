// The run table.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Fragment } from "preact/jsx-runtime";
import { page } from "../entry";
import { csv, fileName } from "../lib/csv";
import { failure, index, uid } from "../lib/data";
import type { Filter } from "../lib/filter";
import { dateTime, duration, full, plural } from "../lib/format";
import type { Group } from "../lib/runs";
import {
  baseline,
  closedGroups,
  current,
  filter,
  filterText,
  groups,
  join,
  listed,
  sortKeys,
  table,
  toggleEyes,
} from "../lib/view";
import type { RunRow } from "../model";
import { Icon } from "../parts/icons";
import { nameOf } from "../parts/identity";
import {
  bestRemoval,
  FilterChips,
  FilterForm,
  partsOf,
  RunSearch,
  setParts,
  useFilterPatterns,
} from "../parts/runsearch";
import { Loading, NoRuns, Restored } from "../parts/states";
import { Button, download, Empty, Menu, Segments, Switch } from "../parts/ui";
import { useKeys } from "../parts/use";
import { rowHeight, useWindow } from "../parts/virtual";
import { href, setParams } from "../route";
import {
  columns,
  deltaMode,
  equalHidden,
  onlyDiffering,
  partial,
  selected,
  type TableColumn,
  toggleSelected,
} from "./runtable/columns";
import { ColumnsMenu, GroupMenu, SortMenu } from "./runtable/menus";
import { GroupRow, HeadRow, opened, RunLine, TierRow } from "./runtable/rows";

type Row =
  | { readonly kind: "run"; readonly run: RunRow }
  | { readonly kind: "group"; readonly group: Group; readonly open: boolean };

/** Of the two lines of the head, in pixels. */
const HEAD = 52;
/** Runs that are offered as a baseline: the first ones of the order. */
const OFFERED = 40;

function Page() {
  useFilterPatterns();
  if (failure.value) return <Empty title="The data of this site could not be read" text={failure.value} />;
  if (!index.value) return <Loading />;
  if (!index.value.runs.length) return <NoRuns project={index.value.project} />;
  return (
    <div class="runtable">
      <Tools />
      {(filterText.value || filter.value.error) && <Where />}
      <Grid />
      <Selection />
      {opened.value && <Details run={opened.value} />}
      <Foot />
    </div>
  );
}

function rowsOf(): Row[] {
  if (!groups.value) return listed.value.map((run) => ({ kind: "run", run }));
  return groups.value.flatMap((group): Row[] => {
    const open = !closedGroups.value.has(group.id);
    return [{ kind: "group", group, open }, ...(open ? group.runs.map((run): Row => ({ kind: "run", run })) : [])];
  });
}

function Tools() {
  const count = partsOf(filter.value.tree).length;
  return (
    <div class="tools" role="toolbar" aria-label="Table">
      <span class="search-box">
        <RunSearch />
      </span>
      <Menu
        label="Filter"
        kind=""
        icon="filter"
        text={
          <>
            Filter <b>{count || ""}</b>
          </>
        }
      >
        {(close) => <FilterForm close={close} />}
      </Menu>
      <span class="wide row">
        <GroupMenu />
        <SortMenu />
        <ColumnsMenu />
        <span class="gap" />
        <Switch
          on={onlyDiffering.value}
          text="Only columns that differ"
          onChange={(on) => setParams({ diff: on ? undefined : "0" })}
        />
        {equalHidden.value.size > 0 && <span class="dim">hides {equalHidden.value.size} equal</span>}
      </span>
      <span class="grow" />
      <Restored />
      <span class="wide row">
        {deltaMode.value && !baseline.value && <ChooseBaseline />}
        <Segments
          label="Values"
          value={deltaMode.value ? "delta" : "values"}
          options={[
            ["values", "Values"],
            ["delta", "Δ baseline"],
          ]}
          onChange={(mode) => setParams({ mode: mode === "delta" ? "delta" : undefined })}
        />
        <Button icon="download" text="CSV" onClick={() => saveCsv(listed.value)} />
      </span>
    </div>
  );
}

/** Differences need a run that they are differences to. */
function ChooseBaseline() {
  return (
    <Menu
      label="Choose a baseline"
      kind="line"
      icon="flag"
      text="Choose a baseline"
      items={() =>
        listed.value.slice(0, OFFERED).map((run) => ({ text: nameOf(run), run: () => setParams({ base: uid(run) }) }))
      }
    />
  );
}

function Where() {
  return (
    <div class="where">
      <span class="dim">Where</span>
      <FilterChips builder />
      <span class="grow" />
      <code class="dim cut wide">{filterText.value}</code>
      <Menu label="Edit as text" kind="" text="Edit as text">
        {(close) => <FilterForm close={close} />}
      </Menu>
    </div>
  );
}

/** J and K move, Space, Enter, X and B act on the run that the keys stand on. */
function useGridKeys(root: { readonly current: HTMLElement | null }, rows: readonly Row[], height: number): void {
  const move = (by: number) => (): void => {
    const runs = listed.value;
    const at = runs.findIndex((run) => uid(run) === current.value);
    const next = runs[Math.max(0, Math.min(runs.length - 1, at + by))];
    if (!next) return;
    current.value = uid(next);
    const place = rows.findIndex((row) => row.kind === "run" && row.run === next) * height;
    const element = root.current!;
    if (place < element.scrollTop) element.scrollTop = place;
    else if (place + height + HEAD > element.scrollTop + element.clientHeight)
      element.scrollTop = place + height + HEAD - element.clientHeight;
  };
  const on =
    (act: (run: RunRow) => void) =>
    (event: KeyboardEvent): void => {
      const run = listed.value.find((other) => uid(other) === current.value);
      if (run && !(event.target as HTMLElement).closest("button, a, input")) act(run);
      else if (event.key === "Enter" || event.key === " ")
        (event.target as HTMLElement).closest<HTMLElement>("button, a, input")?.click();
    };
  useKeys({
    j: move(1),
    k: move(-1),
    " ": on((run) => toggleSelected([uid(run)])),
    Enter: on((run) => {
      location.href = href(run.page);
    }),
    x: on((run) => toggleEyes([uid(run)])),
    b: on((run) => setParams({ base: baseline.value === run ? undefined : uid(run) })),
  });
}

/** On a phone, the name and one more: the sorted column, else the first of the summary. */
function columnsFor(narrow: boolean): readonly TableColumn[] {
  if (!narrow) return columns.value;
  const other = sortKeys.value[0]?.id ?? columns.value.find((column) => column.tier === "summary" && !column.spark)?.id;
  return columns.value.filter((column, i) => i === 0 || column.id === other);
}

function Grid() {
  const root = useRef<HTMLDivElement>(null);
  const rows = rowsOf();
  const height = rowHeight();
  const { from, to } = useWindow(rows.length, height, root, HEAD);
  const narrow = innerWidth < 760;
  const shown = columnsFor(narrow);
  const template = shown.map((column, i) => (narrow && i === 0 ? "minmax(0, 1fr)" : `${column.width}px`)).join(" ");
  const width = shown.reduce((sum, column) => sum + column.width, 0);
  useGridKeys(root, rows, height);
  const lines: ComponentChildren[] = [];
  for (let i = from; i < Math.min(to, rows.length); i++) {
    const row = rows[i]!;
    lines.push(
      row.kind === "run" ? (
        <RunLine key={uid(row.run)} run={row.run} columns={shown} at={i} />
      ) : (
        <GroupRow key={row.group.id} group={row.group} open={row.open} columns={shown} at={i} />
      ),
    );
  }
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label
    <div
      class={partial.value ? "grid partial" : "grid"}
      ref={root}
      role={groups.value ? "treegrid" : "grid"}
      aria-label="Runs"
      aria-rowcount={rows.length + 2}
      aria-colcount={shown.length}
      tabIndex={0}
      style={{ "--template": template, "--w": narrow ? "100%" : `${width}px` }}
    >
      <div class="grid-head" role="rowgroup">
        {!narrow && <TierRow columns={shown} />}
        <HeadRow columns={shown} />
      </div>
      <div
        role="rowgroup"
        style={{ height: `${rows.length * height}px`, paddingTop: `${Math.min(from, rows.length) * height}px` }}
      >
        {lines}
      </div>
      {!rows.length && <NoMatch />}
    </div>
  );
}

function NoMatch() {
  const removal = bestRemoval();
  return (
    <Empty
      title="No run matches"
      text={removal ? `Without ${removal.text} ${plural(removal.back, "run")} come back.` : undefined}
    >
      {removal && <Button kind="line" text={`Remove ${removal.text}`} onClick={removal.remove} />}
    </Empty>
  );
}

/** On a phone a row opens to key and value. */
function Details({ run }: { run: RunRow }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const now = table.value!;
  const close = (): void => {
    opened.value = null;
  };
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="full details" ref={dialog} aria-label={nameOf(run)} onClose={close}>
      <header class="full-top">
        <h3>{nameOf(run)}</h3>
        <span class="grow" />
        <Button icon="close" label="Close" onClick={close} />
      </header>
      <a class="btn line" href={href(run.page)}>
        Open run
      </a>
      <dl class="kv">
        {columns.value
          .slice(1)
          .filter((column) => !column.spark)
          .map((column) => (
            <Fragment key={column.id}>
              <dt>{column.label}</dt>
              <dd>
                {column.id === "created"
                  ? dateTime(run.created)
                  : column.id === "duration"
                    ? duration(run.duration)
                    : now.shown(run, column)}
              </dd>
            </Fragment>
          ))}
      </dl>
    </dialog>
  );
}

/** Columns of the comparison of several runs. */
const MOST_COMPARED = 10;

function Selection() {
  const chosen = index.value!.runs.filter((run) => selected.value.has(uid(run)));
  if (!chosen.length) return null;
  const workspace = page.value.path.replace(/table\.html$/, "index.html");
  const compare = page.value.path.replace(/table\.html$/, "compare.html");
  // Oldest first, but for the baseline, beside which the others stand.
  const oldest = [...chosen].reverse();
  const columns = [
    ...oldest.filter((run) => run === baseline.value),
    ...oldest.filter((run) => run !== baseline.value),
  ];
  return (
    <div class="selection" role="toolbar" aria-label="Selected runs">
      <b>{plural(chosen.length, "run")} selected</b>
      {chosen.length === 2 && (
        <a class="btn go" href={href(compare, { a: uid(chosen[1]!), b: uid(chosen[0]!) })}>
          <Icon name="swap" small />
          Compare all of both
        </a>
      )}
      {chosen.length > 2 && chosen.length <= MOST_COMPARED && (
        <a class="btn go" href={href(compare, { runs: join(columns.map(uid)) ?? "" })}>
          <Icon name="swap" small />
          Compare {plural(chosen.length, "run")}
        </a>
      )}
      {chosen.length > MOST_COMPARED && <span class="dim">At most {MOST_COMPARED} can be compared</span>}
      <a class="btn go" href={href(workspace, { only: join(chosen.map(uid)) ?? "" })}>
        <Icon name="chart" small />
        {chosen.length > 1 ? "Compare" : "Show"} in the workspace
      </a>
      {chosen.length === 1 && (
        <Button icon="flag" text="Set baseline" onClick={() => setParams({ base: uid(chosen[0]!) })} />
      )}
      <Button icon="hide" text="Hide" onClick={() => hide(chosen)} />
      <Button icon="download" text="Export" onClick={() => saveCsv(chosen)} />
      <Button icon="close" label="Select none" onClick={() => setParams({ sel: undefined })} />
    </div>
  );
}

function Foot() {
  const all = index.value!.runs.length;
  return (
    <div class="rail-foot table-foot">
      <span>
        <b>{full(listed.value.length)}</b> of {plural(all, "run")}
        {groups.value && (
          <>
            {" "}
            in <b>{groups.value.length}</b> groups
          </>
        )}
      </span>
      {groups.value && (
        <span class="wide">
          group rows: mean ± std over runs with a value; differing text shows the number of values
        </span>
      )}
      <span class="grow" />
      <span class="wide">J K move, Space select, B baseline, Enter open</span>
    </div>
  );
}

/** Hidden by conditions of the filter, where they can be seen and taken away. */
function hide(runs: readonly RunRow[]): void {
  const conditions = runs.map(({ id }): Filter => ({ kind: "is", key: "id", operator: "!=", values: [id] }));
  setParts([...partsOf(filter.value.tree), ...conditions]);
  setParams({ sel: undefined });
}

/** Values as logged, under the names that are shown. */
function saveCsv(runs: readonly RunRow[]): void {
  const now = table.value!;
  const list = columns.value.filter((column) => !column.spark);
  const head = ["id", ...list.map((column) => (column.tier === "config" ? `config ${column.label}` : column.label))];
  const value = (run: RunRow, id: string): unknown => {
    const raw = now.value(run, id);
    return id === "created" || id === "last_sign" ? new Date((raw as number) * 1000).toISOString() : raw;
  };
  download(
    `${fileName(index.value!.project)}-runs.csv`,
    csv([head, ...runs.map((run) => [run.id, ...list.map((column) => value(run, column.id))])]),
    "text/csv",
  );
}

tracklog.viewer("runtable", { Page });
