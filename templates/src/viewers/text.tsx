// Strings, lists and objects logged over steps, as they were logged.
import { useMemo } from "preact/hooks";
import { head, uid } from "../lib/data";
import { full } from "../lib/format";
import { type Logged, lastAt, loggedValues, stepsOf } from "../lib/media";
import { fromJson, written } from "../lib/values";
import { lookOf } from "../lib/view";
import type { RunRow } from "../model";
import { nameOf, Swatch } from "../parts/identity";
import { RUNS, useStep } from "../parts/mediapanel";
import { Card } from "../parts/panel";
import { Unready } from "../parts/states";
import { Empty } from "../parts/ui";
import { useLoaded, useRuns, useSeen } from "../parts/use";
import type { PanelProps } from "../parts/viewer";
import { addStyle } from "./lib/style";
import css from "./text.css";

addStyle(css);

function Panel({ panel, fixed, drag }: PanelProps) {
  const [attach, seen] = useSeen<HTMLElement>();
  const runs = useRuns(fixed);
  const { value, error } = useLoaded(
    () => read(runs, panel.key, panel.kind as "string" | "other"),
    [runs.map((run) => run.parts.join()).join(), panel.key],
    seen,
  );
  const steps = useMemo(() => stepsOf(value), [value]);
  const { step, slider } = useStep(steps, panel.title);
  return (
    <Card panel={panel} innerRef={attach} drag={drag} label={`${panel.title}: text by step`}>
      {error || !value || !value.size ? (
        <Unready error={error} waiting={!value}>
          <Empty title="No run in view logged this" />
        </Unready>
      ) : (
        <div class="texts">
          {[...value].map(([run, values]) => (
            <Text key={uid(run)} run={run} one={values[lastAt(values, step)]} step={step} named={value.size > 1} />
          ))}
        </div>
      )}
      {slider}
    </Card>
  );
}

async function read(
  runs: readonly RunRow[],
  key: string,
  kind: "string" | "other",
): Promise<ReadonlyMap<RunRow, readonly Logged<unknown>[]>> {
  const loaded = await Promise.all(
    runs.slice(0, RUNS).map(async (run) => {
      await head(run);
      return [run, await loggedValues<unknown>(run, key, kind)] as const;
    }),
  );
  return new Map(loaded.filter(([, values]) => values.length));
}

const LINE = 72;

/** JSON, indented; what fits a line stands on one. */
function printed(value: unknown, indent = ""): string {
  const short = written(value);
  if (typeof value !== "object" || value === null) return short;
  const inner = `${indent}  `;
  const parts = Array.isArray(value) ? value : Object.values(value);
  if (!parts.length) return short;
  if (parts.every((part) => typeof part !== "object" || part === null)) {
    const line = Array.isArray(value)
      ? `[${value.map((part) => written(part)).join(", ")}]`
      : `{ ${Object.entries(value)
          .map(([key, part]) => `${JSON.stringify(key)}: ${written(part)}`)
          .join(", ")} }`;
    if (line.length + indent.length <= LINE) return line;
  }
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  const lines = Array.isArray(value)
    ? value.map((part) => inner + printed(part, inner))
    : Object.entries(value).map(([key, part]) => `${inner}${JSON.stringify(key)}: ${printed(part, inner)}`);
  return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

function Text({
  run,
  one,
  step,
  named,
}: {
  run: RunRow;
  one: Logged<unknown> | undefined;
  step: number;
  named: boolean;
}) {
  if (!one) return null;
  const text = typeof one.value === "string" ? one.value : printed(fromJson(one.value));
  return (
    <section>
      {(named || one.step !== step) && (
        <header>
          <Swatch look={lookOf(run)} line /> {nameOf(run)}
          {one.step !== step && <b class="amber"> step {full(one.step)}</b>}
        </header>
      )}
      <pre class={typeof one.value === "string" ? "prosepre" : "code"}>{text}</pre>
    </section>
  );
}

tracklog.viewer("text", { Panel });
