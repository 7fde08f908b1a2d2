// Values of a run's summary that its page does not print, since they are thousands: found by name, listed on demand.
import { prefix, shown } from "../../lib/keys";
import { table } from "../../lib/view";
import type { RunRow } from "../../model";

export interface Unlisted {
  readonly key: string;
  /** Of the column in the table of runs. */
  readonly id: string;
}

/** Those that have no row in `body`, in the order of the table's columns. */
export function unlisted(body: HTMLElement, run: RunRow): Unlisted[] {
  const columns = table.value;
  if (!columns) return [];
  const there = new Set(
    Array.from(body.querySelectorAll<HTMLElement>("tr[data-key]"), (row) => `summary.${row.dataset.key}`),
  );
  return columns.columns
    .filter(({ id, tier }) => tier === "summary" && id.startsWith("summary.") && !there.has(id))
    .filter(({ id }) => columns.value(run, id) !== undefined)
    .map(({ id }) => ({ key: id.slice(8), id }));
}

/** Those whose name or value has `wanted`, in lower case, in it. */
export function matching(some: readonly Unlisted[], run: RunRow, wanted: string): readonly Unlisted[] {
  if (!wanted) return some;
  return some.filter(
    ({ key, id }) =>
      shown(key).toLowerCase().includes(wanted) || table.value!.text(run, id).toLowerCase().includes(wanted),
  );
}

/** Rows as the builder writes them, each in its section; the sections that lack are added. */
export function append(body: HTMLElement, run: RunRow, some: readonly Unlisted[]): HTMLElement[] {
  const sections = new Map(Array.from(body.querySelectorAll("tbody"), (part) => [part.dataset.section, part]));
  return some.map(({ key, id }) => {
    const name = prefix(key);
    let section = sections.get(name);
    if (!section) {
      section = sectionOf(name);
      sections.set(name, section);
      body.append(section);
    }
    const row = rowOf(key, shown(key).slice(name ? name.length + 1 : 0), table.value?.text(run, id) ?? "");
    section.append(row);
    return row;
  });
}

function sectionOf(name: string): HTMLTableSectionElement {
  const section = document.createElement("tbody");
  section.dataset.section = name;
  const head = section.insertRow();
  head.className = "part";
  for (const text of [name || "values", "last", "best"]) {
    const cell = document.createElement("th");
    cell.scope = text === "last" || text === "best" ? "col" : "colgroup";
    cell.textContent = text;
    if (head.cells.length) cell.className = "num";
    else cell.colSpan = 2;
    head.append(cell);
  }
  return section;
}

function rowOf(key: string, label: string, value: string): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.dataset.key = key;
  const head = document.createElement("th");
  head.scope = "row";
  head.className = "cut";
  head.title = label;
  head.textContent = label;
  row.append(head);
  for (const name of ["spark", "num v", "num best dim"]) row.insertCell().className = name;
  row.cells[2]!.textContent = value;
  row.cells[2]!.title = value;
  return row;
}
