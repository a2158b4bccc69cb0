/**
 * UDP datagrams by where they go and what they carry, and the ICMP errors that quote them. A push registration is one
 * destination, port and small payload, so small payloads tell flows apart; everything else to a port is one flow per sender.
 */

import { formatHex } from "@pushback/bytes";
import type { Connection } from "./mail-sessions.ts";

export interface FrameRef {
  readonly frame: number;
  readonly timeUs: number;
}

/** Payloads of up to this many bytes tell flows apart: the largest context of a registration (MS-OXCRPC). */
const CONTEXT_BYTES = 16;
/** Flows that one sender may have to one port before its payloads are taken to be data and no contexts. */
const MAX_PAYLOADS = 8;
/** Datagrams that an ICMP error may still join, per flow. */
const RECENT = 8;
const MAX_GAPS = 256;
/** Frames kept as evidence at the start of a flow. */
const SAMPLE = 3;

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

export class DatagramFlow {
  readonly source: number;
  readonly destination: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payloadLen: number;
  /** The payload where it is small enough to be a context and the same in all datagrams; else `null`. */
  payloadHex: string | null;
  readonly first: FrameRef;
  last: FrameRef;
  count = 0;
  minTtl = 255;
  maxTtl = 0;
  /** Frames of the first few datagrams. */
  readonly sample: FrameRef[] = [];
  /** Microseconds between one datagram and the next; the first so many. */
  readonly gapsUs: number[] = [];

  /** Port unreachables from the destination itself. */
  errors = 0;
  readonly errorSample: FrameRef[] = [];
  lastError: FrameRef | null = null;
  errorTraits: ErrorTraits | null = null;
  /** Errors of other kinds or from other hosts: the sender, type × 256 + code, how many. */
  otherErrors = 0;
  firstOtherError: (FrameRef & { readonly from: number; readonly typeAndCode: number }) | null = null;
  /** A datagram went the other way between the same ports before this flow began: this one answers it. */
  answersQuery: FrameRef | null = null;

  /** The connection whose session registered this destination, port and payload. */
  connection: Connection | null = null;
  /** Datagrams that were followed by a poll. */
  heard = 0;
  /** The latest datagram without poll or error yet. */
  open: FrameRef | null = null;
  /** The first and the last datagram that drew neither. */
  firstSilent: FrameRef | null = null;
  lastSilent: FrameRef | null = null;
  silent = 0;

  readonly #recentIds = new Int32Array(RECENT).fill(-1);
  readonly #recentFrames = new Float64Array(RECENT);
  #next = 0;

  constructor(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    payloadLen: number,
    payloadHex: string | null,
    first: FrameRef,
  ) {
    this.source = source;
    this.destination = destination;
    this.srcPort = srcPort;
    this.dstPort = dstPort;
    this.payloadLen = payloadLen;
    this.payloadHex = payloadHex;
    this.first = first;
    this.last = first;
  }

  add(frame: number, timeUs: number, ipId: number, ttl: number): void {
    if (this.count > 0 && this.gapsUs.length < MAX_GAPS) this.gapsUs.push(timeUs - this.last.timeUs);
    this.settle();
    this.count++;
    const ref = { frame, timeUs };
    this.last = ref;
    this.open = ref;
    if (this.sample.length < SAMPLE) this.sample.push(ref);
    if (ttl < this.minTtl) this.minTtl = ttl;
    if (ttl > this.maxTtl) this.maxTtl = ttl;
    this.#recentIds[this.#next] = ipId;
    this.#recentFrames[this.#next] = frame;
    this.#next = (this.#next + 1) % RECENT;
  }

  /** The latest datagram drew nothing. */
  settle(): void {
    if (!this.open) return;
    this.firstSilent ??= this.open;
    this.lastSilent = this.open;
    this.silent++;
    this.open = null;
  }

  /** The frame of a recent datagram with this IP identification; 0 when there is none. */
  frameOf(ipId: number): number {
    for (let i = 1; i <= RECENT; i++) {
      const at = (this.#next - i + RECENT) % RECENT;
      if (this.#recentIds[at] === ipId) return this.#recentFrames[at];
    }
    return 0;
  }
}

export class DatagramFlows {
  /** By destination and port: 48 bits. */
  readonly #byTarget = new Map<number, DatagramFlow[]>();
  readonly #max: number;
  #count = 0;
  /** Flows that were not kept, for want of room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Every flow, in order of appearance per destination and port. */
  *all(): Generator<DatagramFlow> {
    for (const flows of this.#byTarget.values()) yield* flows;
  }

  toward(address: number, port: number): readonly DatagramFlow[] {
    return this.#byTarget.get(address * 65536 + port) ?? [];
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
    ref: FrameRef,
  ): DatagramFlow | null {
    const key = destination * 65536 + dstPort;
    const flows = this.#byTarget.get(key);
    const small = len <= CONTEXT_BYTES;
    const hex = small ? formatHex(b, at, len) : null;
    let ofSender = 0;
    if (flows) {
      for (const flow of flows) {
        if (flow.source !== source) continue;
        if (flow.payloadHex === hex || flow.payloadLen === -1) return flow;
        ofSender++;
      }
      if (ofSender >= MAX_PAYLOADS) return this.#collapse(flows, source);
    }
    if (this.#count >= this.#max) {
      this.dropped++;
      return null;
    }
    this.#count++;
    const flow = new DatagramFlow(source, destination, srcPort, dstPort, len, hex, ref);
    flow.answersQuery = this.#queryFor(source, destination, srcPort, dstPort);
    if (flows) flows.push(flow);
    else this.#byTarget.set(key, [flow]);
    return flow;
  }

  /** A sender whose payloads are data: its latest flow takes whatever comes. */
  #collapse(flows: readonly DatagramFlow[], source: number): DatagramFlow {
    const flow = flows.findLast((f) => f.source === source) as DatagramFlow;
    flow.payloadHex = null;
    return flow;
  }

  #queryFor(source: number, destination: number, srcPort: number, dstPort: number): FrameRef | null {
    for (const flow of this.toward(source, srcPort)) {
      if (flow.source === destination && flow.srcPort === dstPort) return flow.last;
    }
    return null;
  }
}
