// A dialog above the page: Esc closes it, and so does a click beside it.
import type { ComponentChildren, RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { Portal } from "./portal";

export function Modal({
  kind,
  label,
  dialog,
  close,
  onKey,
  children,
}: {
  kind: string;
  label: string;
  dialog: RefObject<HTMLDialogElement | null>;
  /** After it was closed. */
  close: () => void;
  onKey?: (event: KeyboardEvent) => void;
  children: ComponentChildren;
}) {
  useEffect(() => void dialog.current?.showModal(), []);
  return (
    <Portal>
      <dialog
        class={kind}
        ref={dialog}
        aria-label={label}
        onClose={close}
        onKeyDown={onKey}
        onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
      >
        {children}
      </dialog>
    </Portal>
  );
}
