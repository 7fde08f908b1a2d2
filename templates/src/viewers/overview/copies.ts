// What the overview's lists are as text.
import { csv } from "../../lib/csv";
import { shown } from "../../lib/keys";
import type { Series } from "../../model";
import { pageRun } from "../../parts/runhead";
import { lastOf } from "./keynumbers";
import { unlisted } from "./unlisted";

const YAML_NUMBERS: Readonly<Record<string, string>> = { NaN: ".nan", Infinity: ".inf", "-Infinity": "-.inf" };

/** JSON is YAML but for numbers: those without a point and with an exponent are texts there. */
const yamlValue = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN|-?\d+e-?\d+/gi, (part) =>
    part.startsWith('"') ? part : (YAML_NUMBERS[part] ?? part.replace(/e/i, ".0e").replace(/e(?=\d)/, "e+")),
  );

export function yaml(list: Element | null, depth: number): string {
  const lines: string[] = [];
  for (const item of list?.children ?? []) {
    const key = item.querySelector(".k")?.textContent ?? "";
    const inner = item.querySelector(":scope > details > ul");
    const safe = /^[a-z_][\w./-]*$/i.test(key) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(key);
    const name = safe ? key : JSON.stringify(key);
    lines.push(
      inner
        ? `${"  ".repeat(depth)}${name}:\n${yaml(inner, depth + 1)}`
        : `${"  ".repeat(depth)}${name}: ${yamlValue(item.querySelector(".v")?.textContent ?? "")}\n`,
    );
  }
  return lines.join("");
}

/** Of all values, those that the page does not list included. */
export function summaryText(root: HTMLElement, known: ReadonlyMap<string, Series>): string {
  const run = pageRun();
  const body = root.querySelector<HTMLElement>("[data-summary]");
  const others =
    run && body ? unlisted(body, run).map(({ key }) => [shown(key), lastOf(run, key, known.get(key))]) : [];
  const rows = [...root.querySelectorAll<HTMLElement>("tr[data-key]")].map((row) => {
    const key = row.dataset.key!;
    return [shown(key), (run && lastOf(run, key, known.get(key))) ?? row.querySelector<HTMLElement>(".v")?.title];
  });
  return csv([["key", "last"], ...rows, ...others]);
}

export function pairs(list: Element | null): string {
  return [...(list?.querySelectorAll("dt") ?? [])]
    .map((term) => `${term.textContent}: ${term.nextElementSibling?.textContent ?? ""}\n`)
    .join("");
}
