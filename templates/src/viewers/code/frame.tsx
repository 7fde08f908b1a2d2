// The head of what is shown, and what a person does with it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { media } from "../../entry";
import { isHere } from "../../lib/data";
import type { RunFile } from "../../model";
import { Button, download } from "../../parts/ui";
import { param, setParams } from "../../route";
import { bytesOf, type Side } from "../lib/texts";
import { labelOf } from "./tree";

/** Pixels of a window in which lines wrap unless they are told not to. */
const NARROW = 760;

export const wrapped = (): boolean => (param("wrap") ? param("wrap") === "1" : innerWidth < NARROW);

export function WrapButton() {
  const wrap = wrapped();
  return (
    <Button icon="wrap" label="Wrap long lines" pressed={wrap} onClick={() => setParams({ wrap: wrap ? "0" : "1" })} />
  );
}

export function Frame({
  side,
  file,
  title = labelOf(file.path),
  facts,
  tools,
  children,
}: {
  side: Side;
  file: RunFile;
  title?: string;
  facts: ComponentChildren;
  tools?: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <section class="cv-view" aria-label={title}>
      <header>
        <b class="cut" title={title}>
          {title}
        </b>
        <span class="dim cut">{facts}</span>
        <span class="grow" />
        {tools}
        <Download side={side} file={file} />
      </header>
      {children}
    </section>
  );
}

function Download({ side, file }: { side: Side; file: RunFile }) {
  const name = file.path.split("/").at(-1)!;
  const [error, setError] = useState("");
  if (file.src)
    return (
      <a class="btn" href={media(file.src)} download={name}>
        Download
      </a>
    );
  if (!isHere(file)) return null;
  return (
    <>
      {error && <span role="status">{error}</span>}
      <Button
        icon="download"
        label="Download"
        onClick={() =>
          void bytesOf(side, file)
            .then((data) => download(name, data, "application/octet-stream"))
            .catch((reason: Error) => setError(reason.message))
        }
      />
    </>
  );
}
