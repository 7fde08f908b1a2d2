// The line of a group: what its rows have in common, column by column.
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { full } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { numberText } from "./cell";
import type { Column, Frame } from "./columns";
import { Bars, distOf } from "./dist";
import { aggregate, type Group, rangeOf, top } from "./query";
import type { TableState } from "./state";

export function GroupCells({
  frame,
  group,
  by,
  names,
  state,
  set,
  cells,
  place,
  kept,
}: {
  frame: Frame;
  group: Group;
  by: ReadonlySet<string>;
  names: readonly Column[];
  state: TableState;
  set: (change: Partial<TableState>) => void;
  kept: Uint32Array;
  cells: (draw: (column: Column, first: boolean) => ComponentChildren) => ComponentChildren;
  place: (column: Column, first: boolean) => Record<string, unknown>;
}) {
  const open = state.open.includes(group.id);
  const label = group.labels.map((text, n) => numberLabel(names[n], text)).join(", ");
  const toggle = (): void =>
    set({ open: open ? state.open.filter((id) => id !== group.id) : [...state.open, group.id] });
  return (
    <>
      {cells((column, first) =>
        first ? (
          <span key={column.id} role="rowheader" {...place(column, first)}>
            <button type="button" class="dt-fold" aria-expanded={open} title={label} onClick={toggle}>
              <Icon name={open ? "down" : "right"} small />
              <b class="cut">{label}</b>
              <span class="dim">{full(group.rows.length)}</span>
            </button>
          </span>
        ) : (
          <span key={column.id} role="gridcell" {...place(column, first)}>
            {by.has(column.id) ? (
              <span class="cut dim">{group.labels[[...by].indexOf(column.id)]}</span>
            ) : (
              <Summary frame={frame} column={column} group={group} state={state} kept={kept} />
            )}
          </span>
        ),
      )}
    </>
  );
}

const numberLabel = (column: Column | undefined, text: string): string =>
  column?.type === "number" && text !== "missing" && !column.exact ? numberText(column, Number(text)) : text;

/** What a group has in a column: its aggregate, and how its values are spread over the range of all. */
function Summary({
  frame,
  column,
  group,
  state,
  kept,
}: {
  frame: Frame;
  column: Column;
  group: Group;
  state: TableState;
  kept: Uint32Array;
}) {
  const text = useMemo(() => {
    if (column.type === "number") {
      const value = aggregate(column, group.rows, state.aggregate);
      return Number.isNaN(value) ? "–" : numberText(column, value);
    }
    if (column.type === "date")
      return numberText(column, aggregate(column, group.rows, state.aggregate === "max" ? "max" : "min")).slice(0, 10);
    if (column.type === "bool")
      return `${(aggregate(column, group.rows, "mean") * 100).toFixed(0)} %`.replace("NaN %", "–");
    if (column.type === "media") return "";
    const { words, distinct } = top(column, frame.rows, group.rows, 1);
    return distinct > 1 ? `${full(distinct)} values` : (words[0]?.word ?? "–");
  }, [column, group, state.aggregate]);
  const dist = useMemo(
    () =>
      column.type === "media"
        ? null
        : distOf(
            column,
            frame.rows,
            group.rows,
            column.numbers && column.type !== "bool" ? rangeOf(column, kept) : null,
          ),
    [column, group, kept],
  );
  return (
    <>
      {dist?.counts.length ? <Bars dist={dist} /> : null}
      <span class="cut" title={dist?.text}>
        {text}
      </span>
    </>
  );
}
