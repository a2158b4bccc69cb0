/** TCP's state of one connection (RFC 793 section 3.2) and of one local port. */

import type { EventHandle, KeepAlive, TcpEndCause, TcpHandlers } from "@pushback/host";
import { ByteQueue } from "./byte-queue.ts";
import type { ArpRequest, StackCore } from "./core.ts";

/** The shared state of a stack whose ports are TCP ports. */
export type Core = StackCore<TcpPort>;
export type CoreArpRequest = ArpRequest<TcpPort>;

/** States in the order in which a connection passes through them; comparisons rely on the order. LISTEN is a property of a port. */
export const CLOSED = 0;
/** A SYN was sent; no SYN has come back. */
export const SYN_SENT = 1;
/** SYNs were sent and received; this side's SYN is not acknowledged yet. */
export const SYN_RECEIVED = 2;
/** Both SYNs are acknowledged. */
export const ESTABLISHED = 3;
/** The peer has sent its FIN; the program has not closed yet. */
export const CLOSE_WAIT = 4;
/** This side's FIN is sent and not acknowledged. */
export const FIN_WAIT_1 = 5;
/** This side's FIN is acknowledged; the peer has not sent its FIN. */
export const FIN_WAIT_2 = 6;
/** Both FINs are sent; this side's FIN is not acknowledged yet. */
export const CLOSING = 7;
/** This side's FIN was sent after the peer's, and is not acknowledged yet. */
export const LAST_ACK = 8;
/** Both FINs are acknowledged; the connection waits so that old segments are recognised. */
export const TIME_WAIT = 9;

/** Value of a deadline that is not set. */
export const NEVER = -1;

/** Accepts a connection that is established on a listening port; returns the program's handlers. */
export interface Acceptor {
  /** Called once when the handshake is complete. */
  accept(tcb: Tcb): TcpHandlers;
}

/** A local port: its listener, and its connections keyed by remote address and port. */
export class TcpPort {
  readonly port: number;
  listener: Acceptor | null = null;
  readonly connections = new Map<number, Tcb>();
  /** Connections of the listener that are in SYN-RECEIVED. */
  halfOpen = 0;

  constructor(port: number) {
    this.port = port;
  }
}

/** Key of a connection within its port: 48 bits. */
export function connectionKey(remoteAddress: number, remotePort: number): number {
  return remoteAddress * 65536 + remotePort;
}

/** A segment that is kept because an earlier one is missing. */
export interface EarlySegment {
  readonly seq: number;
  readonly bytes: Uint8Array;
  readonly fin: boolean;
}

/** Transmission control block: the state of one TCP connection, with the variable names of RFC 793. */
export class Tcb {
  readonly core: Core;
  readonly port: TcpPort;
  readonly remoteAddress: number;
  readonly remotePort: number;
  state = CLOSED;
  /** Handlers of the program; `null` until a passive connection is accepted, and after the program was notified of the end. */
  handlers: TcpHandlers | null = null;
  passive = false;
  /** Why the connection ended; `null` before its end. */
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
  /** Shift count of the peer's windows; 0 unless both sides sent the option (RFC 1323). */
  sndShift = 0;
  /** Largest payload of a segment that this side sends, in bytes. */
  mss: number;
  /** MSS in this side's SYN. */
  offeredMss: number;
  /** Bytes from SND.UNA on, without the SYN. */
  readonly sendQueue: ByteQueue;
  finQueued = false;
  cwnd = 0;
  ssthresh = 65535;

  // Receive sequence space
  irs = 0;
  rcvNxt = 0;
  /** Right edge of the window as advertised; it never moves left. */
  rcvEdge = 0;
  rcvCapacity = 0;
  /** Data that a paused program has not taken yet. */
  readonly receiveQueue: ByteQueue;
  paused = false;
  early: EarlySegment[] | null = null;
  finReceived = false;
  /** Sequence number of an urgent byte that is not delivered with the other data; -1 if there is none (personality `urgent`). */
  urgentSeq = -1;
  endDelivered = false;
  /** Payload received since the last acknowledgment was sent. */
  unackedBytes = 0;
  ackNow = false;

  // Options
  timestamps = false;
  tsRecent = 0;
  /** Options that the peer's SYN had: a set of bits defined in tcp-syn-options.ts. */
  peerOptions = 0;

  // Times
  srttUs = -1;
  rttVarUs = 0;
  rtoUs: number;
  /** Doublings of the RTO since the last valid sample (Karn). */
  backoff = 0;
  /** Retransmissions of the oldest data so far. */
  retries = 0;
  /** Resets that answered the SYN of an active open. */
  refusals = 0;
  /** Consecutive acknowledgments that acknowledged nothing new (RFC 2001). */
  dupAcks = 0;
  /** Black hole detection: large segments seem to vanish, and small ones without DF are being tried. */
  blackHole = false;
  timedSeq = 0;
  timedAtUs = NEVER;
  /** Deadline of the retransmission, of the persist probe, or of the end of TIME-WAIT. */
  retransmitAtUs = NEVER;
  persisting = false;
  ackAtUs = NEVER;
  keepAliveAtUs = NEVER;
  keepAlive: KeepAlive | null = null;
  /** Whether `keepAlive` follows the machine's settings. */
  keepAliveDefault = false;
  probesSent = 0;
  lastHeardUs = 0;
  /** This side challenged a SYN that came into this connection: an RST now means that the peer has lost the connection. */
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
