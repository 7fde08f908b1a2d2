// A text, all of it.
import { bytes, plural } from "../../lib/format";
import type { RunFile } from "../../model";
import { Button, CopyButton } from "../../parts/ui";
import { setParams } from "../../route";
import { linesOf } from "../lib/difference";
import type { Side, Text } from "../lib/texts";
import { Frame, WrapButton, wrapped } from "./frame";
import { Lines, MOST_LINES } from "./lines";

export function Whole({ side, file, of, note }: { side: Side; file: RunFile; of: Text; note?: string }) {
  const count = linesOf(of.text!).length;
  const isNotebook = file.path.endsWith(".ipynb");
  return (
    <Frame
      side={side}
      file={file}
      facts={`${plural(count, "line")}, ${bytes(file.size)}${isNotebook ? ", the code of its cells" : ""}`}
      tools={
        <>
          {isNotebook && <Button kind="line" text="Notebook" onClick={() => setParams({ tab: "notebook" })} />}
          {count <= MOST_LINES && <WrapButton />}
          <CopyButton text={of.text!} label="Copy this file" />
        </>
      }
    >
      {note && <p class="cv-note">{note}</p>}
      {count ? <Lines of={of} wrap={wrapped()} /> : <p class="cv-note dim">Empty</p>}
    </Frame>
  );
}
