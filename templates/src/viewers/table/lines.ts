// What a grid shows from top to bottom: rows, and heads of groups with their rows below when they are open.

import type { Frame } from "./columns";
import { aggregate, filtered, find, type Group, grouped, sorted } from "./query";
import type { TableState } from "./state";

export interface Lines {
  /** Rows that meet the filter, in order. */
  readonly rows: Uint32Array;
  readonly groups: readonly Group[];
  /** A row number, or ~n for the n-th group. */
  readonly lines: Int32Array;
  /** Top of each line, and at last the height of all. */
  readonly tops: Float64Array;
}

/** Rows that are kept, computed apart from their order so that sorting does not filter again. */
export function kept(frame: Frame, state: TableState): Uint32Array {
  return filtered(frame, state.conditions, state.search);
}

export function ordered(frame: Frame, rows: Uint32Array, state: TableState): { rows: Uint32Array; groups: Group[] } {
  const by = state.group.filter((id) => find(frame, id));
  const keys = state.sort.length || !by.length ? state.sort : by.map((column) => ({ column, descending: false }));
  const inOrder = sorted(frame, rows, keys);
  if (!by.length) return { rows: inOrder, groups: [] };
  const groups = grouped(frame, inOrder, by);
  const [first] = state.sort;
  const column = first && !by.includes(first.column) ? find(frame, first.column) : undefined;
  if (state.bySize) groups.sort((a, b) => b.rows.length - a.rows.length);
  else if (column?.numbers) {
    const values = new Map(groups.map((group) => [group, aggregate(column, group.rows, state.aggregate)]));
    const sign = first!.descending ? -1 : 1;
    groups.sort((a, b) => {
      const [x, y] = [values.get(a)!, values.get(b)!];
      return x === y ? 0 : Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : x < y ? -sign : sign;
    });
  }
  return { rows: inOrder, groups };
}

export function laidOut(
  { rows, groups }: { rows: Uint32Array; groups: readonly Group[] },
  open: readonly string[],
  rowHeight: number,
  groupHeight: number,
): Lines {
  if (!groups.length)
    return {
      rows,
      groups,
      lines: Int32Array.from(rows),
      tops: Float64Array.from({ length: rows.length + 1 }, (_, i) => i * rowHeight),
    };
  const shown = new Set(open);
  const size = groups.reduce((sum, group) => sum + 1 + (shown.has(group.id) ? group.rows.length : 0), 0);
  const [lines, tops] = [new Int32Array(size), new Float64Array(size + 1)];
  let [at, top] = [0, 0];
  const add = (line: number, height: number): void => {
    lines[at] = line;
    tops[at++] = top;
    top += height;
  };
  groups.forEach((group, n) => {
    add(~n, groupHeight);
    if (shown.has(group.id)) for (const row of group.rows) add(row, rowHeight);
  });
  tops[size] = top;
  return { rows, groups, lines, tops };
}

/** The line that stands at a height. */
export function lineAt(tops: Float64Array, y: number): number {
  let [low, high] = [0, tops.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops[middle]! <= y) low = middle;
    else high = middle - 1;
  }
  return Math.min(low, Math.max(0, tops.length - 2));
}
