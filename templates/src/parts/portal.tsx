// Renders at the end of the body: menus and sheets must not be cut by the list they belong to.
import { type ComponentChildren, render } from "preact";
import { useLayoutEffect, useMemo } from "preact/hooks";

export function Portal({ children }: { children: ComponentChildren }) {
  const host = useMemo(() => document.createElement("div"), []);
  useLayoutEffect(() => {
    // Inside an open dialog everything else is inert, so that the menu must live there too.
    (document.querySelector("dialog[open]") ?? document.body).append(host);
    return () => {
      render(null, host);
      host.remove();
    };
  }, []);
  useLayoutEffect(() => render(children, host));
  return null;
}
