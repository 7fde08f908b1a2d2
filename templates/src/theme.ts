// Blocks rendering for a moment so that the first paint has the right theme.
try {
  const root = document.documentElement;
  const theme = localStorage.getItem("tracklog:theme");
  if (theme) root.dataset.theme = theme;
  if (localStorage.getItem("tracklog:density") === "comfortable") root.dataset.density = "comfortable";
  root.dataset.js = "";
} catch {
  document.documentElement.dataset.js = "";
}
