// The title of a chart, which its card's head shows.

type Spec = Readonly<Record<string, unknown>>;

/** What a specification is titled; empty where it is not. */
export function titleOf(spec: unknown): string {
  const title = (spec as { title?: unknown } | null)?.title;
  const text = typeof title === "object" && title !== null && "text" in title ? title.text : title;
  return Array.isArray(text) ? text.join(" ") : typeof text === "string" ? text : "";
}

export function untitled(spec: unknown): Spec {
  const { title: _, ...rest } = spec as Spec;
  return rest;
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

/** A title as it stands beside the name of a card; empty where that says it already. */
export function besideName(title: string, name: string): string {
  return plain(name).endsWith(plain(title)) ? "" : title;
}
