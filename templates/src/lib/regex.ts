// Search by people's regular expressions: in a worker with a time limit, literally where that fails.
import code from "worker:../workers/regex";

export interface Found {
  readonly hits: ReadonlySet<number>;
  /** Empty, or why the pattern was taken literally. */
  readonly literal: string;
}

const LIMIT_MS = 1500;
const LIMIT_PER_TEXT = 0.02;
let url = "";

export async function search(
  pattern: string,
  texts: readonly string[],
  regex: boolean,
  matchCase = false,
): Promise<Found> {
  if (!regex) return { hits: literally(pattern, texts, matchCase), literal: "" };
  const flags = matchCase ? "u" : "iu";
  try {
    new RegExp(pattern, flags);
  } catch {
    return { hits: literally(pattern, texts, matchCase), literal: "not a regular expression: searched as plain text" };
  }
  // Without anything that repeats, a pattern cannot run away.
  if (!/[*+{?\\]/.test(pattern)) return { hits: directly(new RegExp(pattern, flags), texts), literal: "" };
  const hits = await inWorker(pattern, flags, texts);
  return hits
    ? { hits, literal: "" }
    : { hits: literally(pattern, texts, matchCase), literal: "took too long: searched as plain text" };
}

function directly(regex: RegExp, texts: readonly string[]): Set<number> {
  return new Set(texts.flatMap((text, index) => (regex.test(text) ? [index] : [])));
}

function literally(pattern: string, texts: readonly string[], matchCase: boolean): Set<number> {
  const wanted = matchCase ? pattern : pattern.toLowerCase();
  return new Set(
    texts.flatMap((text, index) => ((matchCase ? text : text.toLowerCase()).includes(wanted) ? [index] : [])),
  );
}

function inWorker(pattern: string, flags: string, texts: readonly string[]): Promise<Set<number> | null> {
  url ||= URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return new Promise((resolve) => {
    const worker = new Worker(url);
    const end = (result: Set<number> | null): void => {
      clearTimeout(timer);
      worker.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => end(null), LIMIT_MS + LIMIT_PER_TEXT * texts.length);
    worker.onmessage = (event: MessageEvent<number[]>) => end(new Set(event.data));
    worker.onerror = () => end(null);
    worker.postMessage({ pattern, flags, texts });
  });
}
