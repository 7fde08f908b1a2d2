// What the run table is grouped and sorted by, and which columns it has.
import { groupText, sortKeys, table } from "../../lib/view";
import { Menu } from "../../parts/ui";
import { ColumnsForm } from "../lib/columnsform";
import { GroupForm, SortForm } from "../lib/orderforms";
import { columnIds, columns, setColumns } from "./columns";

export function GroupMenu() {
  return (
    <Menu
      label="Group"
      kind=""
      icon="group"
      text={
        <>
          Group <b class="cut">{groupText()}</b>
        </>
      }
    >
      {() => <GroupForm />}
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
      {(close) => <SortForm close={close} />}
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
