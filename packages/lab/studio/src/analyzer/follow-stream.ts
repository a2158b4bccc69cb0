/** The payload of one conversation: a TCP connection's bytes in sequence, datagrams with their ICMP errors, or echoes. */

import type { CapturedPacket } from "@pushback/capture";
import type { FrameClass, FrameStream } from "@pushback/dissect";
import type { FollowedPart, FollowedStream } from "./analyzer-api.ts";
import { FieldPicker } from "./field-values.ts";

/** Bytes that are handed over of one conversation, and frames that are looked at. */
const MAX_BYTES = 2 << 20;
const MAX_FRAMES = 100_000;

export interface FollowSource {
  packetOf(frame: number): CapturedPacket;
  classOf(frame: number): FrameClass;
  infoOf(frame: number): string;
}

interface Segment {
  readonly frame: number;
  readonly timeUs: number;
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** How far `a` lies after `b`, in sequence numbers of 32 bits. */
const ahead = (a: number, b: number): number => (a - b) | 0;

/** One direction of a connection: retransmitted bytes are dropped, and out-of-order bytes wait for the missing ones. */
class Direction {
  #next = -1;
  #waiting: Segment[] = [];
  readonly #from: 0 | 1;
  readonly #out: FollowedPart[];

  constructor(from: 0 | 1, out: FollowedPart[]) {
    this.#from = from;
    this.#out = out;
  }

  syn(seq: number): void {
    this.#next = (seq + 1) >>> 0;
  }

  data(segment: Segment): void {
    if (this.#next < 0) this.#next = segment.seq;
    if (ahead(segment.seq, this.#next) > 0) {
      this.#waiting.push(segment);
      return;
    }
    this.#take(segment, 0);
    this.#drain();
  }

  /** At the end of the capture: delivers the waiting bytes, with the gap before them. */
  end(): void {
    this.#waiting.sort((a, b) => ahead(a.seq, b.seq));
    for (const segment of this.#waiting) {
      const missing = Math.max(0, ahead(segment.seq, this.#next));
      if (missing > 0) this.#next = segment.seq;
      this.#take(segment, missing);
    }
    this.#waiting = [];
  }

  #drain(): void {
    for (let i = this.#waiting.findIndex((s) => ahead(s.seq, this.#next) <= 0); i >= 0; ) {
      const [segment] = this.#waiting.splice(i, 1);
      this.#take(segment, 0);
      i = this.#waiting.findIndex((s) => ahead(s.seq, this.#next) <= 0);
    }
  }

  #take({ frame, timeUs, seq, bytes }: Segment, missing: number): void {
    const known = ahead(this.#next, seq);
    if (known >= bytes.length) return;
    const fresh = bytes.subarray(known);
    this.#next = (seq + bytes.length) >>> 0;
    this.#out.push({ frame, timeUs, from: this.#from, bytes: fresh, missing, remark: null });
  }
}

function endsOf(source: string, srcPort: string, destination: string, dstPort: string): [string, string] {
  return [`${source}:${srcPort}`, `${destination}:${dstPort}`];
}

function whole(parts: FollowedPart[]): { parts: FollowedPart[]; cut: boolean } {
  let left = MAX_BYTES;
  const kept = parts.filter((part) => {
    left -= part.bytes.length;
    return left >= 0;
  });
  return { parts: kept, cut: kept.length < parts.length };
}

function followTcp(frames: readonly number[], stream: number, source: FollowSource): FollowedStream {
  const picker = new FieldPicker(["ip.src", "ip.dst", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.payload", "tcp.flags.syn"]);
  const parts: FollowedPart[] = [];
  const directions = [new Direction(0, parts), new Direction(1, parts)] as const;
  let ends: [string, string] | null = null;
  for (const frame of frames.slice(0, MAX_FRAMES)) {
    const p = source.packetOf(frame);
    const v = picker.pick(p);
    const text = (name: string) => v.get(name)?.text ?? "";
    const own = endsOf(text("ip.src"), text("tcp.srcport"), text("ip.dst"), text("tcp.dstport"));
    ends ??= own;
    const direction = directions[own[0] === ends[0] ? 0 : 1];
    const seq = v.get("tcp.seq_raw")?.number ?? 0;
    if (v.get("tcp.flags.syn")?.number === 1) direction.syn(seq);
    const payload = v.get("tcp.payload");
    if (!payload || payload.len === 0) continue;
    const at = p.at + payload.at;
    direction.data({ frame, timeUs: p.timeUs, seq, bytes: p.bytes.slice(at, at + payload.len) });
  }
  for (const direction of directions) direction.end();
  const { parts: kept, cut } = whole(parts);
  return {
    title: `TCP connection ${stream}`,
    filter: `tcp.stream == ${stream}`,
    ends: ends ?? ["", ""],
    parts: kept,
    frames: frames.length,
    cut: cut || frames.length > MAX_FRAMES,
  };
}

function followUdp(frames: readonly number[], stream: number, source: FollowSource): FollowedStream {
  const picker = new FieldPicker(["ip.src", "ip.dst", "udp.srcport", "udp.dstport", "udp.payload"]);
  const parts: FollowedPart[] = [];
  let ends: [string, string] | null = null;
  for (const frame of frames.slice(0, MAX_FRAMES)) {
    const p = source.packetOf(frame);
    const { timeUs } = p;
    const v = picker.pick(p);
    const text = (name: string) => v.get(name)?.text ?? "";
    if (source.classOf(frame) === "icmp-error") {
      const from = ends && `${text("ip.src")}:` === ends[0].slice(0, ends[0].lastIndexOf(":") + 1) ? 0 : 1;
      parts.push({ frame, timeUs, from, bytes: new Uint8Array(0), missing: 0, remark: source.infoOf(frame) });
      // A stream that begins with an ICMP error is named by the quoted datagram, which went the other way.
      ends ??= endsOf(text("ip.dst"), text("udp.srcport"), text("ip.src"), text("udp.dstport"));
      continue;
    }
    const own = endsOf(text("ip.src"), text("udp.srcport"), text("ip.dst"), text("udp.dstport"));
    ends ??= own;
    const payload = v.get("udp.payload");
    const at = p.at + (payload?.at ?? 0);
    parts.push({
      frame,
      timeUs,
      from: own[0] === ends[0] ? 0 : 1,
      bytes: p.bytes.slice(at, at + (payload?.len ?? 0)),
      missing: 0,
      remark: null,
    });
  }
  const { parts: kept, cut } = whole(parts);
  return {
    title: `UDP conversation ${stream}`,
    filter: `udp.stream == ${stream}`,
    ends: ends ?? ["", ""],
    parts: kept,
    frames: frames.length,
    cut: cut || frames.length > MAX_FRAMES,
  };
}

/** The contents of a TCP or UDP conversation, in order. */
export function followStream({ protocol, stream }: FrameStream, frames: readonly number[], source: FollowSource): FollowedStream {
  return protocol === "tcp" ? followTcp(frames, stream, source) : followUdp(frames, stream, source);
}

/** Echo requests and replies of one identifier between two addresses; `null` if the frame is not one of them. */
export function followEcho(frame: number, icmpFrames: Iterable<number>, source: FollowSource): FollowedStream | null {
  const picker = new FieldPicker(["ip.src", "ip.dst", "icmp.ident", "icmp", "data.data"]);
  const own = picker.pick(source.packetOf(frame));
  const ident = own.get("icmp.ident")?.text;
  const a = own.get("ip.src")?.text;
  const b = own.get("ip.dst")?.text;
  if (ident === undefined || a === undefined || b === undefined) return null;
  const parts: FollowedPart[] = [];
  let first: string | null = null;
  for (const other of icmpFrames) {
    const p = source.packetOf(other);
    const v = picker.pick(p);
    const from = v.get("ip.src")?.text;
    const to = v.get("ip.dst")?.text;
    if (v.get("icmp.ident")?.text !== ident || !((from === a && to === b) || (from === b && to === a))) continue;
    first ??= from;
    const data = v.get("data.data");
    const at = p.at + (data?.at ?? 0);
    const bytes = p.bytes.slice(at, at + (data?.len ?? 0));
    parts.push({ frame: other, timeUs: p.timeUs, from: from === first ? 0 : 1, bytes, missing: 0, remark: source.infoOf(other) });
    if (parts.length >= MAX_FRAMES) break;
  }
  const { parts: kept, cut } = whole(parts);
  return {
    title: `ICMP echo, identifier ${ident}`,
    filter: `icmp.ident == ${ident} && ip.addr == ${a} && ip.addr == ${b}`,
    ends: [first ?? a, first === b ? a : b],
    parts: kept,
    frames: parts.length,
    cut,
  };
}
