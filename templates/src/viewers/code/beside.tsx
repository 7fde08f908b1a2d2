// What the builder wrote beside the code comes to life: the command is copied, packages are searched.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { full } from "../../lib/format";
import type { RunHead, RunRow } from "../../model";
import { CopyButton, SearchField } from "../../parts/ui";
import { packagesOf } from "../lib/packages";
import { textOf } from "../lib/texts";

/** From so many packages on they can be searched. */
const MANY = 12;

export function useBeside(run: RunRow | null, head: RunHead | null, when: boolean): void {
  useEffect(() => {
    const root = document.querySelector<HTMLElement>("[data-code-side]");
    const slot = root?.querySelector("[data-slot=copy]");
    const command = root?.querySelector(".cv-command")?.textContent;
    if (!slot || !command) return;
    render(<CopyButton text={command} label="Copy the command line" />, slot);
    return () => render(null, slot);
  }, []);
  useEffect(() => {
    const root = document.querySelector<HTMLElement>("[data-code-side]");
    const slot = root?.querySelector("[data-slot=packages]");
    if (!slot || !run || !head || !when) return;
    let stale = false;
    textOf({ run, head }, "requirements.txt").then(
      (text) => {
        const packages = [...packagesOf(text)];
        if (stale || !packages.length) return; // what the builder wrote says where they are
        slot.replaceChildren();
        root!.querySelector("[data-slot=packages-count]")!.textContent = full(packages.length);
        render(<Packages packages={packages} />, slot);
      },
      () => undefined,
    );
    return () => {
      stale = true;
      render(null, slot);
    };
  }, [run?.parts.join(), head === null, when]);
}

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
