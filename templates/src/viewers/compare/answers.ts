// What a worker finds out about two texts, so that no comparison freezes the page.
import code from "worker:../../workers/diff";
import type { Answer, Job } from "../../workers/diff";
import type { CellDiff } from "../lib/bookdiff";
import type { Change } from "../lib/difference";

const waiting = new Map<number, { resolve: (found: Answer["found"]) => void; reject: (error: Error) => void }>();
// It starts while the page still reads what is to be compared.
let worker: Worker | null = start();
let asked = 0;

/** What changed between two texts. */
export async function compared(a: string, b: string, ignoreSpace: boolean): Promise<readonly Change[]> {
  if (a === b) return [];
  return (await answer({ a, b, ignoreSpace, books: false })) as readonly Change[];
}

/** What changed between two notebooks; null where one is damaged. A side without one is null. */
export async function comparedCells(
  a: string | null,
  b: string | null,
  ignoreSpace: boolean,
): Promise<readonly CellDiff[] | null> {
  return (await answer({ a, b, ignoreSpace, books: true })) as readonly CellDiff[] | null;
}

function start(): Worker {
  const begun = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  begun.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.resolve(data.found);
    waiting.delete(data.id);
  };
  begun.onerror = () => {
    for (const { reject } of waiting.values()) reject(new Error("these texts could not be compared"));
    waiting.clear();
    worker = null;
  };
  return begun;
}

/** Ask the worker. */
function answer(job: Omit<Job, "id">): Promise<Answer["found"]> {
  worker = worker ?? start();
  const now = worker;
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    now.postMessage({ ...job, id } satisfies Job);
  });
}
