// What a run is recognised by: swatch for colour and dash, dot for the state.

import { shown } from "../lib/keys";
import { css, type Look } from "../lib/palette";
import { lostText } from "../lib/values";
import { common } from "../lib/view";
import type { RunRow, State } from "../model";

export function Swatch({ look, off, line }: { look: Look; off?: boolean; line?: boolean }) {
  return (
    <span
      class={`sw${off ? " off" : ""}${line ? " l" : ""}`}
      data-dash={look.dash}
      style={{ "--c": css(look) }}
      aria-hidden="true"
    />
  );
}

export function Dot({ state }: { state: State }) {
  return <span class={`dot ${state}`} role="img" aria-label={state} title={state} />;
}

export function nameOf(run: RunRow): string {
  return run.name || run.id;
}

/** Keys that are named where there is one line for each. */
const NAMED = 8;

/** Beside the name of a run of whose metrics some ended in what is not finite. */
export function Diverged({ run: { diverged } }: { run: RunRow }) {
  if (!diverged[0]) return null;
  const lines = diverged.slice(0, NAMED).map(([key, lost]) => `${shown(key)}: ${lostText(lost)}`);
  if (diverged.length > NAMED) lines.push(`and ${diverged.length - NAMED} more`);
  return (
    <span class="lostmark nan" role="img" aria-label={lines[0]} title={lines.join("\n")}>
      {diverged[0][1].what}
    </span>
  );
}

/** Characters at the end of a name that stay when it is cut. */
const TAIL = 8;

/** The name of a run, cut in its middle where there is no room; what all runs are called is dim. */
export function RunName({ run }: { run: RunRow }) {
  const name = nameOf(run);
  const { start, end } = common.value;
  const tail = Math.max(0, name.length - Math.max(TAIL, end));
  const [from, to] = [Math.min(start, tail), Math.max(name.length - end, tail)];
  return (
    <span class="middle">
      <span class="start">
        <span class="dim">{name.slice(0, from)}</span>
        {name.slice(from, tail)}
      </span>
      <span>
        {name.slice(tail, to)}
        <span class="dim">{name.slice(to)}</span>
      </span>
    </span>
  );
}
