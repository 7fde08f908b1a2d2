// The files of a run's code: folders, a filter where there are many, the uncommitted changes last.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { bytes, plural } from "../../lib/format";
import type { RunFile } from "../../model";
import { Icon } from "../../parts/icons";
import { SearchField } from "../../parts/ui";
import { setParams } from "../../route";
import { CODE, PATCH } from "../lib/texts";

/** From so many files on there is a filter. */
const MANY = 10;

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: RunFile[];
}

export const labelOf = (path: string): string => (path.startsWith(CODE) ? path.slice(CODE.length) : path);

function treeOf(files: readonly RunFile[]): Folder {
  const root: Folder = { folders: new Map(), files: [] };
  for (const file of files) {
    let at = root;
    for (const name of labelOf(file.path).split("/").slice(0, -1)) {
      const next = at.folders.get(name) ?? { folders: new Map(), files: [] };
      at.folders.set(name, next);
      at = next;
    }
    at.files.push(file);
  }
  return root;
}

export function Tree({
  files,
  chosen,
  main,
}: {
  files: readonly RunFile[];
  chosen: RunFile;
  /** Path of the program; empty where nobody knows it. */
  main: string;
}) {
  const [query, setQuery] = useState("");
  const root = useRef<HTMLElement>(null);
  useEffect(() => uncover(root.current!), [chosen.path]);
  const code = files.filter(({ path }) => path !== PATCH);
  const patch = files.find(({ path }) => path === PATCH);
  const hits = code.filter(({ path }) => labelOf(path).toLowerCase().includes(query.toLowerCase()));
  const tree = useMemo(() => treeOf(hits), [hits.map(({ path }) => path).join("\n")]);
  return (
    <nav class="cv-tree" aria-label="Code files" ref={root}>
      {code.length > MANY && <SearchField label="Filter files" value={query} onInput={setQuery} />}
      <p class="dim">
        {hits.length < code.length ? `${hits.length} of ${plural(code.length, "file")}` : plural(code.length, "file")}
        {code.length > 0 && `, ${bytes(code.reduce((sum, { size }) => sum + size, 0))}`}
      </p>
      <Branch folder={tree} path={CODE} chosen={chosen} main={main} open={query !== "" || hits.length <= 3 * MANY} />
      {patch && (
        <ul class="cv-patch">
          <Leaf file={patch} label="Uncommitted changes" chosen={chosen} main={main} />
        </ul>
      )}
    </nav>
  );
}

/** Scroll the tree, and nothing else, to the file that is shown. */
function uncover(tree: HTMLElement): void {
  const leaf = tree.querySelector("[aria-current]")?.getBoundingClientRect();
  const { top, bottom } = tree.getBoundingClientRect();
  if (leaf && (leaf.top < top || leaf.bottom > bottom)) tree.scrollTop += leaf.top - (top + bottom) / 2;
}

interface Within {
  readonly chosen: RunFile;
  readonly main: string;
}

function Branch({ folder, path, open, ...within }: Within & { folder: Folder; path: string; open: boolean }) {
  return (
    <ul>
      {[...folder.folders].map(([name, inner]) => (
        <li key={name}>
          <details open={open || within.chosen.path.startsWith(`${path}${name}/`)}>
            <summary>
              <Icon name="folder" small />
              <span class="cut grow" title={name}>
                {name}
              </span>
            </summary>
            <Branch folder={inner} path={`${path}${name}/`} open={open} {...within} />
          </details>
        </li>
      ))}
      {folder.files.map((file) => (
        <Leaf key={file.path} file={file} label={file.path.split("/").at(-1)!} {...within} />
      ))}
    </ul>
  );
}

function Leaf({ file, label, chosen, main }: Within & { file: RunFile; label: string }) {
  return (
    <li>
      <button
        type="button"
        class="cv-leaf"
        title={labelOf(file.path)}
        aria-current={file.path === chosen.path ? "true" : undefined}
        onClick={() => setParams({ file: file.path, L: undefined })}
      >
        <Icon name={file.path === PATCH ? "swap" : "file"} small />
        <span class="cut grow">{label}</span>
        {file.path === main && <span class="chip">main</span>}
        <span class="dim">{bytes(file.size)}</span>
      </button>
    </li>
  );
}
