// The items of one key in rows: by run, by step or by sample. Of many rows only those near the window exist.
import { useRef } from "preact/hooks";
import { uid } from "../../lib/data";
import { full, number } from "../../lib/format";
import { lookOf, mainMetric, table } from "../../lib/view";
import type { ImageItem, RunRow } from "../../model";
import { nameOf, Swatch } from "../../parts/identity";
import { Broken, Caption, type Tile } from "../../parts/mediapanel";
import { Button } from "../../parts/ui";
import { useWidth } from "../../parts/use";
import { Item } from "../../parts/viewer";
import { setParams } from "../../route";
import type { ImageViewer } from "../image";
import { useRows } from "../lib/windowed";
import { type Columns, type Key, type Loaded, placeOf, placeText, readWipe, tilesAt, writeWipe } from "./state";

const GAP = 4;
const NARROW = 150;
/** Height of the line below a picture. */
const CAPTION = 18;
/** Steps beside each other. */
const STEPS = 4;
/** Rows of items whose height nobody knows before they are drawn. */
const UNEVEN = 40;

interface Head {
  readonly id: string;
  readonly run?: RunRow;
  readonly step?: number;
  readonly earlier?: boolean;
}

interface Grid {
  readonly heads: readonly Head[];
  readonly rows: readonly (readonly (Tile | null)[])[];
  /** Whether a cell says whose it is, since its column does not. */
  readonly named: boolean;
}

export interface RowsProps {
  readonly of: Key;
  readonly loaded: Loaded;
  readonly runs: readonly RunRow[];
  readonly steps: readonly number[];
  readonly step: number;
  readonly by: Columns;
  readonly size: number;
  readonly viewer: ImageViewer | null;
}

function layOut({ loaded, runs, steps, step, by }: RowsProps, room: number): Grid {
  if (by === "runs") {
    const columns = runs.map((run) => tilesAt(loaded, [run], step));
    const count = Math.max(0, ...columns.map((tiles) => tiles.length));
    const heads = runs.map((run, i) => ({
      id: uid(run),
      run,
      step: columns[i]![0]?.step,
      earlier: columns[i]![0]?.earlier,
    }));
    return {
      heads,
      rows: Array.from({ length: count }, (_, n) => columns.map((tiles) => tiles[n] ?? null)),
      named: false,
    };
  }
  if (by === "steps") {
    const end = Math.max(0, steps.indexOf(step)) + 1;
    const from = Math.max(0, Math.min(end - STEPS, steps.length - STEPS));
    const shown = steps.slice(from, Math.max(end, from + STEPS)).slice(0, STEPS);
    const cells = shown.map((one) => runs.map((run) => tilesAt(loaded, [run], one)));
    const count = Math.max(0, ...cells.flat().map((tiles) => tiles.length));
    const rows = Array.from({ length: count }, (_, n) =>
      runs.map((_run, r) => cells.map((at) => at[r]![n] ?? null)),
    ).flat();
    return {
      heads: shown.map((one) => ({ id: String(one), step: one })),
      rows: rows.filter((row) => row.some(Boolean)),
      named: runs.length > 1,
    };
  }
  const tiles = runs.map((run) => tilesAt(loaded, [run], step));
  const count = Math.max(0, ...tiles.map((one) => one.length));
  const columns = Math.max(1, Math.min(count, room));
  const chunks = Math.ceil(count / columns);
  const rows = Array.from({ length: chunks }, (_, chunk) =>
    tiles.map((one) => Array.from({ length: columns }, (_, i) => one[chunk * columns + i] ?? null)),
  ).flat();
  return { heads: [], rows: rows.filter((row) => row.some(Boolean)), named: runs.length > 1 };
}

export function Rows(props: RowsProps) {
  const { of, viewer, size } = props;
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const room = Math.max(1, Math.floor((width + GAP) / ((size || NARROW) + GAP)));
  const grid = layOut(props, room);
  const columns = Math.max(1, grid.heads.length || (grid.rows[0]?.length ?? 1));
  const cell = Math.max(40, size && grid.heads.length ? size : (width - GAP * (columns - 1)) / columns);
  const first = grid.rows.flat().find((tile) => tile && !tile.item.error)?.item as ImageItem | undefined;
  const even = of.kind === "image";
  const ratio = Math.min(4, Math.max(0.4, (first?.width || 4) / (first?.height || 3)));
  const said = grid.named || grid.rows.flat().some((tile) => tile?.item.caption || tile?.earlier);
  const height = even ? Math.round(cell / ratio) + (said ? CAPTION : 0) : 0;
  const template = {
    gridTemplateColumns: `repeat(${columns}, ${size && grid.heads.length ? `${cell}px` : "minmax(0, 1fr)"})`,
  };
  const draw = (row: readonly (Tile | null)[], i: number) => {
    const captions = new Set(row.map((tile) => tile?.item.caption ?? ""));
    const common = captions.size === 1 ? (row[0]?.item.caption ?? "") : "";
    return row.map((tile, c) =>
      tile ? (
        <Cell
          key={placeText(placeOf(tile)) + i}
          of={of}
          tile={tile}
          common={c ? common : ""}
          named={grid.named && c === 0}
          viewer={viewer}
          fixed={even}
        />
      ) : (
        <div key={`${i}.${c}`} class="hole" />
      ),
    );
  };
  return (
    <div class="media-rows">
      {grid.heads.length > 0 && (
        <div class="heads" style={template}>
          {grid.heads.map((head) => (
            <HeadView key={head.id} head={head} />
          ))}
        </div>
      )}
      <div ref={root}>
        {width > 0 &&
          (even ? (
            <Windowed grid={grid} height={height} template={template} draw={draw} />
          ) : (
            <div class="tiles uneven" style={template}>
              {grid.rows.slice(0, UNEVEN).map(draw)}
            </div>
          ))}
      </div>
      {!even && grid.rows.length > UNEVEN && (
        <p class="hint">
          {UNEVEN} of {full(grid.rows.length)} rows shown
        </p>
      )}
    </div>
  );
}

function Windowed({
  grid,
  height,
  template,
  draw,
}: {
  grid: Grid;
  height: number;
  template: Record<string, string>;
  draw: (row: readonly (Tile | null)[], i: number) => preact.ComponentChild;
}) {
  const root = useRef<HTMLDivElement>(null);
  const { from, to } = useRows(grid.rows.length, height + GAP, root);
  return (
    <div
      ref={root}
      class="rows"
      style={{ height: `${grid.rows.length * (height + GAP)}px`, paddingTop: `${from * (height + GAP)}px` }}
    >
      <div class="tiles" style={{ ...template, gridAutoRows: `${height}px` }}>
        {grid.rows.slice(from, to).map((row, i) => draw(row, from + i))}
      </div>
    </div>
  );
}

function HeadView({ head: { run, step, earlier } }: { head: Head }) {
  if (!run)
    return (
      <div class="colhead">
        <span>
          step <b>{full(step ?? 0)}</b>
        </span>
      </div>
    );
  const metric = mainMetric.value;
  const value = metric ? table.value?.number(run, metric) : undefined;
  const name = metric ? (table.value?.info(metric)?.label ?? "") : "";
  return (
    <div class="colhead">
      <Swatch look={lookOf(run)} />
      <b class="cut" title={nameOf(run)}>
        {nameOf(run)}
      </b>
      {step === undefined ? (
        <span class="dim">nothing up to here</span>
      ) : (
        <span
          class={earlier ? "amber-ink" : "dim"}
          title={earlier ? "This run has no item at this step; this is its last one before" : undefined}
        >
          step {full(step)}
        </span>
      )}
      <span class="grow" />
      {value !== undefined && Number.isFinite(value) && (
        <span class="dim cut metric" title={name}>
          {name.split("/").at(-1)} {number(value)}
        </span>
      )}
    </div>
  );
}

function Cell({
  of,
  tile,
  common,
  named,
  viewer,
  fixed,
}: {
  of: Key;
  tile: Tile;
  common: string;
  named: boolean;
  viewer: ImageViewer | null;
  fixed: boolean;
}) {
  const { run, item, step } = tile;
  const open = (): void => setParams({ view: placeText(placeOf(tile)) });
  const compare = (side: "a" | "b"): void => {
    const { a, b, at } = readWipe();
    const place = placeOf(tile);
    if (side === "a") writeWipe(place, b ?? place, at);
    else writeWipe(a ?? place, place, at);
  };
  if (of.kind !== "image" || !viewer)
    return (
      <figure class="item">
        {item.error ? (
          <div class="media">
            <Broken item={item} />
          </div>
        ) : (
          <Item kind={of.kind} run={run} item={item} step={step} />
        )}
        <figcaption>
          <Caption tile={tile} common={common} named={named} />
        </figcaption>
      </figure>
    );
  return (
    <div class="cell">
      <viewer.TileView tile={tile as Tile<ImageItem>} common={common} named={named} filled={fixed} open={open} />
      {!item.error && (
        <span class="cell-acts">
          <Button kind="xs" text="A" title="Compare as A" onClick={() => compare("a")} />
          <Button kind="xs" text="B" title="Compare as B" onClick={() => compare("b")} />
          <Button kind="xs" icon="full" label="Open" onClick={open} />
        </span>
      )}
    </div>
  );
}
