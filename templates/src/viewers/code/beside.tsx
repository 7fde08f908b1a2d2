// What the builder wrote beside the code comes to life: the command is copied, packages are searched.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { full } from "../../lib/format";
import { CopyButton, SearchField } from "../../parts/ui";
import { packagesOf } from "../lib/packages";

/** From so many packages on they can be searched. */
const MANY = 12;

/** `requirements` is the text of `requirements.txt`; null while it is on its way, and where there is none. */
export function useBeside(requirements: string | null): void {
  useEffect(() => {
    const slot = slotOf("copy");
    const command = document.querySelector(".cv-command")?.textContent;
    if (!slot || !command) return;
    render(<CopyButton text={command} label="Copy the command line" />, slot);
    return () => render(null, slot);
  }, []);
  useEffect(() => {
    const slot = slotOf("packages");
    const packages = [...packagesOf(requirements)];
    if (!slot || !packages.length) return; // what the builder wrote says where they are
    slot.replaceChildren();
    slotOf("packages-count")!.textContent = full(packages.length);
    render(<Packages packages={packages} />, slot);
    return () => render(null, slot);
  }, [requirements]);
}

const slotOf = (name: string): Element | null => document.querySelector(`[data-code-side] [data-slot=${name}]`);

function Packages({ packages }: { packages: readonly (readonly [string, string])[] }) {
  const [query, setQuery] = useState("");
  const hits = packages.filter(([name]) => name.toLowerCase().includes(query.toLowerCase()));
  return (
    <>
      {packages.length > MANY && <SearchField label="Find a package" value={query} onInput={setQuery} />}
      <dl class="kv cv-packages">
        {hits.map(([name, version]) => [
          <dt key={`${name} n`} title={name}>
            {name}
          </dt>,
          <dd key={`${name} v`} class="mono">
            {version}
          </dd>,
        ])}
      </dl>
      {!hits.length && <p class="none">No package is called that</p>}
    </>
  );
}
