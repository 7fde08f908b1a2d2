// The code of both runs: the tree of what differs, and the files below each other.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { uid } from "../../lib/data";
import { full, plural } from "../../lib/format";
import type { RunRow } from "../../model";
import { Icon } from "../../parts/icons";
import { nameOf } from "../../parts/identity";
import { Button, SearchField, Segments } from "../../parts/ui";
import { useKeys } from "../../parts/use";
import { param, setParams } from "../../route";
import { Plus } from "../lib/difflines";
import { FileDiff } from "./code";
import type { Pair } from "./pairs";
import type { Row } from "./rows";

/** Widths from which both sides stand beside each other. */
const SPLIT = 1100;
/** Where the change that was jumped to stands, below what sticks to the top of the window. */
const TOP = 140;

export function Tree({
  files,
  changed,
  counted,
  viewed,
  counts,
  go,
}: {
  files: readonly Pair[];
  changed: readonly Pair[];
  counted: ReadonlyMap<string, readonly [number, number]>;
  viewed: ReadonlySet<string>;
  counts: Readonly<Record<string, readonly Row[]>>;
  go: (id: string) => () => void;
}) {
  const [query, setQuery] = useState("");
  const hits = changed.filter(({ path }) => path.toLowerCase().includes(query.toLowerCase()));
  return (
    <nav class="cmp-tree" aria-label="What differs">
      <SearchField label="Filter files" value={query} onInput={setQuery} />
      <ul>
        {Object.entries(counts).map(([id, rows]) => (
          <li key={id}>
            <button type="button" class={rows.length ? "cmp-go" : "cmp-go dim"} onClick={go(id)}>
              <span class="grow">{id[0]!.toUpperCase() + id.slice(1)}</span>
              <span class="dim">{full(rows.length)}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="cmp-head">
        <span class="grow">Code</span>
        <span class="dim">
          {full(changed.length)} of {plural(files.length, "file")}
        </span>
      </p>
      <ul>
        {hits.map(({ path }) => {
          const at = path.lastIndexOf("/") + 1;
          const [added, removed] = counted.get(path) ?? [0, 0];
          return (
            <li key={path}>
              <button
                type="button"
                title={path}
                aria-current={param("file")?.split("#")[0] === path ? "true" : undefined}
                class={viewed.has(path) ? "cmp-go seen" : "cmp-go"}
                onClick={() => {
                  go(`file-${path}`)();
                  setParams({ file: path, L: undefined, sec: undefined });
                }}
              >
                <Icon name="file" small />
                <span class="cut grow">
                  <span class="dim">{path.slice(0, at)}</span>
                  {path.slice(at)}
                </span>
                <Plus added={added} removed={removed} />
              </button>
            </li>
          );
        })}
      </ul>
      {query && !hits.length && <p class="dim">No file that differs has this in its name</p>}
      {changed.length > 0 && (
        <p class="dim">
          {full(viewed.size)} of {full(changed.length)} viewed
        </p>
      )}
    </nav>
  );
}

/** The change before or behind one; where that is out of sight, before or behind what stands on top of the window. */
function changeBeside(now: Element | null, by: 1 | -1): Element | undefined {
  const all = [...document.querySelectorAll(".cmp-file .chg, .cmp-file > header")];
  const top = (one: Element): number => one.getBoundingClientRect().top - TOP;
  const at = now && top(now) > -TOP && top(now) < innerHeight - TOP ? all.indexOf(now) : -1;
  if (at >= 0) return all[at + by];
  return by > 0 ? all.find((one) => top(one) > 4) : all.findLast((one) => top(one) < -4);
}

export function Code({
  title = "Code",
  files,
  changed,
  viewed,
  onViewed,
  onCounted,
  silent,
}: {
  title?: string;
  files: readonly Pair[];
  changed: readonly Pair[];
  viewed: ReadonlySet<string>;
  onViewed: (path: string, on: boolean) => void;
  onCounted: (path: string, added: number, removed: number) => void;
  /** Runs that kept no code. */
  silent: readonly RunRow[];
}) {
  const [wide, setWide] = useState(innerWidth > SPLIT);
  useEffect(() => {
    const watch = (): void => setWide(innerWidth > SPLIT);
    addEventListener("resize", watch);
    return () => removeEventListener("resize", watch);
  }, []);
  const split = param("view") ? param("view") === "split" : wide;
  const ignoreSpace = param("ws") === "0";
  // Halves of the window are narrow, and one bar cannot move both.
  const wrap = split || param("wrap") === "1";
  const how = useMemo(() => ({ split, ignoreSpace, wrap }), [split, ignoreSpace, wrap]);
  const now = useRef<Element | null>(null);
  const jump = (by: 1 | -1) => (): void => {
    const next = changeBeside(now.current, by);
    if (!next) return;
    now.current?.classList.remove("now");
    next.classList.add("now");
    now.current = next;
    scrollBy(0, next.getBoundingClientRect().top - TOP);
  };
  useKeys({
    n: jump(1),
    p: jump(-1),
    u: () => setParams({ view: split ? "unified" : "split" }),
  });
  return (
    <section class="cmp-codes" id="code" aria-label={title}>
      <header>
        <b>{title}</b>
        <span class="dim">
          {changed.length
            ? `${plural(changed.length, "file")} ${changed.length === 1 ? "differs" : "differ"}`
            : files.length
              ? `All ${plural(files.length, "file")} are equal`
              : ""}
        </span>
        <span class="grow" />
        <Segments
          label="How changes are shown (U)"
          value={split ? "split" : "unified"}
          options={[
            ["unified", "Unified"],
            ["split", "Split"],
          ]}
          onChange={(view) => setParams({ view })}
        />
        {!split && (
          <Button icon="wrap" text="Wrap" pressed={wrap} onClick={() => setParams({ wrap: wrap ? undefined : "1" })} />
        )}
        <Button
          text="Hide whitespace"
          pressed={ignoreSpace}
          onClick={() => setParams({ ws: ignoreSpace ? undefined : "0" })}
        />
        <Button icon="up" label="Previous change (P)" onClick={jump(-1)} />
        <Button icon="down" label="Next change (N)" onClick={jump(1)} />
      </header>
      {silent.map((run) => (
        <p class="cmp-note dim" key={uid(run)}>
          No code was kept with {nameOf(run)}: <code>init(save_code=True)</code> keeps it
        </p>
      ))}
      {changed.map((pair) => (
        <FileDiff
          key={pair.path}
          pair={pair}
          how={how}
          viewed={viewed.has(pair.path)}
          onViewed={(on) => onViewed(pair.path, on)}
          onCounted={onCounted}
        />
      ))}
    </section>
  );
}
