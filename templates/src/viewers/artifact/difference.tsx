// Two versions of an artifact: what is said of them, and their files, one by one.
import { useCallback } from "preact/hooks";
import { bytes, full, plural } from "../../lib/format";
import type { ArtifactFile, ArtifactHead, ArtifactRow, ArtifactVersion } from "../../model";
import { Empty, Wait } from "../../parts/ui";
import { useLoaded } from "../../parts/use";
import { Facts } from "../compare/facts";
import { Code } from "../compare/files";
import { isText, type Pair, paired } from "../compare/pairs";
import { pairsOf } from "../compare/rows";
import { useViewed } from "../compare/viewed";
import { type Change, Changes, changesOf, innards, Values } from "./changes";
import { filesOf } from "./files";

/** Changed files whose lines are compared; of more there is the list. */
const MOST = 300;

interface Props {
  readonly row: ArtifactRow;
  readonly head: ArtifactHead;
  readonly before: ArtifactVersion;
  readonly after: ArtifactVersion;
}

interface Files {
  readonly changes: readonly Change[];
  /** Paths of what tables and pictures are made of. */
  readonly hidden: ReadonlySet<string>;
  readonly pairs: readonly Pair[];
}

async function compared({ row, head, before, after }: Props): Promise<Files> {
  const [a, b] = await Promise.all([before, after].map((version) => filesOf({ row, head, version })));
  const [changes, hidden] = [changesOf(a!, b!), innards(a!, b!)];
  const differing = new Set(changes.filter(({ how }) => how !== "same").map(({ path }) => path));
  const side = (files: readonly ArtifactFile[]) => ({
    run: row,
    head: {
      ...head,
      files: files
        .filter(({ file }) => differing.has(file.path) && !hidden.has(file.path))
        .slice(0, MOST)
        .map(plain),
    },
  });
  const pairs = await paired(
    side(a!),
    side(b!),
    () => true,
    (path) => path,
  );
  return { changes, hidden, pairs };
}

/** Tables and pictures that `Artifact.add` wrote are no texts to people. */
function plain({ file, kind }: ArtifactFile) {
  return kind ? { ...file, kind: "binary" as const, note: `a ${kind}` } : file;
}

export function Difference(props: Props) {
  const { before, after } = props;
  const { value, error } = useLoaded(() => compared(props), [before.digest, after.digest, props.row.parts.join()]);
  const silent = useCallback(() => undefined, []);
  const metadata = pairsOf(saidOf(before), saidOf(after));
  // What is no text is in the list of files.
  const texts = value?.pairs.filter(isText) ?? [];
  const changed = texts.filter((pair) => !pair.same);
  const [viewed, onViewed] = useViewed(changed);
  if (error) return <Empty title="These versions could not be compared" text={error} />;
  if (!value) return <Wait />;
  return (
    <>
      <p class="cmp-note">
        From <b>v{before.number}</b> (A) to <b>v{after.number}</b> (B),{" "}
        {full(value.changes.filter(({ how }) => how !== "same").length)} of {plural(value.changes.length, "file")}{" "}
        differ
      </p>
      <Facts id="about" title="About" rows={metadata} empty="Nothing is said of either version" />
      <Changes all={value.changes} hidden={value.hidden} />
      <Values
        all={value.changes.filter(({ path }) => !value.hidden.has(path))}
        before={{ row: props.row, head: props.head, version: before }}
        after={{ row: props.row, head: props.head, version: after }}
      />
      <Code
        title="Texts"
        files={texts}
        changed={changed}
        viewed={viewed}
        onViewed={onViewed}
        onCounted={silent}
        silent={[]}
      />
    </>
  );
}

function saidOf(version: ArtifactVersion): Map<string, string> {
  const said: [string, string][] = [
    ["description", version.description],
    ["aliases", version.aliases.join(", ")],
    ["tags", version.tags.join(", ")],
    ["size", bytes(version.size)],
  ];
  return new Map([...said.filter(([, text]) => text), ...version.metadata]);
}
