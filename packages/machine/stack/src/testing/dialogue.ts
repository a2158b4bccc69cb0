/**
 * TCP as a timed dialogue: one line per segment. `inject("S seq=100 win=8192 mss=1460")` passes a segment from the peer to the stack
 * now; `expect(at, "SA seq=0 ack=101")` demands that the next segment of the stack leaves at exactly `at` microseconds with these
 * flags and the fields that are named; `expectSilence(at)` that nothing leaves until then. Flags: S F R P A U, or `.` for none.
 */

import type { Personality, TcpConnection, TcpEndCause, TcpHandlers } from "@pushback/host";
import {
  emitTcp,
  getIpv4DontFragment,
  getIpv4Protocol,
  getIpv4Ttl,
  IP_PROTOCOL_TCP,
  parseTcp,
  type TcpOptionRepr,
  type TcpRepr,
} from "@pushback/wire";
import { assert } from "vitest";
import { type Bench, createBench, LOCAL, PEER } from "./bench.ts";

const FLAGS = "FSRPAU";

export interface Dialogue extends Bench {
  inject(line: string): void;
  expect(atUs: number, line: string): void;
  expectSilence(untilUs: number): void;
  /** Callbacks that the program has received, in order. */
  readonly log: string[];
  connection: TcpConnection;
  readonly handlers: TcpHandlers;
  localPort: number;
  remotePort: number;
  send(len: number): void;
  /** The handshake of a passive open to port 80: peer's ISN 100, ours 0, at the present time. */
  accept(syn?: string): void;
  /** The handshake of an active open from port 1024 to 80. */
  connect(synAck?: string): void;
}

export function createDialogue(over: Partial<Personality> = {}): Dialogue {
  const bench = createBench(over);
  const log: string[] = [];
  const handlers: TcpHandlers = {
    onConnected: () => log.push("connected"),
    onData: (_b, _at, len) => log.push(`data ${len}`),
    onEnd: () => log.push("end"),
    onClosed: (cause: TcpEndCause) => log.push(`closed ${cause}`),
  };
  const next = () => bench.card.sent.findIndex((frame) => getIpv4Protocol(frame.bytes, 14) === IP_PROTOCOL_TCP && frame.bytes[13] === 0);
  const dialogue: Dialogue = {
    ...bench,
    log,
    handlers,
    connection: null as unknown as TcpConnection,
    localPort: 80,
    remotePort: 2000,
    inject(line) {
      bench.datagram(IP_PROTOCOL_TCP, segmentOf(line, dialogue.remotePort, dialogue.localPort));
    },
    expect(atUs, line) {
      if (atUs >= bench.sim.nowUs()) bench.sim.runUntil(atUs);
      const i = next();
      assert(i >= 0, `at ${atUs} expected "${line}", nothing was sent`);
      const [frame] = bench.card.sent.splice(i, 1);
      const fields = fieldsOf(frame.bytes);
      const wanted = line.split(" ");
      const actual = wanted.map((word, k) => (k === 0 ? fields["flags"] : `${word.split("=")[0]}=${fields[word.split("=")[0]]}`)).join(" ");
      assert.deepEqual({ atUs: frame.atUs, segment: actual }, { atUs, segment: line });
    },
    expectSilence(untilUs) {
      if (untilUs > bench.sim.nowUs()) bench.sim.runUntil(untilUs);
      const i = next();
      assert(i < 0, i < 0 ? "" : `unexpected at ${bench.card.sent[i].atUs}: ${JSON.stringify(fieldsOf(bench.card.sent[i].bytes))}`);
    },
    send(len) {
      dialogue.connection.send(new Uint8Array(len).fill(0x41));
    },
    accept(syn = "S seq=100 win=8192 mss=1460") {
      bench.stack.host.listenTcp(80, {
        onAccept: (connection) => {
          dialogue.connection = connection;
          log.push("accepted");
          return handlers;
        },
      });
      const now = bench.sim.nowUs();
      dialogue.inject(syn);
      dialogue.expect(now, "SA seq=0 ack=101");
      dialogue.inject(`A seq=101 ack=1 win=${/win=(\d+)/.exec(syn)?.[1] ?? 0}`);
    },
    connect(synAck = "SA seq=100 ack=1 win=8192 mss=1460") {
      dialogue.localPort = 1024;
      dialogue.remotePort = 80;
      const now = bench.sim.nowUs();
      dialogue.connection = bench.stack.host.connectTcp(PEER, 80, handlers);
      dialogue.expect(now, "S seq=0");
      dialogue.inject(synAck);
      dialogue.expect(now, "A seq=1 ack=101");
    },
  };
  return dialogue;
}

/** A segment from PEER with its checksum, by the line's words. */
export function segmentOf(line: string, srcPort: number, dstPort: number): Uint8Array {
  const [flagWord, ...words] = line.split(" ");
  const value = new Map(words.map((word) => word.split("=") as [string, string]));
  const number = (key: string, otherwise: number) => Number(value.get(key) ?? otherwise);
  let flags = 0;
  for (const letter of flagWord) if (letter !== ".") flags |= 1 << FLAGS.indexOf(letter);
  const options: TcpOptionRepr[] = [];
  if (value.has("mss")) options.push({ kind: "mss", mss: number("mss", 0) });
  if (value.has("ws")) options.push({ kind: "window-scale", shift: number("ws", 0) });
  if (value.has("sackok")) options.push({ kind: "sack-permitted" });
  if (value.has("ts")) options.push({ kind: "timestamps", value: number("ts", 0), echo: number("ecr", 0) });
  const repr: TcpRepr = {
    srcPort: number("sport", srcPort),
    dstPort: number("dport", dstPort),
    seq: number("seq", 0) >>> 0,
    ack: number("ack", 0) >>> 0,
    flags,
    window: number("win", 0),
    urgent: number("urg", 0),
    options,
    payloadLen: number("len", 0),
  };
  const b = new Uint8Array(120 + repr.payloadLen).fill(0x42);
  const payloadAt = emitTcp(repr, b, 0, PEER, LOCAL);
  return b.slice(0, payloadAt + repr.payloadLen);
}

function fieldsOf(frame: Uint8Array): Record<string, string> {
  const at = 34;
  const totalLen = (frame[16] << 8) | frame[17];
  const tcp = parseTcp(frame, at, totalLen - 20);
  const names = tcp.options.map((option) => (option.kind === "end" ? `end${option.len}` : option.kind)).join(",");
  const mss = tcp.options.find((option) => option.kind === "mss");
  const timestamps = tcp.options.find((option) => option.kind === "timestamps");
  const text = frame.slice(14 + totalLen - tcp.payloadLen, 14 + totalLen);
  return {
    flags:
      [...FLAGS]
        .filter((_, i) => tcp.flags & (1 << i))
        .sort((a, b) => "SFRPAU".indexOf(a) - "SFRPAU".indexOf(b))
        .join("") || ".",
    seq: `${tcp.seq}`,
    ack: `${tcp.ack}`,
    win: `${tcp.window}`,
    len: `${tcp.payloadLen}`,
    mss: `${mss?.mss}`,
    opts: names,
    ts: `${timestamps?.value}`,
    ecr: `${timestamps?.echo}`,
    ttl: `${getIpv4Ttl(frame, 14)}`,
    df: `${getIpv4DontFragment(frame, 14) ? 1 : 0}`,
    sport: `${tcp.srcPort}`,
    dport: `${tcp.dstPort}`,
    text: String.fromCharCode(...text).replaceAll(" ", "_"),
  };
}
