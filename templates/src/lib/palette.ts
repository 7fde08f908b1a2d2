// Colour and dash of every run: by its id, never by its position, so that filtering recolours nothing.

export const COLOURS = 12;
export const SLOTS = 48;
const TIER = 6;
const DASHES = [1, 2, 3, 4] as const;
const SWAPPED = [2, 1, 4, 3] as const;

export interface Look {
  /** 1 to 12, or 0 for runs beyond the palette. */
  readonly colour: number;
  /** 1 solid, 2 dashed, 3 dotted, 4 dash-dot. */
  readonly dash: 1 | 2 | 3 | 4;
  /** Chosen by hand, a CSS colour. */
  readonly hex?: string;
}

export const OTHER: Look = { colour: 0, dash: 1 };
export const PATTERNS: Record<Look["dash"], readonly number[]> = { 1: [], 2: [6, 3], 3: [1.5, 3], 4: [8, 3, 1.5, 3] };

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

/** Slots 0 to 23 are four dashes of six colours in turn; 24 to 47 the same colours with their dashes exchanged. */
export function lookOf(slot: number): Look {
  const colour = (slot % COLOURS) + 1;
  const row = Math.floor((slot % 24) / TIER);
  return { colour, dash: (slot < 24 ? DASHES : SWAPPED)[row]! };
}

/** Slots for ids given oldest first: each takes its hashed place, or the next free one, of the first tier with room. */
export function slots(ids: readonly string[]): Map<string, number> {
  const result = new Map<string, number>();
  let taken = new Array<boolean>(SLOTS).fill(false);
  let tier = 0;
  let inTier = 0;
  for (const id of ids) {
    if (result.has(id)) continue;
    if (inTier === TIER) {
      inTier = 0;
      tier = (tier + 1) % (SLOTS / TIER);
      if (tier === 0) taken = new Array<boolean>(SLOTS).fill(false);
    }
    let place = hash(id) % TIER;
    while (taken[tier * TIER + place]) place = (place + 1) % TIER;
    taken[tier * TIER + place] = true;
    inTier++;
    result.set(id, tier * TIER + place);
  }
  return result;
}

/** Looks of all ids; of more than 48, those in the slot of an older shown one move to a free slot or turn grey. */
export function looks(oldestFirst: readonly string[], shown: ReadonlySet<string>): Map<string, Look> {
  const base = slots(oldestFirst);
  const result = new Map<string, Look>();
  for (const [id, slot] of base) result.set(id, lookOf(slot));
  if (base.size <= SLOTS) return result;
  const used = new Set<number>();
  const homeless: string[] = [];
  for (const id of base.keys()) {
    if (!shown.has(id)) continue;
    const slot = base.get(id)!;
    if (used.has(slot)) homeless.push(id);
    else used.add(slot);
  }
  let free = 0;
  for (const id of homeless) {
    while (free < SLOTS && used.has(free)) free++;
    result.set(id, free < SLOTS ? lookOf(free) : OTHER);
    used.add(free);
  }
  return result;
}

/** Dash classes in the order they are tried, for colours 1 to 6 and 7 to 12. */
const TRIED: readonly (readonly Look["dash"][])[] = [
  [1, 3, 2, 4],
  [2, 4, 1, 3],
];
const FEW = 6;

/**
 * Dashes as far as they are needed: solid while a few runs are shown, else by colour as the palette was measured, and
 * never the same pair twice. `shown` is given oldest first; colours stay what they are.
 */
export function neededDashes(shown: readonly string[], all: ReadonlyMap<string, Look>): Map<string, Look["dash"]> {
  const used = new Set<string>();
  const result = new Map<string, Look["dash"]>();
  for (const id of shown) {
    const look = all.get(id) ?? OTHER;
    const tried = shown.length <= FEW || look.colour <= FEW ? TRIED[0]! : TRIED[1]!;
    const dash = tried.find((one) => !used.has(`${look.colour}/${one}`)) ?? look.dash;
    used.add(`${look.colour}/${dash}`);
    result.set(id, dash);
  }
  return result;
}

export function css(look: Look): string {
  return look.hex ?? (look.colour === 0 ? "var(--run-other)" : `var(--run-${look.colour})`);
}
