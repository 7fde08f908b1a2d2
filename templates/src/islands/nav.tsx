// Left end of the top bar: the project with its switcher, and counts at the tabs.
import { effect } from "@preact/signals";
import { page } from "../entry";
import { index, loadSite, site } from "../lib/data";
import { full } from "../lib/format";
import { MEDIA_KINDS } from "../model";
import { Menu } from "../parts/ui";
import { useLoaded } from "../parts/use";
import { href } from "../route";

/** The name of the project; where there are several, a menu of them. */
export function Switcher() {
  useLoaded(loadSite, []);
  const rows = site.value?.projects ?? [];
  const mine = rows.find((row) => page.value.project === `p/${row.page.split("/")[0]}`);
  const name = mine?.project ?? index.value?.project ?? "";
  if (rows.length < 2) return <span class="cut">{name}</span>;
  return (
    <Menu
      label={`${name}, other projects`}
      trigger={{ class: "switcher", content: <span class="cut">{name}</span> }}
      icon="down"
      items={() => rows.map((row) => ({ text: row.project, href: href(row.page), on: row === mine }))}
    />
  );
}

/** Write how many runs and media keys there are beside the tabs that lead to them. */
export function enhanceNav(nav: HTMLElement): () => void {
  return effect(() => {
    const now = index.value;
    if (!now) return;
    const media = new Set(now.keys.filter((key) => MEDIA_KINDS.has(key.kind) && !key.hidden).map(({ key }) => key));
    const counts: Readonly<Record<string, number>> = {
      project: now.runs.length,
      media: media.size,
      artifacts: now.artifacts.length,
    };
    for (const slot of nav.querySelectorAll<HTMLElement>("[data-count]"))
      slot.textContent = full(counts[slot.dataset.count!] ?? 0);
  });
}
