// Panels of a board: which there are, in which sections, and what a person set for one of them.
import { computed } from "@preact/signals";
import type { KeyInfo, Kind } from "../model";
import { param, setParams } from "../route";
import { prefix, shown } from "./keys";
import { parse, type Smoothing, write } from "./smooth";
import { systemName } from "./system";
import { clipOutliers, join, keys, smoothing, split, xAxis } from "./view";

export interface PanelInfo {
  /** In the hash. */
  readonly id: string;
  readonly key: string;
  /** Numbers and bools are lines; every other kind has a viewer of its own. */
  readonly kind: "line" | Exclude<Kind, "number" | "bool">;
  readonly stream: "history" | "system";
  /** Shown: `train/loss`. */
  readonly title: string;
  /** What its values are measured in; empty when nobody said. */
  readonly unit: string;
  readonly section: string;
  /** Runs of the project that have it. */
  readonly runs: number;
  /** The metric it is drawn over where nobody chose another x; empty for the step. */
  readonly x: string;
  /** Id of the table that is logged beside a custom chart. */
  readonly table?: string;
  /** Such a table: opened from its chart alone. */
  readonly behind?: boolean;
}

export interface Section {
  readonly name: string;
  readonly panels: readonly PanelInfo[];
}

export const SYSTEM = "system";
export const PINNED = "Pinned";
/** Where `split_table` puts the tables of custom charts. */
export const CHART_TABLES = "Custom Chart Tables";

function panelOf(info: KeyInfo): PanelInfo | null {
  if (info.hidden) return null;
  const kind = info.kind === "number" || info.kind === "bool" ? "line" : info.kind;
  const system = info.stream === "system" ? systemName(shown(info.key)) : null;
  const id =
    (info.stream === "system" && !/^system[./]/.test(info.key) ? "system:" : "") +
    info.key +
    (kind === "line" ? "" : `#${kind}`);
  return {
    id,
    key: info.key,
    kind,
    stream: info.stream,
    title: system?.title ?? shown(info.key),
    unit: system?.unit ?? "",
    section: info.stream === "system" ? SYSTEM : prefix(info.key) || "Charts",
    runs: info.runs,
    x: info.x,
  };
}

/** One panel for a key, even where some runs logged it as a number and others as a bool. */
export function panelsOf(infos: readonly KeyInfo[]): PanelInfo[] {
  const panels = new Map<string, PanelInfo>();
  for (const info of infos) {
    const panel = panelOf(info);
    if (panel && !panels.has(panel.id)) panels.set(panel.id, panel);
  }
  for (const chart of [...panels.values()].filter(({ kind }) => kind === "chart")) {
    const [own, split] = ["", `${CHART_TABLES}/`].map((section) => panels.get(`${section}${chart.key}_table#table`));
    if (own) panels.set(own.id, { ...own, behind: true });
    if (own ?? split) panels.set(chart.id, { ...chart, table: (own ?? split)!.id });
  }
  return [...panels.values()];
}

export const panels = computed(() => panelsOf(keys.value));
/** Whether scripts said what metrics are drawn over: then the toolbar has a choice more. */
export const isXDefined = computed(() => keys.value.some(({ x }) => x));
/** Those of the workspace. */
export const boardPanels = computed(() => panels.value.filter(({ behind }) => !behind));
export const pinned = computed(() => split(param("pins")));

export function togglePin(id: string): void {
  const now = pinned.value;
  setParams({ pins: join(now.includes(id) ? now.filter((other) => other !== id) : [...now, id]) });
}

/** Sections as first logged, pinned panels first, system last. `order` holds what a person moved. */
export function sectionsOf(list: readonly PanelInfo[], pins: readonly string[], order: readonly string[]): Section[] {
  const rank = new Map(order.map((id, i) => [id, i]));
  const moved = [...list].sort((a, b) =>
    a.section === b.section && rank.has(a.id) && rank.has(b.id) ? rank.get(a.id)! - rank.get(b.id)! : 0,
  );
  const sections = new Map<string, PanelInfo[]>();
  const add = (name: string, panel: PanelInfo): void =>
    void (sections.get(name)?.push(panel) ?? sections.set(name, [panel]));
  const up = new Set(pins);
  const byId = new Map(up.size ? list.map((panel) => [panel.id, panel]) : []);
  for (const id of pins) {
    const panel = byId.get(id);
    if (panel) add(PINNED, panel);
  }
  const rest = moved.filter(({ id }) => !up.has(id));
  for (const panel of rest) if (panel.section !== SYSTEM) add(panel.section, panel);
  for (const panel of rest) if (panel.section === SYSTEM) add(SYSTEM, panel);
  return [...sections].map(([name, members]) => ({ name, panels: members }));
}

/** Move a panel before another one of its section. */
export function movePanel(id: string, before: string, members: readonly PanelInfo[]): void {
  const ids = members.map((panel) => panel.id).filter((other) => other !== id);
  const at = ids.indexOf(before);
  ids.splice(at < 0 ? ids.length : at, 0, id);
  if (members[0] && pinned.value.includes(members[0].id)) setParams({ pins: join(ids) });
  else setParams({ order: join([...split(param("order")).filter((other) => !ids.includes(other)), ...ids]) });
}

/** What is set for one panel; undefined follows the toolbar. */
export interface PanelOptions {
  readonly log?: boolean;
  readonly x?: string;
  readonly smoothing?: Smoothing;
  readonly y?: readonly [number, number];
  readonly table?: boolean;
  readonly wide?: boolean;
}

const NO_OPTIONS: PanelOptions = {};

export function optionsOf(id: string): PanelOptions {
  const text = param(`o.${id}`);
  if (!text) return NO_OPTIONS;
  const result: { -readonly [name in keyof PanelOptions]: PanelOptions[name] } = {};
  for (const item of text.split(";")) {
    const [name, value = ""] = item.split(/=(.*)/s);
    if (name === "log") result.log = value !== "0";
    else if (name === "x") result.x = value;
    else if (name === "sm") result.smoothing = parse(value);
    else if (name === "table") result.table = true;
    else if (name === "wide") result.wide = true;
    else if (name === "y") {
      const [low, high] = value.split("..").map(Number);
      if (low !== undefined && high !== undefined && low < high) result.y = [low, high];
    }
  }
  return result;
}

export function setOptions(id: string, changes: Partial<PanelOptions>): void {
  const next = { ...optionsOf(id), ...changes };
  const items: string[] = [];
  if (next.log !== undefined) items.push(next.log ? "log" : "log=0");
  if (next.x !== undefined) items.push(`x=${next.x}`);
  if (next.smoothing !== undefined) items.push(`sm=${write(next.smoothing)}`);
  if (next.y) items.push(`y=${next.y[0]}..${next.y[1]}`);
  if (next.table) items.push("table");
  if (next.wide) items.push("wide");
  setParams({ [`o.${id}`]: items.join(";") || undefined });
}

/** A line's values in place of its chart; the table that a custom chart draws. */
export function showTable(panel: PanelInfo): void {
  if (panel.kind === "line") setOptions(panel.id, { table: optionsOf(panel.id).table ? undefined : true });
  else if (panel.table) setParams({ panel: panel.table });
}

/** What a panel draws by, its own settings before those of the toolbar. */
export function effective(panel: PanelInfo): {
  x: string;
  log: boolean;
  smoothing: Smoothing;
  y: readonly [number, number] | null;
  clip: boolean;
  table: boolean;
} {
  const own = optionsOf(panel.id);
  const x = own.x ?? (param("x") || panel.x || xAxis.value);
  return {
    // System metrics have steps of their own: for them a step is the time they were sampled at.
    x: panel.stream === "system" && x !== "wall" ? "rel" : x,
    log: own.log ?? param("logy") === "1",
    smoothing: own.smoothing ?? smoothing.value,
    y: own.y ?? null,
    clip: clipOutliers.value,
    table: own.table ?? false,
  };
}

/** Large sections of which all panels were asked for. */
export const whole = computed(() => new Set(split(param("all"))));

export function toggleWhole(name: string): void {
  const next = new Set(whole.value);
  if (!next.delete(name)) next.add(name);
  setParams({ all: join([...next]) });
}

/** Sections that are folded; `first` are those of a board that nobody has touched. */
export function folded(first: readonly string[]): ReadonlySet<string> {
  const set = param("fold");
  return new Set(set === undefined ? first : split(set));
}

export function fold(names: readonly string[], first: readonly string[]): void {
  const text = join(names) ?? "";
  setParams({ fold: text === (join(first) ?? "") ? undefined : text });
}
