/**
 * TCP connections as far as a diagnosis needs them: who talks to whom until when, keep-alive probes, resets, half-open
 * discovery, and on those that carry EMSMDB the logon, the registration for push datagrams and the polls.
 */

import { decodeText, formatHex, seqDiff } from "@pushback/bytes";
import {
  isLittleEndian,
  PDU_HEADER_BYTES,
  PduStream,
  PTYPE,
  parseBind,
  requestOpnum,
  sameSyntax,
  stubLength,
  stubOffset,
} from "@pushback/dcerpc";
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
import type { FrameRef } from "./frame-ref.ts";

export type SessionEnd = "logoff" | "fin" | "keepalive-reset" | "keepalive-timeout" | "half-open-reset" | "reset" | "replaced";

export interface Registration {
  readonly frame: number;
  readonly timeUs: number;
  readonly address: number;
  readonly port: number;
  readonly contextHex: string;
}

/** The longest PDU that is put together from segments; requests of this interface's registration are far shorter. */
const MAX_PDU_BYTES = 0x10000;
/** Segments with data in which a PDU must begin, for a connection to be looked at further. */
const CHANCES = 8;
/** Registrations remembered per connection: each one replaces the one before. */
const MAX_REGISTRATIONS = 16;
/** A probe comes after silence; an ACK of the same shape within a second of traffic is something else. */
const PROBE_IDLE_US = 1_000_000;

/** One TCP connection; `client` is who opened it, or whose requests were seen. */
export class Connection {
  clientAddress: number;
  clientPort: number;
  serverAddress: number;
  serverPort: number;
  readonly first: FrameRef;
  /** The last segment that counts as activity: no probe, no reset. */
  last: FrameRef;
  /** The last segment with data from the client. */
  lastRequest: FrameRef | null = null;
  established = false;
  isMail = false;
  userDn: string | null = null;
  readonly registrations: Registration[] = [];
  readonly probes: FrameRef[] = [];
  probeCount = 0;
  /** A probe was answered by an ACK: the client is alive. */
  probeAnswered: FrameRef | null = null;
  /** A SYN from the client's port into this connection. */
  synInto: FrameRef | null = null;
  disconnect: FrameRef | null = null;
  end: (FrameRef & { readonly how: SessionEnd }) | null = null;

  #chances = CHANCES;
  readonly #next: [number, number] = [-1, -1];
  #streams: [PduStream, PduStream] | null = null;

  constructor(clientAddress: number, clientPort: number, serverAddress: number, serverPort: number, first: FrameRef) {
    this.clientAddress = clientAddress;
    this.clientPort = clientPort;
    this.serverAddress = serverAddress;
    this.serverPort = serverPort;
    this.first = first;
    this.last = first;
  }

  /** The roles were guessed by who spoke first, and the guess was wrong. */
  #swap(): void {
    const { clientAddress, clientPort } = this;
    this.clientAddress = this.serverAddress;
    this.clientPort = this.serverPort;
    this.serverAddress = clientAddress;
    this.serverPort = clientPort;
    this.#next.reverse();
    this.#streams = null;
  }

  /** Takes a segment that belongs here; `fromClient` as the roles are now. */
  segment(ref: FrameRef, fromClient: boolean, flags: number, seq: number, b: Uint8Array, at: number, len: number): void {
    const direction = fromClient ? 0 : 1;
    const expected = this.#next[direction];
    if (flags & TCP_RST) {
      this.#reset(ref, fromClient);
      return;
    }
    if (flags & TCP_SYN && !(flags & TCP_ACK) && this.established) {
      this.synInto = ref;
      return;
    }
    const idleUs = ref.timeUs - this.last.timeUs;
    const isProbe = expected >= 0 && len <= 1 && !(flags & (TCP_SYN | TCP_FIN)) && seqDiff(seq, expected) === -1 && idleUs >= PROBE_IDLE_US;
    if (isProbe) {
      this.probeCount++;
      if (this.probes.length < 6) this.probes.push(ref);
      return;
    }
    // An ACK and nothing else, soon after a probe and from its other end, answers it.
    const lastProbe = this.probes.at(-1);
    if (lastProbe && len === 0 && idleUs > PROBE_IDLE_US && ref.timeUs - lastProbe.timeUs < 60_000_000 && fromClient)
      this.probeAnswered = ref;
    if (this.synInto && !fromClient && flags === TCP_ACK) return;

    this.last = ref;
    if (flags & TCP_FIN && !this.end) this.end = { ...ref, how: this.disconnect ? "logoff" : "fin" };
    const occupies = len + (flags & TCP_SYN ? 1 : 0) + (flags & TCP_FIN ? 1 : 0);
    if (flags & TCP_ACK && !(flags & TCP_SYN)) this.established = true;
    if (len > 0) {
      if (fromClient) this.lastRequest = ref;
      this.#data(ref, direction, expected < 0 ? 0 : seqDiff(seq, expected), b, at, len);
    }
    const next = (seq + occupies) >>> 0;
    if (this.#next[direction] < 0 || seqDiff(next, this.#next[direction]) > 0) this.#next[direction] = next;
  }

  #reset(ref: FrameRef, fromClient: boolean): void {
    if (this.end) return;
    const lastProbe = this.probes.at(-1);
    let how: SessionEnd = "reset";
    if (this.synInto && fromClient) how = "half-open-reset";
    else if (lastProbe && fromClient && !this.probeAnswered) how = "keepalive-reset";
    else if (this.probeCount > 1 && !fromClient) how = "keepalive-timeout";
    this.end = { ...ref, how };
  }

  /** `ahead`: how far the segment begins beyond what was expected; retransmissions are behind, losses ahead. */
  #data(ref: FrameRef, direction: number, ahead: number, b: Uint8Array, at: number, len: number): void {
    if (ahead < 0 || (this.#chances <= 0 && !this.#streams)) return;
    if (ahead > 0) this.#streams = null;
    if (!this.#streams) {
      this.#chances--;
      if (!looksLikePdu(b, at, len)) return;
      // Requests and binds come from the client, whoever was seen first.
      const isRequest = b[at + 2] === PTYPE.REQUEST || b[at + 2] === PTYPE.BIND;
      if (isRequest !== (direction === 0) && (isRequest || b[at + 2] === PTYPE.RESPONSE || b[at + 2] === PTYPE.BIND_ACK)) {
        this.#swap();
        direction = 1 - direction;
        if (direction === 0) this.lastRequest = ref;
      }
      this.#streams = [this.#stream(), this.#stream()];
    }
    this.#current = ref;
    this.#streams[direction].push(b, at, len);
  }

  #current: FrameRef = { frame: 0, timeUs: 0 };

  #stream(): PduStream {
    return new PduStream(MAX_PDU_BYTES, (b, at, len) => this.#pdu(b, at, len));
  }

  /** `false` ends the look at this direction: it is somebody else's protocol. */
  #pdu(b: Uint8Array, at: number, len: number): boolean {
    const type = b[at + 2];
    if (type === PTYPE.BIND) {
      const bind = parseBind(b, at);
      if (bind?.contexts.some((context) => sameSyntax(context.abstractSyntax, EMSMDB_SYNTAX))) this.isMail = true;
      return this.isMail;
    }
    if (type !== PTYPE.REQUEST || len < PDU_HEADER_BYTES + 8) return true;
    const opnum = requestOpnum(b, at);
    if (opnum === EMSMDB_OP.EcRRegisterPushNotification) this.#registration(b, at);
    else if (opnum === EMSMDB_OP.EcDoConnect && this.isMail && this.userDn === null) {
      const stub = stubOf(b, at);
      const dn = parseEcDoConnectRequest(stub, isLittleEndian(b, at))?.szUserDN;
      if (dn) this.userDn = decodeText(1252, dn);
    } else if (opnum === EMSMDB_OP.EcDoDisconnect && this.isMail) this.disconnect = this.#current;
    return true;
  }

  /** A request of opnum 4 that is one in every field proves the interface, also when the capture began after the bind. */
  #registration(b: Uint8Array, at: number): void {
    const request = parseEcRRegisterPushNotificationRequest(stubOf(b, at), isLittleEndian(b, at));
    if (!request || request.rgbContext.length === 0 || request.rgbContext.length > MAX_CONTEXT_BYTES) return;
    const { rgbCallbackAddress: address } = request;
    if (checkCallbackAddress(address) !== 0 || address[0] !== AF_INET) return;
    this.isMail = true;
    const to = parseSockaddrIn(address);
    if (this.registrations.length === MAX_REGISTRATIONS) this.registrations.shift();
    this.registrations.push({ ...this.#current, address: to.address, port: to.port, contextHex: formatHex(request.rgbContext) });
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

/** Connections by their two ends. Mail connections are kept; of others the latest so many. */
export class Connections {
  /** By the end with the higher port, which has few connections; then by the other end. */
  readonly #open = new Map<number, Connection[]>();
  #openCount = 0;
  /** Mail connections, those that ended and were followed by another included. */
  readonly mail = new Set<Connection>();
  readonly #max: number;
  /** Mail connections that were not kept, for want of room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
  }

  segment(
    ref: FrameRef,
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    flags: number,
    seq: number,
    b: Uint8Array,
    at: number,
    len: number,
  ): Connection {
    const key =
      srcPort > dstPort || (srcPort === dstPort && source > destination) ? source * 65536 + srcPort : destination * 65536 + dstPort;
    const list = this.#open.get(key);
    let connection = list ? findConnection(list, source, destination, srcPort, dstPort) : null;
    // An answered SYN begins a new connection, whatever became of the one before.
    const answersSyn = (flags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
    const opensAnother =
      connection !== null &&
      (answersSyn ? connection.end !== null || connection.established : connection.end !== null && (flags & TCP_SYN) !== 0);
    if (!connection || opensAnother) {
      const began = connection?.synInto ?? ref;
      if (connection && !connection.end) connection.end = { ...began, how: "replaced" };
      const fromServer = answersSyn || (!(flags & TCP_SYN) && srcPort < dstPort && srcPort < 1024);
      const made = fromServer
        ? new Connection(destination, dstPort, source, srcPort, began)
        : new Connection(source, srcPort, destination, dstPort, began);
      this.#remember(key, connection, made);
      connection = made;
    }
    const wasMail = connection.isMail;
    const fromClient = source === connection.clientAddress && srcPort === connection.clientPort;
    connection.segment(ref, fromClient, flags, seq, b, at, len);
    if (connection.isMail && !wasMail) {
      if (this.mail.size < this.#max) this.mail.add(connection);
      else this.dropped++;
    }
    return connection;
  }

  #remember(key: number, old: Connection | null, made: Connection): void {
    const list = this.#open.get(key);
    if (list && old) list[list.indexOf(old)] = made;
    else {
      if (list) list.push(made);
      else this.#open.set(key, [made]);
      this.#openCount++;
    }
    if (this.#openCount <= this.#max) return;
    const [oldest, forgotten] = this.#open.entries().next().value as [number, Connection[]];
    this.#open.delete(oldest);
    this.#openCount -= forgotten.length;
  }
}

function findConnection(
  list: readonly Connection[],
  source: number,
  destination: number,
  srcPort: number,
  dstPort: number,
): Connection | null {
  for (const c of list) {
    if (c.clientAddress === source && c.clientPort === srcPort && c.serverAddress === destination && c.serverPort === dstPort) return c;
    if (c.clientAddress === destination && c.clientPort === dstPort && c.serverAddress === source && c.serverPort === srcPort) return c;
  }
  return null;
}
