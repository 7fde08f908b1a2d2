// The presets that come with tracklog, by the ids that scripts use.
import areaUnderCurve from "../../../presets/area-under-curve.vl.json";
import bar from "../../../presets/bar.vl.json";
import confusionMatrix from "../../../presets/confusion_matrix.vl.json";
import heatmap from "../../../presets/heatmap.vl.json";
import histogram from "../../../presets/histogram.vl.json";
import line from "../../../presets/line.vl.json";
import lineseries from "../../../presets/lineseries.vl.json";
import scatter from "../../../presets/scatter.vl.json";

export interface Meta {
  readonly about?: string;
  readonly ids?: readonly string[];
  /** Placeholder of the column that gives the colours where one run is alone. */
  readonly hue?: string;
  /** What is averaged over the runs of a group, and within which columns. */
  readonly mean?: { readonly of: string; readonly by: readonly string[] };
}

export type Preset = Readonly<Record<string, unknown>>;

const NAMED: Readonly<Record<string, Preset>> = {
  "area-under-curve": areaUnderCurve,
  bar,
  confusion_matrix: confusionMatrix,
  heatmap,
  histogram,
  line,
  lineseries,
  scatter,
};

export const metaOf = (preset: Preset): Meta => (preset.usermeta as { tracklog?: Meta } | undefined)?.tracklog ?? {};

export function presetNamed(name: string): Preset | undefined {
  return NAMED[name] ?? Object.values(NAMED).find((preset) => metaOf(preset).ids?.includes(name));
}
