// What became of the files between two versions: the list of them, and values beside each other.
import { useState } from "preact/hooks";
import { bytes, full, MINUS, plural } from "../../lib/format";
import type { ArtifactFile } from "../../model";
import { Button, Switch } from "../../parts/ui";
import { useSeen } from "../../parts/use";
import type { How } from "../compare/rows";
import { type Of, Preview } from "./files";

/** Rows of the list and pairs of values that are shown at first. */
const [ROWS, PAIRS] = [500, 20];

/** A file of either version, or of both. */
export interface Change {
  readonly path: string;
  readonly how: How;
  readonly a: ArtifactFile | undefined;
  readonly b: ArtifactFile | undefined;
}

const SIGNS: Readonly<Record<How, readonly [sign: string, word: string, look: string]>> = {
  added: ["+", "new", "add"],
  removed: [MINUS, "gone", "del"],
  changed: ["±", "changed", ""],
  same: ["", "equal", "dim"],
};

/** All files of two versions by path. */
export function changesOf(a: readonly ArtifactFile[], b: readonly ArtifactFile[]): Change[] {
  const [left, right] = [a, b].map((files) => new Map(files.map((one) => [one.file.path, one])));
  return [...new Set([...left!.keys(), ...right!.keys()])]
    .sort()
    .map((path) => ({ path, a: left!.get(path), b: right!.get(path) }))
    .map((one) => ({ ...one, how: howOf(one.a, one.b) }));
}

function howOf(a: ArtifactFile | undefined, b: ArtifactFile | undefined): How {
  if (!a) return "added";
  if (!b) return "removed";
  return a.digest === b.digest && a.ref === b.ref ? "same" : "changed";
}

/** Paths of the files that tables and pictures are made of: their names are digests, which say nothing to people. */
export function innards(...versions: readonly (readonly ArtifactFile[])[]): Set<string> {
  const found = versions
    .filter((files) => files.some(({ value }) => value))
    .flatMap((files) => files.map(({ file }) => file.path).filter((path) => path.startsWith("media/")));
  return new Set(found);
}

const sizeOf = (one: ArtifactFile | undefined): string =>
  one ? one.ref || (one.file.size < 0 ? "" : bytes(one.file.size)) : "";

function Size({ of: { a, b } }: { of: Change }) {
  const sizes = [...new Set([a, b].map(sizeOf).filter(Boolean))];
  return (
    <td class="dim" title={[a?.digest, b?.digest].filter(Boolean).join(" → ")}>
      {sizes.join(" → ")}
    </td>
  );
}

export function Changes({ all, hidden }: { all: readonly Change[]; hidden: ReadonlySet<string> }) {
  const [equal, setEqual] = useState(false);
  const [media, setMedia] = useState(false);
  const [most, setMost] = useState(ROWS);
  const differ = all.filter(({ how }) => how !== "same");
  const rows = (equal ? all : differ).filter(({ path }) => media || !hidden.has(path));
  const folded = (equal ? all : differ).filter(({ path }) => hidden.has(path)).length;
  return (
    <section class="card cmp-card" id="files" aria-label="Files">
      <header>
        <b>Files</b> <span class="dim">{differ.length ? `${full(differ.length)} differ` : "same"}</span>
        <span class="grow" />
        {all.length > differ.length && (
          <Switch on={equal} text={`Show ${full(all.length - differ.length)} equal`} onChange={setEqual} />
        )}
      </header>
      {rows.length > 0 && (
        <table class="cmp-tbl art-changes">
          <tbody>
            {rows.slice(0, most).map((one) => {
              const [sign, word, look] = SIGNS[one.how];
              return (
                <tr key={one.path}>
                  <td class={`art-sign ${look}`} aria-hidden="true">
                    {sign}
                  </td>
                  <th scope="row">{one.path}</th>
                  <Size of={one} />
                  <td class="dim">{word}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {!rows.length && !folded && <p class="cmp-note dim">{all.length ? "All are equal" : "No file in either"}</p>}
      {(folded > 0 || rows.length > most) && (
        <p class="art-fold">
          {rows.length > most && (
            <Button
              kind="line"
              text={`Show ${full(rows.length - most)} more`}
              onClick={() => setMost(Number.POSITIVE_INFINITY)}
            />
          )}
          {folded > 0 && (
            <Button
              kind="line"
              expanded={media}
              text={media ? "Hide media files" : `${rows.length ? "and " : ""}${plural(folded, "media file")}`}
              title="What tables and pictures are made of"
              onClick={() => setMedia(!media)}
            />
          )}
        </p>
      )}
    </section>
  );
}

const isSeen = (one: ArtifactFile | undefined): boolean => Boolean(one?.value || one?.file.src);

/** Tables and pictures that changed, the older on the left. */
export function Values({ all, before, after }: { all: readonly Change[]; before: Of; after: Of }) {
  const [most, setMost] = useState(PAIRS);
  const shown = all.filter(({ how, a, b }) => how === "changed" && isSeen(a) && isSeen(b));
  if (!shown.length) return null;
  return (
    <>
      {shown.slice(0, most).map((one) => (
        <Sides key={one.path} of={one} before={before} after={after} />
      ))}
      {shown.length > most && (
        <p class="art-fold">
          <Button
            kind="line"
            text={`Compare ${full(shown.length - most)} more`}
            onClick={() => setMost(most + PAIRS)}
          />
        </p>
      )}
    </>
  );
}

function Sides({ of: { path, a, b }, before, after }: { of: Change; before: Of; after: Of }) {
  const [attach, seen] = useSeen<HTMLElement>();
  return (
    <section class="card cmp-card" aria-label={path} ref={attach}>
      <header>
        <b class="cut" title={path}>
          {path}
        </b>
        <span class="dim">changed</span>
      </header>
      <div class="art-sides">
        {(
          [
            ["A", before, a!],
            ["B", after, b!],
          ] as const
        ).map(([letter, of, one]) => (
          <div class="art-content" key={letter}>
            <header>
              <span class="cmp-letter">{letter}</span> <b>v{of.version.number}</b>
              <span class="dim">{sizeOf(one)}</span>
            </header>
            {seen && <Preview of={of} one={one} />}
          </div>
        ))}
      </div>
    </section>
  );
}
