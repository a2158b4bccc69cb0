/** Converts the segments of a TCP dialogue between frames and text; in text, sequence numbers are relative to the ISN of each side. */

import {
  foldChecksum,
  getU16be,
  getU32be,
  internetChecksum,
  putU16be,
  putU32be,
  seqAdd,
  seqDiff,
  sumPseudoHeader,
  sumWords,
} from "@pushback/bytes";

const ETHERNET_LEN = 14;
const IP_LEN = 20;
const TCP_LEN = 20;
const PROTOCOL_TCP = 6;
const FLAG_BITS = "FSRPAU";
const FLAG_ORDER = "SFRPAU";

/** A number further than this from the numbers of the connection belongs to another connection. */
const NEAR = 1_000_000;

/** The two ends of a dialogue: the script (`own`) and the TCP under test (`other`). */
export interface DialogueEnds {
  readonly ownMac: Uint8Array;
  readonly ownAddress: number;
  readonly ownPort: number;
  readonly otherMac: Uint8Array;
  readonly otherAddress: number;
}

/** Relative 0: the sequence number of each side's SYN; `null` until the other side has sent one. */
export interface DialogueNumbers {
  readonly own: number;
  readonly other: number | null;
}

/** A segment from the TCP under test. */
export interface HeardSegment {
  readonly ownPort: number;
  readonly otherPort: number;
  readonly seq: number;
  readonly ack: number;
  /** Letters of `SFRPAU` in this order; `.` for none. */
  readonly flags: string;
  readonly window: number;
  readonly hasMss: boolean;
  readonly payloadLen: number;
}

/**
 * Builds the frame for a line such as `PA seq=1 ack=1 len=10`: flags, then numbers; a number that is left out is 0 (`win` and `mss` have other
 * defaults). `badsum` corrupts the checksum, `offset=N` sets the data offset in words.
 */
export function frameOfLine(line: string, ends: DialogueEnds, otherPort: number, numbers: DialogueNumbers): Uint8Array {
  const [flagWord, ...words] = line.split(" ");
  const values = new Map(words.map((word) => word.split("=") as [string, string | undefined]));
  const number = (key: string, otherwise: number) => Number(values.get(key) ?? otherwise);
  let flags = 0;
  for (const letter of flagWord) if (letter !== ".") flags |= 1 << FLAG_BITS.indexOf(letter);
  const mss = number("mss", 0);
  const headerLen = TCP_LEN + (mss > 0 ? 4 : 0);
  const tcpLen = headerLen + number("len", 0);
  const frame = new Uint8Array(Math.max(60, ETHERNET_LEN + IP_LEN + tcpLen));
  frame.set(ends.otherMac, 0);
  frame.set(ends.ownMac, 6);
  putU16be(frame, 12, 0x0800);
  const ip = ETHERNET_LEN;
  frame[ip] = 0x45;
  putU16be(frame, ip + 2, IP_LEN + tcpLen);
  putU16be(frame, ip + 4, 0x1042);
  frame[ip + 8] = 64;
  frame[ip + 9] = PROTOCOL_TCP;
  putU32be(frame, ip + 12, ends.ownAddress);
  putU32be(frame, ip + 16, ends.otherAddress);
  putU16be(frame, ip + 10, internetChecksum(frame, ip, IP_LEN));
  const at = ip + IP_LEN;
  putU16be(frame, at, ends.ownPort);
  putU16be(frame, at + 2, otherPort);
  putU32be(frame, at + 4, seqAdd(numbers.own, number("seq", 0)));
  putU32be(frame, at + 8, values.has("ack") ? seqAdd(numbers.other ?? 0, number("ack", 0)) : 0);
  frame[at + 12] = number("offset", headerLen / 4) << 4;
  frame[at + 13] = flags;
  putU16be(frame, at + 14, number("win", 8192));
  putU16be(frame, at + 18, number("urg", 0));
  if (mss > 0) {
    frame.set([2, 4], at + TCP_LEN);
    putU16be(frame, at + TCP_LEN + 2, mss);
  }
  frame.fill(0x42, at + headerLen, at + tcpLen);
  const sum = foldChecksum(sumWords(frame, at, tcpLen, sumPseudoHeader(ends.ownAddress, ends.otherAddress, PROTOCOL_TCP, tcpLen)));
  putU16be(frame, at + 16, values.has("badsum") ? sum ^ 0x5a5a : sum);
  return frame;
}

/** The TCP segment in a frame; `null` if there is none. */
export function segmentOfFrame(frame: Uint8Array): HeardSegment | null {
  if (getU16be(frame, 12) !== 0x0800 || frame[ETHERNET_LEN + 9] !== PROTOCOL_TCP) return null;
  const ipLen = (frame[ETHERNET_LEN] & 15) * 4;
  const at = ETHERNET_LEN + ipLen;
  const headerLen = (frame[at + 12] >>> 4) * 4;
  const bits = frame[at + 13] & 0x3f;
  const letters = [...FLAG_ORDER].filter((letter) => bits & (1 << FLAG_BITS.indexOf(letter))).join("");
  return {
    ownPort: getU16be(frame, at + 2),
    otherPort: getU16be(frame, at),
    seq: getU32be(frame, at + 4),
    ack: getU32be(frame, at + 8),
    flags: letters || ".",
    window: getU16be(frame, at + 14),
    hasMss: hasMss(frame, at + TCP_LEN, at + headerLen),
    payloadLen: getU16be(frame, ETHERNET_LEN + 2) - ipLen - headerLen,
  };
}

function hasMss(b: Uint8Array, from: number, to: number): boolean {
  let i = from;
  while (i < to && b[i] !== 0) {
    if (b[i] === 2) return true;
    i += b[i] === 1 ? 1 : Math.max(2, b[i + 1]);
  }
  return false;
}

/**
 * Text of the fields that are compared. Without the ACK flag the acknowledgment field is shown as `field`; `stale` means a number from another
 * connection.
 */
export function textOfSegment(segment: HeardSegment, numbers: DialogueNumbers): string {
  const ack = seqDiff(segment.ack, numbers.own);
  const isNear = Math.abs(ack) < NEAR;
  const hasAck = segment.flags.includes("A");
  // A reset that answers a segment without ACK has sequence number 0 (RFC 793 page 36), not a number relative to the connection.
  const isZero = segment.seq === 0 && segment.flags.includes("R");
  const words = [segment.flags, `seq=${isZero ? "zero" : seqDiff(segment.seq, numbers.other ?? 0)}`];
  if (hasAck) words.push(`ack=${isNear ? ack : "stale"}`);
  else if (segment.ack !== 0) words.push(`field=${isNear ? ack : "stale"}`);
  if (segment.payloadLen > 0) words.push(`len=${segment.payloadLen}`);
  if (segment.hasMss) words.push("mss");
  return words.join(" ");
}
