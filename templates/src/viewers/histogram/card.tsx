// What the cards of histograms share.
import type { ComponentChildren } from "preact";
import type { RunRow } from "../../model";
import { Empty, Wait } from "../../parts/ui";
import type { PanelProps } from "../../parts/viewer";

export interface CardProps extends PanelProps {
  readonly runs: readonly RunRow[];
  readonly acts: ComponentChildren;
  readonly attach: (element: HTMLElement | null) => void;
  readonly seen: boolean;
}

export function Body({
  error,
  ready,
  none,
  title,
  large,
  children,
}: {
  error: string;
  ready: boolean;
  none: boolean;
  title: string;
  large?: boolean;
  children: () => ComponentChildren;
}) {
  const frame = large ? "plot tall" : "plot";
  if (error)
    return (
      <div class={frame}>
        <Empty title="This panel could not be read" text={error} />
      </div>
    );
  if (!ready) return <Wait />;
  if (!none) return children();
  return (
    <div class={frame}>
      <Empty title={title} />
    </div>
  );
}
