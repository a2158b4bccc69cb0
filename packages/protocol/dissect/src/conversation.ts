/** State of UDP and TCP conversations: their stream index and, for TCP, what relative sequence numbers and times count from. */

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
/** Most presentation contexts of one conversation that are remembered: one bind offers up to 255. */
const MAX_CONTEXTS = 256;
/** LogonIds are bytes: there are no more. */
const MAX_LOGONS = 256;

/**
 * A map of at most `max` entries: a new entry takes the place of the one that was set before all others. Copies share the entries until one of them
 * changes, so a copy takes time and memory only if a change follows.
 */
export class BoundedMap<K, T> {
  readonly #max: number;
  /** Made with the first entry. */
  #entries: Map<K, T> | null = null;
  /** Whether a copy may have the same entries, so that they are replaced before they change. */
  #isShared = false;
  /**
   * The keys in the order in which they were set, from the oldest one on. The iterator is kept because a map of V8 keeps the places of deleted entries
   * until it is full: a new iterator passes all of them (with 65,536 entries, 12 microseconds instead of 0.5 for each entry that is dropped).
   */
  #keys: MapIterator<K> | null = null;

  constructor(max: number) {
    this.#max = max;
  }

  copy(): BoundedMap<K, T> {
    const copy = new BoundedMap<K, T>(this.#max);
    if (this.#entries === null) return copy;
    copy.#entries = this.#entries;
    copy.#isShared = true;
    this.#isShared = true;
    return copy;
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(key: K): T | undefined {
    return this.#entries?.get(key);
  }

  /** Sets an entry, which is the latest one from now on even if its key was there. */
  set(key: K, value: T): void {
    const entries = this.#change();
    entries.delete(key);
    entries.set(key, value);
    if (entries.size <= this.#max) return;
    this.#keys ??= entries.keys();
    entries.delete(this.#keys.next().value as K);
  }

  delete(key: K): void {
    if (this.#entries?.has(key)) this.#change().delete(key);
  }

  /** The entries, to be changed. */
  #change(): Map<K, T> {
    if (this.#entries === null) this.#entries = new Map();
    else if (this.#isShared) {
      this.#entries = new Map(this.#entries);
      this.#keys = null;
    }
    this.#isShared = false;
    return this.#entries;
  }
}

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
  /** What the ROPs of an EcDoRpc request chose; `null` for other calls. Replaced, never changed. */
  columns: RequestedColumns | null;
}

/** Property tags in the ROPs of an EcDoRpc, on which the layout of its response depends, by the handle index of the ROP. */
export interface RequestedColumns {
  /** Tags of the last SetColumns with this index; the latest of the ROPs comes last. */
  readonly ofTables: ReadonlyMap<number, readonly number[]>;
  /** Tags of each GetPropertiesSpecific with this index, in order. */
  readonly ofProperties: ReadonlyMap<number, readonly (readonly number[])[]>;
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
  #calls = new BoundedMap<number, RememberedCall>(MAX_CALLS);
  /** Columns of tables, by the table's handle. */
  #columns = new BoundedMap<number, readonly number[]>(MAX_TABLES);
  #publicLogons = new BoundedMap<number, true>(MAX_LOGONS);
  /** UUIDs of interfaces, by presentation context. */
  #interfaces = new BoundedMap<number, string>(MAX_CONTEXTS);

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
    copy.#calls = this.#calls.copy();
    copy.#columns = this.#columns.copy();
    copy.#publicLogons = this.#publicLogons.copy();
    copy.#interfaces = this.#interfaces.copy();
    return copy;
  }

  /** Remembers the interface that a bind offered for a presentation context. Only the latest contexts are kept. */
  bindInterface(contextId: number, uuid: string): void {
    if (this.#interfaces.get(contextId) !== uuid) this.#interfaces.set(contextId, uuid);
  }

  /** UUID of the interface that is bound to a presentation context; `null` if it is not known. */
  interfaceOf(contextId: number): string | null {
    return this.#interfaces.get(contextId) ?? null;
  }

  /** Remembers a request for its response. Only the latest requests are kept. */
  request(callId: number, call: RememberedCall): void {
    this.#calls.set(callId, call);
  }

  /** The request with this call id; `null` if it was not seen. */
  callOf(callId: number): RememberedCall | null {
    return this.#calls.get(callId) ?? null;
  }

  /** A logon of a session: to the public store, or to a mailbox. Requests of the former have fields that others lack. */
  setLogon(logonId: number, isPublic: boolean): void {
    if (isPublic === this.isPublicLogon(logonId)) return;
    if (isPublic) this.#publicLogons.set(logonId, true);
    else this.#publicLogons.delete(logonId);
  }

  /** Whether the LogonId is that of a logon to the public store. */
  isPublicLogon(logonId: number): boolean {
    return this.#publicLogons.get(logonId) ?? false;
  }

  /** Remembers the columns that SetColumns chose for a table. */
  setColumns(handle: number, tags: readonly number[]): void {
    this.#columns.set(handle, tags);
  }

  /** Property tags of a table's columns; `null` if they are not known. */
  columnsOf(handle: number): readonly number[] | null {
    return this.#columns.get(handle) ?? null;
  }
}

/** The conversations of a capture so far, by their endpoints. */
export class Conversations {
  readonly #tcp = new BoundedMap<string, TcpConversation>(MAX_CONVERSATIONS);
  readonly #udp = new BoundedMap<string, number>(MAX_CONVERSATIONS);
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
    this.#udp.set(key, stream);
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
      this.#tcp.set(key, conversation);
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
