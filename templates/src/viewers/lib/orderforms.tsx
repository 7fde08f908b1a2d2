// How runs are grouped and sorted: what the menus of the run list and of the run table hold.
import type { ComponentChildren } from "preact";
import { groupKeys, join, setSort, sortKeys, table } from "../../lib/view";
import { Pick } from "../../parts/pick";
import { setParams } from "../../route";
import { ColumnsForm } from "./columnsform";

const GROUPABLE = ["group", "job_type", "tags", "host", "state", "user"];

export function GroupForm() {
  return (
    <ColumnsForm
      all={table.value?.columns.filter(({ id, tier }) => tier === "config" || GROUPABLE.includes(id)) ?? []}
      chosen={groupKeys.value}
      hint="Up to three"
      onChange={(ids) => setParams({ group: join(ids.slice(0, 3)) })}
    />
  );
}

export function SortForm({ close, children }: { close: () => void; children?: ComponentChildren }) {
  const now = table.value;
  return (
    <div class="form">
      <label>
        Sort by{" "}
        <Pick
          value={sortKeys.value[0]?.id ?? ""}
          none="newest first"
          choices={
            now?.columns.map(({ id, tier, label }) => [id, tier === "run" ? label : `${tier} ${label}`] as const) ?? []
          }
          onChange={(id) => {
            setSort(id ? [{ id, descending: now?.info(id)?.numeric ?? false }] : []);
            close();
          }}
        />
      </label>
      {children}
    </div>
  );
}
