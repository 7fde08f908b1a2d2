// Blocks of the tables in view: the first rows as soon as they are there, the rest after them.
import { payload } from "../../entry";
import { head } from "../../lib/data";
import { BLOCK_ROWS, type RunRow, type TableItem } from "../../model";
import { type Block, block, concatenated, type Frame, frameOf } from "./columns";

export interface Source {
  readonly run: RunRow;
  readonly label: string;
  readonly step: number;
  readonly earlier: boolean;
  /** One table, or the parts of one that was logged in parts. */
  readonly items: readonly TableItem[];
}

/** Blocks that are kept for when a slider comes back. */
const KEPT = 64;
const held = new Map<string, Promise<Block>>();

function read(run: RunRow, n: number): Promise<Block> {
  const key = `${run.parts.join()} ${n}`;
  let found = held.get(key);
  held.delete(key);
  if (!found) {
    found = head(run)
      .then((runHead) => payload(run, runHead, n))
      .then(block);
    found.catch(() => held.delete(key));
  }
  held.set(key, found);
  if (held.size > KEPT) held.delete(held.keys().next().value!);
  return found;
}

export const sourceKey = (source: Source): string =>
  `${source.run.parts.join()} ${source.items.map((item) => item.blocks.join()).join(" ")}`;

async function whole({ run, step, items }: Source): Promise<Frame> {
  const parts = await Promise.all(
    items
      .filter((item) => !item.error)
      .map(async (item) =>
        frameOf(item, await Promise.all(item.blocks.map((n) => read(run, n))), BLOCK_ROWS, run, step),
      ),
  );
  return concatenated(parts, null, new Map());
}

/** The tables of some sources; `early` gets the first rows of the first one where there are more. */
export async function load(sources: readonly Source[], early: (frame: Frame) => void): Promise<Frame[]> {
  const [first] = sources;
  const item = first?.items[0];
  if (first && item && item.blocks.length > 1 && sources.length === 1 && first.items.length === 1)
    early(frameOf(item, [await read(first.run, item.blocks[0]!)], BLOCK_ROWS, first.run, first.step));
  return Promise.all(sources.map(whole));
}
