// The filter grammar. filter_cases.json holds its cases; the Python form (`tracklog runs`) reads the same ones.
//
//   filter    = any
//   any       = all ("or" all)*
//   all       = term (["and"] term)*
//   term      = "(" any ")" | key operator value | key "in" "(" value ("," value)* ")" | key "has" value
//   operator  = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~"
//
// Keys: fields of the run first (state, name, tags, …), then summary, then config; `summary.` and `config.` choose.
// Quotes ("…" with \" and \\) carry what is not a word, and say that a value is a text: 1 is the number, "1" the text.
// A list equals one in brackets, as [0.9, 0.999], and each of its items. A missing key fulfils only != and !~.

import { isKeptAsText, isNumber, readValue, written } from "./values";

export type Operator = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~" | "in" | "has";

export interface Condition {
  readonly kind: "is";
  readonly key: string;
  readonly operator: Operator;
  /** Literals as they are written: in quotes or not. */
  readonly values: readonly string[];
}
export interface Junction {
  readonly kind: "and" | "or";
  readonly parts: readonly Filter[];
}
export type Filter = Condition | Junction;

/** Gives a run's value by key, undefined where it has none. */
export type Lookup = (key: string) => unknown;
export type Matcher = (pattern: string, text: string) => boolean;

export class FilterError extends Error {}

interface Token {
  readonly text: string;
  readonly kind: "word" | "quoted" | "sign" | "end";
  readonly at: number;
}

const QUOTED = /"((?:[^"\\]|\\.)*)"/s;
const SIGN = /(!=|!~|>=|<=|[=><~(),])/;
const LIST = /\[(?:[^[\]"]|"(?:[^"\\]|\\.)*"|\[[^[\]]*\])*\](?=[\s),]|$)/;
const WORD = /[^\s"=><~!(),]+(?:![^\s"=><~!(),]+)*/;
const TOKEN = new RegExp(`\\s*(?:${QUOTED.source}|${SIGN.source}|(${LIST.source}|${WORD.source}))`, "sy");

function tokens(text: string): Token[] {
  const list: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim()) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new FilterError(`cannot read ${JSON.stringify(text.slice(at).trim().slice(0, 20))}`);
    if (match[1] !== undefined) list.push({ text: match[1].replace(/\\(.)/gs, "$1"), kind: "quoted", at });
    else if (match[2] !== undefined) list.push({ text: match[2], kind: "sign", at });
    else list.push({ text: match[3]!, kind: "word", at });
    at = TOKEN.lastIndex;
  }
  list.push({ text: "", kind: "end", at });
  return list;
}

class Parser {
  private position = 0;
  constructor(private readonly list: readonly Token[]) {}

  private get token(): Token {
    return this.list[this.position]!;
  }
  private sign(text: string): boolean {
    if (this.token.kind !== "sign" || this.token.text !== text) return false;
    this.position++;
    return true;
  }
  private word(text: string): boolean {
    if (this.token.kind !== "word" || this.token.text.toLowerCase() !== text) return false;
    this.position++;
    return true;
  }

  private ended(): boolean {
    return this.token.kind === "end";
  }

  whole(): Filter | null {
    if (this.ended()) return null;
    const filter = this.any();
    if (!this.ended()) throw new FilterError(`unexpected ${JSON.stringify(this.token.text)}`);
    return filter;
  }
  private any(): Filter {
    const parts = [this.all()];
    while (this.word("or")) parts.push(this.all());
    return parts.length === 1 ? parts[0]! : { kind: "or", parts };
  }
  private all(): Filter {
    const parts = [this.term()];
    while (this.word("and") || this.startsTerm()) parts.push(this.term());
    return parts.length === 1 ? parts[0]! : { kind: "and", parts };
  }
  private startsTerm(): boolean {
    const { kind, text } = this.token;
    return kind === "quoted" || (kind === "word" && text.toLowerCase() !== "or") || (kind === "sign" && text === "(");
  }
  private term(): Filter {
    if (this.sign("(")) {
      const inner = this.any();
      if (!this.sign(")")) throw new FilterError("a closing ) is missing");
      return inner;
    }
    const key = bare(this.value("a column"));
    if (this.word("in")) return { kind: "is", key, operator: "in", values: this.list_() };
    if (this.word("has")) return { kind: "is", key, operator: "has", values: [this.value("a value")] };
    const operator = this.token.text as Operator;
    if (this.token.kind !== "sign" || !["=", "!=", ">", ">=", "<", "<=", "~", "!~"].includes(operator)) {
      throw new FilterError(`after ${JSON.stringify(key)} an operator is missing: = != > >= < <= ~ !~ in has`);
    }
    this.position++;
    return { kind: "is", key, operator, values: [this.value("a value")] };
  }
  private list_(): string[] {
    if (!this.sign("(")) throw new FilterError("after in a list is missing: in (a, b)");
    const values = [this.value("a value")];
    while (this.sign(",")) values.push(this.value("a value"));
    if (!this.sign(")")) throw new FilterError("a closing ) is missing");
    return values;
  }
  private value(what: string): string {
    const { kind, text } = this.token;
    if (kind !== "word" && kind !== "quoted")
      throw new FilterError(text ? `${what} is missing before ${text}` : `${what} is missing at the end`);
    this.position++;
    return kind === "quoted" ? quoted(text) : text;
  }
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** The text of a literal, without its quotes. */
export function bare(literal: string): string {
  return literal.startsWith('"') ? literal.slice(1, -1).replace(/\\(.)/gs, "$1") : literal;
}

/** The literal that somebody means who typed a value into a field of its own. */
export function literalOf(typed: string): string {
  try {
    const [first, end] = tokens(typed);
    if (end?.kind === "end" && first!.kind !== "sign")
      return first!.kind === "quoted" ? quoted(first!.text) : first!.text;
  } catch {
    // A quote that does not close belongs to the text.
  }
  return quoted(typed);
}

/** The tree of a filter, null for an empty one; throws `FilterError`. */
export function parse(text: string): Filter | null {
  return new Parser(tokens(text)).whole();
}

/** What patterns are searched in. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : written(value);
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const WHOLE = /^[+-]?\d+$/;
const SPAN: Record<string, number> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86400 };

/** Fields that hold texts only: there, digits are a text without quotes, too. */
const TEXTS: ReadonlySet<string> = new Set(
  "name state tags tag notes group job_type host user commit id root project entity".split(" "),
);

/** What a text means as a number, to the last digit: 1e-4, 2026-11-17 (UTC) beside a date, 90m beside a duration. */
function numberIn(text: string, key: string): number | bigint | null {
  if (NUMBER.test(text)) {
    const near = Number(text);
    return WHOLE.test(text) && !Number.isSafeInteger(near) ? BigInt(text.replace("+", "")) : near;
  }
  if (key === "created" && /^\d{4}-\d\d-\d\d/.test(text))
    return Date.parse(text.length === 10 ? `${text}T00:00:00Z` : text) / 1000 || null;
  const span = key === "duration" ? /^([\d.]+)(ms|s|m|min|h|d)$/.exec(text) : null;
  return span ? Number(span[1]) * SPAN[span[2]!]! : null;
}

/** Equal and of one type, where all numbers are of one type and compare exactly. */
function same(a: unknown, b: unknown): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: exact for numbers beside bigints, which `===` holds apart
  if (isNumber(a) && isNumber(b)) return a == b || (Number.isNaN(a) && Number.isNaN(b));
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => same(item, b[i]));
  return written(a) === written(b);
}

function equal(value: unknown, literal: string, key: string): boolean {
  const text = bare(literal);
  const open = literal === text;
  const meant = open ? readValue(text) : null;
  if (meant && same(value, meant.value)) return true;
  if (Array.isArray(value)) return value.some((item) => equal(item, literal, key));
  if (isNumber(value)) return open && same(value, numberIn(text, key));
  if (typeof value === "string")
    return value === text && (meant === null || TEXTS.has(key) || isKeptAsText(meant.value));
  return open && written(value) === text;
}

function compare(value: unknown, operator: Operator, literal: string, key: string): boolean {
  const text = bare(literal);
  const wanted = numberIn(text, key);
  const [a, b] = isNumber(value) ? [value, wanted] : [value, wanted === null || literal !== text ? text : null];
  if (b === null || !(isNumber(a) || typeof a === "string")) return false;
  return operator === ">" ? a > b : operator === ">=" ? a >= b : operator === "<" ? a < b : a <= b;
}

function holds({ key, operator, values }: Condition, lookup: Lookup, matches: Matcher): boolean {
  const value = lookup(key);
  const first = values[0]!;
  const search = (): boolean =>
    (Array.isArray(value) ? value : [value]).some((item) => matches(bare(first), textOf(item)));
  if (value === undefined) return operator === "!=" || operator === "!~";
  if (operator === "=") return equal(value, first, key);
  if (operator === "!=") return !equal(value, first, key);
  if (operator === "in") return values.some((literal) => equal(value, literal, key));
  if (operator === "has") return Array.isArray(value) ? equal(value, first, key) : textOf(value).includes(bare(first));
  if (operator === "~") return search();
  if (operator === "!~") return !search();
  return compare(value, operator, first, key);
}

export function evaluate(filter: Filter | null, lookup: Lookup, matches: Matcher = plainMatch): boolean {
  if (filter === null) return true;
  if (filter.kind === "is") return holds(filter, lookup, matches);
  return filter.kind === "and"
    ? filter.parts.every((part) => evaluate(part, lookup, matches))
    : filter.parts.some((part) => evaluate(part, lookup, matches));
}

/** Search by regular expression, ignoring case; a pattern that is none is taken literally. */
export function plainMatch(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "iu").test(text);
  } catch {
    return text.toLowerCase().includes(pattern.toLowerCase());
  }
}

/** All conditions of a filter: its regular expressions are tried in a worker, its keys are columns worth showing. */
export function conditions(filter: Filter | null): Condition[] {
  if (filter === null) return [];
  return filter.kind === "is" ? [filter] : filter.parts.flatMap(conditions);
}

const keyText = (key: string): string =>
  /^[^\s"=><~!(),]+$/.test(key) && !/^(and|or|in|has)$/i.test(key) ? key : quoted(key);

/** The text of a filter, such that `parse` gives it back. */
export function write(filter: Filter | null): string {
  if (filter === null) return "";
  if (filter.kind === "is") {
    const key = keyText(filter.key);
    if (filter.operator === "in") return `${key} in (${filter.values.join(", ")})`;
    if (filter.operator === "has") return `${key} has ${filter.values[0]!}`;
    return key + filter.operator + filter.values[0]!;
  }
  const inner = filter.parts.map((part) => (part.kind === "is" ? write(part) : `(${write(part)})`));
  return inner.join(filter.kind === "and" ? " " : " or ");
}
