// What the run table is grouped and sorted by, and which columns it has.
import { groupKeys, join, setSort, sortKeys, table } from "../../lib/view";
import { ColumnsForm } from "../../parts/columns";
import { Menu } from "../../parts/ui";
import { setParams } from "../../route";
import { columnIds, columns, setColumns } from "./columns";

const GROUPABLE = ["group", "job_type", "tags", "host", "state", "user"];

export function GroupMenu() {
  const now = table.value!;
  const chosen = groupKeys.value.map((id) => now.info(now.resolve(id)!)?.label ?? id);
  return (
    <Menu
      label="Group"
      kind=""
      icon="group"
      text={
        <>
          Group <b class="cut">{chosen.join(", ") || "none"}</b>
        </>
      }
    >
      {() => (
        <ColumnsForm
          all={now.columns.filter(({ id, tier }) => tier === "config" || GROUPABLE.includes(id))}
          chosen={groupKeys.value}
          hint="Up to three"
          onChange={(ids) => setParams({ group: join(ids.slice(0, 3)) })}
        />
      )}
    </Menu>
  );
}

export function SortMenu() {
  const now = table.value!;
  const sort = sortKeys.value[0];
  return (
    <Menu
      label="Sort"
      kind=""
      icon="sort"
      text={
        <>
          Sort <b class="cut">{sort ? (now.info(sort.id)?.label ?? sort.id) : "newest"}</b>
        </>
      }
    >
      {(close) => (
        <div class="form">
          <label>
            Sort by{" "}
            <select
              value={sort?.id ?? ""}
              onChange={(event) => {
                const id = event.currentTarget.value;
                setSort(id ? [{ id, descending: now.info(id)?.numeric ?? false }] : []);
                close();
              }}
            >
              <option value="">newest first</option>
              {now.columns.map((column) => (
                <option key={column.id} value={column.id}>
                  {column.tier === "run" ? column.label : `${column.tier} ${column.label}`}
                </option>
              ))}
            </select>
          </label>
        </div>
      )}
    </Menu>
  );
}

export function ColumnsMenu() {
  const now = table.value!;
  const sparks = now.columns
    .filter((column) => column.tier === "summary" && column.numeric)
    .map((column) => ({ ...column, id: `~${column.id}`, label: `${column.label}, sparkline` }));
  return (
    <Menu
      label="Columns"
      kind=""
      icon="columns"
      text={
        <>
          Columns{" "}
          <b>
            {columns.value.length} of {now.columns.length}
          </b>
        </>
      }
    >
      {() => (
        <ColumnsForm
          all={[...now.columns.filter((column) => column.id !== "name"), ...sparks]}
          chosen={columnIds.value}
          onChange={setColumns}
        />
      )}
    </Menu>
  );
}
