// Choosing columns: search, on and off, order. The run list and the table share it.
import { useState } from "preact/hooks";
import { plainMatch } from "../../lib/filter";
import { shown } from "../../lib/keys";
import type { ColumnInfo } from "../../lib/runs";
import { Icon } from "../../parts/icons";
import { Button } from "../../parts/ui";

const TIERS = { run: "Run", summary: "Summary", config: "Config" } as const;

export function ColumnsForm({
  all,
  chosen,
  onChange,
  hint,
}: {
  all: readonly ColumnInfo[];
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
  hint?: string;
}) {
  const [query, setQuery] = useState("");
  const infos = new Map(all.map((column) => [column.id, column]));
  const move = (id: string, by: number): void => {
    const next = [...chosen];
    const at = next.indexOf(id);
    const to = Math.max(0, Math.min(next.length - 1, at + by));
    next.splice(to, 0, ...next.splice(at, 1));
    onChange(next);
  };
  const rest = all.filter((column) => !chosen.includes(column.id) && (!query || plainMatch(query, column.label)));
  return (
    <div class="form columns-form">
      <label class="field">
        <Icon name="search" />
        <input
          type="search"
          aria-label="Search columns"
          placeholder="Search columns, regular expression"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      </label>
      {hint && <p class="dim">{hint}</p>}
      <div class="lists">
        <ul aria-label="Shown columns">
          {chosen.map((id) => (
            <li key={id}>
              <label class="grow cut">
                <input type="checkbox" checked onChange={() => onChange(chosen.filter((other) => other !== id))} />{" "}
                {infos.get(id)?.label ?? shown(id)}
              </label>
              <Button
                kind="xs"
                icon="up"
                label={`Move ${infos.get(id)?.label ?? id} up`}
                onClick={() => move(id, -1)}
              />
              <Button
                kind="xs"
                icon="down"
                label={`Move ${infos.get(id)?.label ?? id} down`}
                onClick={() => move(id, 1)}
              />
            </li>
          ))}
        </ul>
        <ul aria-label="Other columns">
          {rest.slice(0, 200).map((column) => (
            <li key={column.id}>
              <label class="grow cut">
                <input type="checkbox" checked={false} onChange={() => onChange([...chosen, column.id])} />{" "}
                {column.label} <span class="dim">{TIERS[column.tier]}</span>
              </label>
            </li>
          ))}
        </ul>
      </div>
      {query && rest.length > 0 && (
        <Button
          kind="line"
          text={`Add ${rest.length}`}
          onClick={() => onChange([...chosen, ...rest.map((column) => column.id)])}
        />
      )}
    </div>
  );
}
