// The run list: the legend of every panel.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { CROWD } from "../lib/crowd";
import { index, uid } from "../lib/data";
import { full, plural } from "../lib/format";
import { columnLabel, DELTA, railColumns, SPREAD, widthOf, withSpread } from "../lib/railcolumns";
import type { ColumnInfo, Group } from "../lib/runs";
import {
  baseline,
  closedGroups,
  current,
  cycleSort,
  eyes,
  firstRule,
  found,
  groupKeys,
  groups,
  groupText,
  isFirstView,
  join,
  listed,
  pins,
  sortKeys,
  table,
  toggleEyes,
} from "../lib/view";
import type { RunRow } from "../model";
import { preference, setParams, setPreference } from "../route";
import { Icon } from "./icons";
import { part } from "./part";
import { GroupLine, RunLine } from "./railrow";
import { bestRemoval, FilterChips, RunSearch, useFilterPatterns } from "./runsearch";
import { Button, Empty, Menu } from "./ui";
import { rowHeight, VirtualList } from "./virtual";

const ColumnsForm = part<{
  readonly all: readonly ColumnInfo[];
  readonly chosen: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}>("runforms", "ColumnsForm");
const GroupForm = part<object>("runforms", "GroupForm");
const SortForm = part<{ readonly close: () => void; readonly children: ComponentChildren }>("runforms", "SortForm");

type Row =
  | { readonly kind: "run"; readonly run: RunRow; readonly group?: string }
  | { readonly kind: "group"; readonly group: Group; readonly open: boolean };

const [LEAST, MOST, USUAL] = [240, 560, 336];

export function Rail({
  sheet,
  onClose,
  inputRef,
}: {
  sheet: boolean;
  onClose: () => void;
  inputRef: (element: HTMLInputElement | null) => void;
}) {
  useFilterPatterns();
  const all = index.value?.runs ?? [];
  const columns = groupKeys.value.length ? withSpread(railColumns()) : railColumns();
  const width = Number(preference("rail")) || USUAL;
  const top = [...(baseline.value ? [baseline.value] : []), ...pins.value.filter((run) => run !== baseline.value)];
  const rows = rowsOf(new Set(top));
  const template = { "--columns": columns.map((id) => `${widthOf(id)}px`).join(" ") };
  const at = rows.findIndex((row) => row.kind === "run" && uid(row.run) === current.value);
  const removal = rows.length || top.length ? null : bestRemoval();
  const row = (run: RunRow, i: number, group?: string) => (
    <RunLine key={uid(run)} run={run} columns={columns} group={group} at={i} />
  );
  return (
    <aside
      class="rail"
      id="runs"
      aria-label="Runs"
      data-open={sheet ? "" : undefined}
      style={{ "--rail-now": `${width}px` }}
    >
      <div class="sheet-head narrow">
        <b>Runs</b>
        <button type="button" class="btn" onClick={onClose}>
          Done
        </button>
      </div>
      <div class="rail-head">
        <RunSearch inputRef={inputRef} />
        <div class="rail-row">
          <FilterChips />
        </div>
        <RailBar columns={columns} />
      </div>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label */}
      <div
        class={groupKeys.value.length ? "runs grouped" : "runs"}
        role={groupKeys.value.length ? "treegrid" : "grid"}
        aria-label="Runs"
        aria-rowcount={all.length + 1}
        style={template}
      >
        <div class="runs-head" role="row">
          <Head id="name" text="Name" />
          {columns.map((id) => (
            <Head key={id} id={id} text={columnLabel(id, columns)} />
          ))}
        </div>
        {top.length > 0 && (
          <div class="pinned" role="rowgroup">
            {top.map((run) => row(run, -1))}
          </div>
        )}
        {rows.length ? (
          <VirtualList
            count={rows.length}
            height={rowHeight()}
            scrollTo={at}
            row={(i) => {
              const item = rows[i]!;
              return item.kind === "run" ? (
                row(item.run, i, item.group)
              ) : (
                <GroupLine key={item.group.id} group={item.group} open={item.open} columns={columns} />
              );
            }}
          />
        ) : (
          <div role="row">
            <div role="gridcell">
              {!top.length && (
                <Empty
                  title={all.length ? "No run matches" : "No runs yet"}
                  text={removal ? `Without ${removal.text} ${removal.back} come back.` : undefined}
                >
                  {removal && <Button kind="line" text={`Remove ${removal.text}`} onClick={removal.remove} />}
                  {found.value?.size === 0 && (
                    <Button kind="line" text="Clear the search" onClick={() => setParams({ q: undefined })} />
                  )}
                </Empty>
              )}
            </div>
          </div>
        )}
      </div>
      <Foot />
      <Grip width={width} />
    </aside>
  );
}

function rowsOf(top: ReadonlySet<RunRow>): Row[] {
  if (!groups.value) return listed.value.filter((run) => !top.has(run)).map((run) => ({ kind: "run", run }));
  return groups.value.flatMap((group): Row[] => {
    const open = !closedGroups.value.has(group.id);
    return [
      { kind: "group", group, open },
      ...(open ? group.runs.map((run): Row => ({ kind: "run", run, group: group.id })) : []),
    ];
  });
}

function Head({ id, text }: { id: string; text: string }) {
  const key = sortKeys.value.find((other) => other.id === id);
  const sortable = id !== DELTA && id !== SPREAD;
  return (
    <span
      role="columnheader"
      class={`${id === "name" ? "nm" : "num cut"}${key ? " sorted" : ""}`}
      aria-sort={key ? (key.descending ? "descending" : "ascending") : undefined}
    >
      {sortable ? (
        <button
          type="button"
          title={`Sort by ${table.value?.info(id)?.label ?? text}`}
          onClick={(event) => cycleSort(id, event.shiftKey)}
        >
          {text}
          {key ? (key.descending ? " ↓" : " ↑") : ""}
        </button>
      ) : (
        text
      )}
    </span>
  );
}

function RailBar({ columns }: { columns: readonly string[] }) {
  const now = table.value;
  const sort = sortKeys.value[0];
  return (
    <div class="rail-row bar">
      <Menu
        label="Group"
        kind="xs"
        text={
          <span class="cut">
            <Icon name="group" small /> Group <b>{groupText()}</b>
          </span>
        }
      >
        {() => <GroupForm />}
      </Menu>
      <Menu
        label="Sort"
        kind="xs"
        text={
          <span class="cut">
            <Icon name="sort" small /> <b>{sort ? (now?.info(sort.id)?.label ?? sort.id) : "Newest"}</b>{" "}
            {sort ? (sort.descending ? "high first" : "low first") : ""}
          </span>
        }
      >
        {(close) => (
          <SortForm close={close}>
            {sort && <Button kind="line" text="Other direction" onClick={() => cycleSort(sort.id)} />}
          </SortForm>
        )}
      </Menu>
      <span class="grow" />
      <Menu label="Columns of the list" kind="xs" icon="columns">
        {() => (
          <ColumnsForm
            all={[...(now?.columns ?? []), { id: DELTA, tier: "run", label: "Δ to baseline", numeric: true }]}
            chosen={columns}
            onChange={(ids) => setParams({ list: join(ids) })}
          />
        )}
      </Menu>
    </div>
  );
}

function Foot() {
  const all = index.value?.runs ?? [];
  const among = listed.value;
  const shownCount = among.filter((run) => eyes.value.has(uid(run))).length;
  const running = all.filter((run) => run.state === "running" || run.state === "silent").length;
  const count = (state: RunRow["state"]): number => all.filter((run) => run.state === state).length;
  const first = isFirstView.value && shownCount < among.length;
  return (
    <div class="rail-foot">
      {shownCount > CROWD && !groups.value && (
        <p class="crowd" role="status">
          {plural(shownCount, "line")} in each panel. Groups draw their means.
        </p>
      )}
      <span>
        {groups.value && (
          <>
            <b>{full(groups.value.length)}</b> groups,{" "}
          </>
        )}
        <b>{full(shownCount)}</b> of {full(among.length)}
        {among.length < all.length ? ` that match` : ""}
        {first && firstRule.value ? `: ${firstRule.value}` : " shown"}
      </span>
      {shownCount < among.length && (
        <Button
          kind="xs"
          text="Show all"
          title={groups.value ? undefined : `Draws ${plural(among.length, "line")} in each panel`}
          onClick={() => toggleEyes(among.map(uid), true)}
        />
      )}
      <span class="grow" />
      {groups.value && <span>mean ± std</span>}
      {running > 0 && (
        <span class="row" title={`${running} running`}>
          <span class="dot running" /> {running}
          <span class={first ? "sr" : ""}> running</span>
        </span>
      )}
      {(["crashed", "failed"] as const).map(
        (state) =>
          count(state) > 0 && (
            <span class="row" key={state} title={`${count(state)} ${state}`}>
              <span class={`dot ${state}`} /> {count(state)}
              <span class={first ? "sr" : ""}> {state}</span>
            </span>
          ),
      )}
    </div>
  );
}

function Grip({ width }: { width: number }) {
  const root = useRef<HTMLDivElement>(null);
  const set = (next: number): void => {
    const clean = Math.round(Math.max(LEAST, Math.min(MOST, next)));
    setPreference("rail", clean === USUAL ? null : String(clean));
    root.current!.closest<HTMLElement>(".work")!.style.setProperty("--rail", `${clean}px`);
    root.current!.setAttribute("aria-valuenow", String(clean));
  };
  return (
    <div
      class="grip"
      ref={root}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the run list"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={width}
      tabIndex={0}
      onDblClick={() => set(USUAL)}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && set(event.clientX)}
      onKeyDown={(event) => {
        const by = event.key === "ArrowRight" ? 8 : event.key === "ArrowLeft" ? -8 : 0;
        if (!by) return;
        event.preventDefault();
        set((Number(preference("rail")) || USUAL) + by);
      }}
    />
  );
}
