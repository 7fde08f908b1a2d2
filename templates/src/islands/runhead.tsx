// Head of a run page and its tabs.
import { effect } from "@preact/signals";
import { render } from "preact";
import { page } from "../entry";
import { index, head as loadHead, uid } from "../lib/data";
import { dateTime, duration, full, fullDate } from "../lib/format";
import { now } from "../lib/live";
import { css } from "../lib/palette";
import { lookOf, table } from "../lib/view";
import type { RunHead } from "../model";
import { EditMenu } from "../parts/editmenu";
import { Icon } from "../parts/icons";
import { nameOf, RunName } from "../parts/identity";
import { pageRun } from "../parts/runhead";
import { CopyButton } from "../parts/ui";
import { useKeys } from "../parts/use";
import { href, param, params } from "../route";

/** Fill in dates, durations, colour and actions; the builder's HTML stays. */
export function enhanceRunHead(root: HTMLElement): () => void {
  const copySlot = root.querySelector<HTMLElement>("[data-copy]");
  if (copySlot) render(<CopyButton text={copySlot.dataset.copy!} label="Copy the command" caption="Copy" />, copySlot);
  const acts = root.querySelector<HTMLElement>("[data-slot=acts]");
  if (acts) render(<Actions />, acts);
  return effect(() => {
    const run = pageRun();
    if (!run) return;
    const name = root.querySelector("h1");
    if (name) {
      if (!name.querySelector(".middle")) name.replaceChildren();
      render(<RunName run={run} />, name);
    }
    const swatch = root.querySelector<HTMLElement>("[data-swatch]");
    if (swatch) {
      const look = lookOf(run);
      swatch.style.setProperty("--c", css(look));
      swatch.dataset.dash = String(look.dash);
    }
    const state = root.querySelector<HTMLElement>("[data-state]");
    if (state && state.textContent !== run.state) {
      const dot = document.createElement("span");
      dot.className = `dot ${run.state}`;
      state.replaceChildren(dot, run.state);
    }
    const time = root.querySelector<HTMLElement>("[data-duration]");
    if (time) {
      const alive = run.state === "running";
      const seconds = alive
        ? Math.max(run.duration, now.value - run.last_sign < 3600 ? run.duration + now.value - run.last_sign : 0)
        : run.duration;
      time.textContent =
        duration(seconds) +
        (alive ? " so far" : run.state === "silent" ? `, no sign since ${dateTime(run.last_sign)}` : "");
    }
  });
}

/** Dates of the page, in this reader's time. */
export function fillTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-time]")) {
    const seconds = Number(element.dataset.time);
    if (!seconds) continue;
    element.textContent = dateTime(seconds);
    element.title = fullDate(seconds);
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-duration]"))
    element.textContent = duration(Number(element.dataset.duration));
}

function Actions() {
  const runs = index.value?.runs ?? [];
  const run = pageRun();
  const at = run ? runs.indexOf(run) : -1;
  const go = (to: number) => (): void => {
    const other = runs[to];
    if (other) location.href = href(other.page, param("tab") ? { tab: param("tab")! } : {});
  };
  useKeys({
    "<": go(at - 1),
    ">": go(at + 1),
    ".": () => document.querySelector<HTMLElement>("[data-copy] button")?.click(),
  });
  if (at < 0) return null;
  const link = (to: number, label: string, icon: "left" | "right") => {
    const other = runs[to];
    return other ? (
      <a
        class="btn xs sq"
        href={href(other.page, param("tab") ? { tab: param("tab")! } : {})}
        aria-label={`${label}: ${nameOf(other)}`}
        title={nameOf(other)}
      >
        <Icon name={icon} />
      </a>
    ) : (
      <span class="btn xs sq off" aria-hidden="true">
        <Icon name={icon} />
      </span>
    );
  };
  const project = table.value?.index.project ?? "";
  return (
    <>
      {link(at - 1, "Previous run", "left")}
      <span class="dim">
        {full(at + 1)} of {full(runs.length)}
      </span>
      {link(at + 1, "Next run", "right")}
      <a
        class="btn line"
        href={href(workspacePath(), { only: uid(run!) })}
        title={`Show in workspace: only this run, in ${project}`}
        aria-label="Show in workspace"
      >
        <Icon name="chart" small />
        <span class="wide">Show in workspace</span>
      </a>
      <EditMenu run={run!} />
    </>
  );
}

/** The first link of the navigation is the project's workspace. */
function workspacePath(): string {
  return page.value.path.replace(/runs\/[^/]*$/, "index.html");
}

/** Counts of a running run grow. */
function showCounts(links: readonly HTMLAnchorElement[], head: RunHead): void {
  const counts: Readonly<Record<string, number>> = { logs: head.logs.lines, files: head.files.length };
  for (const link of links) {
    const count = counts[link.dataset.tab!];
    const text = link.querySelector(".n");
    if (count && text) text.textContent = full(count);
  }
}

/** Tabs: the hash says which one is open; links stay links. */
export function enhanceTabs(nav: HTMLElement): () => void {
  const links = [...nav.querySelectorAll<HTMLAnchorElement>("a[data-tab]")];
  const ids = links.map((link) => link.dataset.tab!);
  const scrolls = new Map<string, number>();
  let open = "";
  for (const link of links) link.href = href(page.value.path, { tab: link.dataset.tab! });
  const digits = (event: KeyboardEvent): void => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      localStorage.getItem("tracklog:keys") === "off" ||
      (event.target as HTMLElement).closest("input:not([type=range]), textarea, select, dialog, .menu")
    )
      return;
    const link = /^[1-9]$/.test(event.key) ? links[Number(event.key) - 1] : undefined;
    link?.click();
  };
  document.addEventListener("keydown", digits);
  const stop = effect(() => {
    const wanted = params.value.tab ?? params.value.h ?? "";
    const now_ = ids.includes(wanted) ? wanted : ids[0]!;
    if (now_ === open) return;
    if (open) scrolls.set(open, scrollY);
    open = now_;
    for (const link of links) {
      if (link.dataset.tab === now_) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    for (const pane of document.querySelectorAll<HTMLElement>("[data-pane]")) {
      pane.toggleAttribute("data-on", pane.dataset.pane === now_);
      pane.toggleAttribute("data-off", pane.dataset.pane !== now_);
    }
    document.documentElement.dataset.tab = now_;
    links.find((link) => link.dataset.tab === now_)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    scrollTo(0, scrolls.get(now_) ?? 0);
  });
  const counts = effect(() => {
    const run = pageRun();
    if (run)
      void loadHead(run)
        .then((head) => showCounts(links, head))
        .catch(() => undefined);
  });
  return () => {
    stop();
    counts();
    document.removeEventListener("keydown", digits);
    delete document.documentElement.dataset.tab;
  };
}
