// Where a version came from and went: what the run that logged it had used, and what the runs that use it logged.
import { head, index } from "../../lib/data";
import { plural } from "../../lib/format";
import { lookOf } from "../../lib/view";
import type { ArtifactRow, ArtifactVersion, RunArtifact, RunRow } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { useLoaded } from "../../parts/use";
import { href } from "../../route";

/** Boxes of a column. */
const MOST = 8;
const [WIDE, HIGH, GAP, BETWEEN] = [168, 30, 8, 48];

interface Box {
  readonly id: string;
  readonly text: string;
  readonly address: string;
  readonly run: RunRow | null;
  readonly here?: boolean;
}

type Edge = readonly [from: string, to: string];

const runOf = (entry: string): RunRow | undefined => index.value?.runs.find((run) => run.entry === entry);

/** The oldest first: a site lists them by their names. */
const byAge = (entries: readonly string[]): string[] =>
  entries.toSorted((one, two) => (runOf(one)?.created ?? 0) - (runOf(two)?.created ?? 0));

/** The name that people know a run by. */
export function runName(entry: string): string {
  const run = runOf(entry);
  return run ? nameOf(run) : entry.split("/").slice(1).join("/");
}

/** A link to a run, in whichever project it is. */
export function RunLink({ entry }: { entry: string }) {
  const run = runOf(entry);
  if (run)
    return (
      <a class="art-run" href={href(run.page)}>
        <Swatch look={lookOf(run)} /> {nameOf(run)}
      </a>
    );
  const [, project, id] = entry.split("/");
  return <a class="art-run" href={href(`${project}/runs/${id}.html`)}>{`${project}/${id}`}</a>;
}

function runBox(entry: string): Box {
  const run = runOf(entry);
  const [, project, id] = entry.split("/");
  return run
    ? { id: entry, text: nameOf(run), address: href(run.page), run }
    : { id: entry, text: `${project}/${id}`, address: href(`${project}/runs/${id}.html`), run: null };
}

function artifactBox({ name, digest, version, project }: RunArtifact): Box {
  const row = project
    ? undefined
    : index.value?.artifacts.find((one) => one.name === name && one.digests.includes(digest));
  const number = row ? row.digests.indexOf(digest) : version;
  return {
    id: `${project}/${name}:${digest}`,
    text: `${project ? `${project}/` : ""}${name}:v${number}`,
    address: row ? href(row.page, { version: `v${number}` }) : "",
    run: null,
  };
}

/** What the runs on one side logged or used. */
async function around(entries: readonly string[], use: "logged" | "used"): Promise<[Box[], [string, string][]]> {
  const boxes = new Map<string, Box>();
  const pairs: [string, string][] = [];
  for (const run of entries.slice(0, MOST).flatMap((entry) => runOf(entry) ?? []))
    for (const one of (await head(run)).artifacts.filter((artifact) => artifact.use === use)) {
      const box = artifactBox(one);
      boxes.set(box.id, box);
      pairs.push([run.entry, box.id]);
    }
  return [[...boxes.values()], pairs];
}

async function columnsOf(row: ArtifactRow, version: ArtifactVersion): Promise<{ columns: Box[][]; edges: Edge[] }> {
  const self: Box = {
    id: `/${row.name}:${version.digest}`,
    text: `${row.name}:v${version.number}`,
    address: "",
    run: null,
    here: true,
  };
  const [logged, used] = [byAge(version.logged), byAge(version.used)];
  const [inputs, before] = await around(logged, "used");
  const [outputs, after] = await around(used, "logged");
  const edges: Edge[] = [
    ...before.map(([run, artifact]): Edge => [artifact, run]),
    ...logged.map((run): Edge => [run, self.id]),
    ...used.map((run): Edge => [self.id, run]),
    ...after,
  ];
  const columns = [inputs, logged.map(runBox), [self], used.map(runBox), outputs];
  return { columns: columns.filter(({ length }) => length), edges };
}

export function Lineage({ row, version }: { row: ArtifactRow; version: ArtifactVersion }) {
  const { value } = useLoaded(
    () => columnsOf(row, version),
    [version.digest, row.parts.join(), index.value?.runs.length ?? 0],
  );
  if (!value || value.columns.length < 2) return null;
  const { columns, edges } = value;
  const places = new Map<string, readonly [x: number, y: number]>();
  const rows = Math.max(...columns.map(({ length }) => Math.min(length, MOST + 1)));
  const height = rows * (HIGH + GAP) - GAP;
  const shown = columns.map((boxes) => (boxes.length > MOST ? boxes.slice(0, MOST) : boxes));
  shown.forEach((boxes, column) => {
    const count = boxes.length + (columns[column]!.length > MOST ? 1 : 0);
    const top = (height - (count * (HIGH + GAP) - GAP)) / 2;
    for (const [n, box] of boxes.entries()) places.set(box.id, [column * (WIDE + BETWEEN), top + n * (HIGH + GAP)]);
  });
  const width = columns.length * (WIDE + BETWEEN) - BETWEEN;
  const lines = edges.flatMap(([from, to]) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a && b && a[0] < b[0] ? [[a[0] + WIDE, a[1] + HIGH / 2, b[0], b[1] + HIGH / 2] as const] : [];
  });
  return (
    <section class="card cmp-card" aria-label="Lineage">
      <header>
        <b>Lineage</b> <span class="dim">from what it was made, and what was made of it</span>
      </header>
      <div class="art-lineage" tabIndex={0} role="group" aria-label="Lineage">
        <div style={{ width: `${width}px`, height: `${height}px` }}>
          <svg width={width} height={height} aria-hidden="true">
            {lines.map(([x1, y1, x2, y2]) => (
              <path key={`${x1},${y1},${x2},${y2}`} d={`M${x1} ${y1}C${x1 + 24} ${y1} ${x2 - 24} ${y2} ${x2} ${y2}`} />
            ))}
          </svg>
          {shown.flatMap((boxes, column) => [
            ...boxes.map((box) => <Node key={box.id} box={box} place={places.get(box.id)!} />),
            columns[column]!.length > MOST && (
              <span
                key={`more ${column}`}
                class="art-more dim"
                style={{ left: `${column * (WIDE + BETWEEN)}px`, top: `${height - HIGH}px`, width: `${WIDE}px` }}
              >
                and {plural(columns[column]!.length - MOST, "other")}
              </span>
            ),
          ])}
        </div>
      </div>
    </section>
  );
}

function Node({ box, place: [x, y] }: { box: Box; place: readonly [x: number, y: number] }) {
  const style = { left: `${x}px`, top: `${y}px`, width: `${WIDE}px`, height: `${HIGH}px` };
  const inside = (
    <>
      {box.run && <Swatch look={lookOf(box.run)} />}
      <span class="cut">{box.text}</span>
    </>
  );
  if (!box.address)
    return (
      <span class={box.here ? "art-node here" : "art-node"} style={style} title={box.text}>
        {inside}
      </span>
    );
  return (
    <a class="art-node" style={style} href={box.address} title={box.text}>
      {inside}
    </a>
  );
}
