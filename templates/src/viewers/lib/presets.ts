// The presets that come with tracklog, by the ids that scripts use.
import areaUnderCurve from "../../../presets/area-under-curve.vl.json";
import bar from "../../../presets/bar.vl.json";
import calibration from "../../../presets/calibration.vl.json";
import classProportions from "../../../presets/class_proportions.vl.json";
import confusionMatrix from "../../../presets/confusion_matrix.vl.json";
import elbow from "../../../presets/elbow.vl.json";
import featureImportances from "../../../presets/feature_importances.vl.json";
import heatmap from "../../../presets/heatmap.vl.json";
import histogram from "../../../presets/histogram.vl.json";
import learningCurve from "../../../presets/learning_curve.vl.json";
import line from "../../../presets/line.vl.json";
import lineseries from "../../../presets/lineseries.vl.json";
import metrics from "../../../presets/metrics.vl.json";
import outliers from "../../../presets/outliers.vl.json";
import residuals from "../../../presets/residuals.vl.json";
import scatter from "../../../presets/scatter.vl.json";
import silhouette from "../../../presets/silhouette.vl.json";

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
  calibration,
  class_proportions: classProportions,
  confusion_matrix: confusionMatrix,
  elbow,
  feature_importances: featureImportances,
  heatmap,
  histogram,
  learning_curve: learningCurve,
  line,
  lineseries,
  metrics,
  outliers,
  residuals,
  scatter,
  silhouette,
};

export const metaOf = (preset: Preset): Meta => (preset.usermeta as { tracklog?: Meta } | undefined)?.tracklog ?? {};

export function presetNamed(name: string): Preset | undefined {
  return NAMED[name] ?? Object.values(NAMED).find((preset) => metaOf(preset).ids?.includes(name));
}
