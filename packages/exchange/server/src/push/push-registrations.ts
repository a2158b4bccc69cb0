/**
 * Push registrations of all sessions, as rows of numbers in one buffer. One row holds all that a datagram needs. As objects these numbers
 * would lie in four places in memory, and with thousands of sessions each place is a cache miss (docs/FLEET-PROFILE.md).
 */

import type { Ipv4Address } from "@pushback/host";
import { emitPushDatagram, MAX_CONTEXT_BYTES } from "@pushback/mapi";

/** A row's numbers: address, port (0: not registered), length of the datagram, datagrams sent, turn in the round, session; then the datagram's bytes. */
const PORT = 1;
const LEN = 2;
const SENT = 3;
const TURN = 4;
const SESSION = 5;
const DATAGRAM = 6;
const STRIDE = DATAGRAM + MAX_CONTEXT_BYTES / 4;

/** The turn of a row that is not in the round. */
export const NOT_DUE = -1;

/** A push registration: the context that each datagram carries, and where datagrams go. */
export interface PushRegistration {
  readonly rgbContext: Uint8Array;
  readonly address: Ipv4Address;
  readonly port: number;
}

/** Rows are numbers from `add` until `remove`, which may give the same number to another session. */
export class PushRegistrations {
  #words = new Int32Array(64 * STRIDE);
  /** Bytes of the datagrams, in the memory of `#words`. `add` replaces the array. */
  bytes = new Uint8Array(this.#words.buffer);
  readonly #free: number[] = [];
  #rows = 0;

  /** Adds a row for a session, without a registration and with no datagram sent. Returns the row's number. */
  add(session: number): number {
    const row = this.#free.pop() ?? this.#rows++;
    if ((row + 1) * STRIDE > this.#words.length) {
      const longer = new Int32Array(this.#words.length * 2);
      longer.set(this.#words);
      this.#words = longer;
      this.bytes = new Uint8Array(longer.buffer);
    }
    const at = row * STRIDE;
    this.#words.fill(0, at, at + STRIDE);
    this.#words[at + TURN] = NOT_DUE;
    this.#words[at + SESSION] = session;
    return row;
  }

  /** Removes the registration of a row and frees the row for another session. */
  remove(row: number): void {
    this.#words[row * STRIDE + PORT] = 0;
    this.#words[row * STRIDE + TURN] = NOT_DUE;
    this.#free.push(row);
  }

  /** Stores a registration, and replaces an earlier one of the row. The context must have at most MAX_CONTEXT_BYTES; the port must not be 0. */
  register(row: number, { rgbContext, address, port }: PushRegistration): void {
    const at = row * STRIDE;
    const datagram = emitPushDatagram(rgbContext);
    this.#words[at] = address;
    this.#words[at + PORT] = port;
    this.#words[at + LEN] = datagram.length;
    this.bytes.set(datagram, this.datagramAt(row));
  }

  /** Removes the registration; the row stays the session's. */
  unregister(row: number): void {
    this.#words[row * STRIDE + PORT] = 0;
  }

  /** Whether the row has a registration. */
  isRegistered(row: number): boolean {
    return this.#words[row * STRIDE + PORT] !== 0;
  }

  /** Destination address of the row's datagrams. */
  addressOf(row: number): Ipv4Address {
    return this.#words[row * STRIDE] >>> 0;
  }

  /** Destination port of the row's datagrams; 0 without a registration. */
  portOf(row: number): number {
    return this.#words[row * STRIDE + PORT];
  }

  /** Offset of the datagram in `bytes`. */
  datagramAt(row: number): number {
    return (row * STRIDE + DATAGRAM) * 4;
  }

  /** Length of the row's datagram in bytes. */
  datagramLen(row: number): number {
    return this.#words[row * STRIDE + LEN];
  }

  /** Id of the session that has the row. */
  sessionOf(row: number): number {
    return this.#words[row * STRIDE + SESSION];
  }

  /** Number of datagrams sent for the row's session. */
  datagramsSent(row: number): number {
    return this.#words[row * STRIDE + SENT];
  }

  /** Counts a datagram; returns the new count. */
  countDatagram(row: number): number {
    return ++this.#words[row * STRIDE + SENT];
  }

  /** Turn number of the row's entry in the round of periodic datagrams; see `push-round.ts`. */
  turnOf(row: number): number {
    return this.#words[row * STRIDE + TURN];
  }

  setTurn(row: number, turn: number): void {
    this.#words[row * STRIDE + TURN] = turn;
  }
}
