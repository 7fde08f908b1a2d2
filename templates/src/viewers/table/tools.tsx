// Above a table: search, conditions, groups, columns, size of media, joined runs, download.
import { useState } from "preact/hooks";
import { csv, fileName } from "../../lib/csv";
import { full } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { Button, download, Menu, SearchField, Segments, Slider, Switch } from "../../parts/ui";
import { type Column, type Frame, isMissing, plain, value } from "./columns";
import { AGGREGATES, type Aggregate, codes, OPERATORS, type Operator, WORDS } from "./query";
import { SIZE, type TableState } from "./state";

export interface ToolsProps {
  readonly frame: Frame;
  readonly shown: readonly Column[];
  readonly rows: Uint32Array;
  readonly state: TableState;
  readonly set: (change: Partial<TableState>) => void;
  readonly title: string;
  /** Columns that all runs in view have; none where one run is in view. */
  readonly joinable: readonly string[];
}

export function Tools({ frame, shown, rows, state, set, title, joinable }: ToolsProps) {
  const media = shown.some((column) => column.type === "media");
  return (
    <div class="dt-tools" role="toolbar" aria-label={`Table ${title}`}>
      <SearchField label="Search all cells" value={state.search} onInput={(search) => set({ search })} />
      <Menu
        label="Filter"
        kind=""
        icon="filter"
        text={
          <>
            <span class="t">Filter </span>
            <b>{state.conditions.length || ""}</b>
          </>
        }
      >
        {(close) => <FilterForm frame={frame} state={state} set={set} close={close} />}
      </Menu>
      <Menu
        label="Group"
        kind=""
        icon="group"
        text={
          <>
            <span class="t">Group </span>
            <b class="cut">{state.group.join(", ")}</b>
          </>
        }
      >
        {() => <GroupForm frame={frame} state={state} set={set} />}
      </Menu>
      <Menu
        label="Columns"
        kind=""
        icon="columns"
        text={
          <>
            <span class="t">Columns </span>
            <b>{shown.length < frame.columns.length ? `${full(shown.length)} of ${full(frame.columns.length)}` : ""}</b>
          </>
        }
      >
        {() => <ColumnsForm frame={frame} state={state} set={set} />}
      </Menu>
      {joinable.length > 0 && (
        <Menu
          label="Runs"
          kind=""
          icon="swap"
          text={
            <>
              <span class="t">Runs </span>
              <b class="cut">{state.join ? `joined on ${state.join}` : ""}</b>
            </>
          }
        >
          {(close) => <JoinForm columns={joinable} state={state} set={set} close={close} />}
        </Menu>
      )}
      {media && (
        <span class="row dt-size">
          <span class="t lab">Size</span>
          <Slider
            label="Height of media"
            min={24}
            max={256}
            step={8}
            value={state.size}
            text={`${state.size} pixels`}
            onInput={(size) => set({ size })}
            width="72px"
          />
        </span>
      )}
      <span class="grow" />
      <Button
        icon="download"
        label="Download CSV"
        title="Download the rows and columns in view as CSV"
        text={<span class="t">CSV</span>}
        onClick={() => save(title, shown, rows)}
      />
    </div>
  );
}

export function Chips({ frame, state, set }: Pick<ToolsProps, "frame" | "state" | "set">) {
  if (!state.conditions.length) return null;
  return (
    <div class="dt-chips">
      <span class="dim">Where</span>
      {state.conditions.map(({ column, operator, value: text }, i) => (
        <>
          {i > 0 && <span class="dim">and</span>}
          <span class="chip filter" key={i}>
            <span>
              <b>{column}</b> {WORDS[operator]}
              {needsValue(operator) ? ` ${text}` : ""}
              {frame.columns.some((one) => one.id === column) ? "" : ": no such column"}
            </span>
            <button
              type="button"
              aria-label={`Remove the condition on ${column}`}
              onClick={() => set({ conditions: state.conditions.filter((_, n) => n !== i) })}
            >
              <Icon name="close" />
            </button>
          </span>
        </>
      ))}
      {state.conditions.length > 1 && (
        <button type="button" class="link" onClick={() => set({ conditions: [] })}>
          Clear all
        </button>
      )}
    </div>
  );
}

const needsValue = (operator: Operator): boolean => operator !== "none" && operator !== "some";

function operatorsOf(column: Column | undefined): readonly Operator[] {
  if (!column || column.type === "media" || column.type === "mixed") return ["has", "hasnot", "none", "some"];
  if (column.type === "bool") return ["=", "none", "some"];
  return column.numbers ? OPERATORS.filter((one) => one !== "has" && one !== "hasnot") : OPERATORS;
}

function FilterForm({ frame, state, set, close }: Pick<ToolsProps, "frame" | "state" | "set"> & { close: () => void }) {
  const [id, setId] = useState(frame.columns[0]?.id ?? "");
  const column = frame.columns.find((one) => one.id === id);
  const operators = operatorsOf(column);
  const [chosen, setChosen] = useState<Operator>("=");
  const operator = operators.includes(chosen) ? chosen : operators[0]!;
  const [text, setText] = useState("");
  const known =
    column?.type === "bool"
      ? ["true", "false"]
      : column && !column.numbers && column.type !== "media"
        ? codes(column, frame.rows)
            .words.filter((word) => word.length < 60)
            .slice(0, 50)
        : [];
  const ready = !needsValue(operator) || text !== "";
  const add = (): void => {
    if (!ready) return;
    set({ conditions: [...state.conditions, { column: id, operator, value: needsValue(operator) ? text : "" }] });
    close();
  };
  return (
    <div class="form filter-form">
      <label>
        Column{" "}
        <select value={id} onChange={(event) => setId(event.currentTarget.value)}>
          {frame.columns.map((one) => (
            <option key={one.id} value={one.id}>
              {one.id}
            </option>
          ))}
        </select>
      </label>
      <label>
        Comparison{" "}
        <select value={operator} onChange={(event) => setChosen(event.currentTarget.value as Operator)}>
          {operators.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      {needsValue(operator) && (
        <label>
          Value{" "}
          <input
            value={text}
            list="dt-values"
            placeholder={column?.type === "date" ? "2026-11-17" : ""}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add();
            }}
          />
        </label>
      )}
      <datalist id="dt-values">
        {known.map((word) => (
          <option key={word} value={word} />
        ))}
      </datalist>
      <button type="button" class="btn go" disabled={!ready} onClick={add}>
        Add filter
      </button>
    </div>
  );
}

function GroupForm({ frame, state, set }: Pick<ToolsProps, "frame" | "state" | "set">) {
  const names = frame.columns.filter((column) => column.type !== "media");
  const choose = (n: number, id: string): void =>
    set({
      group: [
        n === 0 ? id : state.group[0],
        n === 1 ? id : n === 0 && state.group[1] === id ? "" : state.group[1],
      ].filter((one): one is string => Boolean(one)),
      open: [],
    });
  const select = (n: number, text: string) => (
    <label>
      {text}{" "}
      <select value={state.group[n] ?? ""} onChange={(event) => choose(n, event.currentTarget.value)}>
        <option value="">none</option>
        {names
          .filter((column) => column.id !== state.group[1 - n])
          .map((column) => (
            <option key={column.id} value={column.id}>
              {column.id}
            </option>
          ))}
      </select>
    </label>
  );
  return (
    <div class="form">
      {select(0, "Group by")}
      {state.group[0] && select(1, "and by")}
      {state.group[0] && (
        <>
          <Segments<Aggregate>
            label="Aggregate of numbers"
            value={state.aggregate}
            options={AGGREGATES.map((one) => [one, one])}
            onChange={(how) => set({ aggregate: how })}
          />
          <Switch on={state.bySize} text="Largest groups first" onChange={(bySize) => set({ bySize })} />
        </>
      )}
    </div>
  );
}

function ColumnsForm({ frame, state, set }: Pick<ToolsProps, "frame" | "state" | "set">) {
  const [query, setQuery] = useState("");
  const found = frame.columns.filter((column) => column.id.toLowerCase().includes(query.toLowerCase()));
  const toggle = (id: string): void =>
    set({ hidden: state.hidden.includes(id) ? state.hidden.filter((one) => one !== id) : [...state.hidden, id] });
  const ids = new Set(found.map((column) => column.id));
  const hidden = new Set(state.hidden);
  return (
    <div class="form columns-form">
      <label class="field">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search columns"
          placeholder="Search columns"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </label>
      <div class="lists">
        <ul aria-label="Columns">
          {found.slice(0, 200).map((column) => (
            <li key={column.id}>
              <label class="grow cut">
                <input type="checkbox" checked={!hidden.has(column.id)} onChange={() => toggle(column.id)} />{" "}
                {column.id} <span class="dim">{column.type}</span>
              </label>
            </li>
          ))}
        </ul>
      </div>
      {found.length > 200 && <p class="dim">200 of {full(found.length)} columns listed; search for others</p>}
      <div class="row">
        <Button
          kind="line"
          text="Show all"
          onClick={() => set({ hidden: state.hidden.filter((id) => !ids.has(id)) })}
        />
        <Button kind="line" text="Hide all" onClick={() => set({ hidden: [...new Set([...state.hidden, ...ids])] })} />
        <Button
          kind="line"
          text="Reset widths"
          disabled={!Object.keys(state.widths).length && state.size === SIZE}
          onClick={() => set({ widths: {}, size: SIZE })}
        />
      </div>
    </div>
  );
}

function JoinForm({
  columns,
  state,
  set,
  close,
}: {
  columns: readonly string[];
  state: TableState;
  set: (change: Partial<TableState>) => void;
  close: () => void;
}) {
  return (
    <div class="form">
      <label>
        Join runs on{" "}
        <select
          value={state.join}
          onChange={(event) => {
            // Columns of a joined table have other names.
            set({ join: event.currentTarget.value, hidden: [], group: [], open: [], sort: [], conditions: [] });
            close();
          }}
        >
          <option value="">nothing: one below the other</option>
          {columns.map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
      <p class="dim">Joined, rows with equal values stand side by side.</p>
    </div>
  );
}

function save(title: string, columns: readonly Column[], rows: Uint32Array): void {
  const cell = (column: Column, row: number): string | number => {
    if (isMissing(column, row)) return "";
    const found = column.type === "number" ? value(column, row) : plain(column, row);
    return typeof found === "number" ? found : String(found);
  };
  const body = Array.from(rows, (row) => columns.map((column) => cell(column, row)));
  download(`${fileName(title)}.csv`, csv([columns.map((column) => column.name), ...body]), "text/csv");
}
