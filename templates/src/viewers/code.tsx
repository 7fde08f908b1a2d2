// The code of a run: its files, what was not committed, and beside them what it ran as.
import { useState } from "preact/hooks";
import type { RunFile } from "../model";
import { useRunHead } from "../parts/runhead";
import { Empty } from "../parts/ui";
import { useLoaded, useSeen } from "../parts/use";
import { param } from "../route";
import { useBeside } from "./code/beside";
import { File } from "./code/file";
import { Tree } from "./code/tree";
import css from "./code.css";
import difflines from "./lib/difflines.css";
import { addStyle } from "./lib/style";
import syntax from "./lib/syntax.css";
import { CODE, isCode, PATCH, textOf } from "./lib/texts";

addStyle(syntax + difflines + css);

/** The file of the link, by its name in Files or in Compare; else the program, else the first text. */
function chosen(files: readonly RunFile[], main: string): RunFile {
  const asked = param("file");
  const named = (path: string) => files.find((file) => file.path === path);
  return (
    (asked && (named(asked) ?? named(CODE + asked))) ||
    named(main) ||
    files.find(({ kind, path }) => kind === "text" && path !== PATCH) ||
    files[0]!
  );
}

function Page() {
  const { run, head, error } = useRunHead();
  const [attach, seen] = useSeen<HTMLDivElement>();
  const [main] = useState(() => document.querySelector<HTMLElement>("[data-island=code]")?.dataset.main ?? "");
  const { value: requirements } = useLoaded(
    () => textOf({ run: run!, head: head! }, "requirements.txt"),
    [run?.parts.join()],
    seen && head !== null,
  );
  useBeside(requirements);
  if (error) return <Empty title="This run could not be read" text={error} />;
  // The patch last: it is about the others.
  const files = (head?.files ?? []).filter(isCode).sort((a, b) => Number(a.path === PATCH) - Number(b.path === PATCH));
  const file = files.length ? chosen(files, main) : null;
  return (
    <div class="cv-body" ref={attach}>
      {!run || !head || !seen ? (
        <i class="sk" aria-busy="true" />
      ) : file ? (
        <>
          <Tree files={files} chosen={file} main={main} />
          <File key={file.path} side={{ run, head }} file={file} />
        </>
      ) : (
        <Empty title="No code was saved with this run" text={<code>init(save_code=True)</code>} />
      )}
    </div>
  );
}

tracklog.viewer("code", { Page });
