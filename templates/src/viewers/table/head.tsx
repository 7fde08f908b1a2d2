// The head of a column: sorts it, and resizes it.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Column } from "./columns";
import { cycled, type TableState } from "./state";

export function Head({
  column,
  place,
  state,
  set,
  width,
  resize,
  children,
}: {
  column: Column;
  place: Record<string, unknown>;
  state: TableState;
  set: (change: Partial<TableState>) => void;
  width: number;
  resize: (width: number | null, done: boolean) => void;
  children: ComponentChildren;
}) {
  const drag = useRef<{ x: number; width: number } | null>(null);
  const rank = state.sort.findIndex((key) => key.column === column.id);
  const key = state.sort[rank];
  const moved = (event: PointerEvent): number => Math.max(40, drag.current!.width + event.clientX - drag.current!.x);
  return (
    <span role="columnheader" {...place} aria-sort={key ? (key.descending ? "descending" : "ascending") : undefined}>
      <button
        type="button"
        class={key ? "sorted" : undefined}
        title={`Sort by ${column.name}; Shift-click adds it, Alt and arrows resize`}
        onClick={(event) => set({ sort: cycled(state.sort, column.id, event.shiftKey) })}
        onKeyDown={(event) => {
          const by = event.altKey ? (event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0) : 0;
          if (!by) return;
          event.preventDefault();
          resize(Math.max(40, width + by), true);
        }}
      >
        <span class="cut">{column.name || "(no name)"}</span>
        {key && (
          <span>
            {key.descending ? "↓" : "↑"}
            {state.sort.length > 1 && <sub>{rank + 1}</sub>}
          </span>
        )}
      </button>
      {children}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; Alt and arrows do the same */}
      <i
        class="dt-grip"
        title="Drag to resize, double click to fit"
        onDblClick={() => resize(null, true)}
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, width };
        }}
        onPointerMove={(event) => drag.current && resize(moved(event), false)}
        onPointerUp={(event) => {
          if (!drag.current) return;
          const [to, was] = [moved(event), drag.current.width];
          drag.current = null;
          if (to !== was) resize(to, true);
        }}
      />
    </span>
  );
}
