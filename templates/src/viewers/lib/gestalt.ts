// How alike two texts are (Ratcliff and Metzener, "Pattern matching: the gestalt approach", 1988).

/** Comparisons of characters that one pair of notebooks may cost, a second or two; from then on nothing is alike. */
const PATIENCE = 600_000_000;
const KINDS = 128;

/** Answers whether texts are alike, until its patience is used up: then only equal ones are. */
export class Likeness {
  private left = PATIENCE;
  private readonly known = new Map<string, Map<string, number>>();
  private readonly counted = new Map<string, Uint32Array>();

  /** Whether more than `share` of two texts, 0 to 1, is in both. */
  above(share: number, a: string, b: string): boolean {
    if (a === b) return true;
    if (!a || !b || shareOf(a, b, Math.min(a.length, b.length)) <= share) return false;
    return shareOf(a, b, this.atMost(a, b)) > share && this.of(a, b) > share;
  }

  /** The same characters in any order: never fewer than those of the same pieces. */
  private atMost(a: string, b: string): number {
    const [left, right] = [this.counts(a), this.counts(b)];
    let both = 0;
    for (let kind = 0; kind < KINDS; kind++) both += Math.min(left[kind]!, right[kind]!);
    return both;
  }

  private counts(text: string): Uint32Array {
    let counts = this.counted.get(text);
    if (!counts) {
      counts = new Uint32Array(KINDS);
      for (let i = 0; i < text.length; i++) counts[text.charCodeAt(i) % KINDS]!++;
      this.counted.set(text, counts);
    }
    return counts;
  }

  private of(a: string, b: string): number {
    const row = this.known.get(a) ?? new Map<string, number>();
    this.known.set(a, row);
    const found = row.get(b) ?? (this.left > 0 ? shareOf(a, b, this.inBoth(a, b)) : 0);
    row.set(b, found);
    return found;
  }

  /** Characters of the longest piece in both, and of those on either side of it, and so on. */
  private inBoth(a: string, b: string): number {
    const places = new Map<number, number[]>();
    for (let j = 0; j < b.length; j++) {
      const at = places.get(b.charCodeAt(j));
      if (at) at.push(j);
      else places.set(b.charCodeAt(j), [j]);
    }
    const rows: Rows = [new Uint32Array(b.length + 1), new Uint32Array(b.length + 1)];
    let found = 0;
    const open: Box[] = [[0, a.length, 0, b.length]];
    for (let box = open.pop(); box && this.left > 0; box = open.pop()) {
      const [i0, i1, j0, j1] = box;
      const [i, j, size] = this.longest(a, places, box, rows);
      if (!size) continue;
      found += size;
      if (i0 < i && j0 < j) open.push([i0, i, j0, j]);
      if (i + size < i1 && j + size < j1) open.push([i + size, i1, j + size, j1]);
    }
    return found;
  }

  /** Where the longest piece begins in both texts, the first of those, and its length. */
  private longest(
    a: string,
    places: ReadonlyMap<number, readonly number[]>,
    [i0, i1, j0, j1]: Box,
    rows: Rows,
  ): [number, number, number] {
    let best: [number, number, number] = [i0, j0, 0];
    // Lengths of the pieces that end before each place of b: in the row before, and in this one. All 0 in between.
    let [before, now] = rows;
    let last: readonly number[] = [];
    for (let i = i0; i <= i1; i++) {
      const at = i < i1 ? (places.get(a.charCodeAt(i)) ?? []) : [];
      this.left -= at.length;
      for (const j of at) {
        if (j < j0) continue;
        if (j >= j1) break;
        const size = before[j]! + 1;
        now[j + 1] = size;
        if (size > best[2]) best = [i - size + 1, j - size + 1, size];
      }
      for (const j of last) before[j + 1] = 0;
      last = at;
      [before, now] = [now, before];
    }
    return best;
  }
}

type Box = readonly [i0: number, i1: number, j0: number, j1: number];
type Rows = readonly [Uint32Array, Uint32Array];

const shareOf = (a: string, b: string, both: number): number => (2 * both) / (a.length + b.length);
