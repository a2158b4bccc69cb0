/** Changes to frames of a recording, as other networks and other ways to capture make them; checksums stay right. */

import { internetChecksum, putU16be, putU32be } from "@pushback/bytes";
import {
  ETHERTYPE_IPV4,
  getEtherType,
  getIpv4HeaderLen,
  getIpv4Protocol,
  getIpv4TotalLen,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  putTcpChecksum,
} from "@pushback/wire";
import type { TimedFrame } from "./capture-mix.ts";

const ETHERNET = 14;

/** Offset of the IPv4 header; -1 for what is no IPv4 in Ethernet II. */
function ipv4At({ bytes }: TimedFrame): number {
  return bytes.length >= ETHERNET + 20 && getEtherType(bytes, 0) === ETHERTYPE_IPV4 ? ETHERNET : -1;
}

function protocolOf(frame: TimedFrame): number {
  return ipv4At(frame) < 0 ? -1 : getIpv4Protocol(frame.bytes, ETHERNET);
}

export const isIcmp = (frame: TimedFrame): boolean => protocolOf(frame) === IP_PROTOCOL_ICMP;
export const isTcp = (frame: TimedFrame): boolean => protocolOf(frame) === IP_PROTOCOL_TCP;
export const isUdp = (frame: TimedFrame): boolean => protocolOf(frame) === IP_PROTOCOL_UDP;

/** The frames with a tag of this VLAN (IEEE 802.1Q). */
export function tagged(frames: readonly TimedFrame[], vlan: number): TimedFrame[] {
  return frames.map(({ timeUs, bytes }) => {
    const out = new Uint8Array(bytes.length + 4);
    out.set(bytes.subarray(0, 12));
    putU16be(out, 12, 0x8100);
    putU16be(out, 14, vlan);
    out.set(bytes.subarray(12), 16);
    return { timeUs, bytes: out };
  });
}

/** Replaces the link header of each frame; `header` returns the new one. With `onlyIp`, frames without IPv4 are dropped. */
export function relinked(frames: readonly TimedFrame[], header: (ethernet: Uint8Array) => Uint8Array, onlyIp = false): TimedFrame[] {
  return frames
    .filter((frame) => !onlyIp || ipv4At(frame) >= 0)
    .map(({ timeUs, bytes }) => {
      const link = header(bytes.subarray(0, ETHERNET));
      const out = new Uint8Array(link.length + bytes.length - ETHERNET);
      out.set(link);
      out.set(bytes.subarray(ETHERNET), link.length);
      return { timeUs, bytes: out };
    });
}

/** LINKTYPE_LINUX_SLL: incoming, an Ethernet card, its address, the protocol. */
export function linuxCooked(ethernet: Uint8Array): Uint8Array {
  const header = new Uint8Array(16);
  putU16be(header, 2, 1);
  putU16be(header, 4, 6);
  header.set(ethernet.subarray(6, 12), 6);
  header.set(ethernet.subarray(12, 14), 14);
  return header;
}

/** The header of LINKTYPE_LINUX_SLL2: the fields of `linuxCooked` in another order, with the interface's number. */
export function linuxCooked2(ethernet: Uint8Array): Uint8Array {
  const header = new Uint8Array(20);
  header.set(ethernet.subarray(12, 14), 0);
  putU32be(header, 4, 2);
  putU16be(header, 8, 1);
  header[11] = 6;
  header.set(ethernet.subarray(6, 12), 12);
  return header;
}

function sealed(frame: TimedFrame, change: (bytes: Uint8Array) => void): TimedFrame {
  const bytes = frame.bytes.slice();
  change(bytes);
  putU16be(bytes, ETHERNET + 10, 0);
  putU16be(bytes, ETHERNET + 10, internetChecksum(bytes, ETHERNET, 20));
  const at = ETHERNET + getIpv4HeaderLen(bytes, ETHERNET);
  putTcpChecksum(bytes, at, ETHERNET + getIpv4TotalLen(bytes, ETHERNET) - at, addressAt(bytes, 26), addressAt(bytes, 30));
  return { timeUs: frame.timeUs, bytes };
}

function addressAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** TCP segments as a translating router sends them: the address `inside` becomes `outside` in the headers, and is unchanged inside the messages. */
export function translated(frames: readonly TimedFrame[], inside: number, outside: number): TimedFrame[] {
  return frames.map((frame) =>
    isTcp(frame)
      ? sealed(frame, (bytes) => {
          for (const at of [ETHERNET + 12, ETHERNET + 16]) if (addressAt(bytes, at) === inside) putU32be(bytes, at, outside);
        })
      : frame,
  );
}

/** TCP payloads with one text in place of another of the same length. */
export function reworded(frames: readonly TimedFrame[], from: string, to: string): TimedFrame[] {
  if (from.length !== to.length) throw new Error(`${to} has another length than ${from}`);
  const text = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return frames.map((frame) => {
    const at = isTcp(frame) ? text(frame.bytes).indexOf(from) : -1;
    if (at < 0) return frame;
    return sealed(frame, (bytes) => {
      for (let i = 0; i < to.length; i++) bytes[at + i] = to.charCodeAt(i);
    });
  });
}

/** The datagram once more, at another time and with another IP identification. */
export function resent(frame: TimedFrame, timeUs: number, id: number): TimedFrame {
  const bytes = frame.bytes.slice();
  putU16be(bytes, ETHERNET + 4, id);
  putU16be(bytes, ETHERNET + 10, 0);
  putU16be(bytes, ETHERNET + 10, internetChecksum(bytes, ETHERNET, 20));
  return { timeUs, bytes };
}
