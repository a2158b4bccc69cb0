/**
 * Facts about TCP connections that the diagnosis needs: endpoints, end, keep-alive probes, resets, half-open discovery; and on connections that carry
 * EMSMDB the logon, the push registration and the polls.
 */

import { decodeText, formatHex, seqDiff } from "@pushback/bytes";
import { isLittleEndian, offersSyntax, PDU_HEADER_BYTES, PduStream, PTYPE, requestOpnum, stubLength, stubOffset } from "@pushback/dcerpc";
import {
  AF_INET,
  checkCallbackAddress,
  EMSMDB_OP,
  EMSMDB_SYNTAX,
  MAX_CONTEXT_BYTES,
  parseEcDoConnectRequest,
  parseEcRRegisterPushNotificationRequest,
  parseSockaddrIn,
} from "@pushback/mapi";
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "@pushback/wire";
import { type FrameRef, NEVER_US } from "./frame-ref.ts";

/** How a mail session ended, as the capture shows it. */
export type SessionEnd = "logoff" | "fin" | "keepalive-reset" | "keepalive-timeout" | "half-open-reset" | "reset" | "replaced";

/** A push registration that the capture shows: the frame of the request, and the callback address, port and context in it. */
export interface Registration {
  readonly frame: number;
  readonly timeUs: number;
  readonly address: number;
  readonly port: number;
  readonly contextHex: string;
}

/** The part of a flow that a session needs: the time of its latest datagram, and a method that notes that the client has received a datagram. */
interface PushFlow {
  readonly lastUs: number;
  hear(frame: number, timeUs: number): void;
}

/** The longest PDU that is reassembled from segments; requests of this interface's registration are far shorter. */
const MAX_PDU_BYTES = 0x10000;
/** Number of data segments within which a PDU must begin. Otherwise the connection is not examined further. */
const CHANCES = 8;
/** Registrations remembered per connection: each one replaces the one before. */
const MAX_REGISTRATIONS = 16;
const MAX_PROBES = 6;
const WINDOW_BYTES = 0xffff;
const NONE: readonly never[] = [];
/** A probe comes after silence; an ACK of the same shape within a second of traffic is something else. */
const PROBE_IDLE_US = 1_000_000;

/** Retransmissions or keep-alive probes of one end that the other end does not answer. */
export interface Silence {
  /** 0 if the client is the one who sends, 1 if the server is. */
  readonly sender: 0 | 1;
  /** Number of retransmissions and probes. */
  count: number;
  /** Number of keep-alive probes, which `count` includes. */
  probes: number;
  readonly first: FrameRef;
  lastFrame: number;
  lastUs: number;
}

/** A repetition sooner than this is a copy of the same frame, or a fast retransmission (RFC 6298 section 2.4 has a second; Linux waits 200 ms). */
const REPEATS_AFTER_US = 150_000;

/** Unanswered retransmissions after which a reset means that the sender has given up. */
const GIVES_UP_AFTER = 2;

/** One TCP connection; `client` is who opened it, or whose requests were seen. */
export class Connection {
  clientAddress: number;
  clientPort: number;
  serverAddress: number;
  serverPort: number;
  readonly first: FrameRef;
  /** Whether the connection's SYN is in the capture. */
  readonly beganHere: boolean;
  established = false;
  isMail = false;
  userDn: string | null = null;
  registrations: readonly Registration[] = NONE;
  /** Flows whose datagrams carry a context that this connection registered. */
  flows: readonly PushFlow[] = NONE;
  /** The server's keep-alive probes since the last sign of the client; the first few. */
  probes: readonly FrameRef[] = NONE;
  probeCount = 0;
  /** The client's latest segment that is no SYN and no reset: until then its side knew the connection. */
  aliveUs = NEVER_US;
  aliveFrame = 0;
  /** A SYN from the client's port into this connection. */
  synInto: FrameRef | null = null;
  /** Unanswered retransmissions and probes since the other end's last segment; `null` while both ends answer. */
  silence: Silence | null = null;
  disconnect: FrameRef | null = null;
  /** The client's reset after repetitions that nothing answered. */
  givenUp: FrameRef | null = null;
  end: (FrameRef & { readonly how: SessionEnd }) | null = null;

  /** Set when the connection is used, cleared by the clock hand of the table; `place` is its place in the table. */
  touched = true;
  readonly place: number;

  #lastFrame: number;
  #lastUs: number;
  #requestFrame = 0;
  #requestUs = NEVER_US;
  #chances = CHANCES;
  readonly #expected: [number, number] = [-1, -1];
  /** The client's PDU stream, from the first PDU at the start of a segment; `null` before it. The server's PDUs are not needed. */
  #requests: PduStream | null = null;
  #currentFrame = 0;
  #currentUs = NEVER_US;

  constructor(
    clientAddress: number,
    clientPort: number,
    serverAddress: number,
    serverPort: number,
    first: FrameRef,
    beganHere: boolean,
    place: number,
  ) {
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.serverAddress = serverAddress;
    this.serverPort = serverPort;
    this.first = first;
    this.beganHere = beganHere;
    this.place = place;
    this.#lastFrame = first.frame;
    this.#lastUs = first.timeUs;
  }

  /** The last segment that counts as activity: no probe, no reset. */
  get last(): FrameRef {
    return { frame: this.#lastFrame, timeUs: this.#lastUs };
  }

  /** The frame of the last segment with data from the client; 0 before there is one. */
  get requestFrame(): number {
    return this.#requestFrame;
  }

  /** Time of that segment; negative before there is one. */
  get requestUs(): number {
    return this.#requestUs;
  }

  isBetween(a: number, portA: number, b: number, portB: number): boolean {
    return (
      (this.clientPort === portA && this.serverPort === portB && this.clientAddress === a && this.serverAddress === b) ||
      (this.clientPort === portB && this.serverPort === portA && this.clientAddress === b && this.serverAddress === a)
    );
  }

  /** The roles were guessed by who spoke first, and the guess was wrong. */
  #swap(): void {
    const { clientAddress, clientPort } = this;
    this.clientAddress = this.serverAddress;
    this.clientPort = this.serverPort;
    this.serverAddress = clientAddress;
    this.serverPort = clientPort;
    this.#expected.reverse();
    this.#requests = null;
    this.aliveUs = NEVER_US;
  }

  /** Takes a segment that belongs here; `fromClient` as the roles are now. `len` bytes of data were captured of `wholeLen` that were sent. */
  segment(
    frame: number,
    timeUs: number,
    fromClient: boolean,
    flags: number,
    seq: number,
    b: Uint8Array,
    at: number,
    len: number,
    wholeLen: number,
  ): void {
    this.touched = true;
    const direction: 0 | 1 = fromClient ? 0 : 1;
    const expected = this.#expected[direction];
    if (flags & TCP_RST) {
      // A reset outside the window changes nothing (RFC 793 section 3.4).
      if (expected < 0 || Math.abs(seqDiff(seq, expected)) <= WINDOW_BYTES) this.#reset(frame, timeUs, fromClient);
      return;
    }
    if (flags & TCP_SYN && !(flags & TCP_ACK) && this.established) {
      this.synInto = { frame, timeUs };
      return;
    }
    const idleUs = timeUs - this.#lastUs;
    const ahead = expected < 0 ? 0 : seqDiff(seq, expected);
    if (this.silence !== null && this.silence.sender !== direction) this.silence = null;
    if (ahead < 0) this.#repeats(frame, timeUs, direction, ahead, flags, wholeLen);
    if (ahead === -1 && wholeLen <= 1 && !(flags & (TCP_SYN | TCP_FIN)) && idleUs >= PROBE_IDLE_US) {
      if (fromClient) this.#alive(frame, timeUs);
      else this.#probe(frame, timeUs);
      return;
    }
    if (this.synInto && !fromClient && flags === TCP_ACK) return;
    if (fromClient && !(flags & TCP_SYN)) this.#alive(frame, timeUs);
    this.#lastFrame = frame;
    this.#lastUs = timeUs;
    if (flags & TCP_FIN && !this.end) this.end = { frame, timeUs, how: this.disconnect ? "logoff" : "fin" };
    const occupies = wholeLen + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);
    if (flags & TCP_ACK && !(flags & TCP_SYN)) this.established = true;
    if (wholeLen > 0) {
      if (fromClient) this.#requested(frame, timeUs);
      this.#data(frame, timeUs, direction, ahead, b, at, len);
      if (len < wholeLen) this.#requests = null;
    }
    const next = (seq + occupies) >>> 0;
    if (this.#expected[direction] < 0 || seqDiff(next, this.#expected[direction]) > 0) this.#expected[direction] = next;
  }

  /** Counts a retransmitted segment (data or FIN), or a keep-alive probe, whose sequence number is one less than expected. */
  #repeats(frame: number, timeUs: number, direction: 0 | 1, ahead: number, flags: number, wholeLen: number): void {
    const isProbe = ahead === -1 && wholeLen <= 1 && (flags & (TCP_SYN | TCP_FIN)) === 0;
    // A capture of one direction shows no answers.
    if (this.#expected[1 - direction] < 0 || (flags & TCP_SYN) !== 0 || (wholeLen === 0 && !isProbe && (flags & TCP_FIN) === 0)) return;
    const { silence } = this;
    if (silence === null) {
      this.silence = { sender: direction, count: 1, probes: isProbe ? 1 : 0, first: { frame, timeUs }, lastFrame: frame, lastUs: timeUs };
    } else if (timeUs - silence.lastUs >= REPEATS_AFTER_US) {
      silence.count++;
      if (isProbe) silence.probes++;
      silence.lastFrame = frame;
      silence.lastUs = timeUs;
    }
  }

  #alive(frame: number, timeUs: number): void {
    this.aliveFrame = frame;
    this.aliveUs = timeUs;
    this.probeCount = 0;
    if (this.probes.length > 0) this.probes = NONE;
  }

  #probe(frame: number, timeUs: number): void {
    // A server that still sends probes has not received the reset: the reset was lost between the place of the capture and the server.
    if (this.end && this.end.how !== "fin" && this.end.how !== "logoff") this.end = null;
    this.probeCount++;
    if (this.probes.length < MAX_PROBES) this.probes = [...this.probes, { frame, timeUs }];
  }

  #requested(frame: number, timeUs: number): void {
    this.#requestFrame = frame;
    this.#requestUs = timeUs;
  }

  #reset(frame: number, timeUs: number, fromClient: boolean): void {
    if (this.end) return;
    // A client that gives up without an answer sends a reset, which need not reach the server: the session may stay open there.
    if (fromClient && this.silence?.sender === 0 && this.silence.count >= GIVES_UP_AFTER) {
      this.givenUp ??= { frame, timeUs };
      return;
    }
    let how: SessionEnd = "reset";
    if (this.synInto && fromClient) how = "half-open-reset";
    else if (this.probeCount > 0 && fromClient) how = "keepalive-reset";
    else if (this.probeCount > 1 && !fromClient) how = "keepalive-timeout";
    this.end = { frame, timeUs, how };
  }

  /** `ahead`: sequence number of the segment minus the expected one: negative for a retransmission, positive after a loss. */
  #data(frame: number, timeUs: number, direction: number, ahead: number, b: Uint8Array, at: number, len: number): void {
    if (ahead < 0 || (this.#chances <= 0 && !this.#requests)) return;
    if (ahead > 0) this.#requests = null;
    if (!this.#requests) {
      this.#chances--;
      if (!looksLikePdu(b, at, len)) return;
      // Requests and binds come from the client, no matter which end sent the first captured segment.
      const isRequest = b[at + 2] === PTYPE.REQUEST || b[at + 2] === PTYPE.BIND;
      if (isRequest !== (direction === 0) && (isRequest || b[at + 2] === PTYPE.RESPONSE || b[at + 2] === PTYPE.BIND_ACK)) {
        this.#swap();
        direction = 1 - direction;
        if (direction === 0) this.#requested(frame, timeUs);
      }
      this.#requests = new PduStream(MAX_PDU_BYTES, (pdu, from) => this.#pdu(pdu, from));
    }
    if (direction !== 0) return;
    this.#currentFrame = frame;
    this.#currentUs = timeUs;
    this.#requests.push(b, at, len);
  }

  get #current(): FrameRef {
    return { frame: this.#currentFrame, timeUs: this.#currentUs };
  }

  /** Returns false if the bytes are not DCE/RPC; this direction is then no longer parsed. */
  #pdu(b: Uint8Array, at: number): boolean {
    const type = b[at + 2];
    if (type === PTYPE.BIND) {
      if (offersSyntax(b, at, EMSMDB_SYNTAX)) this.isMail = true;
      return this.isMail;
    }
    if (type !== PTYPE.REQUEST) return true;
    const opnum = requestOpnum(b, at);
    if (opnum === EMSMDB_OP.EcRRegisterPushNotification) this.#registration(b, at);
    else if (opnum === EMSMDB_OP.EcDoConnect && this.isMail && this.userDn === null) {
      const stub = stubOf(b, at);
      const dn = parseEcDoConnectRequest(stub, isLittleEndian(b, at))?.szUserDN;
      if (dn) this.userDn = decodeText(1252, dn);
    } else if (opnum === EMSMDB_OP.EcDoDisconnect && this.isMail) this.disconnect = this.#current;
    return true;
  }

  /**
   * Records a registration. A request of opnum 4 whose fields are all valid for EcRRegisterPushNotification proves the interface, even if the capture began
   * after the bind.
   */
  #registration(b: Uint8Array, at: number): void {
    const request = parseEcRRegisterPushNotificationRequest(stubOf(b, at), isLittleEndian(b, at));
    if (!request || request.rgbContext.length === 0 || request.rgbContext.length > MAX_CONTEXT_BYTES) return;
    const { rgbCallbackAddress: address } = request;
    if (checkCallbackAddress(address) !== 0 || address[0] !== AF_INET) return;
    this.isMail = true;
    const to = parseSockaddrIn(address);
    const registration = { ...this.#current, address: to.address, port: to.port, contextHex: formatHex(request.rgbContext) };
    this.registrations = [...this.registrations.slice(1 - MAX_REGISTRATIONS), registration];
  }
}

function stubOf(b: Uint8Array, at: number): Uint8Array {
  const from = at + stubOffset(b, at);
  return b.slice(from, from + stubLength(b, at));
}

/** The first bytes of a connection-oriented DCE/RPC PDU (C706 chapter 12). */
function looksLikePdu(b: Uint8Array, at: number, len: number): boolean {
  return (
    len >= PDU_HEADER_BYTES &&
    b[at] === 5 &&
    b[at + 1] === 0 &&
    b[at + 2] <= 19 &&
    (b[at + 4] === 0x10 || b[at + 4] === 0) &&
    b[at + 5] === 0
  );
}
