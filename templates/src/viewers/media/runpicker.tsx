// Which runs are columns of the media page.
import { useState } from "preact/hooks";
import { uid } from "../../lib/data";
import { full, plural } from "../../lib/format";
import { lookOf, table } from "../../lib/view";
import type { RunRow } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { Button, Menu, SearchField } from "../../parts/ui";
import { param, setParams } from "../../route";
import { chooseRuns } from "./state";

const PICKED = 200;

export function RunPicker({ shown }: { shown: readonly RunRow[] }) {
  const [query, setQuery] = useState("");
  const all = table.value?.index.runs ?? [];
  const text = shown.length === 1 ? "1 run" : `${full(shown.length)} of ${plural(all.length, "run")}`;
  const hits = all.filter((run) => nameOf(run).toLowerCase().includes(query.toLowerCase())).slice(0, PICKED);
  const on = (run: RunRow): boolean => shown.some((other) => uid(other) === uid(run));
  const toggle = (run: RunRow): void =>
    chooseRuns(on(run) ? shown.filter((other) => uid(other) !== uid(run)) : [...shown, run]);
  return (
    <Menu label="Runs side by side" icon="runs" text={text} kind="">
      {() => (
        <div class="form runs-form">
          <SearchField label={`Search ${plural(all.length, "run")}`} value={query} onInput={setQuery} />
          <ul>
            {hits.map((run) => (
              <li key={uid(run)}>
                <label>
                  <input type="checkbox" checked={on(run)} onChange={() => toggle(run)} />
                  <Swatch look={lookOf(run)} />
                  <span class="cut grow">{nameOf(run)}</span>
                </label>
              </li>
            ))}
          </ul>
          {hits.length === PICKED && <p class="dim">The first {PICKED} are listed; type on</p>}
          {param("runs") !== undefined && (
            <Button kind="line" text="As in the workspace" onClick={() => setParams({ runs: undefined })} />
          )}
        </div>
      )}
    </Menu>
  );
}
