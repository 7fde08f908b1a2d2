// The browser's own search finds what is in the document: on a long board it is told where to look instead.
import { useContext, useEffect, useState } from "preact/hooks";
import { part } from "./part";
import { Place } from "./use";

const Hint = part<{ readonly count: number; readonly search: () => void; readonly close: () => void }>(
  "outline",
  "FindHint",
);

export function FindHint({ count, hidden }: { count: number; hidden: boolean }) {
  const [open, setOpen] = useState(false);
  const place = useContext(Place);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f" && !place?.closest("[data-off]"))
        setOpen(true);
      else if (event.key === "Escape") setOpen(false);
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
  if (!open || !hidden) return null;
  const close = (): void => setOpen(false);
  const search = (): void => {
    close();
    (place ?? document).querySelector<HTMLElement>(".tools input[type=search]")?.focus();
  };
  return <Hint count={count} search={search} close={close} />;
}
