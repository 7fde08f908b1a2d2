// The swatch of a run or a group, which opens its colours and dashes.

import { css, type Look } from "../lib/palette";
import { setLook } from "../lib/view";
import { Menu } from "./ui";

interface SwatchProps {
  /** Of the run, or the `groupKey` of the group. */
  readonly id: string;
  readonly name: string;
  readonly look: Look;
}

export function SwatchMenu({ off, ...props }: SwatchProps & { off?: boolean }) {
  const { look, name } = props;
  return (
    <Menu
      label={`Colour of ${name}`}
      trigger={{ class: off ? "sw off" : "sw", style: { "--c": css(look) }, dash: look.dash }}
    >
      {(close) => <Colours {...props} close={close} />}
    </Menu>
  );
}

function Colours({ id, look, close }: SwatchProps & { close: () => void }) {
  const choose = (change: Partial<Look>): void => setLook(id, look, change);
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
            onClick={() => choose({ colour: i + 1, hex: undefined })}
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
            onClick={() => choose({ dash })}
          />
        ))}
      </div>
      <label>
        Hex{" "}
        <input
          value={look.hex ?? ""}
          placeholder="#535ad9"
          onChange={({ currentTarget: { value } }) => /^#[0-9a-f]{6}$/i.test(value) && choose({ hex: value })}
        />
      </label>
      <button
        type="button"
        class="btn line"
        onClick={() => {
          setLook(id, look, null);
          close();
        }}
      >
        Reset
      </button>
    </div>
  );
}
