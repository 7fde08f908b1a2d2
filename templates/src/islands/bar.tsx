// Right end of the top bar: live note, find, copy link, theme.
import { signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { page } from "../entry";
import { isDark, themeTick, toggleDensity, toggleTheme } from "../lib/colours";
import { index, uid, updated } from "../lib/data";
import { shown } from "../lib/keys";
import { isLive, note } from "../lib/live";
import { panels } from "../lib/panels";
import { lookOf, setEyes } from "../lib/view";
import { Bottom } from "../parts/bottom";
import { Icon } from "../parts/icons";
import { nameOf, Swatch } from "../parts/identity";
import { Modal } from "../parts/modal";
import { Portal } from "../parts/portal";
import { TipHost } from "../parts/tip";
import { Button, CopyButton, copy } from "../parts/ui";
import { useKeys } from "../parts/use";
import { href, preference, reset, setParams, setPreference, shareUrl } from "../route";

const finding = signal(false);
const helping = signal(false);

export function Bar() {
  useKeys({ "/": () => (finding.value = true), "?": () => (helping.value = true) });
  const dark = themeTick.value >= 0 && isDark();
  return (
    <>
      {note.value && (
        <span class={isLive.value ? "live" : "live still"} title="When the site was written">
          {note.value}
        </span>
      )}
      <span class="sr" role="status">
        {updated.value ? `${updated.value} runs updated` : ""}
      </span>
      <button type="button" class="btn line wide" onClick={() => (finding.value = true)}>
        <Icon name="search" small />
        Find <span class="kbd">/</span>
      </button>
      <CopyButton icon="link" kind="" label="Copy link to this view" text={() => shareUrl()} />
      <Button icon={dark ? "sun" : "moon"} label={dark ? "Light theme" : "Dark theme"} onClick={toggleTheme} />
      {finding.value && <Find close={() => (finding.value = false)} />}
      {helping.value && <Help close={() => (helping.value = false)} />}
      <Portal>
        <TipHost />
        {["run", "table", "media"].includes(page.value.kind) && <Bottom />}
      </Portal>
    </>
  );
}

interface Entry {
  readonly group: string;
  readonly text: string;
  readonly look?: Parameters<typeof Swatch>[0]["look"];
  readonly run: () => void;
}

const LIMIT = 40;

function entries(): Entry[] {
  const now = index.value;
  const go =
    (path: string, values: Record<string, string> = {}) =>
    (): void => {
      location.href = href(path, values);
    };
  const workspace = page.value.path.startsWith("runs/") || page.value.kind === "run" ? "" : page.value.path;
  const runs =
    now?.runs.map((run): Entry => ({ group: "Run", text: nameOf(run), look: lookOf(run), run: go(run.page) })) ?? [];
  const shownPanels =
    page.value.kind === "project"
      ? panels.value.map(
          (panel): Entry => ({ group: "Panel", text: panel.title, run: () => setParams({ panel: panel.id }) }),
        )
      : [];
  const config =
    workspace && now
      ? now.config.map(
          (column): Entry => ({
            group: "Config",
            text: shown(column.key),
            run: () => setParams({ sort: `config.${column.key.replace(/[,\\]/g, "\\$&")}` }),
          }),
        )
      : [];
  return [...commands(), ...shownPanels, ...runs, ...config];
}

function commands(): Entry[] {
  const list: Entry[] = [
    { group: ">", text: "Copy link to this view", run: () => void copy(shareUrl()) },
    { group: ">", text: "Switch light and dark", run: toggleTheme },
    { group: ">", text: "Switch density", run: toggleDensity },
    { group: ">", text: "Reset this view", run: reset },
    {
      group: ">",
      text: "Keyboard",
      run: () => {
        helping.value = true;
      },
    },
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

function Find({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const onlyCommands = query.startsWith(">");
  const wanted = query.replace(/^>/, "").trim().toLowerCase().split(/\s+/);
  const all = entries().filter(
    (item) => (!onlyCommands || item.group === ">") && wanted.every((word) => item.text.toLowerCase().includes(word)),
  );
  const hits = (query ? all : all.filter((item) => item.group !== "Config")).slice(0, LIMIT);
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
          aria-label="Find runs, panels, config keys"
          placeholder="Runs, panels, config keys; > for commands"
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
  ["?", "This list"],
];

function Help({ close }: { close: () => void }) {
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
