// What was not committed when a run began: the files of its patch below each other.
import { useMemo, useState } from "preact/hooks";
import { plural } from "../../lib/format";
import type { RunFile } from "../../model";
import { Icon } from "../../parts/icons";
import { CopyButton, Segments } from "../../parts/ui";
import { useKeys, useSeen } from "../../parts/use";
import { param, setParams } from "../../route";
import { type Between, DiffLines, type Line, Plus } from "../lib/difflines";
import { Marked } from "../lib/marked";
import type { Side } from "../lib/texts";
import { Frame, WrapButton, wrapped } from "./frame";
import { counted, type FilePatch, type Hunk, laidOut, parsePatch } from "./patch";
import { Whole } from "./whole";

/** A file with more changed lines stays folded until it is asked for. */
const MOST_CHANGED = 2000;
const HEIGHT = 20;

export function Patch({ side, file, text }: { side: Side; file: RunFile; text: string }) {
  const files = useMemo(() => parsePatch(text), [text]);
  const split = param("view") === "split";
  useKeys({ u: () => setParams({ view: split ? undefined : "split" }) });
  if (!files)
    return (
      <Whole
        side={side}
        file={file}
        of={{ file, text, marks: [] }}
        note="This could not be read as a patch of git: it is shown as it is."
      />
    );
  const all = files.map(counted);
  const [added, removed] = [
    all.reduce((sum, one) => sum + one.added, 0),
    all.reduce((sum, one) => sum + one.removed, 0),
  ];
  return (
    <Frame
      side={side}
      file={file}
      title="Uncommitted changes"
      facts={
        <>
          {plural(files.length, "file")} <Plus added={added} removed={removed} /> {base(side)}
        </>
      }
      tools={
        <>
          <Segments
            label="How changes are shown (U)"
            value={split ? "split" : "unified"}
            options={[
              ["unified", "Unified"],
              ["split", "Split"],
            ]}
            onChange={(view) => setParams({ view: view === "split" ? view : undefined })}
          />
          {!split && <WrapButton />}
          <CopyButton text={text} label="Copy this patch" />
        </>
      }
    >
      {files.map((one, n) => (
        <PatchFile key={n} of={one} split={split} />
      ))}
    </Frame>
  );
}

/** What the changes were made to. */
function base({ head }: Side): string {
  const facts = new Map(head.environment);
  const commit = facts.get("Commit")?.slice(0, 7);
  return commit ? `since ${commit}${facts.has("Branch") ? ` on ${facts.get("Branch")}` : ""}` : "";
}

function PatchFile({ of, split }: { of: FilePatch; split: boolean }) {
  const [attach, seen] = useSeen<HTMLElement>("600px");
  const { added, removed } = counted(of);
  const asked = askedOf(of);
  const [open, setOpen] = useState(added + removed <= MOST_CHANGED || asked !== undefined);
  const lines = of.hunks.reduce((sum, hunk) => sum + hunk.lines.length + 1, 0);
  const hasLines = lines > 0 && !of.commits;
  const name = (
    <b class="cut" title={of.path}>
      {of.before === of.path ? of.path : `${of.before} → ${of.path}`}
    </b>
  );
  return (
    <section class="cv-file" aria-label={of.path} ref={attach}>
      <header>
        {hasLines ? (
          <button type="button" class="cv-name" aria-expanded={open} onClick={() => setOpen(!open)}>
            <Icon name={open ? "down" : "right"} small />
            {name}
          </button>
        ) : (
          <span class="cv-name still">{name}</span>
        )}
        <Plus added={added} removed={removed} />
        <span class="dim">{told(of)}</span>
      </header>
      {hasLines &&
        open &&
        (seen || asked ? (
          <Hunks of={of} split={split} asked={asked} />
        ) : (
          <div style={{ height: `${lines * HEIGHT}px` }} />
        ))}
    </section>
  );
}

/** What a file's lines do not say. */
function told({ how, binary, modes, commits, hunks }: FilePatch): string {
  const facts: string[] = how === "changed" ? [] : [how];
  if (commits) facts.push(`submodule, ${commits.map((one) => one.slice(0, 7) || "none").join(" → ")}`);
  if (binary) facts.push("not a text");
  if (modes) facts.push(`mode ${modes.join(" → ")}`);
  if (how === "new" && !binary && !commits && !hunks.length) facts.push("empty");
  return facts.join(", ");
}

/** The line of the link, if it is one of this file: of `src/train.py:B12` it is `B12`. */
function askedOf({ path }: FilePatch): string | undefined {
  const link = param("L") ?? "";
  return link.startsWith(`${path}:`) ? link.slice(path.length + 1) : undefined;
}

function Hunks({ of, split, asked }: { of: FilePatch; split: boolean; asked: string | undefined }) {
  const { texts, numbers, hunks } = useMemo(() => laidOut(of), [of]);
  const [left, right] = useMemo(() => [marked(texts.A), marked(texts.B)], [texts]);
  const items = useMemo(
    () => hunks.flatMap(({ hunk, lines }, n): (Line | Between)[] => [heading(hunk, n), ...lines, ...ends(hunk, n)]),
    [hunks],
  );
  return (
    <DiffLines
      items={items}
      left={left}
      right={right}
      numberOf={(side, n) => numbers[side][n]!}
      asked={asked}
      onAsk={(line) => setParams({ L: `${of.path}:${line}` })}
      split={split}
      wrap={split || wrapped()}
    />
  );
}

const marked = (lines: readonly string[]): Marked => new Marked(null, lines);

function heading({ a, b, lines, section }: Hunk, n: number): Between {
  const count = (other: string): number => lines.filter((line) => line[0] !== other).length;
  return {
    key: `hunk ${n}`,
    content: (
      <span class="mono">
        @@ −{a},{count("+")} +{b},{count("-")} @@ {section}
      </span>
    ),
  };
}

function ends({ open }: Hunk, n: number): Between[] {
  if (!open.length) return [];
  const [before, now] = [open.includes("A"), open.includes("B")];
  const when = before && now ? "before and now" : before ? "before" : "now";
  return [{ key: `end ${n}`, content: `No newline at the end of the file ${when}` }];
}
