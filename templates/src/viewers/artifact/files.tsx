// The files of a version: a list of names, and beside it what is in the chosen one.
import { useMemo, useRef, useState } from "preact/hooks";
import { media } from "../../entry";
import { fileBytes, isHere, jsonBlock } from "../../lib/data";
import { bytes, plural } from "../../lib/format";
import type { ArtifactFile, ArtifactHead, ArtifactRow, ArtifactVersion, MediaItem, RunFile } from "../../model";
import { Icon } from "../../parts/icons";
import { Button, download, Empty, SearchField, Wait } from "../../parts/ui";
import { useLoaded } from "../../parts/use";
import { Item } from "../../parts/viewer";
import { rowHeight, useWindow } from "../../parts/virtual";
import { param, setParams } from "../../route";
import { Lines } from "../code/lines";
import { coloured, read } from "../lib/texts";
import { asRun } from "./holder";

export interface Of {
  readonly row: ArtifactRow;
  readonly head: ArtifactHead;
  readonly version: ArtifactVersion;
}

export const filesOf = ({ row, head, version }: Of): Promise<readonly ArtifactFile[]> =>
  version.listed < 0 ? Promise.resolve([]) : jsonBlock<ArtifactFile[]>(row, head, version.listed);

export function Files(of: Of) {
  const { value, error } = useLoaded(() => filesOf(of), [of.version.digest, of.row.parts.join()]);
  if (error) return <Empty title="The list of files could not be read" text={error} />;
  if (!value) return <Wait />;
  const chosen = value.find(({ file }) => file.path === param("file")) ?? firstOf(value);
  return (
    <section class="card cmp-card art-files" aria-label="Files">
      <header>
        <b>Files</b> <span class="dim">{of.version.note || plural(value.length, "file")}</span>
      </header>
      {value.length > 0 ? (
        <div class="art-pair">
          <Names files={value} chosen={chosen} />
          {chosen && <Content key={chosen.file.path} of={of} file={chosen} />}
        </div>
      ) : (
        <p class="cmp-note dim">{of.version.note ? "Nothing of it can be listed" : "This version holds no file"}</p>
      )}
    </section>
  );
}

/** What a person would look at first: a value, a text to read, a picture, whatever is here. */
function firstOf(files: readonly ArtifactFile[]): ArtifactFile | undefined {
  return (
    files.find(({ kind }) => kind) ??
    files.find(({ file }) => /^readme/i.test(file.path)) ??
    files.find(({ file }) => file.kind === "text" && isHere(file)) ??
    files.find(({ file }) => file.src) ??
    files.find(({ file }) => isHere(file)) ??
    files[0]
  );
}

function Names({ files, chosen }: { files: readonly ArtifactFile[]; chosen: ArtifactFile | undefined }) {
  const [query, setQuery] = useState("");
  const hits = useMemo(
    () => files.filter(({ file }) => file.path.toLowerCase().includes(query.toLowerCase())),
    [files, query],
  );
  const box = useRef<HTMLDivElement>(null);
  const { from, to } = useWindow(hits.length, rowHeight(), box);
  return (
    <nav class="art-names" aria-label="Files of this version">
      {files.length > 10 && <SearchField label="Filter files" value={query} onInput={setQuery} />}
      <div class="art-list" ref={box}>
        <div style={{ height: `${hits.length * rowHeight()}px`, position: "relative" }}>
          {hits.slice(from, to).map((one, i) => (
            <button
              type="button"
              key={one.file.path}
              style={{ top: `${(from + i) * rowHeight()}px`, height: `${rowHeight()}px` }}
              aria-current={one === chosen ? "true" : undefined}
              onClick={() => setParams({ file: one.file.path })}
              title={one.file.path}
            >
              <Icon name={one.ref ? "link" : "file"} small />
              <span class="cut grow">{one.file.path}</span>
              <span class="dim">{one.file.size < 0 ? "" : bytes(one.file.size)}</span>
            </button>
          ))}
        </div>
      </div>
      {query && !hits.length && <p class="dim">No file has this in its name</p>}
    </nav>
  );
}

function Content({ of, file: one }: { of: Of; file: ArtifactFile }) {
  const { file } = one;
  const name = file.path.split("/").at(-1)!;
  return (
    <section class="art-content" aria-label={file.path}>
      <header>
        <b class="cut" title={file.path}>
          {file.path}
        </b>
        <span class="dim">{file.size < 0 ? "" : bytes(file.size)}</span>
        <span class="dim mono cut" title={`MD5 ${one.digest}`}>
          {one.digest}
        </span>
        <span class="grow" />
        {isHere(file) && (
          <Button
            icon="download"
            text="Download"
            onClick={() =>
              void fileBytes(of.row, of.head, file).then((data) => download(name, data, "application/octet-stream"))
            }
          />
        )}
      </header>
      <Preview of={of} one={one} />
    </section>
  );
}

export function Preview({ of, one }: { of: Of; one: ArtifactFile }) {
  const { file } = one;
  if (one.ref) return <Reference address={one.ref} />;
  if (one.value) {
    const run = asRun(of.row, of.version.number);
    return (
      <div class="art-value">
        {one.value.items.map((item, n) => (
          <Item key={n} kind={one.kind} run={run} item={item as MediaItem} step={of.version.number} />
        ))}
      </div>
    );
  }
  if (file.src)
    return (
      <div class="picture">
        <img src={media(file.src)} alt={file.path} />
      </div>
    );
  if (file.kind === "text" && isHere(file)) return <Text of={of} file={file} />;
  return (
    <Empty
      title={isHere(file) ? "Not a text" : "Not in this site"}
      text={isHere(file) ? "Download it to look at it." : file.note}
    />
  );
}

/** An address is shown, and followed only by whoever clicks; of what browsers do not open it is a text. */
function Reference({ address }: { address: string }) {
  return (
    <div class="art-ref">
      <p class="dim">A reference: its content is kept elsewhere, and nothing is fetched from there.</p>
      <p class="mono wrap">
        {/^https?:\/\//.test(address) ? (
          <a href={address} rel="noreferrer noopener">
            {address}
          </a>
        ) : (
          address
        )}
      </p>
    </div>
  );
}

function Text({ of, file }: { of: Of; file: RunFile }) {
  const { value, error } = useLoaded(
    async () => coloured(await read({ run: of.row, head: { ...of.head, files: [] } }, file)),
    [file.content],
  );
  if (error) return <Empty title="This file could not be read" text={error} />;
  if (!value) return <Wait />;
  return <Lines of={value} wrap={param("wrap") === "1"} />;
}
