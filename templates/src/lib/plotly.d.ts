// The part of Plotly that the viewer uses.
declare module "plotly.js-strict-dist-min" {
  const Plotly: {
    react(element: HTMLElement, data: readonly object[], layout: object, config: object): Promise<unknown>;
    relayout(element: HTMLElement, changes: object): Promise<unknown>;
    purge(element: HTMLElement): void;
  };
  export default Plotly;
}
