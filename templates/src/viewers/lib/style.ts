// Style sheets of viewers, put into the page with the script that needs them.
/** Sliders of a row of cards stand at one height. */
const BOTTOM = ".card > .steps { margin-top: auto }";

export function addStyle(text: string): void {
  const style = document.createElement("style");
  style.textContent = text + BOTTOM;
  document.head.append(style);
}
