/** State of UDP and TCP conversations: their stream index and, for TCP, what relative sequence numbers and times count from. */

import { seqDiff } from "@pushback/bytes";
import type { RopRequest } from "@pushback/mapi";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "@pushback/wire";

/** Most conversations of each protocol that are remembered; the oldest is dropped. */
const MAX_CONVERSATIONS = 65_536;
/** Most requests of one conversation whose opnum is remembered. */
const MAX_CALLS = 64;
/** Most tables of one conversation whose columns are remembered. */
const MAX_TABLES = 256;

interface BegunMessage {
  /** Index of its protocol in `Dispatch.framed`. */
  readonly framed: number;
  readonly bytes: Uint8Array;
  /** Sequence number of the segment that goes on with it. */
  readonly nextSeq: number;
}

/** One direction of a TCP conversation. */
export class TcpSide {
  /** The first sequence number, which relative ones count from; -1 before a segment was seen. */
  firstSeq = -1;
  /** The next sequence number expected; -1 before a segment was seen. */
  nextSeq = -1;
  lastAck = -1;
  keepAliveSeq = -1;
  /** The beginning of a message whose rest is still to come. Replaced, never changed. */
  begun: BegunMessage | null = null;
  /** Sequence numbers of the segment that last held whole messages only: its first byte and the byte after its last; -1 before one was seen. */
  wholeSeq = -1;
  wholeEnd = -1;
  /** The stub, so far, of a call that comes in several PDUs. Replaced, never changed. */
  fragments: { readonly callId: number; readonly stub: Uint8Array } | null = null;

  copy(): TcpSide {
    return Object.assign(new TcpSide(), this);
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

export interface RopBufferRequests {
  readonly requests: readonly RopRequest[];
  readonly handles: readonly number[];
}

export class TcpConversation {
  readonly stream: number;
  readonly firstUs: number;
  lastUs: number;
  /** Index 0: segments from the end with the lower address and port. Index 1: segments from the other end. */
  readonly sides: readonly [TcpSide, TcpSide];

  /** The latest DCE/RPC requests by call id, which is all that a response says about its request. */
  readonly #calls = new Map<number, RememberedCall>();
  /** Columns of tables, by the table's handle. */
  readonly #columns = new Map<number, readonly number[]>();
  /** LogonIds are bytes: there are no more than 256. */
  readonly #publicLogons = new Set<number>();

  constructor(stream: number, timeUs: number, sides: readonly [TcpSide, TcpSide] = [new TcpSide(), new TcpSide()]) {
    this.stream = stream;
    this.firstUs = timeUs;
    this.lastUs = timeUs;
    this.sides = sides;
  }

  /** A copy of the present state, to continue from later. */
  copy(): TcpConversation {
    const copy = new TcpConversation(this.stream, this.firstUs, [this.sides[0].copy(), this.sides[1].copy()]);
    copy.lastUs = this.lastUs;
    for (const [callId, call] of this.#calls) copy.#calls.set(callId, call);
    for (const [handle, tags] of this.#columns) copy.#columns.set(handle, tags);
    for (const logonId of this.#publicLogons) copy.#publicLogons.add(logonId);
    for (const [contextId, uuid] of this.interfaces) copy.interfaces.set(contextId, uuid);
    return copy;
  }

  /** UUIDs of interfaces, by the presentation contexts for which binds offered them. Ids are of 16 bits: there are few. */
  readonly interfaces = new Map<number, string>();

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

  isPublicLogon(logonId: number): boolean {
    return this.#publicLogons.has(logonId);
  }

  setColumns(handle: number, tags: readonly number[]): void {
    remember(this.#columns, handle, tags, MAX_TABLES);
  }

  columnsOf(handle: number): readonly number[] | null {
    return this.#columns.get(handle) ?? null;
  }
}

export interface TcpMarks {
  keepAlive: boolean;
  keepAliveAck: boolean;
  retransmission: boolean;
  lostSegment: boolean;
  reusedPorts: boolean;
}

export class Conversations {
  readonly #tcp = new Map<string, TcpConversation>();
  readonly #udp = new Map<string, number>();
  #tcpStreams = 0;
  #udpStreams = 0;
  readonly marks: TcpMarks = {
    keepAlive: false,
    keepAliveAck: false,
    retransmission: false,
    lostSegment: false,
    reusedPorts: false,
  };

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
  ): { conversation: TcpConversation; side: 0 | 1 } {
    const key = conversationKey(source, destination, srcPort, dstPort);
    const side = isLower(source, srcPort, destination, dstPort) ? 0 : 1;
    let conversation = this.#tcp.get(key);
    this.marks.reusedPorts = false;
    if (conversation && (flags & (TCP_SYN | TCP_ACK)) === TCP_SYN) {
      const { firstSeq } = conversation.sides[side];
      if (firstSeq >= 0 && firstSeq !== seq) {
        this.marks.reusedPorts = true;
        conversation = undefined;
      }
    }
    if (!conversation) {
      conversation = new TcpConversation(this.#tcpStreams++, timeUs);
      remember(this.#tcp, key, conversation);
    }
    return { conversation, side };
  }

  /** Compares a segment with the expected sequence number, sets `marks`, and updates the conversation. `dataLen` is the payload's length in bytes. */
  analyze(conversation: TcpConversation, side: 0 | 1, flags: number, seq: number, ack: number, dataLen: number): void {
    const own = conversation.sides[side];
    const other = conversation.sides[1 - side];
    const { marks } = this;
    marks.keepAlive = false;
    marks.keepAliveAck = false;
    marks.retransmission = false;
    marks.lostSegment = false;
    if (own.firstSeq < 0) {
      // If the SYN was not captured, the first segment counts as 1, as if the SYN had come just before it.
      own.firstSeq = flags & TCP_SYN ? seq : (seq - 1) >>> 0;
    }
    // A SYN/ACK with a new number answers a SYN that repeats a known number between the same ports.
    if ((flags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK) && own.firstSeq !== seq) {
      marks.reusedPorts = true;
      own.firstSeq = seq;
    }
    const occupies = dataLen + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);
    if (own.nextSeq >= 0 && !(flags & TCP_RST)) {
      const ahead = seqDiff(seq, own.nextSeq);
      if (ahead === -1 && dataLen <= 1 && !(flags & (TCP_SYN | TCP_FIN))) {
        marks.keepAlive = true;
        own.keepAliveSeq = seq;
      } else if (occupies > 0 && ahead < 0) marks.retransmission = true;
      else if (ahead > 0) marks.lostSegment = true;
    }
    if (
      flags & TCP_ACK &&
      occupies === 0 &&
      !(flags & TCP_RST) &&
      !marks.keepAlive &&
      other.keepAliveSeq >= 0 &&
      ack === other.nextSeq &&
      ack === own.lastAck
    ) {
      marks.keepAliveAck = true;
      other.keepAliveSeq = -1;
    }
    const next = (seq + occupies) >>> 0;
    if (own.nextSeq < 0 || seqDiff(next, own.nextSeq) > 0) own.nextSeq = next;
    if (flags & TCP_ACK) own.lastAck = ack;
  }
}

/** Whether `a` is the end that a conversation counts as its first. */
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
