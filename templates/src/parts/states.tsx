// What stands in place of content, or says why it is there: loading, nothing yet, as it was left.

import type { ComponentChildren } from "preact";
import { uid } from "../lib/data";
import { plural } from "../lib/format";
import { FIRST_SHOWN, filter, found, listed, toggleEyes } from "../lib/view";
import { reset, restored, setParams } from "../route";
import { Button, CopyButton, Empty, Wait } from "./ui";

/** What stands in a panel that has nothing to draw: why, or that its data is read, or, as children, what is missing. */
export function Unready({
  error,
  waiting,
  items,
  children,
}: {
  error: string;
  waiting: boolean;
  /** How many there will be, which is how much room they take. */
  items?: number;
  children: ComponentChildren;
}) {
  if (waiting && !error) return <Wait items={items} />;
  return <div class="plot">{error ? <Empty title="This panel could not be read" text={error} /> : children}</div>;
}

/** The layout in grey; the first 150 ms show nothing, by the style sheet. */
export function Loading() {
  return (
    <div class="work" aria-busy="true">
      <div class="rail">
        <div class="ghosts late">
          {Array.from({ length: 10 }, (_, i) => (
            <i class="sk" key={i} style={{ width: `${50 + ((i * 37) % 40)}%` }} />
          ))}
        </div>
      </div>
      <div class="main">
        <div class="sec late">
          <p class="dim" role="status">
            Reading the runs
          </p>
          <div class="cards">
            {Array.from({ length: 6 }, (_, i) => (
              <div class="slot" key={i}>
                <div class="card">
                  <Wait />
                </div>
              </div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

export function NoRuns({ project }: { project: string }) {
  const code = `import tracklog\nrun = tracklog.init(project=${JSON.stringify(project)})\nrun.log({"loss": 0.42})`;
  return (
    <div class="empty start">
      <svg viewBox="0 0 120 40" width="120" height="40" aria-hidden="true">
        <path
          d="M4 4c14 0 18 26 40 28s50 1 72 2"
          fill="none"
          stroke="var(--ink-4)"
          stroke-width="1.5"
          stroke-dasharray="3 3"
        />
        <path d="M2 38h116" stroke="var(--line-2)" />
      </svg>
      <b>No data logged yet</b>
      <p>
        These three lines are enough. This page fills in by itself while <code>tracklog watch</code> runs.
      </p>
      <div class="snippet">
        <pre class="code">{code}</pre>
        <CopyButton text={code} label="Copy the lines" caption="Copy" />
      </div>
    </div>
  );
}

/** On pages that open as they were left. */
export function Restored() {
  return restored.value ? (
    <span class="row restored">
      <span class="dim">Your last view</span>
      <Button kind="line" text="Reset" onClick={reset} />
    </span>
  ) : null;
}

/** Stands where runs would be drawn while none is: names the cause and the way out. */
export function NobodyDrawn() {
  if (found.value?.size === 0)
    return (
      <Empty title="No run matches the search">
        <Button kind="line" text="Clear the search" onClick={() => setParams({ q: undefined })} />
      </Empty>
    );
  if (filter.value.tree && !listed.value.length)
    return (
      <Empty title="No run matches the filter">
        <Button kind="line" text="Clear the filter" onClick={() => setParams({ f: undefined })} />
      </Empty>
    );
  if (!listed.value.length) return <Empty title="This project has no runs" />;
  const ids = listed.value.slice(0, FIRST_SHOWN).map(uid);
  return (
    <Empty title="No run is shown" text="The eyes of all listed runs are shut.">
      <Button kind="line" text={`Show ${plural(ids.length, "run")}`} onClick={() => toggleEyes(ids, true)} />
    </Empty>
  );
}
