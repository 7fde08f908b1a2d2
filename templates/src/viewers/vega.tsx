// Vega-Lite charts without eval and without loading anything; what custom charts draw with, too.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import * as vega from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { type Config, compile, type TopLevelSpec } from "vega-lite";
import { isDark, themeTick } from "../lib/colours";
import { number } from "../lib/format";
import type { FigureItem } from "../model";
import { MediaPanel } from "../parts/mediapanel";
import { Button, Empty, Wait } from "../parts/ui";
import { useLoaded } from "../parts/use";
import type { ItemProps, PanelProps } from "../parts/viewer";
import editor from "./editor.css";
import { bound, boundFunctions } from "./lib/bounds";
import { fitted, type Matrix } from "./lib/cells";
import { Editor } from "./lib/editor";
import { jsonOf } from "./lib/payload";
import type { Preset } from "./lib/presets";
import { flip, ramp, solid } from "./lib/ramp";
import { HEIGHT } from "./lib/size";
import { addStyle } from "./lib/style";
import { besideName, titleOf, untitled } from "./lib/title";
import { wrapped } from "./lib/wrap";
import css from "./vega.css";

addStyle(css + editor);
bound(vega.transforms as unknown as Parameters<typeof bound>[0]);
boundFunctions((name, set) => (set ? vega.expressionFunction(name, set) : vega.expressionFunction(name)));

const LARGE = 380;
/** What a name takes of the height of an axis: where there is room for more, none is left out. */
const LABEL = 14;

export interface DrawnProps {
  readonly spec: unknown;
  /** Rows of datasets that the specification names. */
  readonly datasets?: Readonly<Record<string, readonly object[]>>;
  readonly height: number;
  /** Where its own controls stand; below it where there is no such place. */
  readonly controls?: HTMLElement | null;
  /** Told what is wrong; empty when it is drawn. */
  readonly onError?: (text: string) => void;
}

/** What the charts of a card show in its head. */
interface Head {
  readonly title: string;
  /** Of a chart that is alone. */
  readonly controls: HTMLElement | null;
  /** Says that a chart with a title is there; undoes it. */
  readonly enter: (title: string) => () => void;
}

function Panel(props: PanelProps) {
  const [titles, setTitles] = useState<readonly string[]>([]);
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const [title, controls] = [titles[0] ?? "", titles.length === 1 ? place : null];
  const enter = useMemo(
    () => (one: string) => {
      setTitles((now) => [...now, one]);
      return () => setTitles((now) => now.toSpliced(now.indexOf(one), 1));
    },
    [],
  );
  const latest = useRef<Head>({ title, controls, enter });
  latest.current = { title, controls, enter };
  const Headed = useMemo(() => (item: ItemProps<FigureItem>) => <Item {...item} head={latest.current} />, []);
  const beside = besideName(title, props.panel.title);
  return (
    <MediaPanel<FigureItem>
      {...props}
      noun="chart"
      Item={Headed}
      most={6}
      head={
        <>
          {beside && (
            <span class="headnote cut" title={beside}>
              {beside}
            </span>
          )}
          <span class="vega-bindings" ref={setPlace} />
        </>
      }
    />
  );
}

function Item({ run, item, large, head }: ItemProps<FigureItem> & { head?: Head }) {
  const { value, error } = useLoaded(
    async () => parted(await jsonOf<Preset>(run, item.payload)),
    [run.parts.join(), item.payload],
  );
  const [editing, setEditing] = useState(false);
  const title = value && titleOf(value.spec);
  useEffect(() => (title === null ? undefined : head?.enter(title)), [title]);
  const shown = useMemo(
    () => value && (title && title === head?.title ? untitled(value.spec) : value.spec),
    [value, title, head?.title],
  );
  if (error)
    return (
      <div class="plot">
        <Empty title="This chart could not be read" text={error} />
      </div>
    );
  if (!value) return <Wait />;
  const name = item.caption || "chart";
  return (
    <div class="vega-item">
      <Drawn spec={shown} datasets={value.datasets} height={large ? LARGE : HEIGHT} controls={head?.controls ?? null} />
      <Button kind="xs" text="Edit" label={`Edit ${name}`} onClick={() => setEditing(true)} />
      {editing && (
        <Editor
          title={name}
          name="chart"
          preset={value.spec}
          mapping={{}}
          columns={Object.keys(value.datasets.wandb?.[0] ?? {})}
          draw={(spec) => <Drawn spec={spec} datasets={value.datasets} height={320} />}
          close={() => setEditing(false)}
        />
      )}
    </div>
  );
}

/** A specification without its data, as presets are, and the data by their names: that of the chart is `wandb`. */
function parted(spec: Preset): { spec: Preset; datasets: Readonly<Record<string, readonly object[]>> } {
  const { datasets = {}, ...rest } = spec as {
    datasets?: Record<string, object[]>;
    data?: { name?: string; values?: unknown };
  };
  const { data } = rest;
  if (Array.isArray(data?.values))
    return {
      spec: { ...rest, data: { ...data, values: undefined, name: "wandb" } },
      datasets: { ...datasets, wandb: data.values as object[] },
    };
  const named = data?.name;
  if (!named || !datasets[named]) return { spec: rest, datasets };
  return { spec: { ...rest, data: { ...data, name: "wandb" } }, datasets: { ...datasets, wandb: datasets[named] } };
}

/** A Vega-Lite or Vega specification as wide as its place; draws again when theme, width or inputs change. */
function Drawn({ spec, datasets, height, controls = null, onError }: DrawnProps) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [error, setError] = useState("");
  const theme = themeTick.value;
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    observer.observe(box.current!.parentElement!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!width) return;
    let view: vega.View | null = null;
    let told = "";
    // What fails after the first failure is its echo.
    const tell = (text: string): void => {
      if (told) return;
      told = text;
      setError(text);
      onError?.(text);
    };
    try {
      view = viewOf(spec, datasets ?? {}, width, height, tell);
      tell("");
      view.initialize(box.current!, controls ?? undefined);
      view.runAsync().catch((failed: Error) => tell(failed.message));
    } catch (failed) {
      tell(sentence(failed as Error));
    }
    return () => {
      view?.finalize();
      controls?.replaceChildren();
    };
  }, [spec, datasets, width, height, theme, controls]);
  return (
    <div class="vega-box">
      {error && <Empty title="This chart cannot be drawn" text={error} />}
      <div ref={box} hidden={error !== ""} />
    </div>
  );
}

/** What Vega says of a specification that it cannot read, without the specification. */
function sentence(error: Error): string {
  if (error.message.startsWith("Invalid specification"))
    return "this specification has no mark, and none of layer, facet, repeat, concat, hconcat and vconcat";
  if (error instanceof TypeError) return "a part of this specification is of another type than a chart has there";
  return error.message.slice(0, 300);
}

const LOADS = "this chart asks for data at a URL; a site loads nothing: give the data with the chart";

/** Refuses whatever a specification asks to be loaded. */
function noLoader(): vega.Loader {
  const loader = vega.loader();
  const refuse = (uri: string): Promise<never> => Promise.reject(new Error(`${LOADS} (${uri.slice(0, 200)})`));
  return Object.assign(loader, {
    load: refuse,
    sanitize: async (uri: string) => (/^data:image\/(png|jpeg|webp|gif);/.test(uri) ? { href: uri } : refuse(uri)),
  });
}

function viewOf(
  logged: unknown,
  datasets: Readonly<Record<string, readonly object[]>>,
  width: number,
  height: number,
  tell: (text: string) => void,
): vega.View {
  const spec = structuredClone(logged) as Record<string, unknown>;
  const url = remote(spec);
  if (url) throw new Error(`${LOADS} (${url.slice(0, 200)})`);
  const said: string[] = [];
  const logger: vega.LoggerInterface = {
    ...vega.logger(vega.Error),
    error: (...parts: readonly unknown[]) => {
      tell(parts.map((part) => (part instanceof Error ? part.message : String(part))).join(" "));
      return logger;
    },
    warn: (...parts: readonly unknown[]) => {
      said.push(parts.map(String).join(" "));
      return logger;
    },
  } as vega.LoggerInterface;
  const isVega = String(spec.$schema ?? "").includes("/vega/");
  const parsed = isVega
    ? (spec as vega.Spec)
    : compile(
        sized(
          { ...spec, datasets: { ...(spec.datasets as object | undefined), ...datasets } },
          datasets.wandb,
          width,
          height,
        ),
        { config: theme(), logger },
      ).spec;
  const runtime = vega.parse(parsed, isVega ? (theme() as vega.Config) : undefined, { ast: true });
  const view = new vega.View(runtime, {
    expr: expressionInterpreter,
    renderer: "canvas",
    loader: noLoader(),
    logger,
    hover: true,
    tooltip: showTooltip,
  } as vega.ViewOptions);
  if (isVega)
    for (const [name, rows] of Object.entries(datasets))
      if (parsed.data?.some((data) => data.name === name)) view.insert(name, rows as object[]);
  return view;
}

/** The first URL that a specification asks for data, wherever in it. */
function remote(spec: unknown): string {
  if (typeof spec !== "object" || spec === null) return "";
  if (Array.isArray(spec)) return spec.map(remote).find(Boolean) ?? "";
  const {
    data,
    lookup,
    datasets: _,
    values: __,
    ...rest
  } = spec as {
    data?: { url?: unknown };
    lookup?: unknown;
    datasets?: unknown;
    values?: unknown;
    from?: { data?: { url?: unknown } };
  };
  if (typeof data?.url === "string") return data.url;
  return (
    (Array.isArray(data)
      ? data.map((one: { url?: unknown }) => (typeof one.url === "string" ? one.url : "")).find(Boolean)
      : "") ||
    Object.values(rest).map(remote).find(Boolean) ||
    ""
  );
}

/** By the width of the view, which compositions call otherwise. */
const FEW: Config = { axisXQuantitative: { tickCount: { expr: "ceil(width / 70)" } } } as Config;

/** A single view fills its place; compositions keep the sizes of their parts, and wrap. */
function sized(
  spec: Record<string, unknown>,
  rows: readonly object[] | undefined,
  width: number,
  height: number,
): TopLevelSpec {
  const single = "mark" in spec || "layer" in spec;
  const encoding = spec.encoding as Record<string, unknown> | undefined;
  const faceted = encoding && ["row", "column", "facet"].some((channel) => channel in encoding);
  // Presets write on their marks in these, whatever the theme.
  const inks: { name: string; value: unknown }[] = [
    ...["ink", "paper"].map((name) => ({ name: `_${name}`, value: colourOf(name) })),
    { name: "_flip", value: flip(isDark()) },
  ];
  const own = ((spec.params as { name?: string }[] | undefined) ?? []).filter(
    ({ name }) => !inks.some((ink) => ink.name === name),
  );
  const result: Record<string, unknown> = { background: "transparent", ...spec, params: [...own, ...inks] };
  const matrix = spec.spec as Matrix | undefined;
  const cells = fitted(matrix, rows, width, height);
  if (cells) Object.assign(result, cells);
  else if (!single || faceted) return wrapped(result, rows, width, height) as unknown as TopLevelSpec;
  if (single && !faceted)
    Object.assign(result, {
      width,
      height: spec.height ?? (height < LARGE ? height : Math.max(height, LABEL * labels(encoding?.y, rows))),
      autosize: { type: "fit", contains: "padding" },
      config: { ...FEW, ...(spec.config as object | undefined) },
    });
  return result as unknown as TopLevelSpec;
}

/** How many names stand along an axis of names. */
function labels(channel: unknown, rows: readonly object[] | undefined): number {
  const { field, type } = (channel ?? {}) as { field?: unknown; type?: unknown };
  if (typeof field !== "string" || (type !== "nominal" && type !== "ordinal")) return 0;
  const name = field.replaceAll("\\", "");
  return new Set(rows?.map((row) => (row as Record<string, unknown>)[name])).size;
}

const colourOf = (name: string): string => solid(`var(--${name})`);

function theme(): Config {
  const [ink, dim, line, accent] = [colourOf("ink"), colourOf("ink-3"), colourOf("line"), colourOf("accent")];
  const runs = Array.from({ length: 12 }, (_, n) => colourOf(`run-${n + 1}`));
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: "transparent",
    font,
    padding: 4,
    axis: {
      labelColor: dim,
      titleColor: dim,
      gridColor: line,
      domainColor: line,
      tickColor: line,
      labelFontSize: 10.5,
      titleFontSize: 11,
      titleFontWeight: "normal",
      labelOverlap: "greedy",
      labelFlush: false,
      labelSeparation: 6,
    },
    legend: {
      labelColor: ink,
      titleColor: dim,
      labelFontSize: 11,
      titleFontSize: 11,
      titleFontWeight: "normal",
      symbolSize: 60,
    },
    header: { labelColor: ink, titleColor: dim, labelFontSize: 11 },
    title: { color: ink, fontSize: 12, fontWeight: 500, anchor: "start" },
    view: { stroke: "transparent" },
    range: { category: runs, heatmap: ramp(), ramp: ramp() },
    mark: { color: accent, tooltip: { content: "data" } },
    text: { color: ink },
    rule: { color: dim },
  } as Config;
}

/** Values of the hovered mark, as text: what a table holds is a stranger's. */
function showTooltip(_: unknown, event: MouseEvent, __: unknown, value: unknown): void {
  let tip = document.querySelector<HTMLElement>(".vega-tip");
  if (!value) {
    tip?.remove();
    return;
  }
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "tip vega-tip";
    tip.setAttribute("role", "tooltip");
    document.body.append(tip);
  }
  const rows =
    typeof value === "object"
      ? Object.entries(value)
          .filter(([name]) => !name.startsWith("_") || name === "_run")
          .slice(0, 14)
      : [["", value] as const];
  tip.replaceChildren(
    ...rows.map(([name, content]) => {
      const row = document.createElement("div");
      const [label, text] = [document.createElement("span"), document.createElement("b")];
      label.textContent = name === "_run" ? "run" : name;
      text.textContent =
        typeof content === "object"
          ? JSON.stringify(content)
          : typeof content === "number" && !Number.isInteger(content)
            ? number(content)
            : String(content);
      row.append(label, text);
      return row;
    }),
  );
  const { width, height } = tip.getBoundingClientRect();
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - width - 8)}px`;
  tip.style.top = `${Math.min(event.clientY + 14, innerHeight - height - 8)}px`;
}

tracklog.viewer("vega", { Panel, Item, Drawn });
