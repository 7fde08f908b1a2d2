// Right end of the top bar: live note, find, copy link, theme.
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { page, viewer } from "../entry";
import { isDark, themeTick, toggleTheme } from "../lib/colours";
import { updated } from "../lib/data";
import { isLive, note } from "../lib/live";
import { Bottom } from "../parts/bottom";
import { Icon } from "../parts/icons";
import { Portal } from "../parts/portal";
import { TipHost } from "../parts/tip";
import { Button, CopyButton } from "../parts/ui";
import { useKeys, useLoaded } from "../parts/use";
import { shareUrl } from "../route";

/** Which of the dialogs is open. */
const open = signal<"find" | "help" | "">("");

export function Bar() {
  useKeys({ "/": () => (open.value = "find"), "?": () => (open.value = "help") });
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
      <button type="button" class="btn line find" aria-label="Find" onClick={() => (open.value = "find")}>
        <Icon name="search" small />
        <span class="wide">
          Find <span class="kbd">/</span>
        </span>
      </button>
      <CopyButton icon="link" kind="" label="Copy link to this view" text={() => shareUrl()} />
      <Button icon={dark ? "sun" : "moon"} label={dark ? "Light theme" : "Dark theme"} onClick={toggleTheme} />
      {open.value && <Dialogs />}
      <Portal>
        <TipHost />
        {!["index", "project"].includes(page.value.kind) && <Bottom />}
      </Portal>
    </>
  );
}

interface Finder {
  readonly Find: ComponentType<{ close: () => void; help: () => void }>;
  readonly Help: ComponentType<{ close: () => void }>;
}

/** Their script is loaded when one of them is first opened. */
function Dialogs() {
  const { value } = useLoaded(() => viewer<Finder>("find"), []);
  if (!value) return null;
  const which = open.value;
  // A dialog says that it was closed after the next one is open.
  const close = (): void => {
    if (open.value === which) open.value = "";
  };
  const help = (): void => {
    open.value = "help";
  };
  return which === "help" ? <value.Help close={close} /> : <value.Find close={close} help={help} />;
}
