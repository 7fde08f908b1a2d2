// Figures of Plotly that draw on tiles: pictures of maps that a server sends.
interface Figure {
  readonly data?: readonly unknown[];
  readonly layout?: object;
}

const TRACES = /^(scatter|density|choropleth)map(box)?$/;

/** Which of its traces or subplots needs tiles; empty when none does. */
export function tiled({ data, layout }: Figure): string {
  const traces = Array.isArray(data) ? data.map((trace) => String((trace as { type?: unknown } | null)?.type)) : [];
  return (
    traces.find((type) => TRACES.test(type)) ??
    Object.keys(layout ?? {}).find((key) => /^map(box)?\d*$/.test(key) && !traces.length) ??
    ""
  );
}
