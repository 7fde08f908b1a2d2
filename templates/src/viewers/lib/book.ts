// A notebook as people read it: its cells, what they say and what they show. Nothing in it is trusted to be whole.

/** One thing that a cell shows: a stream, an error, or one form (MIME type) of a display. */
export interface Part {
  /** `stdout`, `stderr`, `error`, or a MIME type. */
  readonly kind: string;
  /** Its text as a screen shows it; of a picture its base64. */
  readonly text: string;
}

export interface Cell {
  readonly kind: "code" | "markdown" | "raw";
  /** Given by an editor to know a cell again; empty where there is none, or where it only counts the cells. */
  readonly id: string;
  readonly source: string;
  readonly parts: readonly Part[];
}

type Json = Readonly<Record<string, unknown>>;

/** Forms of outputs as nbformat 3 names them. */
const OLD_FORMS: Readonly<Record<string, string>> = {
  text: "text/plain",
  html: "text/html",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  latex: "text/latex",
  json: "application/json",
  javascript: "application/javascript",
  pdf: "application/pdf",
};
/** Names a live object, another one each time. */
const WIDGET = "application/vnd.jupyter.widget-view+json";

/** The cells of a notebook of nbformat 3 or 4; null for what is none. Never throws. */
export function cellsOf(text: string): readonly Cell[] | null {
  try {
    const book = loaded(text);
    const found = list(book.cells) ?? list(book.worksheets)?.flatMap((sheet) => list(object(sheet).cells) ?? []);
    return found ? withoutCounters(found.map(cell)) : null;
  } catch {
    return null;
  }
}

/** A notebook's JSON; also with the bare NaN that Python writes, and one that was cut while it grew by lines. */
function loaded(text: string): Json {
  for (const repair of [(all: string) => all, unnumbered, closed]) {
    try {
      return object(JSON.parse(repair(text)));
    } catch {
      // The next repair may help.
    }
  }
  return {};
}

const unnumbered = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|\bNaN\b|-?\bInfinity\b/g, (token) => (token.startsWith('"') ? token : "null"));

function closed(text: string): string {
  const last = text.lastIndexOf("},\n");
  return `${last < 0 ? text : text.slice(0, last + 1)}]}`;
}

function cell(raw: unknown): Cell {
  const { cell_type, source, input, outputs, id, level } = object(raw);
  const kind =
    cell_type === "code" || cell_type === "markdown" ? cell_type : cell_type === "heading" ? "markdown" : "raw";
  const text = joined(source ?? input);
  return {
    kind,
    id: typeof id === "string" ? id : "",
    source: cell_type === "heading" ? `${"#".repeat(Math.min(6, Number(level) || 1))} ${text}` : text,
    parts: kind === "code" ? merged((list(outputs) ?? []).flatMap((one) => partsOf(object(one)))) : [],
  };
}

/** Ids that only count the cells say where one stands, not which one it is. */
function withoutCounters(cells: readonly Cell[]): readonly Cell[] {
  const count = (by: number): boolean => cells.every(({ id }, n) => new RegExp(`(^|\\D)${n + by}$`).test(id));
  return cells.length && (count(0) || count(1)) ? cells.map((one) => ({ ...one, id: "" })) : cells;
}

function partsOf(output: Json): Part[] {
  switch (output.output_type) {
    case "stream":
      return [{ kind: String(output.name ?? output.stream ?? "stdout"), text: joined(output.text) }];
    case "error":
    case "pyerr":
      return [{ kind: "error", text: onScreen(`${joined(output.ename)}: ${joined(output.evalue)}`) }];
    default: {
      const forms = output.data === undefined ? oldForms(output) : Object.entries(object(output.data));
      return forms
        .filter(([kind]) => kind !== WIDGET)
        .map(([kind, value]) => ({ kind, text: kind === "text/plain" ? onScreen(joined(value)) : joined(value) }))
        .sort((a, b) => (a.kind < b.kind ? -1 : 1));
    }
  }
}

const oldForms = (output: Json): [string, unknown][] =>
  Object.entries(OLD_FORMS).flatMap(([key, kind]) => (key in output ? [[kind, output[key]]] : []));

/** Kernels split what is printed wherever they like. */
function merged(parts: readonly Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.kind === part.kind && isStream(part))
      result[result.length - 1] = { kind: part.kind, text: last.text + part.text };
    else result.push(part);
  }
  return result.map((part) => (isStream(part) ? { ...part, text: onScreen(part.text) } : part));
}

const isStream = ({ kind }: Part): boolean => kind === "stdout" || kind === "stderr";

/** Without colours, and of a line that was painted over what was last there. */
function onScreen(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colours are written with
  const plain = text.includes("\u001b") ? text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "") : text;
  if (!plain.includes("\r")) return plain;
  return plain
    .split("\n")
    .map((line) => line.replace(/\r+$/, ""))
    .map((line) => line.slice(line.lastIndexOf("\r") + 1))
    .join("\n");
}

/** A text as nbformat writes it: one, or lines of it; anything else as JSON. */
function joined(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return "";
  return Array.isArray(value) && value.every((line) => typeof line === "string")
    ? value.join("")
    : JSON.stringify(value);
}

const object = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] | null => (Array.isArray(value) ? value : null);
