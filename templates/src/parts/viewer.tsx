// Kinds of values whose drawing is a script of its own, loaded when the first of them comes near the window.
import { Component, type ComponentChildren, type ComponentType } from "preact";
import { viewer, viewerNow } from "../entry";
import type { PanelInfo } from "../lib/panels";
import type { MediaItem, RunRow } from "../model";
import { Card } from "./panel";
import { Button, Empty, Wait } from "./ui";
import { useLoaded, useRuns, useSeen } from "./use";

export interface PanelProps {
  readonly panel: PanelInfo;
  /** The runs to draw; those whose eyes are on without. */
  readonly fixed?: readonly RunRow[];
  readonly drag?: { onDrop: (id: string) => void };
  /** On a page or screen of its own. */
  readonly large?: boolean;
}

export interface ItemProps<T extends MediaItem = MediaItem> {
  readonly run: RunRow;
  readonly item: T;
  readonly step: number;
  readonly large?: boolean;
}

/** What the script of a kind exports by `tracklog.viewer(kind, …)`. */
export interface Viewer {
  readonly Panel: ComponentType<PanelProps>;
  /** One item, in whatever frame: a tile, a table cell, a page. */
  readonly Item?: ComponentType<ItemProps>;
}

/** Kinds whose cards show the items of several runs below each other. */
const STACKED: ReadonlySet<string> = new Set(["audio", "html", "molecule", "object3d", "plotly", "vega", "video"]);

/** How many items below each other a card will show, as far as that is known before they are read. */
export function itemsOf(panel: PanelInfo, runs: readonly RunRow[]): number {
  return STACKED.has(panel.kind) ? Math.max(1, Math.min(panel.runs, runs.length)) : 1;
}

/** Scripts that draw more than the kind they are named after. */
const SCRIPTS: Readonly<Record<string, string>> = { string: "text", other: "text" };

const scriptOf = (kind: string): string => SCRIPTS[kind] ?? kind;

function useViewer(kind: string, when: boolean): { value: Viewer | null; error: string; again: () => void } {
  const name = scriptOf(kind);
  const { value, error, again } = useLoaded(() => viewer<Viewer>(name), [name], when);
  return { value: value ?? viewerNow<Viewer>(name) ?? null, error, again };
}

/** What goes wrong in a viewer stays in its card. */
class Guard extends Component<PanelProps & { children: ComponentChildren }, { error: string }> {
  override state = { error: "" };

  override componentDidCatch(error: Error): void {
    this.setState({ error: error.message });
  }

  override render(): ComponentChildren {
    const { panel, children } = this.props;
    if (!this.state.error) return children;
    return (
      <Card panel={panel} label={panel.title}>
        <div class="plot">
          <Empty title="This panel could not be drawn" text={this.state.error}>
            <Button kind="line" text="Retry" onClick={() => this.setState({ error: "" })} />
          </Empty>
        </div>
      </Card>
    );
  }
}

/** A panel of any kind but lines. */
export function ViewerPanel(props: PanelProps) {
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(props.fixed);
  const { value, error, again } = useViewer(props.panel.kind, seen);
  if (value)
    return (
      <Guard {...props}>
        <value.Panel {...props} />
      </Guard>
    );
  return (
    <Card panel={props.panel} innerRef={attach} label={props.panel.title}>
      {error ? (
        <div class="plot">
          <Empty title="The viewer of this panel could not be loaded" text={error}>
            <Button kind="line" text="Retry" onClick={again} />
          </Empty>
        </div>
      ) : (
        <>
          <Wait items={itemsOf(props.panel, runs)} />
          <div class="steps" />
        </>
      )}
    </Card>
  );
}

/** One item of any kind of media. */
export function Item({ kind, ...props }: ItemProps & { kind: string }) {
  const { value, error } = useViewer(kind, true);
  if (error) return <Empty title="The viewer of this item could not be loaded" text={error} />;
  return value?.Item ? <value.Item {...props} /> : <i class="sk" aria-busy="true" />;
}

/** A page whose script is loaded when it is opened; the script exports it as `Page`. */
export const lazy =
  (name: string): ComponentType =>
  () => {
    const { value, error } = useLoaded(() => viewer<{ readonly Page: ComponentType }>(name), []);
    return value ? (
      <value.Page />
    ) : error ? (
      <Empty title="The script of this page could not be loaded" text={error} />
    ) : (
      <i class="sk" aria-busy="true" />
    );
  };
