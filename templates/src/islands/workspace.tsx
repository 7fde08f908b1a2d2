// The workspace: run list beside panels.
import { signal } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { failure, index, uid } from "../lib/data";
import { plural } from "../lib/format";
import { baseline, current, eyes, hovered, listed, onlyEyes, toggleEyes } from "../lib/view";
import { Board } from "../parts/board";
import { Bottom } from "../parts/bottom";
import { FullHost } from "../parts/fullhost";
import { Icon } from "../parts/icons";
import { Rail } from "../parts/rail";
import { Loading, NoRuns } from "../parts/states";
import { Empty } from "../parts/ui";
import { useKeys } from "../parts/use";
import { href, param, preference, setParams } from "../route";

const sheet = signal(false);

export function Workspace() {
  const [width] = useState(() => Number(preference("rail")) || 0);
  const searchInput = useRef<HTMLInputElement | null>(null);
  useRunKeys();
  if (failure.value) return <Empty title="The data of this site could not be read" text={failure.value} />;
  if (!index.value) return <Loading />;
  if (!index.value.runs.length) return <NoRuns project={index.value.project} />;
  if (param("embed") !== undefined) return <FullHost />;
  document.body.classList.toggle("sheet", sheet.value);
  const close = (): void => {
    sheet.value = false;
  };
  return (
    <div class="work" style={width ? { "--rail": `${width}px` } : undefined}>
      <Rail sheet={sheet.value} onClose={close} inputRef={(element) => (searchInput.current = element)} />
      <div class="main">
        <Board />
      </div>
      <FullHost />
      <Bottom onCharts={close}>
        <button type="button" aria-expanded={sheet.value} onClick={() => (sheet.value = !sheet.value)}>
          <Icon name="runs" />
          {eyes.value.size} of {plural(index.value.runs.length, "run")}
        </button>
      </Bottom>
    </div>
  );
}

/** Keys that act on the run the list stands on. */
function useRunKeys(): void {
  const go = (by: number) => (): void => {
    const runs = listed.value;
    const at = runs.findIndex((run) => uid(run) === current.value);
    const run = runs[Math.max(0, Math.min(runs.length - 1, at + by))];
    if (run) current.value = hovered.value = uid(run);
  };
  const on = (act: (id: string) => void) => (): void => void (current.value && act(current.value));
  useKeys({
    j: go(1),
    k: go(-1),
    x: on((id) => toggleEyes([id])),
    o: on((id) => onlyEyes([id])),
    b: on((id) => setParams({ base: baseline.value && uid(baseline.value) === id ? undefined : id })),
    Enter: (event) => {
      const run = listed.value.find((other) => uid(other) === current.value);
      if (run && !(event.target as HTMLElement).closest("button, a")) location.href = href(run.page);
      else (event.target as HTMLElement).closest<HTMLElement>("button, a")?.click();
    },
    Escape: () => {
      sheet.value = false;
      current.value = hovered.value = "";
    },
  });
}
