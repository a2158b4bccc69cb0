/** TCP connections by their two ends, in a bounded table. Mail connections stay; others make room for new ones once they are quiet. */

import { TCP_ACK, TCP_SYN } from "@pushback/wire";
import { BoundedTable } from "./bounded-table.ts";
import { hashBothEnds } from "./ends-hash.ts";
import type { FrameRef } from "./frame-ref.ts";
import { Connection } from "./mail-sessions.ts";

/** Number of connections below which none is evicted. */
const FEW = 8_192;
/**
 * Systems that count ports from the bottom at every start use ports up to 5000 (Q194952). After a port above this value a lower port is no sign of a restart,
 * because the count may have wrapped around.
 */
const LAST_COUNTED_PORT = 4_900;
const MAX_RESTARTS = 16;

/** Local ports of a mail client's new connections; they show when its TCP was restarted. */
interface ClientPorts {
  latest: number;
  /** A new connection from a lower port than the one before: the machine counts from the bottom again. */
  readonly restarts: FrameRef[];
}

export class Connections {
  readonly #table: BoundedTable<Connection>;
  readonly #maxMail: number;
  #latest: Connection | null = null;
  /** All mail connections, also ended ones whose ports a later connection uses. */
  readonly mail = new Set<Connection>();
  readonly #clients = new Map<number, ClientPorts>();
  /** Number of mail connections that were not kept, because the table had no room. */
  dropped = 0;
  /** Segments of connections for which there was no room. */
  lost = 0;

  constructor(max: number, maxMail: number) {
    this.#maxMail = maxMail;
    this.#table = new BoundedTable<Connection>({
      max,
      few: FEW,
      mayGo: (connection) => !connection.isMail,
      onGone: (connection) => {
        if (this.#latest?.place === connection.place) this.#latest = null;
      },
    });
  }

  /** Adds a segment to its connection and returns the connection; `null` if the table has no room for a new one. */
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
    // A SYN/ACK begins a new connection if the previous one was established or has ended; so does a SYN after its end.
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

  /** Whether a connection between these ends is known. */
  has(source: number, srcPort: number, destination: number, dstPort: number): boolean {
    return this.#find(source, srcPort, destination, dstPort) !== null;
  }

  /** Signs that the machine's TCP counts its ports from the bottom again. */
  restartsOf(client: number): readonly FrameRef[] {
    return this.#clients.get(client)?.restarts ?? [];
  }

  /** Every connection that is still known, mail or not. */
  all(): readonly Connection[] {
    return this.#table.entries();
  }

  #find(source: number, srcPort: number, destination: number, dstPort: number): Connection | null {
    if (this.#latest?.isBetween(source, srcPort, destination, dstPort)) return this.#latest;
    const table = this.#table;
    for (let c = table.first(hashBothEnds(source, srcPort, destination, dstPort)); c !== null; c = table.after(c)) {
      if (c.isBetween(source, srcPort, destination, dstPort)) return c;
    }
    return null;
  }

  /** Adds a new connection, which replaces `old` if that is given; `null` if the table has no room. */
  #make(
    client: number,
    clientPort: number,
    server: number,
    serverPort: number,
    first: FrameRef,
    beganHere: boolean,
    old: Connection | null,
  ): Connection | null {
    const hash = hashBothEnds(client, clientPort, server, serverPort);
    const place = old ? old.place : this.#table.placeFor(hash);
    if (place < 0) return null;
    const made = new Connection(client, clientPort, server, serverPort, first, beganHere, place);
    if (old) this.#table.replace(made);
    else this.#table.add(hash, made);
    return made;
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
