// Two versions of an artifact: what is said of them, and their files, one by one.
import { useCallback, useState } from "preact/hooks";
import { bytes, plural } from "../../lib/format";
import type { ArtifactFile, ArtifactHead, ArtifactRow, ArtifactVersion } from "../../model";
import { Empty, Wait } from "../../parts/ui";
import { useLoaded } from "../../parts/use";
import { Facts } from "../compare/facts";
import { Code } from "../compare/files";
import { isText, type Pair, paired } from "../compare/pairs";
import { pairsOf } from "../compare/rows";
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
  /** Those that differ. */
  readonly rows: ReturnType<typeof pairsOf>;
  readonly pairs: readonly Pair[];
  readonly all: number;
}

async function compared({ row, head, before, after }: Props): Promise<Files> {
  const [a, b] = await Promise.all([before, after].map((version) => filesOf({ row, head, version })));
  const digests = (files: readonly ArtifactFile[]) =>
    new Map(files.map(({ file, digest, ref }) => [file.path, `${digest} ${ref}`]));
  const [left, right] = [digests(a!), digests(b!)];
  const differ = (path: string): boolean => left.get(path) !== right.get(path);
  const side = (files: readonly ArtifactFile[]) => ({
    run: row,
    head: {
      ...head,
      files: files
        .filter(({ file }) => differ(file.path))
        .slice(0, MOST)
        .map(plain),
    },
  });
  const said = (files: readonly ArtifactFile[]) => new Map(files.map((one) => [one.file.path, told(one)]));
  return {
    rows: pairsOf(said(a!), said(b!)),
    pairs: await paired(
      side(a!),
      side(b!),
      () => true,
      (path) => path,
    ),
    all: new Set([...left.keys(), ...right.keys()]).size,
  };
}

/** Tables and pictures that `Artifact.add` wrote are no texts to people. */
function plain({ file, kind }: ArtifactFile) {
  return kind ? { ...file, kind: "binary" as const, note: `a ${kind}` } : file;
}

function told({ file, digest, ref }: ArtifactFile): string {
  return `${ref || (file.size < 0 ? "" : bytes(file.size))} · ${digest}`;
}

export function Difference(props: Props) {
  const { before, after } = props;
  const { value, error } = useLoaded(() => compared(props), [before.digest, after.digest, props.row.parts.join()]);
  const [viewed, setViewed] = useState<ReadonlySet<string>>(new Set());
  const silent = useCallback(() => undefined, []);
  const metadata = pairsOf(saidOf(before), saidOf(after));
  if (error) return <Empty title="These versions could not be compared" text={error} />;
  if (!value) return <Wait />;
  // What is no text is in the list of files.
  const texts = value.pairs.filter(isText);
  const changed = texts.filter((pair) => !pair.same);
  return (
    <>
      <p class="cmp-note">
        From <b>v{before.number}</b> (A) to <b>v{after.number}</b> (B){" "}
        {plural(value.rows.filter(({ how }) => how !== "same").length, "file")} of {plural(value.all, "file")} differ
      </p>
      <Facts id="about" title="About" rows={metadata} empty="Nothing is said of either version" />
      <Facts id="files" title="Files" rows={value.rows} empty="Neither version holds a file" />
      <Code
        title="Texts"
        files={texts}
        changed={changed}
        viewed={viewed}
        onViewed={(path, on) => setViewed(new Set(on ? [...viewed, path] : [...viewed].filter((one) => one !== path)))}
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
