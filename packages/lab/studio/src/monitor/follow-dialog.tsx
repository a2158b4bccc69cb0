/** The dialog with the bytes of a stream: both directions, in stream order. */

import { useMemo, useState } from "react";
import type { FollowedPart, FollowedStream } from "../analyzer/analyzer-api.ts";
import { Modal } from "../controls/modal.tsx";
import { formatSeconds } from "./columns.ts";
import { counted } from "./counted.ts";

type Look = "text" | "hex";
type Side = "both" | 0 | 1;

/** Bytes that are drawn at a time. */
const PAGE_BYTES = 64 * 1024;

interface FollowDialogProps {
  readonly followed: FollowedStream;
  readonly firstUs: number;
  readonly onFrame: (frame: number) => void;
  readonly onFilter: (filter: string) => void;
  readonly onClose: () => void;
}

export function FollowDialog({ followed, firstUs, onFrame, onFilter, onClose }: FollowDialogProps) {
  const [look, setLook] = useState<Look>(() => (isMostlyText(followed) ? "text" : "hex"));
  const [side, setSide] = useState<Side>("both");
  const [room, setRoom] = useState(PAGE_BYTES);
  const chosen = useMemo(() => followed.parts.filter((part) => side === "both" || part.from === side), [followed, side]);
  let left = room;
  const drawn = chosen.filter((part) => {
    left -= part.bytes.length + 1;
    return left > 0;
  });
  const bytesOf = (from: 0 | 1): number => followed.parts.reduce((sum, part) => sum + (part.from === from ? part.bytes.length : 0), 0);
  return (
    <Modal title={followed.title} onClose={onClose} wide>
      <div className="follow-bar">
        <label>
          Show{" "}
          <select className="field" value={look} onChange={(event) => setLook(event.target.value as Look)}>
            <option value="text">Text</option>
            <option value="hex">Hex and text</option>
          </select>
        </label>
        <label>
          Of{" "}
          <select
            className="field"
            value={String(side)}
            onChange={(event) => setSide(event.target.value === "both" ? "both" : (Number(event.target.value) as 0 | 1))}
          >
            <option value="both">both ends</option>
            <option value="0">{followed.ends[0]}</option>
            <option value="1">{followed.ends[1]}</option>
          </select>
        </label>
        <span className="numbers">{counted(followed.frames, "frame")}</span>
        <button type="button" className="button small" onClick={() => onFilter(followed.filter)}>
          Filter: {followed.filter}
        </button>
      </div>
      <p className="follow-ends">
        {([0, 1] as const).map((from) => (
          <span key={from} className="follow-end" data-from={from}>
            {followed.ends[from]}: {counted(bytesOf(from), "byte")}
          </span>
        ))}
      </p>
      <div className="follow-text" role="region" aria-label="The conversation" tabIndex={0}>
        {drawn.map((part, i) => (
          <FollowPart key={i} part={part} look={look} firstUs={firstUs} end={followed.ends[part.from]} onFrame={onFrame} />
        ))}
        {drawn.length === 0 && <p className="panel-none">Nothing but headers was sent.</p>}
        {drawn.length < chosen.length && (
          <button type="button" className="button" onClick={() => setRoom(room * 4)}>
            Show more of it
          </button>
        )}
        {followed.cut && drawn.length === chosen.length && (
          <p className="panel-none">The conversation is longer; the rest is not shown here.</p>
        )}
      </div>
    </Modal>
  );
}

/** Whether at least nine in ten of the first bytes are printable text. */
function isMostlyText({ parts }: FollowedStream): boolean {
  let bytes = 0;
  let readable = 0;
  for (const part of parts.slice(0, 50)) {
    bytes += part.bytes.length;
    for (const byte of part.bytes) if ((byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)) readable++;
  }
  return readable >= bytes * 0.9;
}

interface FollowPartProps {
  readonly part: FollowedPart;
  readonly look: Look;
  readonly firstUs: number;
  readonly end: string;
  readonly onFrame: (frame: number) => void;
}

function FollowPart({ part, look, firstUs, end, onFrame }: FollowPartProps) {
  return (
    <section className="follow-part" data-from={part.from}>
      <p className="follow-part-head">
        <button type="button" className="frame-link numbers" onClick={() => onFrame(part.frame)}>
          frame {part.frame}
        </button>
        <span className="numbers">{formatSeconds(part.timeUs - firstUs)} s</span>
        <span>{end}</span>
        <span className="numbers">{part.bytes.length > 0 ? counted(part.bytes.length, "byte") : ""}</span>
      </p>
      {part.missing > 0 && <p className="follow-missing">{counted(part.missing, "byte")} before this are not in the capture.</p>}
      {part.remark !== null && <p className="follow-remark">{part.remark}</p>}
      {part.bytes.length > 0 && <pre className="mono">{look === "text" ? asText(part.bytes) : asHex(part.bytes)}</pre>}
    </section>
  );
}

function asText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte === 10 || (byte >= 0x20 && byte < 0x7f) ? String.fromCharCode(byte) : byte === 13 ? "" : "·";
  return text;
}

function asHex(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    lines.push(
      `${at.toString(16).padStart(6, "0")}  ${digits.padEnd(47)}  ${row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("")}`,
    );
  }
  return lines.join("\n");
}
