// What plays a sound, a video or a gif: one set of controls, in one order.
import type { ComponentChildren } from "preact";
import { bytes } from "../../lib/format";
import { Icon } from "../../parts/icons";
import { Button } from "../../parts/ui";
import { addStyle } from "./style";
import css from "./transport.css";

addStyle(css);

const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4];

export interface Pace {
  readonly loop: boolean;
  readonly speed: number;
}

export function PlayButton({ on, toggle, disabled }: { on: boolean; toggle: () => void; disabled?: boolean }) {
  return (
    <button type="button" class="play" aria-label={on ? "Pause" : "Play"} onClick={toggle} disabled={disabled}>
      {on ? <i class="bars" /> : <i class="wedge" />}
    </button>
  );
}

/** Below what is played: where it stands, steps of a frame, speed, loop, what else there is, and the file. */
export function Facts({
  where,
  pace,
  set,
  step,
  file,
  children,
}: {
  where: ComponentChildren;
  pace: Pace;
  set: (change: Partial<Pace>) => void;
  /** By a frame, where there are frames. */
  step?: (by: number) => void;
  file: { readonly src: string; readonly name: string; readonly format: string; readonly bytes: number };
  children?: ComponentChildren;
}) {
  return (
    <p class="facts">
      <span>{where}</span>
      <span class="grow" />
      {step && (
        <>
          <Button kind="xs" text="‹" label="One frame back (,)" onClick={() => step(-1)} />
          <Button kind="xs" text="›" label="One frame on (.)" onClick={() => step(1)} />
        </>
      )}
      <select
        aria-label="Speed"
        title="Speed"
        value={String(pace.speed)}
        onChange={(event) => set({ speed: Number(event.currentTarget.value) })}
      >
        {SPEEDS.map((speed) => (
          <option key={speed} value={String(speed)}>
            {speed}×
          </option>
        ))}
      </select>
      <Button kind="xs" text="Loop" pressed={pace.loop} onClick={() => set({ loop: !pace.loop })} />
      {children}
      <a
        class="btn xs"
        href={file.src}
        download={`${file.name}.${file.format}`}
        title={`Download ${file.format}, ${bytes(file.bytes)}`}
        aria-label="Download"
      >
        <Icon name="download" />
      </a>
    </p>
  );
}
