// Finding one's way on a long board: its sections with their counts, and a word on the browser's own search.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { full, plural } from "../lib/format";
import type { Section } from "../lib/panels";
import { Icon } from "../parts/icons";
import { goTo } from "../parts/jump";
import { Button } from "../parts/ui";
import { rowHeight, VirtualList } from "../parts/virtual";
import { addStyle } from "./lib/style";
import css from "./outline.css";

addStyle(css);

/** The menu of sections. */
function Outline({ sections, close }: { sections: readonly Section[]; close: () => void }) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  const wanted = query.toLowerCase();
  const found = useMemo(() => sections.filter(({ name }) => name.toLowerCase().includes(wanted)), [sections, wanted]);
  const panels = useMemo(() => sections.reduce((sum, section) => sum + section.panels.length, 0), [sections]);
  const go = (section: Section | undefined): void => {
    if (!section) return;
    close();
    goTo(section.name);
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by) setAt(Math.max(0, Math.min(found.length - 1, at + by)));
    else if (event.key === "Enter") go(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <label class="field">
        <Icon name="search" />
        <input
          ref={field}
          role="combobox"
          aria-expanded="true"
          aria-controls="outline-list"
          aria-activedescendant={found.length ? `outline-${at}` : undefined}
          aria-label="Search sections"
          placeholder={`Go to one of ${plural(sections.length, "section")}`}
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
      </label>
      <div id="outline-list" class="outline-list" role="listbox" aria-label="Sections">
        <VirtualList
          count={found.length}
          height={rowHeight()}
          scrollTo={at}
          row={(i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
            <div
              key={found[i]!.name}
              id={`outline-${i}`}
              role="option"
              aria-selected={i === at}
              onClick={() => go(found[i])}
              onPointerMove={() => setAt(i)}
            >
              <span class="cut grow">{found[i]!.name}</span>
              <span class="dim num">{full(found[i]!.panels.length)}</span>
            </div>
          )}
        />
      </div>
      <p class="dim">
        {found.length < sections.length ? `${full(found.length)} of ` : ""}
        {plural(sections.length, "section")}, {plural(panels, "panel")}; <kbd class="kbd">{"{"}</kbd>{" "}
        <kbd class="kbd">{"}"}</kbd> go from one to the next
      </p>
    </>
  );
}

/** Says where to search what the browser does not find, since it is not in the document. */
function FindHint({ count, search, close }: { count: number; search: () => void; close: () => void }) {
  return (
    <div class="findhint" role="status">
      The browser finds what is near the window.
      <Button kind="line" icon="search" text={`Search all ${full(count)} panels`} onClick={search} />
      <Button kind="xs" icon="close" label="Close the hint" onClick={close} />
    </div>
  );
}

tracklog.viewer("outline", { Outline, FindHint });
