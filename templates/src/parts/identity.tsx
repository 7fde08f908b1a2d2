// What a run is recognised by: swatch for colour and dash, dot for the state.

import { css, type Look } from "../lib/palette";
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
