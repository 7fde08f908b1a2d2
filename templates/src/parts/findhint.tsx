// The browser's own search finds what is in the document: on a long board it is told where to look instead.
import { useContext, useEffect, useState } from "preact/hooks";
import { full } from "../lib/format";
import { Button } from "./ui";
import { Place } from "./use";

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
  return (
    <div class="findhint" role="status">
      The browser finds what is near the window.
      <Button
        kind="line"
        icon="search"
        text={`Search all ${full(count)} panels`}
        onClick={() => {
          setOpen(false);
          (place ?? document).querySelector<HTMLElement>(".tools input[type=search]")?.focus();
        }}
      />
      <Button kind="xs" icon="close" label="Close the hint" onClick={() => setOpen(false)} />
    </div>
  );
}
