// What the points of a cloud are coloured by.
export type ColourBy = "height" | "category" | "rgb" | "plain";

/** Of categories 1 to 14; others begin again. */
export const CATEGORIES = [
  "#9aa3b5",
  "#4e9bff",
  "#ff8f45",
  "#42c98b",
  "#f25c8a",
  "#b58aff",
  "#e6c545",
  "#2fc6d6",
  "#d97757",
  "#8bd450",
  "#ff6b6b",
  "#6c7bff",
  "#c9a36b",
  "#f29be0",
  "#7fd6b8",
];
/** Low to high, rising in lightness. */
export const RAMP = ["#2b3a8f", "#2a7fb8", "#35b58f", "#a4cf4a", "#fbe36a"];
