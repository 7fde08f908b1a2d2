// Work that would freeze the page, done in slices: one a frame, as large as frames stay short.

/** Does up to `amount` of its work, in units of its own; false when nothing is left. */
export type Job = (amount: number) => boolean;

/** Milliseconds of a frame: above the first a slice is halved, below the second it grows. */
const [LONG, SHORT] = [36, 22];
const [LEAST, MOST] = [500, 60_000];

const jobs = new Set<Job>();
let amount = 4_000;
let last = 0;

/** Begin a job, or go on with it; those that began first end first. */
export function begin(job: Job): void {
  if (!jobs.size) {
    last = 0;
    requestAnimationFrame(frame);
  }
  jobs.add(job);
}

export function abandon(job: Job): void {
  jobs.delete(job);
}

function frame(now: number): void {
  // What a canvas is told is painted after the script has ended: only the next frame knows how long it took.
  if (last && now - last > LONG) amount = Math.max(LEAST, amount / 2);
  else if (last && now - last < SHORT) amount = Math.min(MOST, amount * 1.5);
  last = now;
  for (const job of jobs) {
    if (!job(amount)) jobs.delete(job);
    break;
  }
  if (jobs.size) requestAnimationFrame(frame);
}

/** Ask for something of each of many, of so many at once; what comes, comes in their order. */
export async function inTurn<T, R>(
  many: readonly T[],
  atOnce: number,
  ask: (one: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const answers: PromiseSettledResult<R>[] = new Array(many.length);
  let next = 0;
  const walk = async (): Promise<void> => {
    while (next < many.length) {
      const i = next++;
      [answers[i]] = await Promise.allSettled([ask(many[i]!)]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, many.length) }, walk));
  return answers;
}
