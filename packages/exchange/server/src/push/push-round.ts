/**
 * Schedules the periodic datagrams. All sessions have the same interval, so the order of the last datagrams is the order of the next ones:
 * a ring buffer in order of time needs one timer in all, instead of a heap with one timer per session.
 */

import type { Host, Timer } from "@pushback/host";
import { NOT_DUE, type PushRegistrations } from "./push-registrations.ts";

/** Turn numbers wrap here. They stay small integers, which V8 stores unboxed; a number is reused long after its entry was removed. */
const TURNS = 2 ** 30;

export class PushRound {
  readonly #host: Host;
  readonly #registrations: PushRegistrations;
  readonly #send: (row: number) => void;
  /** Ring buffer; its length is a power of two. An entry is void if its turn differs from the row's present turn. */
  #rows = new Int32Array(64);
  #dueUs = new Float64Array(64);
  #turns = new Int32Array(64);
  #nextTurn = 0;
  #head = 0;
  #size = 0;
  #timer: Timer | null = null;
  #isSet = false;

  constructor(host: Host, registrations: PushRegistrations, send: (row: number) => void) {
    this.#host = host;
    this.#registrations = registrations;
    this.#send = send;
  }

  /** Schedules the row's datagram in `delayUs`. Returns false, and adds nothing, if that is before the last entry of the ring. */
  add(row: number, delayUs: number): boolean {
    const dueUs = this.#host.nowUs() + delayUs;
    const mask = this.#rows.length - 1;
    if (this.#size > 0 && dueUs < this.#dueUs[(this.#head + this.#size - 1) & mask]) return false;
    if (this.#size === this.#rows.length) this.#grow();
    const at = (this.#head + this.#size++) & (this.#rows.length - 1);
    this.#rows[at] = row;
    this.#dueUs[at] = dueUs;
    this.#turns[at] = this.#nextTurn;
    this.#registrations.setTurn(row, this.#nextTurn);
    this.#nextTurn = (this.#nextTurn + 1) % TURNS;
    if (!this.#isSet) this.#arm(delayUs);
    return true;
  }

  #arm(delayUs: number): void {
    this.#isSet = true;
    if (this.#timer) this.#timer.again(delayUs);
    else this.#timer = this.#host.setTimer(delayUs, () => this.#run());
  }

  #run(): void {
    const nowUs = this.#host.nowUs();
    const registrations = this.#registrations;
    // Entries added meanwhile are not due yet, and must not set the timer.
    while (this.#size > 0) {
      const at = this.#head;
      if (this.#dueUs[at] > nowUs) break;
      const row = this.#rows[at];
      this.#head = (at + 1) & (this.#rows.length - 1);
      this.#size--;
      if (registrations.turnOf(row) !== this.#turns[at]) continue;
      registrations.setTurn(row, NOT_DUE);
      this.#send(row);
    }
    this.#isSet = false;
    if (this.#size > 0) this.#arm(this.#dueUs[this.#head] - nowUs);
  }

  /** Ends the round: no further datagram is sent. */
  close(): void {
    this.#size = 0;
    this.#timer?.cancel();
  }

  #grow(): void {
    const length = this.#rows.length;
    const rows = new Int32Array(2 * length);
    const dueUs = new Float64Array(2 * length);
    const turns = new Int32Array(2 * length);
    for (let i = 0; i < this.#size; i++) {
      const at = (this.#head + i) & (length - 1);
      rows[i] = this.#rows[at];
      dueUs[i] = this.#dueUs[at];
      turns[i] = this.#turns[at];
    }
    this.#rows = rows;
    this.#dueUs = dueUs;
    this.#turns = turns;
    this.#head = 0;
  }
}
