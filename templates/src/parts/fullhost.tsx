// Opens the panel that the hash names at full size.
import { type PanelInfo, panels } from "../lib/panels";
import type { RunRow } from "../model";
import { param } from "../route";
import { part } from "./part";

const Full = part<{ readonly panel: PanelInfo; readonly fixed: readonly RunRow[] | undefined }>("full", "Full");

/** Shown while the hash names a panel. */
export function FullHost({ fixed }: { fixed?: readonly RunRow[] }) {
  const id = param("panel");
  const panel = id === undefined ? undefined : panels.value.find((other) => other.id === id);
  return panel ? <Full panel={panel} fixed={fixed} /> : null;
}
