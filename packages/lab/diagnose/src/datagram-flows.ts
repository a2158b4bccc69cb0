/**
 * UDP datagrams by where they go and what they carry, and the ICMP errors that quote them. A push registration is one
 * destination, port and small payload, so small payloads tell flows apart; everything else to a port is one flow per sender.
 * A packet of a known flow allocates nothing.
 */

import { formatHex, getU32be } from "@pushback/bytes";
import type { FrameRef } from "./frame-ref.ts";
import type { Connection } from "./mail-sessions.ts";

/** Payloads of up to this many bytes tell flows apart: the largest context of a registration (MS-OXCRPC). */
const CONTEXT_BYTES = 16;
/** Flows that one sender may have to one port before its payloads are taken to be data and no contexts. */
const MAX_PAYLOADS = 8;
/** Datagrams that an ICMP error may still join, per flow. */
const RECENT = 8;
/** A frame number and an IP identification share a double: identification × this + frame. */
const FRAMES = 2 ** 36;
/** Frames kept as evidence at the start of a flow. */
const SAMPLE = 3;
/** The server's interval where it was not changed (Q159302), and how far the wire may shift a datagram. */
const MINUTE_US = 60_000_000;
const TOLERANCE_US = 1_000_000;

/** What an error says of who sent it. */
export interface ErrorTraits {
  readonly ttl: number;
  /** Bytes of the offending datagram after the quoted IP header. */
  readonly quotedBytes: number;
  /** Whether those are all that the datagram had. */
  readonly quotedWhole: boolean;
  readonly quotedChecksumZero: boolean;
  readonly dontFragment: boolean;
  readonly tos: number;
}

/** One interval, or whole multiples of it, as when single frames are missing. */
export function isOnTheMinute(gapUs: number): boolean {
  return gapUs > MINUTE_US / 2 && Math.abs(gapUs - Math.round(gapUs / MINUTE_US) * MINUTE_US) <= TOLERANCE_US;
}

export class DatagramFlow {
  readonly source: number;
  readonly destination: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payloadLen: number;
  /** The payload where it is small enough to be a context and the same in all datagrams; else `null`. */
  payloadHex: string | null;
  readonly first: FrameRef;
  count = 0;
  minTtl = 255;
  /** Frames of the first few datagrams. */
  readonly sample: FrameRef[] = [];
  /** Gaps between one datagram and the next: whole minutes, and others. */
  gapsOnMinute = 0;
  gapsOff = 0;

  /** Port unreachables from the destination itself. */
  errors = 0;
  firstError: FrameRef | null = null;
  errorTraits: ErrorTraits | null = null;
  /** Errors of other kinds or from other hosts, and the first of them; type × 256 + code. */
  otherErrors = 0;
  firstOtherError: (FrameRef & { readonly from: number; readonly typeAndCode: number }) | null = null;
  /** A datagram went the other way between the same ports before this flow began: this one answers it. */
  answersQuery: FrameRef | null = null;

  /** The connection whose session registered this destination, port and payload. */
  connection: Connection | null = null;
  /** Datagrams that were followed by a poll. */
  heard = 0;
  lastHeardUs = -1;
  /** Datagrams that drew neither a poll nor an error, and when the first and the last of them were sent. */
  silent = 0;
  firstSilentUs = -1;
  lastSilentUs = -1;

  #lastFrame = 0;
  #lastUs = 0;
  /** Whether the latest datagram has drawn nothing yet. */
  #open = false;
  /** The first 16 bytes of a small payload as words, to compare. */
  readonly #words: readonly [number, number, number, number] | null;
  readonly #recent = new Float64Array(RECENT).fill(-1);
  #next = 0;

  constructor(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    b: Uint8Array,
    at: number,
    len: number,
    first: FrameRef,
  ) {
    this.source = source;
    this.destination = destination;
    this.srcPort = srcPort;
    this.dstPort = dstPort;
    this.payloadLen = len;
    this.first = first;
    const small = len <= CONTEXT_BYTES;
    this.payloadHex = small ? formatHex(b, at, len) : null;
    this.#words = small ? [word(b, at, len, 0), word(b, at, len, 4), word(b, at, len, 8), word(b, at, len, 12)] : null;
  }

  get last(): FrameRef {
    return { frame: this.#lastFrame, timeUs: this.#lastUs };
  }

  /** The time of the latest datagram while it has drawn nothing; -1 otherwise. */
  get openSinceUs(): number {
    return this.#open ? this.#lastUs : -1;
  }

  isFrom(source: number, destination: number, dstPort: number): boolean {
    return this.source === source && this.destination === destination && this.dstPort === dstPort;
  }

  /** Whether a datagram with this payload belongs here: the same context, or data after data. */
  carries(b: Uint8Array, at: number, len: number): boolean {
    const words = this.#words;
    if (words === null || this.payloadHex === null) return this.payloadHex === null && (words !== null || len > CONTEXT_BYTES);
    if (len !== this.payloadLen) return false;
    return (
      words[0] === word(b, at, len, 0) &&
      words[1] === word(b, at, len, 4) &&
      words[2] === word(b, at, len, 8) &&
      words[3] === word(b, at, len, 12)
    );
  }

  add(frame: number, timeUs: number, ipId: number, ttl: number): void {
    if (this.count > 0) {
      if (isOnTheMinute(timeUs - this.#lastUs)) this.gapsOnMinute++;
      else this.gapsOff++;
    }
    this.settle();
    this.count++;
    this.#lastFrame = frame;
    this.#lastUs = timeUs;
    this.#open = true;
    if (this.sample.length < SAMPLE) this.sample.push({ frame, timeUs });
    if (ttl < this.minTtl) this.minTtl = ttl;
    this.#recent[this.#next] = ipId * FRAMES + frame;
    this.#next = (this.#next + 1) % RECENT;
  }

  /** A poll followed the latest datagram. */
  hear(): void {
    this.heard++;
    this.lastHeardUs = this.#lastUs;
    this.#open = false;
  }

  /** An error quotes one of the latest datagrams. */
  refuse(frame: number, timeUs: number): void {
    this.errors++;
    this.firstError ??= { frame, timeUs };
    this.#open = false;
  }

  /** The latest datagram drew nothing. */
  settle(): void {
    if (!this.#open) return;
    if (this.firstSilentUs < 0) this.firstSilentUs = this.#lastUs;
    this.lastSilentUs = this.#lastUs;
    this.silent++;
    this.#open = false;
  }

  /** Whether the latest datagram has this IP identification. */
  hasLatestId(ipId: number): boolean {
    return Math.floor(this.#recent[(this.#next + RECENT - 1) % RECENT] / FRAMES) === ipId;
  }

  /** Whether a recent datagram has this IP identification. */
  hasRecentId(ipId: number): boolean {
    for (let i = 0; i < RECENT; i++) if (Math.floor(this.#recent[i] / FRAMES) === ipId) return true;
    return false;
  }
}

/** Four bytes of a payload of `len`, zeros where it ends. */
function word(b: Uint8Array, at: number, len: number, from: number): number {
  if (len >= from + 4) return getU32be(b, at + from);
  let value = 0;
  for (let i = from; i < from + 4; i++) value = value * 256 + (i < len ? b[at + i] : 0);
  return value;
}

/** Among the flows to one port; `null` where this is the first of its kind. */
function flowOfSender(flows: readonly DatagramFlow[], source: number, b: Uint8Array, at: number, len: number): DatagramFlow | null {
  let ofSender = 0;
  // The latest first: a series goes on where it was.
  for (let i = flows.length - 1; i >= 0; i--) {
    const flow = flows[i];
    if (flow.source !== source) continue;
    if (flow.carries(b, at, len)) return flow;
    if (++ofSender >= MAX_PAYLOADS) {
      // Its payloads are data: the latest flow takes whatever comes.
      const latest = flows.findLast((f) => f.source === source) as DatagramFlow;
      latest.payloadHex = null;
      return latest;
    }
  }
  return null;
}

const NO_FLOWS: readonly DatagramFlow[] = [];

export class DatagramFlows {
  /** By destination and port: 48 bits. */
  readonly #byTarget = new Map<number, DatagramFlow[]>();
  readonly #max: number;
  #count = 0;
  /** Of the datagram before: an error mostly follows what it quotes. */
  #latest: DatagramFlow | null = null;
  /** Datagrams whose flow was not kept, for want of room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Every flow, in order of appearance per destination and port. */
  *all(): Generator<DatagramFlow> {
    for (const flows of this.#byTarget.values()) yield* flows;
  }

  toward(address: number, port: number): readonly DatagramFlow[] {
    return this.#byTarget.get(address * 65536 + port) ?? NO_FLOWS;
  }

  /** The flow of a datagram; a new one where there is none yet; `null` where there is no room for it. */
  find(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    b: Uint8Array,
    at: number,
    len: number,
    frame: number,
    timeUs: number,
  ): DatagramFlow | null {
    const key = destination * 65536 + dstPort;
    const flows = this.#byTarget.get(key);
    let flow = flows ? flowOfSender(flows, source, b, at, len) : null;
    if (flow === null && this.#count >= this.#max) this.dropped++;
    else if (flow === null) {
      this.#count++;
      flow = new DatagramFlow(source, destination, srcPort, dstPort, b, at, len, { frame, timeUs });
      flow.answersQuery = this.#queryFor(source, destination, srcPort, dstPort);
      if (flows) flows.push(flow);
      else this.#byTarget.set(key, [flow]);
    }
    this.#latest = flow;
    return flow;
  }

  /** The flow that an error quotes: the one with the datagram of this identification, or else one with these ends, whose datagram passed too long ago. */
  quoted(source: number, destination: number, srcPort: number, dstPort: number, ipId: number): DatagramFlow | null {
    const latest = this.#latest;
    if (latest?.hasLatestId(ipId) && latest.isFrom(source, destination, dstPort)) return latest;
    const flows = this.toward(destination, dstPort);
    let candidate: DatagramFlow | null = null;
    for (let i = flows.length - 1; i >= 0; i--) {
      const flow = flows[i];
      if (flow.source !== source) continue;
      if (flow.hasLatestId(ipId)) return flow;
      if (flow.srcPort === srcPort) candidate = flow;
    }
    return flows.findLast((flow) => flow.source === source && flow.hasRecentId(ipId)) ?? candidate;
  }

  #queryFor(source: number, destination: number, srcPort: number, dstPort: number): FrameRef | null {
    for (const flow of this.toward(source, srcPort)) {
      if (flow.source === destination && flow.srcPort === dstPort) return flow.last;
    }
    return null;
  }
}
