// Files of a run: tree left, content right.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import { fileBytes, fileText, isHere } from "../lib/data";
import { bytes, plural } from "../lib/format";
import type { RunFile, RunHead, RunRow } from "../model";
import { Icon } from "../parts/icons";
import { useRunHead } from "../parts/runhead";
import { Button, download, Empty } from "../parts/ui";
import { useLoaded } from "../parts/use";
import { VirtualList } from "../parts/virtual";
import { param, setParams } from "../route";

interface Folder {
  readonly name: string;
  readonly folders: Map<string, Folder>;
  readonly files: RunFile[];
}

function treeOf(files: readonly RunFile[]): Folder {
  const root: Folder = { name: "", folders: new Map(), files: [] };
  for (const file of files) {
    const path = file.path.split("/");
    let at = root;
    for (const name of path.slice(0, -1)) {
      const next = at.folders.get(name) ?? { name, folders: new Map(), files: [] };
      at.folders.set(name, next);
      at = next;
    }
    at.files.push(file);
  }
  return root;
}

function Files() {
  const { run, head, error } = useRunHead();
  const tree = useMemo(() => (head ? treeOf(head.files) : null), [head]);
  if (error) return <Empty title="This run could not be read" text={error} />;
  if (!run || !head || !tree) return null;
  if (!head.files.length) return <Empty title="No files were saved" text={<code>run.save("config.yaml")</code>} />;
  const chosen =
    head.files.find((file) => file.path === param("file")) ??
    head.files.find((file) => file.kind === "text" && isHere(file)) ??
    head.files[0]!;
  const total = head.files.reduce((sum, file) => sum + file.size, 0);
  return (
    <div class="files">
      <nav class="file-tree" aria-label="Files">
        <p class="dim">
          {plural(head.files.length, "file")}, {bytes(total)}
        </p>
        <Branch folder={tree} chosen={chosen} path="" />
      </nav>
      <Content key={chosen.path} run={run} head={head} file={chosen} />
    </div>
  );
}

function Branch({ folder, chosen, path }: { folder: Folder; chosen: RunFile; path: string }) {
  return (
    <ul class="tree">
      {[...folder.folders.values()].map((inner) => (
        <li key={inner.name} class="nest">
          <details open={chosen.path.startsWith(`${path}${inner.name}/`) || folder.folders.size < 4}>
            <summary>
              <Icon name="folder" small /> {inner.name}{" "}
              <span class="dim n2">{inner.files.length + inner.folders.size}</span>
            </summary>
            <Branch folder={inner} chosen={chosen} path={`${path}${inner.name}/`} />
          </details>
        </li>
      ))}
      {folder.files.map((file) => (
        <li key={file.path}>
          <button
            type="button"
            class="file"
            aria-current={file === chosen ? "true" : undefined}
            onClick={() => setParams({ file: file.path, L: undefined })}
          >
            <Icon name="file" small />
            <span class="cut grow">{file.path.split("/").at(-1)}</span>
            <span class="dim">{bytes(file.size)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Content({ run, head, file }: { run: RunRow; head: RunHead; file: RunFile }) {
  const name = file.path.split("/").at(-1)!;
  const get = (): Promise<Uint8Array<ArrayBuffer>> => fileBytes(run, head, file);
  return (
    <section class="file-view" aria-label={file.path}>
      <header>
        <b class="cut">{file.path}</b>
        <span class="dim">{bytes(file.size)}</span>
        <span class="grow" />
        {isHere(file) && (
          <Button
            icon="download"
            text="Download"
            onClick={() => void get().then((data) => download(name, data, "application/octet-stream"))}
          />
        )}
      </header>
      {file.kind === "image" && file.src ? (
        <div class="picture">
          <img src={media(file.src)} alt={file.path} />
        </div>
      ) : file.kind === "text" && isHere(file) ? (
        <Text get={() => fileText(run, head, file)} version={run.parts.join()} />
      ) : (
        <Empty
          title={isHere(file) ? "Not a text" : "Not in this site"}
          text={
            file.note ||
            (isHere(file)
              ? "Download it to look at it."
              : `${file.path}, ${bytes(file.size)}, stays in the run's folder.`)
          }
        />
      )}
    </section>
  );
}

function Text({ get, version }: { get: () => Promise<string>; version: string }) {
  const { value, error } = useLoaded<string[]>(async () => (await get()).replace(/\n$/, "").split(/\r?\n/), [version]);
  const line = Number(/^\d+/.exec(param("L") ?? "")?.[0] ?? 0);
  if (error) return <Empty title="This file could not be read" text={error} />;
  if (!value)
    return (
      <div class="plot wait" aria-hidden="true">
        <i class="sk" />
        <i class="sk" />
      </div>
    );
  return <Lines lines={value} line={line} />;
}

function Lines({ lines, line }: { lines: readonly string[]; line: number }) {
  const root = useRef<HTMLDivElement>(null);
  const [width] = useState(() =>
    Math.min(
      4000,
      lines.reduce((most, text) => Math.max(most, text.length), 0),
    ),
  );
  useEffect(() => void root.current?.querySelector<HTMLElement>(".virtual")?.setAttribute("tabindex", "0"), []);
  return (
    <div class="code lines" ref={root} style={{ "--w": `${width + 10}ch` }}>
      <VirtualList
        count={lines.length}
        height={20}
        scrollTo={line ? line - 1 : undefined}
        row={(i) => (
          <div class={i + 1 === line ? "cl at" : "cl"} key={i}>
            <button
              type="button"
              class="no"
              tabIndex={-1}
              aria-label={`Link to line ${i + 1}`}
              onClick={() => setParams({ L: String(i + 1) })}
            >
              {i + 1}
            </button>
            <span>{lines[i]}</span>
          </div>
        )}
      />
    </div>
  );
}

tracklog.viewer("files", { Page: Files });
