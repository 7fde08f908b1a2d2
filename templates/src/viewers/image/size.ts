// How large small pictures are drawn: enlarged by whole factors, so that all of their pixels are of one size.
import type { ImageItem } from "../../model";

/** Pixels that the longer side of an enlarged picture has at most: one of a few, one of a list. */
export const LARGE = 128;
export const LIST = 64;

/** Width and height of a picture that is enlarged; null for one that is larger than the bound already. */
export function enlarged({ width, height }: ImageItem, bound: number): readonly [number, number] | null {
  const factor = Math.floor(bound / Math.max(width, height, 1));
  return width > 0 && height > 0 && factor >= 1 ? [width * factor, height * factor] : null;
}
