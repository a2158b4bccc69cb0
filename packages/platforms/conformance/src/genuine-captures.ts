/**
 * Regression against public captures of genuine machines. The captures stay outside the project; a row holds what one of them shows, as literal header
 * values or time differences. Each names its capture, and the frame where the frame is known.
 */

import type { PlatformVariant, TcpConnection } from "@pushback/host";
import { TCP_ACK, TCP_RST, TCP_SYN } from "@pushback/wire";
import { expect, test } from "vitest";
import { bootedBench, PEER_ADDRESS, type PlatformBench, SECOND } from "./bench.ts";
import { type ReadFrame, tcpFrame } from "./frames.ts";

export interface GenuineRow {
  readonly capture: string;
  /** Number of a frame that shows the behaviour; `null` if the capture's facts name none. */
  readonly frame: number | null;
  readonly what: string;
  /** Measured on the machine; an assertion error tells what differs. */
  readonly check: (variant: PlatformVariant) => void;
}

/** One test for each row. */
export function testGenuineRows(variant: PlatformVariant, rows: readonly GenuineRow[]): void {
  test.each(rows.map((row) => [row.capture, row.frame === null ? "" : ` frame ${row.frame}`, row.what, row] as const))(
    `${variant.id}: %s%s: %s`,
    (_capture, _frame, _what, row) => row.check(variant),
  );
}

const OPEN_PORT = 7000;
const PEER_PORT = 2000;
const MSS = { kind: "mss", mss: 1460 } as const;

/** A program's datagram as the machine sends it. */
export function sentDatagram(variant: PlatformVariant): ReadFrame {
  const bench = bootedBench(variant);
  bench
    .host()
    .openUdp(0, { onDatagram() {} })
    .send(new Uint8Array(8), PEER_ADDRESS, 53);
  bench.runFor(1000);
  return bench.take()[0];
}

/** Opens a connection that the peer refuses at once. Returns the gaps between the SYNs in seconds, and the cause of the end. */
export function refusedConnect(variant: PlatformVariant): { readonly gaps: number[]; readonly cause: string } {
  const bench = bootedBench(variant);
  const times: number[] = [];
  let cause = "open";
  bench.host().connectTcp(PEER_ADDRESS, 80, { onData() {}, onClosed: (ended) => (cause = ended) });
  for (let i = 0; i < 5_000; i++) {
    bench.runFor(1000);
    for (const { tcp, atUs } of bench.take()) {
      if (tcp?.flags !== TCP_SYN) continue;
      times.push(atUs / SECOND);
      bench.send(tcpFrame({ srcPort: 80, dstPort: tcp.srcPort, flags: TCP_RST | TCP_ACK, ack: (tcp.seq + 1) >>> 0 }), 0);
    }
  }
  return { gaps: times.slice(1).map((time, i) => time - times[i]), cause };
}

/** An accepted connection: the machine's connection, and a function that sends a segment of the peer `len` bytes long. */
function accept(bench: PlatformBench): { readonly connection: TcpConnection; readonly say: (seq: number, len: number) => void } {
  const accepted: TcpConnection[] = [];
  bench.host().listenTcp(OPEN_PORT, {
    onAccept(connection) {
      accepted.push(connection);
      return { onData() {}, onClosed() {} };
    },
  });
  bench.runFor(1000);
  const [synAck] = bench.ask(tcpFrame({ srcPort: PEER_PORT, dstPort: OPEN_PORT, flags: TCP_SYN, seq: 1, window: 65535, options: [MSS] }));
  const ack = ((synAck.tcp?.seq ?? 0) + 1) >>> 0;
  const say = (seq: number, len: number) =>
    bench.send(tcpFrame({ srcPort: PEER_PORT, dstPort: OPEN_PORT, flags: TCP_ACK, seq, ack, window: 65535 }, {}, new Uint8Array(len)), 0);
  say(2, 0);
  bench.runFor(1000);
  bench.take();
  if (accepted.length !== 1) throw new Error("the machine accepted no connection");
  return { connection: accepted[0], say };
}

/** Segments that the machine sends after the handshake before an acknowledgment comes. */
export function firstFlight(variant: PlatformVariant): number {
  const bench = bootedBench(variant);
  const { connection } = accept(bench);
  connection.send(new Uint8Array(14_600));
  bench.runFor(100_000);
  return bench.take().length;
}

/** How long the acknowledgment of one segment waits, in milliseconds, for segments that come at different moments. */
export function acknowledgmentDelays(variant: PlatformVariant): number[] {
  return [0, 13, 37, 61, 88, 99].map((laterMs) => {
    const bench = bootedBench(variant);
    const { say } = accept(bench);
    bench.runFor(laterMs * 1000);
    const at = bench.nowUs;
    say(2, 10);
    bench.runFor(SECOND);
    return (bench.take()[0].atUs - at) / 1000;
  });
}

/** How much the ISN gains from one connect to the next, one second later. */
export function isnGains(variant: PlatformVariant): number[] {
  const bench = bootedBench(variant);
  const numbers = Array.from({ length: 40 }, () => {
    bench.host().connectTcp(PEER_ADDRESS, 80, { onData() {}, onClosed() {} });
    bench.runFor(1000);
    const [syn] = bench.take();
    bench.runFor(SECOND - 1000);
    bench.take();
    return syn.tcp?.seq ?? 0;
  });
  return numbers.slice(1).map((number, i) => (number - numbers[i]) >>> 0);
}

/** Every value lies from `low` to `high`. */
export function expectWithin(values: readonly number[], low: number, high: number): void {
  expect(values.filter((value) => value < low || value > high)).toEqual([]);
  expect(values.length).toBeGreaterThan(0);
}
