/** A tab for the lab and for each capture, once a capture is open: arrows choose, Delete closes. */

import { type KeyboardEvent, useEffect, useRef } from "react";
import { closeCapture } from "../state/closing.ts";
import { showDocument } from "../state/documents.ts";
import { useLab } from "../state/lab-view.ts";
import { useStudio } from "../state/studio-store.ts";
import "./document-tabs.css";

const tabId = (id: number | null): string => `document-${id ?? "lab"}`;

export function DocumentTabs() {
  const captures = useStudio((s) => s.captures);
  const current = useStudio((s) => s.current);
  const runTitle = useLab((lab) => lab.info?.title);
  const bar = useRef<HTMLElement>(null);
  /** Whether the focus stays among the tabs: it goes to the tab that is shown next. */
  const keepsFocus = useRef(false);
  useEffect(() => {
    const tab = bar.current?.querySelector<HTMLElement>(`#${tabId(current)}`);
    tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (keepsFocus.current) tab?.focus();
    keepsFocus.current = false;
  }, [current, captures]);
  if (captures.length === 0) return null;

  const documents = [{ id: null, name: "Lab", detail: runTitle ?? "" }, ...captures.map((one) => ({ ...one, detail: one.name }))];
  const close = (id: number): void => {
    keepsFocus.current = bar.current?.contains(document.activeElement) ?? false;
    void closeCapture(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = documents.findIndex(({ id }) => id === current);
    if (event.key === "Delete" && current !== null) {
      event.preventDefault();
      close(current);
      return;
    }
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + documents.length, Home: 0, End: documents.length - 1 }[event.key];
    if (to === undefined || event.altKey) return;
    event.preventDefault();
    keepsFocus.current = true;
    showDocument(documents[to % documents.length].id);
  };
  return (
    <nav className="document-tabs" aria-label="Open documents" ref={bar}>
      {/* The tabs stand beside their close buttons, which a tab list may not contain. */}
      <div role="tablist" aria-label="Documents" aria-owns={documents.map(({ id }) => tabId(id)).join(" ")} />
      {documents.map(({ id, name, detail, ...more }) => (
        <span className="document-tab" key={tabId(id)} data-current={id === current || undefined}>
          <button
            type="button"
            role="tab"
            id={tabId(id)}
            aria-selected={id === current}
            aria-controls="view"
            aria-busy={"frames" in more && more.frames === null}
            aria-keyshortcuts={id === null ? undefined : "Delete"}
            tabIndex={id === current ? 0 : -1}
            title={detail}
            onKeyDown={onKeyDown}
            onClick={() => showDocument(id)}
          >
            {name}
            {"frames" in more && more.frames === null && ` (reading, ${Math.floor(100 * more.readShare)} %)`}
          </button>
          {id !== null && (
            <button
              type="button"
              className="document-close"
              aria-label={`Close ${name}`}
              title="Close (Alt+W)"
              tabIndex={id === current ? 0 : -1}
              onClick={() => close(id)}
            >
              <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
                <path d="m2 2 8 8m0-8-8 8" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
              </svg>
            </button>
          )}
        </span>
      ))}
    </nav>
  );
}
