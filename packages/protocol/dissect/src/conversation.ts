/** State of UDP and TCP conversations: their stream index and, for TCP, what relative sequence numbers and times count from. */

import type { RopRequest } from "@pushback/mapi";
import { TCP_ACK, TCP_SYN } from "@pushback/wire";
import { IpFragments } from "./ip-fragments.ts";
import type { Pieces } from "./pieces.ts";
import { TCP_MARKS, TcpAnalysis, TcpSideAnalysis, type TcpTiming } from "./tcp-analysis.ts";

/** Most conversations of each protocol that are remembered; the oldest is dropped. */
const MAX_CONVERSATIONS = 65_536;
/** Most requests of one conversation whose opnum is remembered. */
const MAX_CALLS = 64;
/** Most tables of one conversation whose columns are remembered. */
const MAX_TABLES = 256;

/** The beginning of a message: a piece of each segment so far. */
export interface BegunMessage extends Pieces {
  /** Index of its protocol in `Dispatch.framed`. */
  readonly framed: number;
  /** Length in bytes of the whole message; -1 while its header is incomplete. */
  readonly messageBytes: number;
  /** Sequence number of the next byte of the incomplete message. */
  readonly nextSeq: number;
}

/** The beginning of a call's stub: a piece of each fragment so far. */
export interface BegunStub extends Pieces {
  readonly callId: number;
}

/** One direction of a TCP conversation. */
export class TcpSide {
  analysis = new TcpSideAnalysis();
  /** The beginning of a message whose rest is still to come. Replaced, never changed. */
  begun: BegunMessage | null = null;
  /** Sequence numbers of the first byte, and of the byte after the last, of the latest segment that held whole messages only; -1 if there was none yet. */
  wholeSeq = -1;
  wholeEnd = -1;
  /** The beginning of a stub that is split over several PDUs. Replaced, never changed. */
  stub: BegunStub | null = null;

  copy(): TcpSide {
    return Object.assign(new TcpSide(), this, { analysis: this.analysis.copy() });
  }
}

/** A DCE/RPC request, kept until its response comes. */
export interface RememberedCall {
  readonly opnum: number;
  readonly frame: number;
  readonly timeUs: number;
  /** The ROPs of an EcDoRpc request; `null` for other calls. */
  rops: RopBufferRequests | null;
}

/** The requests of an EcDoRpc and its handle table, which the response's ROPs refer to. */
export interface RopBufferRequests {
  readonly requests: readonly RopRequest[];
  readonly handles: readonly number[];
}

/** What is remembered of one TCP connection: both sides, and the DCE/RPC calls and ROP sessions on it. */
export class TcpConversation {
  readonly stream: number;
  readonly firstUs: number;
  lastUs: number;
  lastNs: number;
  readonly firstNs: number;
  readonly timing: TcpTiming = { synUs: -1, synNs: 0, initialRttNs: -1 };
  /** Index 0: segments from the end with the lower address and port. Index 1: segments from the other end. */
  readonly sides: readonly [TcpSide, TcpSide];

  /** The latest DCE/RPC requests by call id, which is all that a response says about its request. */
  readonly #calls = new Map<number, RememberedCall>();
  /** Columns of tables, by the table's handle. */
  readonly #columns = new Map<number, readonly number[]>();
  /** LogonIds are bytes: there are no more than 256. */
  readonly #publicLogons = new Set<number>();

  constructor(stream: number, timeUs: number, timeNs = 0, sides: readonly [TcpSide, TcpSide] = [new TcpSide(), new TcpSide()]) {
    this.stream = stream;
    this.firstUs = timeUs;
    this.lastUs = timeUs;
    this.firstNs = timeNs;
    this.lastNs = timeNs;
    this.sides = sides;
  }

  /** A copy of the present state, to continue from later. */
  copy(): TcpConversation {
    const copy = new TcpConversation(this.stream, this.firstUs, this.firstNs, [this.sides[0].copy(), this.sides[1].copy()]);
    copy.lastUs = this.lastUs;
    copy.lastNs = this.lastNs;
    Object.assign(copy.timing, this.timing);
    for (const [callId, call] of this.#calls) copy.#calls.set(callId, call);
    for (const [handle, tags] of this.#columns) copy.#columns.set(handle, tags);
    for (const logonId of this.#publicLogons) copy.#publicLogons.add(logonId);
    for (const [contextId, uuid] of this.interfaces) copy.interfaces.set(contextId, uuid);
    return copy;
  }

  /** UUIDs of interfaces, by the presentation contexts for which binds offered them. Ids are of 16 bits: there are few. */
  readonly interfaces = new Map<number, string>();

  /** Remembers a request until its response comes. Only the latest requests are kept. */
  request(callId: number, call: RememberedCall): void {
    remember(this.#calls, callId, call, MAX_CALLS);
  }

  /** The request with this call id; `null` if it was not seen. */
  callOf(callId: number): RememberedCall | null {
    return this.#calls.get(callId) ?? null;
  }

  /** A logon of a session: to the public store, or to a mailbox. Requests of the former have fields that others lack. */
  setLogon(logonId: number, isPublic: boolean): void {
    if (isPublic) this.#publicLogons.add(logonId);
    else this.#publicLogons.delete(logonId);
  }

  /** Whether the LogonId is that of a logon to the public store. */
  isPublicLogon(logonId: number): boolean {
    return this.#publicLogons.has(logonId);
  }

  /** Remembers the columns that SetColumns chose for a table. */
  setColumns(handle: number, tags: readonly number[]): void {
    remember(this.#columns, handle, tags, MAX_TABLES);
  }

  /** Property tags of a table's columns; `null` if they are not known. */
  columnsOf(handle: number): readonly number[] | null {
    return this.#columns.get(handle) ?? null;
  }
}

/** The conversations of a capture so far, by their endpoints. */
export class Conversations {
  readonly #tcp = new Map<string, TcpConversation>();
  readonly #udp = new Map<string, number>();
  #tcpStreams = 0;
  #udpStreams = 0;
  /** Datagrams of which some fragments have come. */
  readonly fragments = new IpFragments();
  /** Analysis of the latest TCP segment; the `tcp` dissector clears its marks. */
  readonly analysis = new TcpAnalysis();

  /** Number of the UDP conversation between these endpoints, from 0 in order of appearance, as in Wireshark's `udp.stream`. */
  udpStream(source: number, destination: number, srcPort: number, dstPort: number): number {
    const key = conversationKey(source, destination, srcPort, dstPort);
    const known = this.#udp.get(key);
    if (known !== undefined) return known;
    const stream = this.#udpStreams++;
    remember(this.#udp, key, stream);
    return stream;
  }

  /** The conversation of a segment. As in Wireshark, a SYN with a new sequence number between the same ports begins a new conversation. */
  tcp(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    flags: number,
    seq: number,
    timeUs: number,
    timeNs: number,
  ): { conversation: TcpConversation; side: 0 | 1 } {
    const key = conversationKey(source, destination, srcPort, dstPort);
    const side = isLower(source, srcPort, destination, dstPort) ? 0 : 1;
    let conversation = this.#tcp.get(key);
    this.analysis.marks = 0;
    if (conversation && (flags & (TCP_SYN | TCP_ACK)) === TCP_SYN) {
      const { firstSeq } = conversation.sides[side].analysis;
      if (firstSeq >= 0 && firstSeq !== seq) {
        this.analysis.marks = TCP_MARKS.reusedPorts;
        conversation = undefined;
      }
    }
    if (!conversation) {
      conversation = new TcpConversation(this.#tcpStreams++, timeUs, timeNs);
      remember(this.#tcp, key, conversation);
    }
    return { conversation, side };
  }
}

/** Whether endpoint `a` sorts before endpoint `b`, by address and then by port: a conversation's first endpoint is the lower one. */
export function isLower(a: number, aPort: number, b: number, bPort: number): boolean {
  return a < b || (a === b && aPort < bPort);
}

function conversationKey(source: number, destination: number, srcPort: number, dstPort: number): string {
  return isLower(source, srcPort, destination, dstPort)
    ? `${source}:${srcPort}-${destination}:${dstPort}`
    : `${destination}:${dstPort}-${source}:${srcPort}`;
}

function remember<K, T>(map: Map<K, T>, key: K, value: T, max = MAX_CONVERSATIONS): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) map.delete(map.keys().next().value as K);
}
