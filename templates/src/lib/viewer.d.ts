// The page's own object, under its short name; style sheets as text.
declare const tracklog: Window["tracklog"];
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.html" {
  const text: string;
  export default text;
}
