/** A frame's bytes, sixteen a line, with the selected field lit; a byte that is chosen selects its field. */

import { type KeyboardEvent, memo, type PointerEvent, useEffect, useState } from "react";
import { counted } from "./counted.ts";

const PER_LINE = 16;
/** Bytes that are shown without being asked for. */
const FIRST_BYTES = 2048;

interface HexViewProps {
  /** Accessible name. */
  readonly label?: string;
  readonly bytes: Uint8Array;
  /** Offset and number of the highlighted bytes. */
  readonly at: number;
  readonly len: number;
  readonly onByte: (byte: number) => void;
}

export function HexView({ label = "Bytes of the frame", bytes, at, len, onByte }: HexViewProps) {
  const [all, setAll] = useState(false);
  const [cursor, setCursor] = useState(0);
  useEffect(() => {
    setAll(false);
    setCursor(0);
  }, [bytes]);
  useEffect(() => {
    if (len === 0) return;
    if (at >= FIRST_BYTES) setAll(true);
    document.getElementById(`hex-${Math.floor(at / PER_LINE)}`)?.scrollIntoView({ block: "nearest" });
  }, [at, len]);

  const shown = all ? bytes.length : Math.min(bytes.length, FIRST_BYTES);
  const lines = Math.ceil(shown / PER_LINE);
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = {
      ArrowRight: cursor + 1,
      ArrowLeft: cursor - 1,
      ArrowDown: cursor + PER_LINE,
      ArrowUp: cursor - PER_LINE,
      Home: cursor - (cursor % PER_LINE),
      End: cursor - (cursor % PER_LINE) + PER_LINE - 1,
    }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey || shown === 0) return;
    event.preventDefault();
    const next = Math.min(shown - 1, Math.max(0, to));
    setCursor(next);
    onByte(next);
  };
  const onPointerDown = (event: PointerEvent): void => {
    const byte = (event.target as HTMLElement).closest<HTMLElement>("[data-byte]")?.dataset["byte"];
    if (byte === undefined) return;
    setCursor(Number(byte));
    onByte(Number(byte));
  };
  return (
    <div
      className="hex-view mono"
      role="grid"
      aria-label={`${label}, ${bytes.length}`}
      aria-colcount={PER_LINE + 2}
      aria-rowcount={lines}
      aria-activedescendant={shown > 0 ? `hex-byte-${cursor}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
    >
      {Array.from({ length: lines }, (_, line) => {
        const from = line * PER_LINE;
        const lit = Math.max(0, Math.min(PER_LINE, at - from));
        const end = len === 0 ? 0 : Math.max(0, Math.min(PER_LINE, at + len - from));
        return (
          <HexLine
            key={line}
            bytes={bytes}
            line={line}
            litFrom={end > lit ? lit : 0}
            litTo={end > lit ? end : 0}
            cursor={cursor >= from && cursor < from + PER_LINE ? cursor - from : -1}
          />
        );
      })}
      {shown < bytes.length && (
        <button type="button" className="button small" onClick={() => setAll(true)}>
          Show all {counted(bytes.length, "byte")}
        </button>
      )}
    </div>
  );
}

interface HexLineProps {
  readonly bytes: Uint8Array;
  readonly line: number;
  readonly litFrom: number;
  readonly litTo: number;
  readonly cursor: number;
}

const HexLine = memo(function HexLine({ bytes, line, litFrom, litTo, cursor }: HexLineProps) {
  const from = line * PER_LINE;
  const here = [...bytes.subarray(from, from + PER_LINE)];
  const lit = (i: number) => (i >= litFrom && i < litTo) || undefined;
  return (
    <div className="hex-line" role="row" id={`hex-${line}`} aria-rowindex={line + 1}>
      <span className="hex-offset" role="rowheader">
        {from.toString(16).padStart(4, "0")}
      </span>
      <span className="hex-digits" role="presentation">
        {here.map((byte, i) => (
          <span
            key={i}
            role="gridcell"
            id={`hex-byte-${from + i}`}
            data-byte={from + i}
            data-lit={lit(i)}
            data-cursor={i === cursor || undefined}
            aria-selected={lit(i) ?? false}
          >
            {byte.toString(16).padStart(2, "0")}
          </span>
        ))}
      </span>
      <span className="hex-text" role="gridcell">
        {here.map((byte, i) => (
          <span key={i} data-byte={from + i} data-lit={lit(i)}>
            {byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"}
          </span>
        ))}
      </span>
    </div>
  );
});
