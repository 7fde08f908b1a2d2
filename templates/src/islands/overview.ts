// A run's overview: what scripts add to it comes after the page itself.
import { viewer } from "../entry";

type Enhance = (root: HTMLElement) => () => void;

/** Returns what undoes it. */
export function enhanceOverview(root: HTMLElement): () => void {
  let undo: (() => void) | undefined;
  let gone = false;
  root.ariaBusy = "true";
  void viewer<{ readonly enhance: Enhance }>("overview")
    .then(({ enhance }) => {
      if (!gone) undo = enhance(root);
    })
    .catch((error: Error) => console.warn(error.message))
    .finally(() => root.removeAttribute("aria-busy"));
  return () => {
    gone = true;
    undo?.();
  };
}
