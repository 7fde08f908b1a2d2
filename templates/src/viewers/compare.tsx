// Compare: everything that differs between any two runs of the project.
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { head, index, uid } from "../lib/data";
import { difference, full, plural } from "../lib/format";
import { baseline, mainMetric, split, table } from "../lib/view";
import type { RunHead, RunRow } from "../model";
import { Restored } from "../parts/states";
import { Button, Empty } from "../parts/ui";
import { useLoaded } from "../parts/use";
import { param, setParams } from "../route";
import { Charts, Tails, tail } from "./compare/curves";
import { Facts, judged, Metrics, ordered, verdict } from "./compare/facts";
import { Code, Tree } from "./compare/files";
import { Many } from "./compare/many";
import { type Pair, pairs } from "./compare/pairs";
import { Picker } from "./compare/picker";
import { differing, pairsOf, type Row, rowsOf } from "./compare/rows";
import { useViewed } from "./compare/viewed";
import css from "./compare.css";
import { Plus } from "./lib/difflines";
import difflines from "./lib/difflines.css";
import { packagesOf } from "./lib/packages";
import { addStyle } from "./lib/style";
import syntax from "./lib/syntax.css";
import { isCode, type Side, textOf } from "./lib/texts";

addStyle(syntax + difflines + css);

const turned = (side: string): string => (side === "A" ? "B" : "A");

const COUNTED_MS = 100;

/** The two runs: those of the link, else the newest, compared with the baseline or the one before. */
function chosen(runs: readonly RunRow[]): [RunRow, RunRow] | null {
  const of = (name: string): RunRow | undefined => runs.find((run) => uid(run) === param(name));
  const b = of("b") ?? runs.find((run) => run !== of("a") && (runs.length < 2 || run !== baseline.value));
  const a = of("a") ?? (baseline.value && baseline.value !== b ? baseline.value : runs.find((run) => run !== b));
  return a && b && a !== b ? [a, b] : null;
}

export function Page() {
  const runs = index.value?.runs;
  if (!runs)
    return (
      <div class="sec" aria-busy="true">
        <i class="sk" />
      </div>
    );
  const several = param("runs");
  if (several !== undefined) return <Many asked={split(several)} all={runs} />;
  const now = chosen(runs);
  if (!now)
    return (
      <Empty
        title={runs.length < 2 ? "One run: nothing to compare it with yet" : "A run is compared with another one"}
        text={runs.length < 2 ? "Train once more, and build again." : "Choose two different runs."}
      >
        {runs.length > 1 && <Button text="Newest two" onClick={() => setParams({ a: undefined, b: undefined })} />}
      </Empty>
    );
  return <Compared key={`${uid(now[0])} ${uid(now[1])}`} a={now[0]} b={now[1]} runs={runs} />;
}

function Compared({ a, b, runs }: { a: RunRow; b: RunRow; runs: readonly RunRow[] }) {
  const { value, error } = useLoaded(() => loaded(a, b), [a.parts.join(), b.parts.join()]);
  return (
    <div class="cmp">
      <Restored />
      <div class="cmp-pick">
        <Picker side="a" run={a} other={b} runs={runs} />
        <Button
          icon="swap"
          label="Swap A and B"
          onClick={() => setParams({ a: uid(b), b: uid(a), L: param("L")?.replace(/^[AB]/, turned) })}
        />
        <Picker side="b" run={b} other={a} runs={runs} />
      </div>
      {error ? (
        <Empty title="These runs could not be read" text={error} />
      ) : value ? (
        <Parts a={a} b={b} of={value} />
      ) : (
        <div class="sec" aria-busy="true">
          <i class="sk" />
        </div>
      )}
    </div>
  );
}

interface Loaded {
  readonly sides: readonly [Side, Side];
  readonly packages: readonly Row[];
  readonly files: readonly Pair[];
  readonly tails: readonly [readonly string[], readonly string[]];
}

async function loaded(a: RunRow, b: RunRow): Promise<Loaded> {
  const [one, two] = await Promise.all([a, b].map(async (run): Promise<Side> => ({ run, head: await head(run) })));
  const sides = [one!, two!] as const;
  const [files, left, right, tailA, tailB] = await Promise.all([
    pairs(...sides),
    textOf(sides[0], "requirements.txt"),
    textOf(sides[1], "requirements.txt"),
    tail(sides[0]),
    tail(sides[1]),
  ]);
  return { sides, packages: pairsOf(packagesOf(left), packagesOf(right)), files, tails: [tailA, tailB] };
}

type Counted = ReadonlyMap<string, readonly [added: number, removed: number]>;

/** Changed lines by file, and how to tell them. */
function useCounted(): [Counted, (path: string, added: number, removed: number) => void] {
  const [counted, setCounted] = useState<Counted>(new Map());
  const late = useRef(new Map<string, readonly [number, number]>());
  const onCounted = useCallback((path: string, added: number, removed: number) => {
    // Many come close together, and each would draw all of the page again.
    if (!late.current.size)
      setTimeout(() => {
        const now = late.current;
        late.current = new Map();
        setCounted((old) => new Map([...old, ...now]));
      }, COUNTED_MS);
    late.current.set(path, [added, removed]);
  }, []);
  return [counted, onCounted];
}

function Parts({ a, b, of }: { a: RunRow; b: RunRow; of: Loaded }) {
  const { sides, packages, files } = of;
  const now = table.value!;
  const metrics = useMemo(() => ordered(rowsOf(now, "summary", a, b)), [now, a, b]);
  const config = useMemo(() => rowsOf(now, "config", a, b), [now, a, b]);
  const surroundings = pairsOf(new Map(sides[0].head.environment), new Map(sides[1].head.environment));
  const artifacts = pairsOf(exchanged(sides[0].head), exchanged(sides[1].head));
  const changed = files.filter((pair) => !pair.same);
  const [counted, onCounted] = useCounted();
  const [viewed, onViewed] = useViewed(changed);
  const added = [...counted.values()].reduce((sum, [n]) => sum + n, 0);
  const removed = [...counted.values()].reduce((sum, [, n]) => sum + n, 0);
  const parts = {
    metrics: differing(metrics),
    config: differing(config),
    packages: differing(packages),
    environment: differing(surroundings),
    ...(artifacts.length ? { artifacts: differing(artifacts) } : {}),
  };
  const same = !changed.length && Object.values(parts).every((rows) => !rows.length);
  const best = parts.metrics.find((row) => row.key === mainMetric.value) ?? parts.metrics.find((row) => judged(row));
  const go = (id: string) => () => {
    document.getElementById(id)?.scrollIntoView();
    setParams({ sec: id });
  };
  useEffect(() => {
    // A cell of a notebook comes into view by itself, once its file has.
    const file = param("file")?.replace(/#[ab]\d+(\.out)?$/, "");
    const asked = file ? `file-${file}` : param("sec");
    if (asked) document.getElementById(asked)?.scrollIntoView();
  }, []);
  return (
    <>
      {same && <p class="cmp-note">These two runs are equal in everything that was recorded but their time.</p>}
      <div class="cmp-strip">
        <button type="button" class="cmp-go" onClick={go("metrics")}>
          <span class="dim cut">{best ? best.label : "Metrics"}</span>
          <span class="cmp-big">
            {best ? (
              <>
                <b>{best.a}</b> to <b>{best.b}</b> <span class={judged(best)}>{difference(best.change)}</span>
              </>
            ) : (
              <Count some={parts.metrics.length} all={metrics.length} />
            )}
          </span>
          <span class="dim cut">{verdict(parts.metrics)}</span>
        </button>
        <Fact id="config" title="Config" rows={parts.config} all={config.length} go={go} />
        <Fact id="packages" title="Packages" rows={parts.packages} all={packages.length} go={go} />
        <button type="button" class="cmp-go" onClick={go("code")}>
          <span class="dim">Code</span>
          <span class="cmp-big">
            {changed.length ? (
              <>
                <b>{plural(changed.length, "file")}</b> <Plus added={added} removed={removed} />
              </>
            ) : (
              <span class="dim">{files.length ? "same" : "none kept"}</span>
            )}
          </span>
          <span class="dim cut">{commits(a, b)}</span>
        </button>
        <Fact id="environment" title="Environment" rows={parts.environment} all={surroundings.length} go={go} />
        {artifacts.length > 0 && (
          <Fact id="artifacts" title="Artifacts" rows={parts.artifacts ?? []} all={artifacts.length} go={go} />
        )}
      </div>
      <div class="cmp-body">
        <Tree files={files} changed={changed} counted={counted} viewed={viewed} go={go} counts={parts} />
        <div class="cmp-main">
          <Metrics rows={metrics} a={a} b={b} />
          <Charts a={a} b={b} />
          <Facts id="config" title="Config" rows={config} empty="Neither run has a config" />
          <Facts id="packages" title="Packages" rows={packages} empty="The packages of neither run were recorded" />
          <Facts
            id="environment"
            title="Environment"
            rows={surroundings}
            empty="Nothing was recorded of where they ran"
          />
          {artifacts.length > 0 && <Facts id="artifacts" title="Artifacts used and logged" rows={artifacts} empty="" />}
          <Code
            files={files}
            changed={changed}
            viewed={viewed}
            onViewed={onViewed}
            onCounted={onCounted}
            silent={sides.filter((side) => !side.head.files.some(isCode)).map(({ run }) => run)}
          />
          <Tails tails={of.tails} sides={sides} />
        </div>
      </div>
    </>
  );
}

/** What a run used and logged, by name; a version is what its digest says. */
function exchanged({ artifacts }: RunHead): Map<string, string> {
  const said = new Map<string, string>();
  for (const { use, name, type, version, digest, project } of artifacts) {
    const key = `${use} ${project ? `${project}/` : ""}${name}${type ? ` (${type})` : ""}`;
    const text = `v${version} ${digest.slice(0, 8)}`;
    said.set(key, said.has(key) ? `${said.get(key)}, ${text}` : text);
  }
  return said;
}

function commits(a: RunRow, b: RunRow): string {
  if (!a.commit && !b.commit) return "";
  return a.commit === b.commit
    ? `both at ${a.commit.slice(0, 7)}`
    : `${a.commit.slice(0, 7) || "no commit"} to ${b.commit.slice(0, 7) || "no commit"}`;
}

function Count({ some, all }: { some: number; all: number }) {
  if (!some) return <span class="dim">same</span>;
  return (
    <>
      <b>{full(some)}</b> <span class="dim">of {full(all)}</span>
    </>
  );
}

function Fact({
  id,
  title,
  rows,
  all,
  go,
}: {
  id: string;
  title: string;
  rows: readonly Row[];
  all: number;
  go: (id: string) => () => void;
}) {
  return (
    <button type="button" class="cmp-go" onClick={go(id)}>
      <span class="dim">{title}</span>
      <span class="cmp-big">{all ? <Count some={rows.length} all={all} /> : <span class="dim">none</span>}</span>
      <span class="dim cut">{rows.map(({ label }) => label).join(", ")}</span>
    </button>
  );
}

tracklog.viewer("compare", { Page });
