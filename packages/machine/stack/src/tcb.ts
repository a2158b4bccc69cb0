/** What TCP knows of one connection (RFC 793 section 3.2), and of one local port. */

import type { EventHandle, KeepAlive, TcpEndCause, TcpHandlers } from "@pushback/host";
import { ByteQueue } from "./byte-queue.ts";
import type { ArpRequest, StackCore } from "./core.ts";

export type Core = StackCore<TcpPort>;
export type CoreArpRequest = ArpRequest<TcpPort>;

/** States in the order in which a connection passes them; comparisons rely on it. LISTEN is a property of a port. */
export const CLOSED = 0;
export const SYN_SENT = 1;
export const SYN_RECEIVED = 2;
export const ESTABLISHED = 3;
export const CLOSE_WAIT = 4;
export const FIN_WAIT_1 = 5;
export const FIN_WAIT_2 = 6;
export const CLOSING = 7;
export const LAST_ACK = 8;
export const TIME_WAIT = 9;

/** No deadline. */
export const NEVER = -1;

/** What a listening port does with a connection that is established: returns the program's handlers. */
export interface Acceptor {
  accept(tcb: Tcb): TcpHandlers;
}

/** A local port: its listener, and its connections by remote address and port. */
export class TcpPort {
  readonly port: number;
  listener: Acceptor | null = null;
  readonly connections = new Map<number, Tcb>();
  /** Connections in SYN-RECEIVED that the listener made. */
  halfOpen = 0;

  constructor(port: number) {
    this.port = port;
  }
}

/** The key of a connection within its port: 48 bits. */
export function connectionKey(remoteAddress: number, remotePort: number): number {
  return remoteAddress * 65536 + remotePort;
}

/** A segment kept because one before it is missing. */
export interface EarlySegment {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly fin: boolean;
}

export class Tcb {
  readonly core: Core;
  readonly port: TcpPort;
  readonly remoteAddress: number;
  readonly remotePort: number;
  state = CLOSED;
  /** `null` before a passive connection was accepted, and after the program was told of the end. */
  handlers: TcpHandlers | null = null;
  passive = false;
  /** Why it ended, once it has. */
  cause: TcpEndCause | null = null;

  // Send sequence space
  iss = 0;
  sndUna = 0;
  sndNxt = 0;
  /** One more than the highest sequence number ever sent. */
  sndMax = 0;
  sndWnd = 0;
  maxSndWnd = 0;
  sndWl1 = 0;
  sndWl2 = 0;
  /** Shift of the peer's windows; 0 unless both sides sent the option (RFC 1323). */
  sndShift = 0;
  /** Largest payload of a segment that we send. */
  mss: number;
  /** The MSS that our SYN names. */
  offeredMss: number;
  /** Bytes from SND.UNA on (behind the SYN). */
  readonly sendQueue: ByteQueue;
  finQueued = false;
  cwnd = 0;
  ssthresh = 65535;

  // Receive sequence space
  irs = 0;
  rcvNxt = 0;
  /** The right edge of the window as advertised; it never moves left. */
  rcvEdge = 0;
  rcvCapacity = 0;
  /** Data that a paused program has not taken. */
  readonly receiveQueue: ByteQueue;
  paused = false;
  early: EarlySegment[] | null = null;
  finReceived = false;
  /** Sequence number of a byte that goes past the program, or -1 (personality `urgent`). */
  urgentSeq = -1;
  endDelivered = false;
  /** Payload received since the last acknowledgment was sent. */
  unackedBytes = 0;
  ackNow = false;

  // Options
  timestamps = false;
  tsRecent = 0;
  /** Which options the peer's SYN had: a set of bits that tcp-syn-options.ts defines. */
  peerOptions = 0;

  // Times
  srttUs = -1;
  rttVarUs = 0;
  rtoUs: number;
  /** Doublings of the RTO since the last valid sample (Karn). */
  backoff = 0;
  /** Transmissions of the same data beyond the first. */
  retries = 0;
  /** Acknowledgments in a row that acknowledged nothing new (RFC 2001). */
  dupAcks = 0;
  /** Large segments seem to vanish: small ones without DF are being tried. */
  blackHole = false;
  timedSeq = 0;
  timedAtUs = NEVER;
  /** Retransmission, persist probe, or the end of TIME-WAIT. */
  retransmitAtUs = NEVER;
  persisting = false;
  ackAtUs = NEVER;
  keepAliveAtUs = NEVER;
  keepAlive: KeepAlive | null = null;
  /** Whether `keepAlive` follows the machine's settings. */
  keepAliveDefault = false;
  probesSent = 0;
  lastHeardUs = 0;
  /** We challenged a SYN that came into this connection: an RST now means that the peer has forgotten it. */
  challenged = false;
  wakeEvent: EventHandle = 0;
  wakeAtUs = 0;
  drainWanted = false;

  constructor(core: Core, port: TcpPort, remoteAddress: number, remotePort: number) {
    this.core = core;
    this.port = port;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
    this.sendQueue = new ByteQueue(core.memory.spare);
    this.receiveQueue = new ByteQueue(core.memory.spare);
    this.offeredMss = Math.min(core.personality.mss, core.mtu - 40);
    this.mss = Math.min(this.offeredMss, core.personality.defaultMss);
    this.rtoUs = core.personality.rtoInitialUs;
    this.lastHeardUs = core.scheduler.nowUs();
  }
}

/** Sequence number of the first byte in the send queue. */
export function queueSeq(tcb: Tcb): number {
  return tcb.sndUna === tcb.iss ? (tcb.iss + 1) >>> 0 : tcb.sndUna;
}
