// Style sheets of viewers, put into the page with the script that needs them.
export function addStyle(text: string): void {
  const style = document.createElement("style");
  style.textContent = text;
  document.head.append(style);
}
