// One file: its lines, its changes, or why it is not shown.
import { media } from "../../entry";
import { isHere } from "../../lib/data";
import { bytes } from "../../lib/format";
import type { RunFile } from "../../model";
import { Empty, Wait } from "../../parts/ui";
import { useLoaded } from "../../parts/use";
import { cellsOf } from "../lib/book";
import { coloured, PATCH, read, type Side, type Text } from "../lib/texts";
import { Frame } from "./frame";
import { Patch } from "./patchview";
import { labelOf } from "./tree";
import { Whole } from "./whole";

/** Bytes of a file that is shown; a larger one is there to be downloaded. */
const LARGEST = 1_000_000;

export function File({ side, file }: { side: Side; file: RunFile }) {
  const shown = file.kind === "text" && isHere(file) && file.size <= LARGEST;
  const { value, error } = useLoaded<Text | null>(
    async () => coloured(written(await read(side, file))),
    [side.run.parts.join(), file.path],
    shown,
  );
  if (!shown) return <Unshown side={side} file={file} />;
  if (value?.text == null)
    return (
      <Frame side={side} file={file} facts={bytes(file.size)}>
        {error ? <Empty title="This file could not be read" text={error} /> : <Wait />}
      </Frame>
    );
  if (file.path === PATCH) return <Patch side={side} file={file} text={value.text} />;
  return <Whole side={side} file={file} of={value} />;
}

/** Of a notebook what somebody wrote: its cells. */
function written(of: Text): Text {
  const cells = of.text !== null && of.file.path.endsWith(".ipynb") ? cellsOf(of.text) : null;
  if (!cells) return of;
  const texts = cells.map(({ kind, source }, n) => `# Cell ${n + 1}${kind === "code" ? "" : `, ${kind}`}\n${source}\n`);
  return { ...of, text: texts.join("\n") };
}

function Unshown({ side, file }: { side: Side; file: RunFile }) {
  if (file.src)
    return (
      <Frame side={side} file={file} facts={bytes(file.size)}>
        <div class="picture">
          <img src={media(file.src)} alt={file.path} />
        </div>
      </Frame>
    );
  const here = isHere(file);
  return (
    <Frame side={side} file={file} facts={bytes(file.size)}>
      <Empty
        title={!here ? "Not in this site" : file.kind === "text" ? "Too long to be shown" : "Not a text"}
        text={
          file.note ||
          (here
            ? `${bytes(file.size)}: download it to look at it.`
            : `${labelOf(file.path)}, ${bytes(file.size)}, stays in the run's folder.`)
        }
      />
    </Frame>
  );
}
