// Which files somebody has looked at: kept in this browser by what they hold, so that a changed one is new again.
import { useState } from "preact/hooks";
import { page } from "../../entry";
import { preference, setPreference } from "../../route";
import type { Pair } from "./pairs";

/** Files that are remembered, the last ones. */
const KEPT = 500;

const nameOf = (): string => `viewed:${page.value.site}`;
const keyOf = ({ path, a, b }: Pair): string => `${a?.file.content ?? ""} ${b?.file.content ?? ""} ${path}`;

function remembered(): string[] {
  try {
    const found: unknown = JSON.parse(preference(nameOf()) ?? "[]");
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}

/** Paths of the pairs that were looked at, and how to say it of one. */
export function useViewed(pairs: readonly Pair[]): [ReadonlySet<string>, (path: string, on: boolean) => void] {
  const [keys, setKeys] = useState(remembered);
  const known = new Set(keys);
  const viewed = new Set(pairs.filter((pair) => known.has(keyOf(pair))).map(({ path }) => path));
  const say = (path: string, on: boolean): void => {
    const pair = pairs.find((one) => one.path === path);
    if (!pair) return;
    const next = [...remembered().filter((key) => key !== keyOf(pair)), ...(on ? [keyOf(pair)] : [])].slice(-KEPT);
    setPreference(nameOf(), JSON.stringify(next));
    setKeys(next);
  };
  return [viewed, say];
}
