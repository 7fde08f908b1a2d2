// Search field and filters over runs: the run list and the table share them.
import { useEffect, useState } from "preact/hooks";
import { index, uid } from "../lib/data";
import {
  bare,
  type Condition,
  conditions,
  type Filter,
  literalOf,
  type Operator,
  parse,
  textOf,
  write,
} from "../lib/filter";
import { plural } from "../lib/format";
import { shown } from "../lib/keys";
import { search } from "../lib/regex";
import type { ColumnInfo, RunTable } from "../lib/runs";
import { filter, filterText, found, foundNote, matched, table } from "../lib/view";
import type { RunRow } from "../model";
import { param, setParams } from "../route";
import { Icon } from "./icons";
import { nameOf } from "./identity";
import { proposals } from "./pick";
import { Menu, SearchField } from "./ui";

export function RunSearch({ inputRef }: { inputRef?: (element: HTMLInputElement | null) => void }) {
  const pattern = param("q") ?? "";
  const regex = param("re") !== "0";
  const runs = index.value?.runs ?? [];
  useEffect(() => {
    if (!pattern) {
      found.value = null;
      foundNote.value = "";
      return;
    }
    let stale = false;
    void search(
      pattern,
      runs.map((run) => [nameOf(run), run.id, ...run.tags, run.notes].join("\n")),
      regex,
    ).then(({ hits, literal }) => {
      if (stale) return;
      found.value = new Set(runs.filter((_, i) => hits.has(i)).map(uid));
      foundNote.value = literal;
    });
    return () => {
      stale = true;
    };
  }, [pattern, regex, runs]);
  return (
    <SearchField
      label={`Search ${plural(runs.length, "run")}`}
      value={pattern}
      onInput={(q) => setParams({ q: q || undefined })}
      regex={regex}
      onRegex={(on) => setParams({ re: on ? undefined : "0" })}
      note={foundNote.value}
      warn
      inputRef={inputRef}
    />
  );
}

/** The filter's regular expressions run in the worker; their matches are what `listed` looks up. */
export function useFilterPatterns(): void {
  const { tree } = filter.value;
  const now = table.value;
  useEffect(() => {
    const wanted = conditions(tree).filter(({ operator }) => operator === "~" || operator === "!~");
    if (!now || !wanted.length) return;
    let stale = false;
    void Promise.all(
      wanted.map(async ({ key, values }) => {
        const id = now.resolve(key);
        const texts = [
          ...new Set(now.index.runs.flatMap((run) => textsOf(id === null ? undefined : now.value(run, id)))),
        ];
        const { hits } = await search(bare(values[0]!), texts, true);
        return [bare(values[0]!), new Set(texts.filter((_, i) => hits.has(i)))] as const;
      }),
    ).then((entries) => {
      if (stale) return;
      const merged = new Map<string, Set<string>>();
      for (const [pattern, texts] of entries) merged.set(pattern, new Set([...(merged.get(pattern) ?? []), ...texts]));
      matched.value = merged;
    });
    return () => {
      stale = true;
    };
  }, [tree, now]);
}

function textsOf(value: unknown): string[] {
  return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(textOf);
}

/** The values of a column, as one would type them: texts that read as numbers are in quotes. */
function suggestions(now: RunTable, id: string): string[] {
  const typed = (run: RunRow): string[] =>
    id === "tags" ? [...run.tags] : now.value(run, id) === undefined ? [] : [now.text(run, id)];
  return [...new Set(now.index.runs.flatMap(typed))]
    .filter((item) => item.length < 60)
    .sort()
    .slice(0, 30);
}

/** The literals of a list as it is typed. */
function literalsOf(typed: string): readonly string[] {
  try {
    const list = parse(`k in (${typed})`);
    if (list?.kind === "is") return list.values;
  } catch {
    // No list of literals: its parts are texts.
  }
  return typed.split(",").map((item) => literalOf(item.trim()));
}

const WORDS: Record<Operator, string> = {
  "=": "is",
  "!=": "is not",
  ">": ">",
  ">=": "≥",
  "<": "<",
  "<=": "≤",
  "~": "matches",
  "!~": "does not match",
  in: "in",
  has: "has",
};

/** The top-level conditions of a filter that are all required. */
export function partsOf(tree: Filter | null): readonly Filter[] {
  if (tree === null) return [];
  return tree.kind === "and" ? tree.parts : [tree];
}

/** Make a filter of conditions that are all required. */
export function setParts(parts: readonly Filter[]): void {
  const tree: Filter | null = parts.length === 0 ? null : parts.length === 1 ? parts[0]! : { kind: "and", parts };
  setParams({ f: write(tree) || undefined });
}

export function FilterChips({ builder }: { builder?: boolean }) {
  const { tree, error } = filter.value;
  const parts = partsOf(tree);
  const remove = (at: number): void => setParts(parts.filter((_, i) => i !== at));
  return (
    <>
      {parts.map((part, i) => (
        <span class="chip filter" key={write(part)}>
          {part.kind === "is" ? (
            <span>
              <b>{shown(part.key)}</b> {WORDS[part.operator]} {part.values.join(", ")}
            </span>
          ) : (
            <span>{write(part)}</span>
          )}
          <button type="button" aria-label={`Remove filter ${write(part)}`} onClick={() => remove(i)}>
            <Icon name="close" />
          </button>
        </span>
      ))}
      {error && (
        <span class="chip bad" role="alert">
          {error}
        </span>
      )}
      <Menu
        label="Add a filter"
        trigger={{
          class: "chip add",
          content: (
            <>
              <Icon name="plus" />
              {builder ? "and" : "Filter"}
            </>
          ),
        }}
      >
        {(close) => <FilterForm close={close} />}
      </Menu>
      {builder && tree && (
        <Menu
          label="Add an alternative"
          trigger={{
            class: "chip add",
            content: (
              <>
                <Icon name="plus" />
                or group
              </>
            ),
          }}
        >
          {(close) => <FilterForm close={close} or />}
        </Menu>
      )}
    </>
  );
}

const OPERATORS: readonly Operator[] = ["=", "!=", ">", ">=", "<", "<=", "~", "!~", "has", "in"];

const enter =
  (act: () => void) =>
  (event: KeyboardEvent): void => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    act();
  };

const wordsOf = ({ tier, label }: ColumnInfo): string => (tier === "run" ? label : `${tier} ${label}`);

/** Builds one condition from fields, and shows the filter as text. */
export function FilterForm({ close, or }: { close: () => void; or?: boolean }) {
  const now = table.value;
  const [key, setKey] = useState("state");
  const [operator, setOperator] = useState<Operator>("=");
  const [value, setValue] = useState("");
  const id = now?.resolve(key) ?? "";
  const known = now && id ? suggestions(now, id) : [];
  const add = (): void => {
    if (value === "" || !id) return;
    const condition: Condition = {
      kind: "is",
      key,
      operator,
      values: operator === "in" ? literalsOf(value) : [literalOf(value)],
    };
    const { tree } = filter.value;
    setParts(
      or && tree
        ? [{ kind: "or", parts: tree.kind === "or" ? [...tree.parts, condition] : [tree, condition] }]
        : [...partsOf(tree), condition],
    );
    close();
  };
  return (
    <div class="form filter-form">
      <label>
        Column{" "}
        <input
          value={key}
          list="filter-columns"
          aria-invalid={!id}
          onInput={(event) => setKey(event.currentTarget.value)}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <datalist id="filter-columns">
        {proposals(
          now?.columns.map((column) => [column.id, `${column.id} ${wordsOf(column)}`]) ?? [],
          id ? "" : key,
        ).map(([one]) => (
          <option key={one} value={one}>
            {wordsOf(now!.info(one)!)}
          </option>
        ))}
      </datalist>
      <label>
        is{" "}
        <select value={operator} onChange={(event) => setOperator(event.currentTarget.value as Operator)}>
          {OPERATORS.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Value{" "}
        <input
          value={value}
          list="filter-values"
          data-first
          onInput={(event) => setValue(event.currentTarget.value)}
          onKeyDown={enter(add)}
        />
      </label>
      <datalist id="filter-values">
        {known.map((item) => (
          <option key={item} value={item} />
        ))}
      </datalist>
      <button type="button" class="btn go" disabled={value === "" || !id} onClick={add}>
        Add filter
      </button>
      <hr />
      <AsText close={close} />
    </div>
  );
}

function AsText({ close }: { close: () => void }) {
  const [text, setText] = useState(filterText.value);
  const apply = (): void => {
    setParams({ f: text.trim() || undefined });
    close();
  };
  let problem = "";
  try {
    parse(text);
  } catch (error) {
    problem = (error as Error).message;
  }
  return (
    <>
      <label class="tall">
        As text{" "}
        <input
          class="mono"
          value={text}
          placeholder={"state!=failed lr<=1e-3"}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={enter(() => problem || apply())}
        />
      </label>
      {problem ? <p class="bad">{problem}</p> : <p class="dim">= != &gt; &gt;= &lt; &lt;= ~ !~ in has; and, or, ( )</p>}
      <button type="button" class="btn line" disabled={Boolean(problem)} onClick={apply}>
        Apply text
      </button>
    </>
  );
}

/** When nothing matches: the one condition whose removal brings most runs back. */
export function bestRemoval(): { text: string; back: number; remove: () => void } | null {
  const now = table.value;
  const parts = partsOf(filter.value.tree);
  if (!now || !parts.length) return null;
  const counts = parts.map((_, i) => {
    const rest = parts.filter((_part, j) => j !== i);
    return now.filter(
      now.index.runs,
      rest.length ? { kind: "and", parts: rest } : null,
      (pattern, text) => matched.value.get(pattern)?.has(text) ?? false,
    ).length;
  });
  const at = counts.indexOf(Math.max(...counts));
  return counts[at]
    ? { text: write(parts[at]!), back: counts[at]!, remove: () => setParts(parts.filter((_, i) => i !== at)) }
    : null;
}
