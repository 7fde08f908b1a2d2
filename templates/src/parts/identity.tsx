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

/** That the script of a run raised an alert; its words are in the title. */
export function Alerted({ run: { alerts } }: { run: RunRow }) {
  const last = alerts[0];
  if (!last) return null;
  const lines = alerts.map(({ level, title, text }) => `${level} ${title}${text ? `: ${text}` : ""}`);
  return (
    <span class={`alertmark ${last.level.toLowerCase()}`} role="img" aria-label={lines[0]} title={lines.join("\n")}>
      !
    </span>
  );
}

/** Characters at the end of a text that stay when it is cut. */
const TAIL = 8;

/** A text that is cut in its middle where there is no room. */
export function Middle({ text }: { text: string }) {
  const tail = Math.max(0, text.length - TAIL);
  return (
    <span class="middle" title={text}>
      <span>{text.slice(0, tail)}</span>
      <span class="tail">{text.slice(tail)}</span>
    </span>
  );
}

/** The name of a run, cut in its middle where there is no room; what all runs share is dim, and gives way first. */
export function RunName({ run }: { run: RunRow }) {
  const name = nameOf(run);
  const { start, end } = common.value;
  const to = name.length - end;
  const tail = Math.max(start, to - TAIL);
  return (
    <span class="middle">
      <span class="dim">{name.slice(0, start)}</span>
      <span>{name.slice(start, tail)}</span>
      <span class="tail">{name.slice(tail, to)}</span>
      <span class="dim">{name.slice(to)}</span>
    </span>
  );
}
