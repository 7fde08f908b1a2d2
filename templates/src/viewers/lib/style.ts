// Style sheets of viewers, put into the page with the script that needs them.
/** Sliders of a row of cards stand at one height; few items fill a full screen. */
const ALL = `
.card > .steps { margin-top: auto }
.items.large:not(.of-html) { grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)) }`;

export function addStyle(text: string): void {
  const style = document.createElement("style");
  style.textContent = text + ALL;
  document.head.append(style);
}
