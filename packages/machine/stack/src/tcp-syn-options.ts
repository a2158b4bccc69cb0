/** Options of SYN and SYN/ACK: written as the personality lays them out, and read from the peer's. */

import { getU16be, getU32be, putU16be, putU32be } from "@pushback/bytes";
import type { TcpOption } from "@pushback/host";
import {
  findTcpOption,
  getTcpHeaderLen,
  TCP_HEADER_LEN,
  TCP_OPTION_END,
  TCP_OPTION_MSS,
  TCP_OPTION_NOP,
  TCP_OPTION_SACK_PERMITTED,
  TCP_OPTION_TIMESTAMPS,
  TCP_OPTION_WINDOW_SCALE,
} from "@pushback/wire";
import type { Core, Tcb } from "./tcb.ts";

const PEER_WINDOW_SCALE = 1;
const PEER_SACK = 2;
const PEER_TIMESTAMPS = 4;

/** Smallest MSS accepted from a peer. RFC 793 gives no minimum, and an MSS of a few bytes is an attack; the value is ours. */
const LEAST_MSS = 32;

/** The timestamp clock: milliseconds of uptime (RFC 1323 section 3.3 allows 1 ms to 1 s), never 0. */
function timestampNow(core: Core): number {
  return (Math.floor(core.uptimeUs() / 1000) + 1) >>> 0;
}

/** Writes the options of a SYN (or SYN/ACK) at `at` and returns their length, a multiple of four. */
export function putSynOptions(tcb: Tcb, b: Uint8Array, at: number, isAnswer: boolean): number {
  const { personality } = tcb.core;
  const layout = isAnswer ? personality.synAckOptions : personality.synOptions;
  let i = at;
  // A NOP belongs to the option behind it and is left out together with it.
  let nops = 0;
  for (const option of layout) {
    if (option === "nop") {
      nops++;
      continue;
    }
    if (isAnswer && !isWanted(tcb, option)) {
      nops = 0;
      continue;
    }
    while (nops > 0) {
      b[i++] = TCP_OPTION_NOP;
      nops--;
    }
    i = putOption(tcb, option, b, i, at, isAnswer);
  }
  while (nops > 0) {
    b[i++] = TCP_OPTION_NOP;
    nops--;
  }
  while ((i - at) % 4) b[i++] = TCP_OPTION_END;
  return i - at;
}

function isWanted(tcb: Tcb, option: TcpOption): boolean {
  const asked = option === "window-scale-0-nop" ? "window-scale-0" : option;
  if (asked !== "window-scale-0" && asked !== "sack-permitted" && asked !== "timestamps") return true;
  if (!tcb.core.personality.synAckOnRequest.includes(asked)) return true;
  return (tcb.peerOptions & bitOf(asked)) !== 0;
}

function bitOf(option: "window-scale-0" | "sack-permitted" | "timestamps"): number {
  if (option === "window-scale-0") return PEER_WINDOW_SCALE;
  return option === "sack-permitted" ? PEER_SACK : PEER_TIMESTAMPS;
}

function putOption(tcb: Tcb, option: TcpOption, b: Uint8Array, at: number, start: number, isAnswer: boolean): number {
  switch (option) {
    case "mss":
    case "mss-agreed":
      putU16be(b, at, (TCP_OPTION_MSS << 8) | 4);
      putU16be(b, at + 2, option === "mss-agreed" && isAnswer ? tcb.mss : tcb.offeredMss);
      return at + 4;
    case "window-scale-0":
      putU16be(b, at, (TCP_OPTION_WINDOW_SCALE << 8) | 3);
      b[at + 2] = 0;
      return at + 3;
    case "window-scale-0-nop":
      b[at + 3] = TCP_OPTION_NOP;
      putOption(tcb, "window-scale-0", b, at, start, isAnswer);
      return at + 4;
    case "sack-permitted":
      putU16be(b, at, (TCP_OPTION_SACK_PERMITTED << 8) | 2);
      return at + 2;
    case "timestamps":
      putTimestamps(tcb, b, at, isAnswer);
      return at + 10;
    case "nop":
      b[at] = TCP_OPTION_NOP;
      return at + 1;
    case "end": {
      let i = at;
      b[i++] = TCP_OPTION_END;
      while ((i - start) % 4) b[i++] = TCP_OPTION_END;
      return i;
    }
  }
}

/** Writes the timestamp option, ten bytes; the echo is zero if no timestamp was received yet. */
export function putTimestamps(tcb: Tcb, b: Uint8Array, at: number, echo: boolean): void {
  putU16be(b, at, (TCP_OPTION_TIMESTAMPS << 8) | 10);
  putU32be(b, at + 2, timestampNow(tcb.core));
  putU32be(b, at + 6, echo ? tcb.tsRecent : 0);
}

/**
 * Reads the offers in the peer's SYN or SYN/ACK at `at`: MSS (RFC 879), and window scale and timestamps if this side offers them too (RFC 1323).
 */
export function takeSynOptions(tcb: Tcb, b: Uint8Array, at: number): void {
  const { personality } = tcb.core;
  const from = at + TCP_HEADER_LEN;
  const end = at + getTcpHeaderLen(b, at);
  const mssAt = findTcpOption(b, from, end, TCP_OPTION_MSS, 4);
  const peerMss = mssAt < 0 ? 0 : getU16be(b, mssAt + 2);
  tcb.mss = Math.max(LEAST_MSS, Math.min(tcb.offeredMss, peerMss === 0 ? personality.defaultMss : peerMss));
  const scaleAt = findTcpOption(b, from, end, TCP_OPTION_WINDOW_SCALE, 3);
  const timestampsAt = findTcpOption(b, from, end, TCP_OPTION_TIMESTAMPS, 10);
  tcb.peerOptions =
    (scaleAt < 0 ? 0 : PEER_WINDOW_SCALE) |
    (findTcpOption(b, from, end, TCP_OPTION_SACK_PERMITTED, 2) < 0 ? 0 : PEER_SACK) |
    (timestampsAt < 0 ? 0 : PEER_TIMESTAMPS);
  const ours = tcb.passive ? personality.synAckOptions : personality.synOptions;
  if (scaleAt >= 0 && (ours.includes("window-scale-0") || ours.includes("window-scale-0-nop"))) tcb.sndShift = Math.min(14, b[scaleAt + 2]);
  if (timestampsAt >= 0) {
    tcb.tsRecent = getU32be(b, timestampsAt + 2);
    tcb.timestamps = ours.includes("timestamps");
  }
}
