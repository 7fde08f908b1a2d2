// Who is drawn from the packs of a project, which a script of its own reads (`viewers/packs.ts`).
import { viewer } from "../entry";
import type { RunRow } from "../model";
import { index } from "./data";
import type { Line, X } from "./series";

/** More runs than these are drawn from packs: so many are read from entries of their own in a moment. */
export const MANY = 50;

type Lines = Map<RunRow, readonly Line[]>;

interface Packs {
  lines(runs: readonly RunRow[], key: string, x: X, ranges: boolean): Promise<Lines>;
}

/**
 * Lines of those runs that stand in packs, by step, run time or clock time; with `ranges` what is behind each point.
 * Runs that are not among them are read from their own entries.
 */
export async function packedLines(runs: readonly RunRow[], key: string, x: X, ranges: boolean): Promise<Lines> {
  const from = runs.length && index.value?.packs.length && (await viewer<Packs>("packs"));
  return from ? from.lines(runs, key, x, ranges) : new Map();
}
