// The step of the media page: forth, back and played.
import { useEffect, useState } from "preact/hooks";
import { full, plural } from "../../lib/format";
import { Button, Slider } from "../../parts/ui";
import { param, setParams } from "../../route";

const BEAT = 700;

/** The step bar of the page: it moves all panels, or, unlinked, only the rows. */
export function useStepBar(steps: readonly number[]): {
  step: number;
  go: (by: number) => void;
  view: (runs: number) => preact.ComponentChild;
} {
  const [playing, setPlaying] = useState(false);
  const linked = param("at") === undefined;
  const wanted = Number(param(linked ? "step" : "at") ?? steps.at(-1) ?? 0);
  const at = Math.max(
    0,
    steps.findLastIndex((one) => one <= wanted),
  );
  const step = steps[at] ?? 0;
  const choose = (next: number): void => {
    const chosen = steps[Math.max(0, Math.min(steps.length - 1, next))];
    if (chosen !== undefined) setParams({ [linked ? "step" : "at"]: String(chosen) });
  };
  useEffect(() => {
    if (!playing) return;
    if (at >= steps.length - 1) return setPlaying(false);
    const timer = setTimeout(() => choose(at + 1), BEAT);
    return () => clearTimeout(timer);
  }, [playing, at]);
  const play = (): void => {
    if (!playing && at >= steps.length - 1) choose(0);
    setPlaying(!playing);
  };
  const view = (runs: number) => (
    <div class="stepbar">
      <button
        type="button"
        class="btn line sq"
        aria-label={playing ? "Pause" : "Play"}
        title={playing ? "Pause" : "Play"}
        onClick={play}
      >
        <i class={playing ? "bars" : "wedge"} />
      </button>
      <span>
        step <b>{full(step)}</b>
      </span>
      <Slider
        label="Step of the page"
        min={0}
        max={Math.max(0, steps.length - 1)}
        step={1}
        value={at}
        text={`step ${full(step)}`}
        width="auto"
        ticks={steps.map((_, i) => (i / Math.max(1, steps.length - 1)) * 100)}
        onInput={choose}
      />
      <span>{steps.length ? `${full(at + 1)} of ${full(steps.length)}` : "no steps"}</span>
      <Button
        kind="xs"
        icon="link"
        text="all panels"
        pressed={linked}
        title="The cards below follow this step"
        onClick={() =>
          setParams(linked ? { at: String(step), step: undefined } : { step: String(step), at: undefined })
        }
      />
      <span class="wide">{plural(runs, "run")} in step</span>
      <Button kind="xs" icon="left" label="Earlier step (←)" disabled={at === 0} onClick={() => choose(at - 1)} />
      <Button
        kind="xs"
        icon="right"
        label="Next step (→)"
        disabled={at >= steps.length - 1}
        onClick={() => choose(at + 1)}
      />
    </div>
  );
  return { step, go: (by) => choose(at + by), view };
}
