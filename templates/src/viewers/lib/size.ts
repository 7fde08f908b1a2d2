/** Height of a chart in a card, in pixels; presets choose the sizes of their cells for it. */
export const HEIGHT = 220;
