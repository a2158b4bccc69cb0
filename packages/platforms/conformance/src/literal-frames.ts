/**
 * Frames of the peer, written out, that the test of every platform sends. The machine under test is 10.1.9.101, hardware address 02:00:0a:01:09:65;
 * the peer 10.1.9.10, 02:00:0a:01:09:0a. Checksums follow RFC 1071.
 */

import { formatHex } from "@pushback/bytes";
import type { PlatformVariant } from "@pushback/host";
import { TCP_ACK, TCP_FIN, TCP_SYN } from "@pushback/wire";
import { bootedBench, PEER_ADDRESS, SECOND } from "./bench.ts";
import { tcpFrame } from "./frames.ts";

/** A push datagram, port 1026 to 1037: eight bytes of context, 36 bytes of IP. */
export const PUSH = `
  02000a010965 02000a01090a 0800
  4500 0024 1a2b 0000 80 11 fa2d 0a01090a 0a010965
  0402 040d 0010 c3de d84c130040a3e17f
`;

/** A push datagram with a context of sixteen bytes: 44 bytes of IP. */
export const PUSH_OF_16 = `
  02000a010965 02000a01090a 0800
  4500 002c 1a2b 0000 80 11 fa25 0a01090a 0a010965
  0402 040d 0018 148d d84c130040a3e17f 50117a0020b0c47f
`;

/** A keep-alive probe, port 1025 to 1029: an ACK whose sequence number is one less than the next one. */
export const KEEPALIVE_PROBE = `
  02000a010965 02000a01090a 0800
  4500 0028 2b1a 4000 80 06 a945 0a01090a 0a010965
  0401 0405 0012d687 0009fbf1 5010 2238 8c91 0000
`;

/** A SYN to port 7000, MSS 1460. */
export const SYN = `
  02000a010965 02000a01090a 0800
  4500 002c 2b1b 4000 80 06 a940 0a01090a 0a010965
  044c 1b58 01020304 00000000 6002 2000 2e0c 0000 020405b4
`;

/** A SYN to port 4999, a closed port. */
export const SYN_TO_CLOSED = `
  02000a010965 02000a01090a 0800
  4500 002c 2b1b 4000 80 06 a940 0a01090a 0a010965
  044c 1387 01020304 00000000 6002 2000 35dd 0000 020405b4
`;

/** The port on which `answersTo` opens a listener. */
const OPEN_PORT = 7000;

/** Answers of a machine to a frame in hexadecimal, 660 seconds after power-on. They are the first IP datagrams that the machine sends. */
export function answersTo(variant: PlatformVariant, hex: string): string[] {
  const bench = bootedBench(variant);
  bench.listen(OPEN_PORT);
  return bench.askHex(hex);
}

/** The SYN of a program that connects to port 135 of the peer 660.01 seconds after power-on. */
export function firstSyn(variant: PlatformVariant): string {
  const bench = bootedBench(variant);
  bench.host().connectTcp(PEER_ADDRESS, 135, { onData: () => {}, onClosed: () => {} });
  bench.runFor(1000);
  return bench
    .take()
    .map((frame) => formatHex(frame.bytes))
    .join(" ");
}

/** Times at which an unanswered SYN is sent, and at which the machine gives up, in seconds. */
export function synSchedule(variant: PlatformVariant): { readonly sentAt: number[]; readonly givenUpAt: number } {
  const bench = bootedBench(variant);
  const startUs = bench.nowUs;
  let endUs = -1;
  bench.host().connectTcp(PEER_ADDRESS, 135, {
    onData: () => {},
    onClosed: () => {
      endUs = bench.nowUs;
    },
  });
  bench.runFor(900 * SECOND);
  const sentAt = bench.take().flatMap((f) => (f.tcp ? [(f.atUs - startUs) / SECOND] : []));
  return { sentAt, givenUpAt: (endUs - startUs) / SECOND };
}

const PEER_PORT = 135;
const PEER_SEQ = 1000;

/** A connection of the machine to the peer, whose SYN the peer answered at once. */
function connectedBench(variant: PlatformVariant, onClosed: () => void = () => {}) {
  const bench = bootedBench(variant);
  const connection = bench.host().connectTcp(PEER_ADDRESS, PEER_PORT, { onData: () => {}, onClosed });
  bench.runFor(1000);
  const [syn] = bench.take();
  const next = ((syn.tcp?.seq ?? 0) + 1) >>> 0;
  const ends = { srcPort: PEER_PORT, dstPort: syn.tcp?.srcPort ?? 0 };
  bench.ask(tcpFrame({ ...ends, flags: TCP_SYN | TCP_ACK, seq: PEER_SEQ, ack: next }));
  return { bench, connection, ends, next };
}

/** Seconds, to the millisecond: a frame may wait for the peer's hardware address first. */
const seconds = (us: number): number => Math.round(us / 1000) / 1000;

/** Times at which data without an answer is sent, and at which the machine gives up, in seconds. The round trip of the handshake was 0.2 ms. */
export function dataSchedule(variant: PlatformVariant): { readonly sentAt: number[]; readonly givenUpAt: number } {
  let endUs = -1;
  const { bench, connection } = connectedBench(variant, () => {
    endUs = bench.nowUs;
  });
  const startUs = bench.nowUs;
  connection.send(new Uint8Array(8));
  bench.runFor(3600 * SECOND);
  const sent = bench.take().filter((f) => f.tcp !== null && f.tcp.payloadLen === 8);
  return { sentAt: sent.map((f) => seconds(f.atUs - startUs)), givenUpAt: seconds(endUs - startUs) };
}

/** The first probe of an idle connection with the machine's own keep-alive: seconds after the handshake, and its bytes of data. */
export function idleProbe(variant: PlatformVariant): { readonly after: number; readonly bytes: number } {
  const { bench, connection } = connectedBench(variant);
  connection.setKeepAlive();
  const startUs = bench.nowUs;
  bench.runFor(7300 * SECOND);
  const probe = bench.take().find((f) => f.tcp !== null);
  return { after: Math.round(((probe?.atUs ?? -1) - startUs) / SECOND), bytes: probe?.tcp?.payloadLen ?? -1 };
}

/** Seconds from the last segment of a connection that the machine closes first until its port is free again. */
export function timeWait(variant: PlatformVariant): number {
  const { bench, connection, ends, next } = connectedBench(variant);
  connection.close();
  bench.runFor(10_000);
  const ack = (next + 1) >>> 0;
  bench.ask(tcpFrame({ ...ends, flags: TCP_ACK, seq: PEER_SEQ + 1, ack }));
  bench.ask(tcpFrame({ ...ends, flags: TCP_ACK | TCP_FIN, seq: PEER_SEQ + 1, ack }));
  const startUs = bench.nowUs;
  bench.runFor(600 * SECOND);
  const freed = bench.events.find(({ event }) => event.type === "port-closed" && event.port === ends.dstPort);
  return Math.round(((freed?.atUs ?? -1) - startUs) / SECOND);
}
