// The curves of both runs, and the ends of their consoles.
import { useMemo } from "preact/hooks";
import { page } from "../../entry";
import { jsonBlock, uid } from "../../lib/data";
import { plural } from "../../lib/format";
import { highIsBetter, lowIsBetter } from "../../lib/goals";
import { boardPanels } from "../../lib/panels";
import { join, mainMetric } from "../../lib/view";
import type { RunRow } from "../../model";
import { nameOf } from "../../parts/identity";
import { LinePanel } from "../../parts/panel";
import { href } from "../../route";
import type { Side } from "../lib/texts";

const CHARTS = 6;
const TAIL = 20;

/** The curves of both, the most telling first. */
export function Charts({ a, b }: { a: RunRow; b: RunRow }) {
  const both = useMemo(() => [a, b], [a, b]);
  const lines = boardPanels.value.filter(({ kind, stream }) => kind === "line" && stream === "history");
  const first = [...lines].sort((one, two) => weight(two.key) - weight(one.key)).slice(0, CHARTS);
  if (!first.length) return null;
  const workspace = page.value.path.replace(/compare\.html$/, "index.html");
  return (
    <section class="cmp-charts" aria-label="Charts">
      {first.map((panel) => (
        <LinePanel key={panel.id} panel={panel} fixed={both} />
      ))}
      {lines.length > first.length && (
        <a class="btn line" href={href(workspace, { only: join([uid(a), uid(b)]) ?? "" })}>
          All {plural(lines.length, "chart")} of both in the workspace
        </a>
      )}
    </section>
  );
}

export function weight(key: string): number {
  return (key === mainMetric.value ? 2 : 0) + (highIsBetter(key) || lowIsBetter(key) ? 1 : 0);
}

export function Tails({
  tails,
  sides,
}: {
  tails: readonly [readonly string[], readonly string[]];
  sides: readonly [Side, Side];
}) {
  if (!tails[0].length && !tails[1].length) return null;
  return (
    <section class="card cmp-card" id="console" aria-label="Console">
      <header>
        <b>Console</b> <span class="dim">the last lines of each</span>
      </header>
      <div class="cmp-tails">
        {sides.map(({ run }, i) => (
          <div key={uid(run)}>
            <p class="dim">
              {i ? "B" : "A"} <a href={href(run.page, { h: "logs" })}>{nameOf(run)}</a>
            </p>
            <pre class="code">{tails[i]!.join("\n") || "Nothing was printed"}</pre>
          </div>
        ))}
      </div>
    </section>
  );
}

/** The last lines of a console, without colours. */
export async function tail({ run, head: of }: Side): Promise<string[]> {
  const block = of.logs.blocks.at(-1);
  if (block === undefined) return [];
  const lines = await jsonBlock<[number, number, string, number][]>(run, of, block);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are written with
  return lines.slice(-TAIL).map(([, , text]) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, ""));
}
