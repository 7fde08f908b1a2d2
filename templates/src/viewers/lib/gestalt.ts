// How alike two texts are (Ratcliff and Metzener, "Pattern matching: the gestalt approach", 1988).

/** Comparisons of characters that one notebook may cost; from then on lines are compared. */
const PATIENCE = 1_500_000_000;

/** Answers whether texts are alike, until its patience is used up: then by the lines they share. */
export class Likeness {
  private left = PATIENCE;
  private readonly known = new Map<string, Map<string, number>>();

  /** Whether more than `share` of two texts, 0 to 1, is in both. */
  above(share: number, a: string, b: string): boolean {
    if (a === b) return true;
    if (!a || !b || most(a.length, b.length, Math.min(a.length, b.length)) <= share) return false;
    return atMost(a, b) > share && this.of(a, b) > share;
  }

  private of(a: string, b: string): number {
    const row = this.known.get(a) ?? new Map<string, number>();
    this.known.set(a, row);
    const found = row.get(b) ?? (this.left > 0 ? most(a.length, b.length, this.inBoth(a, b)) : byLines(a, b));
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
    let found = 0;
    const open: [number, number, number, number][] = [[0, a.length, 0, b.length]];
    for (let box = open.pop(); box; box = open.pop()) {
      const [i0, i1, j0, j1] = box;
      const [i, j, size] = this.longest(a, places, box);
      if (!size) continue;
      found += size;
      if (i0 < i && j0 < j) open.push([i0, i, j0, j]);
      if (i + size < i1 && j + size < j1) open.push([i + size, i1, j + size, j1]);
    }
    return found;
  }

  private longest(
    a: string,
    places: ReadonlyMap<number, readonly number[]>,
    [i0, i1, j0, j1]: readonly [number, number, number, number],
  ): [number, number, number] {
    let best: [number, number, number] = [i0, j0, 0];
    // Lengths of the pieces that end at each place of b, one further: in the row before, and in this one.
    let before = new Map<number, number>();
    for (let i = i0; i < i1; i++) {
      const now = new Map<number, number>();
      const at = places.get(a.charCodeAt(i)) ?? [];
      this.left -= at.length;
      for (const j of at) {
        if (j < j0) continue;
        if (j >= j1) break;
        const size = (before.get(j) ?? 0) + 1;
        now.set(j + 1, size);
        if (size > best[2]) best = [i - size + 1, j - size + 1, size];
      }
      before = now;
    }
    return best;
  }
}

const most = (a: number, b: number, both: number): number => (2 * both) / (a + b);

/** The same characters in any order: two texts are never more alike than that. */
function atMost(a: string, b: string): number {
  const there = new Map<number, number>();
  for (let i = 0; i < a.length; i++) there.set(a.charCodeAt(i), (there.get(a.charCodeAt(i)) ?? 0) + 1);
  let both = 0;
  for (let j = 0; j < b.length; j++) {
    const left = there.get(b.charCodeAt(j)) ?? 0;
    if (left > 0) {
      there.set(b.charCodeAt(j), left - 1);
      both++;
    }
  }
  return most(a.length, b.length, both);
}

function byLines(a: string, b: string): number {
  const [left, right] = [a.split("\n"), new Set(b.split("\n"))];
  const both = left.filter((line) => right.has(line)).reduce((sum, line) => sum + line.length + 1, 0);
  return Math.min(1, most(a.length + 1, b.length + 1, both));
}
