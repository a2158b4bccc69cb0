/** Looks for the next frame with a text, with bytes, or that passes a filter; or goes to the frame of a number. */

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { FindQuery, FindResult } from "../analyzer/analyzer-api.ts";

interface FindBarProps {
  readonly onFind: (query: FindQuery, forward: boolean) => Promise<FindResult>;
  readonly onClose: () => void;
  /** Changes when the bar is called for again. */
  readonly serial: number;
  /** The kind of search that is selected when the bar opens. */
  readonly firstKind: FindQuery["kind"];
}

const KINDS: readonly { readonly kind: FindQuery["kind"]; readonly title: string; readonly example: string }[] = [
  { kind: "text", title: "Text", example: "unreachable" },
  { kind: "hex", title: "Hex bytes", example: "03 03 fc" },
  { kind: "filter", title: "Display filter", example: "tcp.flags.reset == 1" },
  { kind: "frame", title: "Frame number", example: "120" },
];

export function FindBar({ onFind, onClose, serial, firstKind }: FindBarProps) {
  const [kind, setKind] = useState<FindQuery["kind"]>(firstKind);
  const [pattern, setPattern] = useState("");
  const [status, setStatus] = useState("");
  const input = useRef<HTMLInputElement>(null);
  // A new serial means that the bar was requested again.
  useEffect(() => {
    setKind(firstKind);
    input.current?.select();
  }, [serial, firstKind]);

  const find = async (forward: boolean): Promise<void> => {
    if (pattern === "") return;
    setStatus("Looking…");
    setStatus(describeResult(await onFind({ kind, pattern }, forward), kind));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && (event.target as HTMLElement).tagName === "INPUT") {
      event.preventDefault();
      void find(!event.shiftKey);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
    }
  };
  return (
    <search className="find-bar" onKeyDown={onKeyDown} aria-label="Find a frame">
      <select
        className="field"
        aria-label="What to find"
        value={kind}
        onChange={(event) => setKind(event.target.value as FindQuery["kind"])}
      >
        {KINDS.map((k) => (
          <option key={k.kind} value={k.kind}>
            {k.title}
          </option>
        ))}
      </select>
      <input
        ref={input}
        className="field mono find-input"
        aria-label="Find"
        spellCheck={false}
        placeholder={KINDS.find((k) => k.kind === kind)?.example}
        value={pattern}
        onChange={(event) => setPattern(event.target.value)}
      />
      {kind === "frame" ? (
        <button type="button" className="button small" onClick={() => void find(true)}>
          Go
        </button>
      ) : (
        <>
          <button type="button" className="button small" onClick={() => void find(false)}>
            Previous
          </button>
          <button type="button" className="button small" onClick={() => void find(true)}>
            Next
          </button>
        </>
      )}
      <span role="status" className="find-status">
        {status}
      </span>
      <button type="button" className="button quiet small" onClick={onClose}>
        Close
      </button>
    </search>
  );
}

function describeResult(result: FindResult, kind: FindQuery["kind"]): string {
  switch (result.kind) {
    case "found":
      return `Frame ${result.frame}${result.wrapped ? ", from the other end" : ""}`;
    case "none":
      return "Nothing found among the shown frames";
    case "cancelled":
      return "Stopped";
    case "fault":
      return kind === "frame" ? capitalised(result.message) : `Column ${result.offset + 1}: ${result.message}`;
  }
}

function capitalised(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}
