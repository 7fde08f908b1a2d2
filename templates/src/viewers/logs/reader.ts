// Console lines of a run, loaded block by block.
import { signal } from "@preact/signals";
import { jsonBlock } from "../../lib/data";
import type { RunHead, RunRow } from "../../model";
import { strip } from "./ansi";

export type LogLine = readonly [timestamp: number, stream: 0 | 1, text: string, updates: number];

export class LogReader {
  /** Grows with every block that arrived. */
  readonly tick = signal(0);
  private readonly blocks = new Map<number, readonly LogLine[]>();
  private readonly asked = new Set<number>();

  constructor(
    private readonly run: RunRow,
    private readonly head: RunHead,
    before: LogReader | null = null,
  ) {
    // All blocks but the last are full: a grown log keeps what was read of them.
    if (before && before.run.entry === run.entry) {
      const last = before.head.logs.blocks.length - 1;
      for (const [block, lines] of before.blocks)
        if (block < last && before.head.logs.starts[block] === head.logs.starts[block]) this.blocks.set(block, lines);
    }
  }

  get size(): number {
    return this.head.logs.lines;
  }

  private blockOf(line: number): number {
    const { starts } = this.head.logs;
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= line) low = middle;
      else high = middle;
    }
    return low;
  }

  /** A line, or null while it is on its way. */
  line(i: number): LogLine | null {
    const block = this.blockOf(i);
    const lines = this.blocks.get(block);
    if (!lines) void this.load(block).catch(() => undefined);
    return lines?.[i - this.head.logs.starts[block]!] ?? null;
  }

  private async load(block: number): Promise<void> {
    if (this.blocks.has(block) || (this.asked.has(block) && !this.blocks.has(block))) return;
    this.asked.add(block);
    try {
      this.blocks.set(block, await jsonBlock<LogLine[]>(this.run, this.head, this.head.logs.blocks[block]!));
      this.tick.value++;
    } finally {
      this.asked.delete(block);
    }
  }

  /** Every line, for search, filters and download. */
  async all(): Promise<LogLine[]> {
    const { blocks } = this.head.logs;
    const loaded = await Promise.all(
      blocks.map((n, block) => this.blocks.get(block) ?? jsonBlock<LogLine[]>(this.run, this.head, n)),
    );
    for (const [block, lines] of loaded.entries()) this.blocks.set(block, lines);
    this.tick.value++;
    return loaded.flat();
  }

  async texts(): Promise<string[]> {
    return (await this.all()).map((line) => strip(line[2]));
  }
}
