/** A dialog over everything: the browser keeps the focus in it and gives it back. */

import { type ReactNode, useEffect, useId, useRef } from "react";
import "./modal.css";

export function Modal({
  title,
  onClose,
  children,
  wide,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element || element.open) return;
    element.showModal();
    // By default the browser focuses the first focusable element, which is the close button.
    element.querySelector<HTMLElement>("[data-first-focus]")?.focus();
  }, []);
  return (
    <dialog className={wide ? "modal wide" : "modal"} aria-labelledby={id} ref={dialog} onClose={onClose}>
      <div className="modal-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="button quiet small" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
      {children}
    </dialog>
  );
}
