// Tries a pattern on many texts where a page cannot be frozen by it.
interface Job {
  readonly pattern: string;
  readonly flags: string;
  readonly texts: readonly string[];
}

self.onmessage = (event: MessageEvent<Job>) => {
  const { pattern, flags, texts } = event.data;
  const regex = new RegExp(pattern, flags);
  const hits: number[] = [];
  for (const [index, text] of texts.entries()) if (regex.test(text)) hits.push(index);
  self.postMessage(hits);
};
