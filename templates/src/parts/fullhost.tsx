// Opens the panel that the hash names: at full size, or alone, for a frame in another page.
import { type PanelInfo, panels } from "../lib/panels";
import type { RunRow } from "../model";
import { param } from "../route";
import { part } from "./part";
import { Portal } from "./portal";

type Fixed = { readonly fixed: readonly RunRow[] | undefined };
const Full = part<Fixed & { readonly panel: PanelInfo }>("full", "Full");
const Embed = part<Fixed & { readonly id: string; readonly panel: PanelInfo | undefined }>("embed", "Embed");

/** Shown while the hash names a panel. */
export function FullHost({ fixed }: { fixed?: readonly RunRow[] }) {
  const alone = param("embed");
  const id = alone ?? param("panel");
  const panel = id === undefined ? undefined : panels.value.find((other) => other.id === id);
  if (alone === undefined) return panel ? <Full panel={panel} fixed={fixed} /> : null;
  return (
    <Portal>
      <Embed id={alone} panel={panel} fixed={fixed} />
    </Portal>
  );
}
