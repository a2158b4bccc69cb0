/** TCP connections by their two ends, in a table of fixed size. Mail connections are kept; of others those that had traffic lately. */

import { TCP_ACK, TCP_SYN } from "@pushback/wire";
import { hashBothEnds } from "./ends-hash.ts";
import type { FrameRef } from "./frame-ref.ts";
import { Connection } from "./mail-sessions.ts";

/** Connections that may share a place of the index; a capture made to collide gets no more. */
const MAX_CHAIN = 64;
/** Connections that are kept whatever they are; with more of them only those of mail stay, and what had traffic lately. */
const FEW = 8_192;
/** Connections that are looked at to make room for one. */
const LOOKED_AT = 256;
/** Systems that count up from the bottom at every start use ports up to 5000 (Q194952); near that they begin again without one. */
const LAST_COUNTED_PORT = 4_900;
const MAX_RESTARTS = 16;

/** What the ports of a mail client's new connections tell. */
interface ClientPorts {
  latest: number;
  /** A new connection from a lower port than the one before: the machine counts from the bottom again. */
  readonly restarts: FrameRef[];
}

export class Connections {
  /** Heads of chains, as place + 1; then the next in each chain. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;
  readonly #max: number;
  readonly #maxMail: number;
  readonly #all: Connection[] = [];
  #hand = 0;
  #latest: Connection | null = null;
  /** Mail connections, those that ended and were followed by another included. */
  readonly mail = new Set<Connection>();
  readonly #clients = new Map<number, ClientPorts>();
  /** Mail connections that were not kept, for want of room. */
  dropped = 0;
  /** Segments of connections for which there was no room. */
  lost = 0;

  constructor(max: number, maxMail: number) {
    this.#max = max;
    this.#maxMail = maxMail;
    const slots = 2 ** Math.ceil(Math.log2(max * 2));
    this.#heads = new Int32Array(slots);
    this.#next = new Int32Array(max);
    this.#mask = slots - 1;
  }

  /** The connection that a segment belongs to, after it has taken the segment; `null` where there is no room for it. */
  segment(
    frame: number,
    timeUs: number,
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    flags: number,
    seq: number,
    b: Uint8Array,
    at: number,
    len: number,
    wholeLen: number,
  ): Connection | null {
    let connection = this.#find(source, srcPort, destination, dstPort);
    // An answered SYN begins a new connection, whatever became of the one before.
    const answersSyn = (flags & (TCP_SYN | TCP_ACK)) === (TCP_SYN | TCP_ACK);
    const opensAnother =
      connection !== null &&
      (answersSyn ? connection.end !== null || connection.established : connection.end !== null && (flags & TCP_SYN) !== 0);
    if (!connection || opensAnother) {
      const began = connection?.synInto ?? { frame, timeUs };
      if (connection && !connection.end) connection.end = { ...began, how: "replaced" };
      const fromServer = answersSyn || (!(flags & TCP_SYN) && srcPort < dstPort && srcPort < 1024);
      const beganHere = (flags & TCP_SYN) !== 0;
      connection = fromServer
        ? this.#make(destination, dstPort, source, srcPort, began, beganHere, connection)
        : this.#make(source, srcPort, destination, dstPort, began, beganHere, connection);
      if (connection === null) {
        this.lost++;
        return null;
      }
      if (beganHere) this.#opened(connection);
    }
    const wasMail = connection.isMail;
    const fromClient = source === connection.clientAddress && srcPort === connection.clientPort;
    connection.segment(frame, timeUs, fromClient, flags, seq, b, at, len, wholeLen);
    if (connection.isMail && !wasMail) this.#becameMail(connection);
    this.#latest = connection;
    return connection;
  }

  /** Signs that the machine's TCP counts its ports from the bottom again. */
  restartsOf(client: number): readonly FrameRef[] {
    return this.#clients.get(client)?.restarts ?? [];
  }

  /** Every connection that is still known, mail or not. */
  *all(): Generator<Connection> {
    yield* this.#all;
  }

  #find(source: number, srcPort: number, destination: number, dstPort: number): Connection | null {
    if (this.#latest?.isBetween(source, srcPort, destination, dstPort)) return this.#latest;
    for (let i = this.#heads[hashBothEnds(source, srcPort, destination, dstPort) & this.#mask]; i !== 0; i = this.#next[i - 1]) {
      const connection = this.#all[i - 1];
      if (connection.isBetween(source, srcPort, destination, dstPort)) return connection;
    }
    return null;
  }

  /** In the place of `old` where there is one. */
  #make(
    client: number,
    clientPort: number,
    server: number,
    serverPort: number,
    first: FrameRef,
    beganHere: boolean,
    old: Connection | null,
  ): Connection | null {
    const head = hashBothEnds(client, clientPort, server, serverPort) & this.#mask;
    const place = old ? old.place : this.#placeFor(head);
    if (place < 0) return null;
    const made = new Connection(client, clientPort, server, serverPort, first, beganHere, place);
    this.#all[place] = made;
    if (old) return made;
    this.#next[place] = this.#heads[head];
    this.#heads[head] = place + 1;
    return made;
  }

  #placeFor(head: number): number {
    let steps = 0;
    for (let i = this.#heads[head]; i !== 0; i = this.#next[i - 1]) if (++steps === MAX_CHAIN) return -1;
    const { length } = this.#all;
    if (length < Math.min(FEW, this.#max)) return length;
    const place = this.#makeRoom();
    return place < 0 && length < this.#max ? length : place;
  }

  /** The place of a connection that is given up: no mail connection, and if there is one under the hand, one that was quiet. */
  #makeRoom(): number {
    let chosen = -1;
    for (let n = 0; n < LOOKED_AT; n++) {
      const place = this.#hand;
      this.#hand = (this.#hand + 1) % this.#all.length;
      const connection = this.#all[place];
      if (connection.isMail) continue;
      if (chosen < 0) chosen = place;
      if (!connection.touched) {
        chosen = place;
        break;
      }
      connection.touched = false;
    }
    if (chosen >= 0) this.#unlink(this.#all[chosen]);
    return chosen;
  }

  #unlink({ clientAddress, clientPort, serverAddress, serverPort, place }: Connection): void {
    if (this.#latest?.place === place) this.#latest = null;
    const head = hashBothEnds(clientAddress, clientPort, serverAddress, serverPort) & this.#mask;
    if (this.#heads[head] === place + 1) {
      this.#heads[head] = this.#next[place];
      return;
    }
    for (let i = this.#heads[head]; i !== 0; i = this.#next[i - 1]) {
      if (this.#next[i - 1] !== place + 1) continue;
      this.#next[i - 1] = this.#next[place];
      return;
    }
  }

  #becameMail(connection: Connection): void {
    if (this.mail.size >= this.#maxMail) {
      this.dropped++;
      return;
    }
    this.mail.add(connection);
    const known = this.#clients.get(connection.clientAddress);
    if (!known) this.#clients.set(connection.clientAddress, { latest: connection.clientPort, restarts: [] });
  }

  #opened({ clientAddress, clientPort, first }: Connection): void {
    const ports = this.#clients.get(clientAddress);
    if (!ports) return;
    if (clientPort < ports.latest && ports.latest <= LAST_COUNTED_PORT && ports.restarts.length < MAX_RESTARTS) ports.restarts.push(first);
    ports.latest = clientPort;
  }
}
