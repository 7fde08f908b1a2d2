// Which smoothing, and how much of it.
import { KINDS, kindOf, type Smoothing } from "../lib/smooth";
import { Slider } from "./ui";

/** `none`: the option that stands for no choice. */
export function SmoothChoice({
  value,
  none,
  onChange,
}: {
  value: Smoothing | undefined;
  none?: string;
  onChange: (value: Smoothing | undefined) => void;
}) {
  const [kind, , , greatest, meaning] = kindOf(value?.kind ?? "none")!;
  const share = greatest < 0.5;
  return (
    <>
      <select
        class="plainselect strong"
        aria-label="Kind of smoothing"
        value={value?.kind ?? ""}
        onChange={(event) => {
          const chosen = kindOf(event.currentTarget.value);
          onChange(chosen && { kind: chosen[0], weight: chosen[2] });
        }}
      >
        {none && <option value="">{none}</option>}
        {KINDS.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {value && meaning && (
        <b class="num" title={meaning}>
          {share ? `${Math.round(value.weight * 100)} %` : value.weight.toFixed(2)}
        </b>
      )}
      {value && (meaning || !none) && (
        <Slider
          label={meaning || "Smoothing"}
          min={0}
          max={greatest}
          step={0.01}
          value={value.weight}
          onInput={(weight) => onChange({ kind: weight ? (meaning ? kind : "ema") : "none", weight })}
        />
      )}
    </>
  );
}
