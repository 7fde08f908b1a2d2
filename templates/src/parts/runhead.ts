// The run of a run page and its head, as the newest index has them.

import { page } from "../entry";
import { failure, head, index } from "../lib/data";
import type { RunHead, RunRow } from "../model";
import { useLoaded } from "./use";

export function pageRun(): RunRow | null {
  return index.value?.runs.find((run) => run.entry === page.value.run) ?? null;
}

export function useRunHead(): { run: RunRow | null; head: RunHead | null; error: string } {
  const run = pageRun();
  const { value, error } = useLoaded<RunHead>(() => head(run!), [run?.parts.join()], run !== null);
  return {
    run,
    head: value,
    error: error || failure.value || (index.value && !run ? "The index does not list this run any more." : ""),
  };
}
