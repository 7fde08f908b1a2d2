// Fields that search the lists of the overview, and what copies them.
import { render } from "preact";
import { useState } from "preact/hooks";
import { page } from "../../entry";
import { shown } from "../../lib/keys";
import { Icon } from "../../parts/icons";
import { CopyButton } from "../../parts/ui";
import { param, setParams } from "../../route";

export function searchInto(
  root: HTMLElement,
  name: string,
  list: string,
  item: string,
  copyLabel: string,
  text: () => string,
  before?: (query: string) => void,
): void {
  const slot = root.querySelector<HTMLElement>(`[data-slot=${name}]`);
  const body = root.querySelector<HTMLElement>(list);
  if (slot && body)
    render(<Search name={name} body={body} item={item} copyLabel={copyLabel} text={text} before={before} />, slot);
}

function Search({
  name,
  body,
  item,
  copyLabel,
  text,
  before,
}: {
  name: string;
  body: HTMLElement;
  item: string;
  copyLabel: string;
  text: () => string;
  before: ((query: string) => void) | undefined;
}) {
  const parameter = name === "config" ? "q" : "sq";
  const [query, setQuery] = useState(
    page.value.kind === "run" && param("tab") === undefined ? (param(parameter) ?? "") : "",
  );
  before?.(query);
  mark(body, item, query);
  return (
    <>
      <label class="field" style={{ width: "128px" }}>
        <Icon name="search" />
        <input
          type="search"
          aria-label={`Find a key in ${name}`}
          placeholder="Find a key"
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setParams({ [parameter]: event.currentTarget.value || undefined });
          }}
        />
      </label>
      <CopyButton text={text} label={`Copy as ${copyLabel}`} caption={copyLabel} />
    </>
  );
}

/** Hits are marked and their branches opened; the rest is left out. */
function mark(body: HTMLElement, item: string, query: string): void {
  const wanted = query.toLowerCase();
  for (const element of body.querySelectorAll<HTMLElement>(item)) {
    const label = element.querySelector<HTMLElement>(".k, th") ?? element;
    const name = label.textContent ?? "";
    const at = wanted ? name.toLowerCase().indexOf(wanted) : -1;
    const key = shown(element.dataset.key ?? "").toLowerCase();
    const value = (element.querySelector(".v")?.textContent ?? "").toLowerCase();
    element.hidden = Boolean(wanted) && at < 0 && !key.includes(wanted) && !value.includes(wanted);
    if (at >= 0) {
      const hit = document.createElement("mark");
      hit.textContent = name.slice(at, at + wanted.length);
      label.replaceChildren(name.slice(0, at), hit, name.slice(at + wanted.length));
    } else if (label.querySelector("mark")) label.replaceChildren(name);
    if (wanted && !element.hidden)
      for (let up = element.parentElement; up && up !== body; up = up.parentElement)
        if (up instanceof HTMLDetailsElement) up.open = true;
  }
}
