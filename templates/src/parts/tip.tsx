// The tooltip: one for the page, beside the cursor of whichever chart has it.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { release, tip } from "../lib/cursor";
import { Middle, Swatch } from "./identity";

export function TipHost() {
  const root = useRef<HTMLDivElement>(null);
  const now = tip.value;
  useLayoutEffect(() => {
    const element = root.current;
    if (!element || !now) return;
    const { width, height } = element.getBoundingClientRect();
    const right = now.left + 18 + width < innerWidth - 4;
    const left = right ? now.left + 18 : Math.max(4, now.left - 18 - width);
    element.style.left = `${left}px`;
    element.style.top = `${Math.max(4, Math.min(now.top - 24, innerHeight - height - 4))}px`;
  });
  useEffect(() => {
    // A chart that is redrawn under the pointer may miss its leaving.
    const moved = (event: PointerEvent): void => {
      const shown = tip.peek();
      if (shown && !shown.frozen && !shown.byKeys && !(event.target as Element).closest?.(".canvas, .tip")) release();
    };
    document.addEventListener("pointermove", moved, { passive: true });
    return () => document.removeEventListener("pointermove", moved);
  }, []);
  if (!now) return null;
  return (
    <div
      class="tip"
      ref={root}
      data-frozen={now.frozen ? "" : undefined}
      role="status"
      aria-live={now.byKeys ? "polite" : "off"}
    >
      <div class="h">
        <b>{now.title}</b>
        <span>{now.other}</span>
      </div>
      {now.rows.map((row) => (
        <div class={row.near ? "r near" : "r"} key={row.id}>
          <Swatch look={row.look} line />
          <span class="nm">
            <Middle text={row.label} />
          </span>
          <span class={`num${row.value === "NaN" ? " nan" : row.value.endsWith("Inf") ? " inf" : ""}`}>
            {row.value}
          </span>
          <span class="num raw">{row.raw}</span>
        </div>
      ))}
      {now.more > 0 && <div class="f">+{now.more} more</div>}
      <div class="f foot">
        <span>{now.foot[0]}</span>
        <span>{now.foot[1]}</span>
      </div>
    </div>
  );
}
