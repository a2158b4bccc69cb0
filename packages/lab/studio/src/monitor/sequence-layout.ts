/** Frames between machines as a sequence diagram: a column per machine, a step per frame. */

import type { FrameClass } from "@pushback/dissect";
import type { FrameRow } from "../analyzer/analyzer-api.ts";

/** Machines beyond these share the last column. */
const MAX_HOSTS = 10;
const OTHERS = "others";

interface SequenceStep {
  readonly frame: number;
  readonly timeUs: number;
  /** Indices of the sender's and the receiver's columns. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly frameClass: FrameClass;
  /** Time since the previous step in microseconds, if it is a second or more; otherwise, and for the first step, `null`. */
  readonly pauseUs: number | null;
}

export interface SequenceDiagram {
  readonly hosts: readonly string[];
  readonly steps: readonly SequenceStep[];
}

/** Pauses from here on are shown as such. */
const PAUSE_US = 1_000_000;

/** Columns of a diagram: senders in order of appearance, then machines that only receive. */
export function layOutSequence(rows: readonly FrameRow[]): SequenceDiagram {
  const speakers = new Set(rows.map((row) => row.source));
  const listeners = rows.map((row) => row.destination).filter((name) => !speakers.has(name));
  const names = [...speakers, ...new Set(listeners)];
  const hosts = names.length > MAX_HOSTS ? [...names.slice(0, MAX_HOSTS - 1), OTHERS] : names;
  const column = (name: string): number => {
    const i = hosts.indexOf(name);
    return i < 0 ? hosts.length - 1 : i;
  };
  const steps = rows.map((row, i) => {
    const pauseUs = i > 0 ? row.timeUs - rows[i - 1].timeUs : 0;
    return {
      frame: row.frame,
      timeUs: row.timeUs,
      from: column(row.source),
      to: column(row.destination),
      label: labelOf(row),
      frameClass: row.frameClass,
      pauseUs: pauseUs >= PAUSE_US ? pauseUs : null,
    };
  });
  return { hosts, steps };
}

function labelOf({ protocol, info, frameClass }: FrameRow): string {
  if (frameClass === "push") return `Push datagram ${info}`;
  if (protocol === "TCP") return shortTcp(info);
  return protocol === "UDP" ? `UDP ${info}` : info || protocol;
}

/** Text of a row without the TCP window. */
function shortTcp(info: string): string {
  return info.replace(/ Win=\d+/, "").replace(/ Len=0\b/, "");
}
