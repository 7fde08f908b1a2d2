import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { conditions, evaluate, literalOf, parse, write } from "../src/lib/filter";
import { fromJson, readValue, written } from "../src/lib/values";

interface Case {
  filter: string;
  run: { config?: Record<string, unknown>; summary?: Record<string, unknown>; [field: string]: unknown };
  matches?: boolean;
  error?: boolean;
}

const cases = readValue(readFileSync("filter_cases.json", "utf8"))!.value as Case[];

const FIELDS = ["state", "name", "tags", "notes", "created", "duration"];

function lookup(run: Case["run"], key: string): unknown {
  if (key === "tag") key = "tags";
  if (FIELDS.includes(key)) return run[key];
  if (key.startsWith("config.") && run.config && key.slice(7) in run.config) return run.config[key.slice(7)];
  if (key.startsWith("summary.") && run.summary && key.slice(8) in run.summary) return run.summary[key.slice(8)];
  return run.summary?.[key] ?? run.config?.[key];
}

test("every case of the grammar", () => {
  for (const { filter, run, matches, error } of cases) {
    if (error) assert.throws(() => parse(filter), undefined);
    else
      assert.equal(
        evaluate(parse(filter), (key) => fromJson(lookup(run, key))),
        matches,
        `${filter} on ${written(run)}`,
      );
  }
});

test("what is written is read back the same", () => {
  for (const { filter, error } of cases) {
    if (!error) assert.deepEqual(parse(write(parse(filter))), parse(filter), filter);
  }
  assert.equal(write(parse('a=1 and (b=2 or c in (3, "x y"))')), 'a=1 (b=2 or c in (3, "x y"))');
  assert.equal(conditions(parse("a=1 (b~2 or c!=3)")).length, 3);
});

test("what is typed into a field is the literal that it looks like, else a text", () => {
  const pairs = {
    1: "1",
    '"1"': '"1"',
    "sgd momentum": '"sgd momentum"',
    "[1, 2]": "[1, 2]",
    "a=b": '"a=b"',
    '5"': '"5\\""',
  };
  for (const [typed, literal] of Object.entries(pairs)) assert.equal(literalOf(typed), literal);
});
