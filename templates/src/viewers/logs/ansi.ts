// ANSI escapes of a console line as styled pieces; colours are moved until they can be read on the page.

export interface Piece {
  readonly text: string;
  /** 0 to 15, a CSS colour, or null for the page's. */
  readonly colour: number | string | null;
  readonly back: number | string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

type Style = { -readonly [name in keyof Omit<Piece, "text">]: Piece[name] };

// biome-ignore lint/suspicious/noControlCharactersInRegex: a console is full of them
const ESCAPES = /\x1b(?:\[([0-9;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that draw nothing
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f]/g;

const plain = (): Style => ({ colour: null, back: null, bold: false, dim: false, italic: false, underline: false });

/** The text that a terminal would show. */
export function strip(text: string): string {
  return text.includes("\x1b") ? text.replace(ESCAPES, "").replace(CONTROLS, "") : text;
}

export function pieces(text: string): Piece[] {
  if (!text.includes("\x1b")) return [{ text: text.replace(CONTROLS, ""), ...plain() }];
  const list: Piece[] = [];
  let style = plain();
  let from = 0;
  const add = (to: number): void => {
    const part = text.slice(from, to).replace(CONTROLS, "");
    if (part) list.push({ text: part, ...style });
  };
  for (const match of text.matchAll(ESCAPES)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[2] === "m") style = select(style, match[1] ?? "");
  }
  add(text.length);
  return list;
}

/** One SGR sequence. */
function select(before: Style, codes: string): Style {
  const style = { ...before };
  const list = codes.split(/[;:]/).map((code) => Number(code || 0));
  for (let i = 0; i < list.length; i++) {
    const code = list[i]!;
    if (code === 0) Object.assign(style, plain());
    else if (code === 1) style.bold = true;
    else if (code === 2) style.dim = true;
    else if (code === 3) style.italic = true;
    else if (code === 4) style.underline = true;
    else if (code === 22) style.bold = style.dim = false;
    else if (code === 23) style.italic = false;
    else if (code === 24) style.underline = false;
    else if (code === 7) [style.colour, style.back] = [style.back ?? "paper", style.colour ?? "ink"];
    else if (code === 39) style.colour = null;
    else if (code === 49) style.back = null;
    else if (code >= 30 && code <= 37) style.colour = code - 30;
    else if (code >= 40 && code <= 47) style.back = code - 40;
    else if (code >= 90 && code <= 97) style.colour = code - 82;
    else if (code >= 100 && code <= 107) style.back = code - 92;
    else if (code === 38 || code === 48) {
      const [value, used] = extended(list, i + 1);
      if (value !== null) style[code === 38 ? "colour" : "back"] = value;
      i += used;
    }
  }
  return style;
}

/** `5;n` or `2;r;g;b`. */
function extended(list: readonly number[], at: number): [number | string | null, number] {
  if (list[at] === 5) return [indexed(list[at + 1] ?? 0), 2];
  if (list[at] === 2) return [`rgb(${byte(list[at + 1])} ${byte(list[at + 2])} ${byte(list[at + 3])})`, 4];
  return [null, 1];
}

const byte = (value: number | undefined): number => Math.max(0, Math.min(255, value ?? 0));

function indexed(n: number): number | string {
  if (n < 16) return n;
  if (n >= 232) return `rgb(${8 + (n - 232) * 10} ${8 + (n - 232) * 10} ${8 + (n - 232) * 10})`;
  const level = (value: number): number => (value ? 55 + value * 40 : 0);
  return `rgb(${level(Math.floor((n - 16) / 36))} ${level(Math.floor(((n - 16) % 36) / 6))} ${level((n - 16) % 6)})`;
}

function luminance([r, g, b]: readonly number[]): number {
  const part = (value: number): number =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * part(r!) + 0.7152 * part(g!) + 0.0722 * part(b!);
}

export function contrast(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [luminance(a) + 0.05, luminance(b) + 0.05];
  return x > y ? x / y : y / x;
}

/** The colour, moved towards black or white until text in it stands out from `paper` by 4.5 : 1. */
export function readable(colour: string, paper: readonly number[]): string {
  const numbers = colour.match(/\d+/g)?.map(Number) ?? [128, 128, 128];
  const goal = luminance(paper) > 0.4 ? 0 : 255;
  for (let share = 0; share <= 1; share += 0.1) {
    const mixed = numbers.map((value) => Math.round(value + (goal - value) * share));
    if (contrast(mixed, paper) >= 4.6) return `rgb(${mixed.join(" ")})`;
  }
  return `rgb(${goal} ${goal} ${goal})`;
}
