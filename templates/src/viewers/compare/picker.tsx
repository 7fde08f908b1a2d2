// Which run is A, which is B.
import { useState } from "preact/hooks";
import { uid } from "../../lib/data";
import { dateTime, duration, plural } from "../../lib/format";
import { lookOf } from "../../lib/view";
import type { RunRow } from "../../model";
import { Dot, nameOf, Swatch } from "../../parts/identity";
import { Button, Menu, SearchField } from "../../parts/ui";
import { setParams } from "../../route";

const PICKED = 200;

export function Picker({
  side,
  run,
  other,
  runs,
}: {
  side: "a" | "b";
  run: RunRow;
  other: RunRow;
  runs: readonly RunRow[];
}) {
  const [query, setQuery] = useState("");
  const at = runs.indexOf(run);
  const step = (by: number): void => {
    let next = at + by;
    if (runs[next] === other) next += by;
    if (runs[next]) setParams({ [side]: uid(runs[next]!), [side === "a" ? "b" : "a"]: uid(other) });
  };
  const wanted = query.toLowerCase();
  const hits = runs.filter((one) => `${nameOf(one)} ${one.id}`.toLowerCase().includes(wanted));
  return (
    <div class="cmp-side">
      <Menu
        label={`Run ${side.toUpperCase()}: ${nameOf(run)}`}
        trigger={{
          class: "cmp-run",
          content: (
            <>
              <span class="cmp-letter">{side.toUpperCase()}</span>
              <Swatch look={lookOf(run)} />
              <span class="cmp-who">
                <b class="cut">{nameOf(run)}</b>
                <span class="dim cut">
                  {[dateTime(run.created), duration(run.duration), run.host, run.commit.slice(0, 7)]
                    .filter(Boolean)
                    .join(", ")}
                </span>
              </span>
            </>
          ),
        }}
        icon="down"
      >
        {(close) => (
          <div class="form runs-form">
            <SearchField label={`Search ${plural(runs.length, "run")}`} value={query} onInput={setQuery} />
            <ul>
              {hits.slice(0, PICKED).map((one) => (
                <li key={uid(one)}>
                  <button
                    type="button"
                    class="cmp-choice"
                    aria-pressed={one === run}
                    disabled={one === other}
                    onClick={() => {
                      close();
                      setParams({ [side]: uid(one), [side === "a" ? "b" : "a"]: uid(other) });
                    }}
                  >
                    <Dot state={one.state} />
                    <Swatch look={lookOf(one)} />
                    <span class="cut grow">{nameOf(one)}</span>
                    <span class="dim">{dateTime(one.created)}</span>
                  </button>
                </li>
              ))}
            </ul>
            {hits.length > PICKED && <p class="dim">The first {PICKED} are listed; type on</p>}
          </div>
        )}
      </Menu>
      <Button
        kind="xs"
        icon="left"
        label={`Newer run as ${side.toUpperCase()}`}
        disabled={at <= 0}
        onClick={() => step(-1)}
      />
      <Button
        kind="xs"
        icon="right"
        label={`Older run as ${side.toUpperCase()}`}
        disabled={at >= runs.length - 1}
        onClick={() => step(1)}
      />
    </div>
  );
}
