// The swatch of a run, which opens its colours and dashes.

import { css, type Look } from "../lib/palette";
import { lookOf, setLook } from "../lib/view";
import type { RunRow } from "../model";
import { nameOf } from "./identity";
import { Menu } from "./ui";

/** `shared` is the look of the group that wears this run's colours. */
export function SwatchMenu({ run, off, shared }: { run: RunRow; off?: boolean; shared?: Look }) {
  const look = shared ?? lookOf(run);
  return (
    <Menu
      label={`Colour of ${nameOf(run)}`}
      trigger={{ class: off ? "sw off" : "sw", style: { "--c": css(look) }, dash: look.dash }}
    >
      {(close) => <Colours run={run} look={look} close={close} />}
    </Menu>
  );
}

function Colours({ run, look, close }: { run: RunRow; look: Look; close: () => void }) {
  return (
    <div class="form colours">
      <div class="swatches" role="group" aria-label="Colours">
        {Array.from({ length: 12 }, (_, i) => (
          <button
            type="button"
            class="sw"
            key={i}
            aria-label={`Colour ${i + 1}`}
            aria-pressed={!look.hex && look.colour === i + 1}
            style={{ "--c": `var(--run-${i + 1})` }}
            data-dash={look.dash}
            onClick={() => setLook(run, { colour: i + 1, hex: undefined })}
          />
        ))}
      </div>
      <div class="swatches" role="group" aria-label="Dashes">
        {([1, 2, 3, 4] as const).map((dash) => (
          <button
            type="button"
            class="sw"
            key={dash}
            aria-label={["solid", "dashed", "dotted", "dash-dot"][dash - 1]}
            aria-pressed={look.dash === dash}
            style={{ "--c": css(look) }}
            data-dash={dash}
            onClick={() => setLook(run, { dash })}
          />
        ))}
      </div>
      <label>
        Hex{" "}
        <input
          value={look.hex ?? ""}
          placeholder="#535ad9"
          onChange={(event) =>
            /^#[0-9a-f]{6}$/i.test(event.currentTarget.value) && setLook(run, { hex: event.currentTarget.value })
          }
        />
      </label>
      <button
        type="button"
        class="btn line"
        onClick={() => {
          setLook(run, null);
          close();
        }}
      >
        Reset
      </button>
    </div>
  );
}
