// Starts the page: reads what it is, mounts its islands, follows the hash and the builds.
import { type ComponentType, render } from "preact";
import { page, pageEntry, single } from "./entry";
import { Bar } from "./islands/bar";
import { Charts, Media, System, Tables } from "./islands/charts";
import { enhanceNav, Switcher } from "./islands/nav";
import { enhanceOverview } from "./islands/overview";
import { Projects } from "./islands/projects";
import { enhanceRunHead, enhanceTabs, fillTimes } from "./islands/runhead";
import { Workspace } from "./islands/workspace";
import { watchTheme } from "./lib/colours";
import { refresh, site } from "./lib/data";
import { start } from "./lib/live";
import { Place } from "./parts/use";
import { lazy } from "./parts/viewer";
import { param, readHash, readLocation } from "./route";
import * as shared from "./shared";

window.tracklog.shared = shared;

/** By the name in `data-island`: these replace what the builder wrote. */
const ISLANDS: Readonly<Record<string, ComponentType>> = {
  artifact: lazy("artifact"),
  bar: Bar,
  charts: Charts,
  code: lazy("code"),
  compare: lazy("compare"),
  files: lazy("files"),
  logs: lazy("logs"),
  media: Media,
  mediapage: lazy("media"),
  notebook: lazy("notebook"),
  projects: Projects,
  switcher: Switcher,
  system: System,
  table: lazy("runtable"),
  tables: Tables,
  workspace: Workspace,
};

/** These add to it, by selector. */
const ENHANCERS: Readonly<Record<string, (element: HTMLElement) => () => void>> = {
  "[data-island=runhead]": enhanceRunHead,
  "[data-island=overview]": enhanceOverview,
  "[data-tabs]": enhanceTabs,
  "[data-nav]": enhanceNav,
};

let undo: (() => void)[] = [];

function mount(root: ParentNode): void {
  fillTimes(root);
  for (const [selector, enhance] of Object.entries(ENHANCERS))
    for (const element of root.querySelectorAll<HTMLElement>(selector)) undo.push(enhance(element));
  for (const element of root.querySelectorAll<HTMLElement>("[data-island]")) {
    const Island = ISLANDS[element.dataset.island!];
    if (!Island) continue;
    // The builder's list of projects is already what the island will show: it stays until the data are there.
    if (element.dataset.island === "projects") continue;
    place(element, Island);
  }
}

function place(element: HTMLElement, Island: ComponentType): void {
  element.replaceChildren();
  element.dataset.mounted = "";
  render(
    <Place.Provider value={element}>
      <Island />
    </Place.Provider>,
    element,
  );
}

function unmount(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-mounted]")) render(null, element);
  for (const stop of undo) stop();
  undo = [];
}

/** In a single file another page is another <main> in the same document. */
async function turnPage(path: string): Promise<void> {
  const next = await pageEntry(path);
  const main = document.getElementById("main")!;
  const header = document.getElementById("top")!;
  unmount(document);
  // The builder escaped this text; parsing it apart from the document runs nothing in it.
  const parsed = new DOMParser().parseFromString(`<body>${next.main}`, "text/html");
  const content = parsed.querySelector("main") ?? parsed.body;
  const nav = content.querySelector<HTMLTemplateElement>("template#nav");
  if (nav) header.replaceChildren(document.importNode(nav.content, true));
  main.replaceChildren(...[...content.childNodes].map((node) => document.importNode(node, true)));
  page.value = next.page;
  document.title = next.title;
  scrollTo(0, 0);
  await show();
}

async function show(): Promise<void> {
  await readLocation();
  mount(document);
  await refresh();
  const list = document.querySelector<HTMLElement>("[data-island=projects]");
  if (list && site.value) place(list, Projects);
  toAnchor();
}

function toAnchor(): void {
  const anchor = param("h");
  const element = anchor ? document.getElementById(anchor) : null;
  element?.scrollIntoView();
  element?.focus();
}

addEventListener("hashchange", () => {
  const { path } = readHash(location.hash, single);
  if (path && path !== page.value.path) void turnPage(path).catch((error: Error) => console.warn(error.message));
  else void readLocation().then(toAnchor);
});

async function begin(): Promise<void> {
  watchTheme();
  const first = readHash(location.hash, single).path;
  await (first && first !== page.value.path ? turnPage(first).catch(show) : show());
  start();
}

// The entries of a single file stand behind this script.
if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => void begin());
else void begin();
