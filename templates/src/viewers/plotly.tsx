// Figures of Plotly: drawn as logged, in the page's colours where the figure names none of its own.
import Plotly from "plotly.js-strict-dist-min";
import { useEffect, useRef } from "preact/hooks";
import { viewer } from "../entry";
import { isDark, themeTick } from "../lib/colours";
import type { FigureItem } from "../model";
import { MediaPanel } from "../parts/mediapanel";
import { Empty, Wait } from "../parts/ui";
import { useLoaded } from "../parts/use";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { jsonOf } from "./lib/payload";
import { solid } from "./lib/ramp";
import { addStyle } from "./lib/style";
import { tiled } from "./lib/tiles";
import css from "./plotly.css";

addStyle(css);

interface Figure {
  readonly data: readonly object[];
  readonly layout?: Layout;
  readonly frames?: readonly object[];
}
interface Layout {
  readonly template?: { readonly layout?: { readonly plot_bgcolor?: string } };
  readonly [name: string]: unknown;
}

const HEIGHT = 260;
const LARGE = 480;
/** Background of the templates that Plotly gives a figure by itself. */
const STANDARD = ["#E5ECF6", undefined];

function Panel(props: PanelProps) {
  return <MediaPanel<FigureItem> {...props} noun="figure" Item={Item} most={6} />;
}

function Item({ run, item, large }: ItemProps<FigureItem>) {
  const { value, error } = useLoaded(async () => {
    const figure = await jsonOf<Figure>(run, item.payload);
    if (hasMap(figure)) (window as { PlotlyGeoAssets?: object }).PlotlyGeoAssets = { topojson: await viewer("maps") };
    return figure;
  }, [run.parts.join(), item.payload]);
  if (error)
    return (
      <div class="plot">
        <Empty title="This figure could not be read" text={error} />
      </div>
    );
  const tiles = value && tiled(value);
  if (tiles)
    return (
      <div class="plot">
        <Empty
          title="This map needs tiles from the network"
          text={
            `A site asks the network for nothing, and ${tiles} draws on tiles of a server.` +
            " scatter_geo and choropleth draw offline."
          }
        />
      </div>
    );
  return value ? <Drawn figure={value} height={large ? LARGE : HEIGHT} /> : <Wait />;
}

function Drawn({ figure, height }: { figure: Figure; height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const theme = themeTick.value;
  useEffect(() => {
    const element = box.current!;
    let gone = false;
    const draw = (): void =>
      void Plotly.react(element, structured(figure.data), layoutOf(figure.layout ?? {}, height), {
        displaylogo: false,
        displayModeBar: matchMedia("(hover: none)").matches ? false : undefined,
        responsive: false,
        plotlyServerURL: "",
        topojsonURL: "",
      }).catch((error: Error) => {
        if (!gone) element.textContent = `Plotly cannot draw this figure: ${error.message}`;
      });
    draw();
    const observer = new ResizeObserver(
      () =>
        element.clientWidth &&
        element.classList.contains("js-plotly-plot") &&
        void Plotly.relayout(element, { width: element.clientWidth }),
    );
    observer.observe(element);
    return () => {
      gone = true;
      observer.disconnect();
      Plotly.purge(element);
    };
  }, [figure, theme, height]);
  return <div class="plotly-box" ref={box} style={{ minHeight: `${height}px` }} />;
}

/** Whether a figure draws outlines of the world, which Plotly takes from where this puts them. */
function hasMap({ data, layout = {} }: Figure): boolean {
  return (
    Object.keys(layout).some((key) => /^geo\d*$/.test(key)) ||
    data.some((trace) => /geo$|^choropleth$/.test(String((trace as { type?: unknown }).type)))
  );
}

/** Plotly writes into what it is given. */
const structured = <T,>(value: T): T => structuredClone(value);

function layoutOf(logged: Layout, height: number): object {
  const layout = structured(logged);
  const own = { width: undefined, height, autosize: true };
  const [ink, line] = [solid("var(--ink-2)"), solid("var(--line)")];
  if (!STANDARD.includes(layout.template?.layout?.plot_bgcolor) || layout.paper_bgcolor || layout.plot_bgcolor)
    return { ...layout, ...own };
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line };
  const font = getComputedStyle(document.body).fontFamily;
  return {
    ...layout,
    ...own,
    margin: { l: 44, r: 12, t: layout.title ? 56 : 12, b: 36 },
    title: titleOf(layout.title),
    legend: {
      orientation: "h",
      x: 0,
      y: 1,
      yanchor: "bottom",
      ...(layout.legend as object | undefined),
      title: undefined,
    },
    template: {
      layout: {
        ...layout.template?.layout,
        paper_bgcolor: "transparent",
        plot_bgcolor: "transparent",
        font: { family: font, size: 11, color: ink },
        xaxis: { automargin: true, ...axis },
        yaxis: { automargin: true, ...axis },
        modebar: { bgcolor: "transparent", color: ink },
        colorway: isDark() ? ["#7aa2ff", "#ff9f5a", "#5bd0a5", "#f27ca8", "#c9a2ff", "#e0c64a"] : undefined,
        scene: { bgcolor: "transparent", xaxis: axis, yaxis: axis, zaxis: axis },
        polar: { bgcolor: "transparent" },
        geo: { bgcolor: "transparent" },
      },
    },
  };
}

/** Above the legend, which stands on the plot. */
function titleOf(title: unknown): object | undefined {
  if (!title) return undefined;
  const { font, ...named } = (typeof title === "string" ? { text: title } : title) as { font?: object };
  return { y: 1, yref: "container", yanchor: "top", pad: { t: 8 }, ...named, font: { ...font, size: 13 } };
}

tracklog.viewer("plotly", { Panel, Item });
