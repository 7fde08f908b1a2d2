// Which of two values of a metric is the better one: as the script defined it, else by the names that are known.
import { computed } from "@preact/signals";
import { index } from "./data";
import { highByName, lowByName } from "./keys";

const defined = computed(
  () => new Map(index.value?.keys.filter(({ goal }) => goal).map(({ key, goal }) => [key, goal])),
);

/** Whether higher values are known to be better. */
export function highIsBetter(key: string): boolean {
  const goal = defined.value.get(key);
  return goal ? goal === "maximize" : highByName(key);
}

/** Whether a lower value of this metric is the better one. */
export function lowIsBetter(key: string): boolean {
  const goal = defined.value.get(key);
  return goal ? goal === "minimize" : lowByName(key);
}
