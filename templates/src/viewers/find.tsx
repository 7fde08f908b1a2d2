// The palette that finds runs, pages, panels, keys and commands, and the list of keys.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { page } from "../entry";
import { toggleDensity, toggleTheme } from "../lib/colours";
import { index, loadSite, site, uid } from "../lib/data";
import { shown } from "../lib/keys";
import { boardPanels } from "../lib/panels";
import { join, lookOf, setEyes } from "../lib/view";
import { Icon } from "../parts/icons";
import { nameOf, Swatch } from "../parts/identity";
import { goTo } from "../parts/jump";
import { Modal } from "../parts/modal";
import { Button, copy } from "../parts/ui";
import { href, preference, reset, setParams, setPreference, shareUrl } from "../route";

interface Entry {
  readonly group: string;
  readonly text: string;
  readonly look?: Parameters<typeof Swatch>[0]["look"];
  readonly run: () => void;
}

const LIMIT = 40;
/** Groups that are listed once something is typed. */
const KEYED: readonly string[] = ["Summary", "Config"];

const go = (address: string) => (): void => {
  location.href = address;
};

function entries(help: () => void): Entry[] {
  const now = index.value;
  const found = [...commands(help), ...pages()];
  if (!now) return found;
  const folder = page.value.path.replace(/(runs\/)?[^/]*$/, "");
  const onBoard = page.value.kind === "project";
  const panels = boardPanels.value.map(
    (panel): Entry => ({
      group: "Panel",
      text: panel.title,
      run: onBoard ? () => setParams({ panel: panel.id }) : go(href(`${folder}index.html`, { panel: panel.id })),
    }),
  );
  const sections = [...new Set(boardPanels.value.map(({ section }) => section))].map(
    (name): Entry => ({
      group: "Section",
      text: name,
      run: onBoard ? () => goTo(name) : go(href(`${folder}index.html`, { h: name })),
    }),
  );
  const runs = now.runs.map(
    (run): Entry => ({ group: "Run", text: nameOf(run), look: lookOf(run), run: go(href(run.page)) }),
  );
  // A key is a column: what it leads to is the order of the runs by it.
  const sorts = onBoard || page.value.kind === "table";
  const keys = (["summary", "config"] as const).flatMap((tier) =>
    now[tier].map(({ key }): Entry => {
      const sort = join([`-${tier}.${key}`])!;
      return {
        group: tier === "summary" ? "Summary" : "Config",
        text: shown(key),
        run: sorts ? () => setParams({ sort }) : go(href(`${folder}table.html`, { sort })),
      };
    }),
  );
  return [...found, ...sections, ...panels, ...runs, ...keys];
}

/** What the page itself links to: tabs, and the other projects. */
function pages(): Entry[] {
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".top nav a, [data-tabs] a")];
  const named = links.map((link): Entry => ({ group: "Page", text: wordsOf(link), run: () => link.click() }));
  const projects = (site.value?.projects ?? []).map(
    (row): Entry => ({ group: "Project", text: row.project, run: go(href(row.page)) }),
  );
  return [...named, { group: "Page", text: "All projects", run: go(href("index.html")) }, ...projects];
}

/** Without its count. */
const wordsOf = (link: HTMLElement): string => link.firstChild?.textContent?.trim() ?? "";

function commands(help: () => void): Entry[] {
  const list: Entry[] = [
    { group: ">", text: "Copy link to this view", run: () => void copy(shareUrl()) },
    { group: ">", text: "Switch light and dark", run: toggleTheme },
    { group: ">", text: "Switch density", run: toggleDensity },
    { group: ">", text: "Reset this view", run: reset },
    { group: ">", text: "Keyboard", run: help },
    {
      group: ">",
      text: preference("keys") === "off" ? "Switch single keys on" : "Switch single keys off",
      run: () => setPreference("keys", preference("keys") === "off" ? null : "off"),
    },
  ];
  if (page.value.kind === "project")
    list.push({ group: ">", text: "Show all runs", run: () => setEyes(new Set(index.value?.runs.map(uid))) });
  return list;
}

export function Find({ close, help }: { close: () => void; help: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  useEffect(() => void loadSite().catch(() => undefined), []);
  const onlyCommands = query.startsWith(">");
  const wanted = query.replace(/^>/, "").trim().toLowerCase().split(/\s+/);
  const known = useMemo(() => entries(help), [index.value, site.value]);
  const all = known.filter(
    (item) => (!onlyCommands || item.group === ">") && wanted.every((word) => item.text.toLowerCase().includes(word)),
  );
  const hits = (query ? all : all.filter((item) => !KEYED.includes(item.group))).slice(0, LIMIT);
  const open = (item: Entry | undefined): void => {
    dialog.current?.close();
    item?.run();
  };
  const key = (event: KeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by) {
      event.preventDefault();
      const next = (at + by + hits.length) % Math.max(1, hits.length);
      setAt(next);
      dialog.current?.querySelector(`#find-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(hits[at]);
    }
  };
  return (
    <Modal kind="find" label="Find" dialog={dialog} close={close}>
      <label class="field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="find-list"
          aria-activedescendant={hits.length ? `find-${at}` : undefined}
          aria-label="Find runs, pages, sections, panels, keys of summary and config"
          placeholder="Runs, pages, sections, panels, keys; > for commands"
          autofocus
          value={query}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={key}
        />
      </label>
      {hits.length ? (
        <div id="find-list" role="listbox" aria-label="Found">
          {hits.map((item, i) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and the keys
            <div
              key={item.group + item.text + i}
              id={`find-${i}`}
              role="option"
              aria-selected={i === at}
              onClick={() => open(item)}
              onPointerMove={() => setAt(i)}
            >
              {item.look && <Swatch look={item.look} />}
              <span class="cut grow">{item.text}</span>
              <span class="dim">{item.group === ">" ? "Command" : item.group}</span>
            </div>
          ))}
        </div>
      ) : (
        <p class="dim none" id="find-list">
          Nothing found
        </p>
      )}
      {all.length > hits.length && <p class="dim none">{all.length - hits.length} more; type on</p>}
    </Modal>
  );
}

const KEYS: readonly (readonly [string, string])[] = [
  ["/", "Find"],
  ["J K", "Next, previous run"],
  ["X", "Hide or show the run"],
  ["O", "Only this run"],
  ["B", "Set as baseline"],
  ["Enter", "Open the run"],
  ["[ ]", "Previous, next panel"],
  ["{ }", "Previous, next section"],
  ["F", "Panel in full screen"],
  ["L", "Log y"],
  ["T", "Panel as table"],
  ["P", "Pin the panel"],
  ["S", "Fold all sections"],
  ["← →", "Move the cursor by a point, Shift by ten"],
  ["+ −", "Zoom"],
  ["0", "Reset the zoom"],
  ["1 – 9", "Tabs of a run"],
  ["< >", "Previous, next run page"],
  [".", "Copy the command line"],
  ["G g", "End and start of the log"],
  ["n N", "Next, previous match in the log"],
  ["w", "Wrap the log"],
  ["n p u", "In Compare: next, previous change; unified or split"],
  ["?", "This list"],
];

export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <Modal kind="help" label="Keyboard" dialog={dialog} close={close}>
      <header>
        <h2>Keyboard</h2>
        <span class="grow" />
        <Button icon="close" label="Close" onClick={() => dialog.current?.close()} />
      </header>
      <dl>
        {KEYS.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd class="kbd">{key}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}

tracklog.viewer("find", { Find, Help });
