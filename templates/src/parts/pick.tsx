// One of many names: a list to open where they are few, a field that proposes names where they are not.
import { computed } from "@preact/signals";
import { useId, useState } from "preact/hooks";
import { shown } from "../lib/keys";
import { scalars } from "../lib/view";

/** As many as a list that opens can show, and as a field proposes at once. */
const [LISTED, PROPOSED] = [200, 100];

export type Choice = readonly [value: string, text: string];

/** Metrics that others can be drawn over. */
export const xs = computed<readonly Choice[]>(() =>
  scalars.value.filter((key) => key.stream === "history").map(({ key }) => [key, shown(key)]),
);

/** Names that hold what is typed. */
export function proposals(choices: readonly Choice[], typed: string): Choice[] {
  const wanted = typed.toLowerCase();
  const found: Choice[] = [];
  for (const choice of choices) {
    if (found.length === PROPOSED) break;
    if (choice[1].toLowerCase().includes(wanted)) found.push(choice);
  }
  return found;
}

export function Pick({
  choices,
  value,
  none,
  label,
  kind,
  onChange,
}: {
  choices: readonly Choice[];
  value: string;
  /** What it says while nothing is chosen. */
  none: string;
  label?: string;
  kind?: string;
  onChange: (value: string) => void;
}) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const on = value ? "" : undefined;
  if (choices.length <= LISTED)
    return (
      <select
        class={kind}
        aria-label={label}
        data-on={on}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">{none}</option>
        {choices.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    );
  const take = (text: string): void => {
    setTyped(text);
    const found = text === "" ? "" : choices.find((choice) => choice[1] === text)?.[0];
    if (found !== undefined && found !== value) onChange(found);
  };
  return (
    <>
      <input
        class={kind}
        aria-label={label}
        data-on={on}
        placeholder={none}
        list={id}
        autocomplete="off"
        spellcheck={false}
        value={typed ?? choices.find(([one]) => one === value)?.[1] ?? value}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={() => setTyped(null)}
        onInput={(event) => take(event.currentTarget.value)}
      />
      <datalist id={id}>
        {typed !== null && proposals(choices, typed).map(([one, text]) => <option key={one} value={text} />)}
      </datalist>
    </>
  );
}
