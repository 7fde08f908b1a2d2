// Files that libraries fail to read.

/** What a library throws at bytes that it does not know says nothing to people; what it says on purpose does. */
export function damaged(format: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const own =
    error instanceof TypeError || error instanceof RangeError || /undefined|null|is not a/.test(text) ? "" : text;
  return `this ${format} file is damaged${own && `: ${own.slice(0, 200)}`}`;
}
