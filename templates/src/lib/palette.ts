// Colour and dash of every run: by its id, never by its position, so that filtering recolours nothing.

export const COLOURS = 12;
export const SLOTS = 48;
const TIER = 6;
const DASHES = [1, 2, 3, 4] as const;
const SWAPPED = [2, 1, 4, 3] as const;
/** Dots, which read worst in small charts, come last. */
const NEEDED = [1, 2, 4, 3] as const;

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

/** When lines are dashed: once the colours are used up, as the palette was measured, or not at all. */
export type Dashes = "needed" | "always" | "never";

/**
 * Each of 48 slots has a pair of its own. As needed, twelve colours are solid before the next twelve are dashed;
 * always, slots 0 to 23 are four dashes of six colours in turn, 24 to 47 the same colours with their dashes exchanged.
 */
export function lookOf(slot: number, dashes: Dashes = "always"): Look {
  const colour = (slot % COLOURS) + 1;
  if (dashes === "never") return { colour, dash: 1 };
  if (dashes === "needed") return { colour, dash: NEEDED[Math.floor(slot / COLOURS) % NEEDED.length]! };
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

/** Looks of all ids, given oldest first: each by its place among all, whatever is shown; beyond 48 they come again. */
export function looks(oldestFirst: readonly string[], dashes: Dashes): Map<string, Look> {
  return new Map([...slots(oldestFirst)].map(([id, slot]) => [id, lookOf(slot, dashes)]));
}

export function css(look: Look): string {
  return look.hex ?? (look.colour === 0 ? "var(--run-other)" : `var(--run-${look.colour})`);
}
