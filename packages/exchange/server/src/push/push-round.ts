/**
 * Whose datagram is due next. Every session waits equally long from one to the next, so whoever was sent to first is due first: a ring in
 * order of time, and one timer for all, instead of one timer in a heap for each of thousands.
 */

import type { Host, Timer } from "@pushback/host";
import { NOT_DUE, type PushRegistrations } from "./push-registrations.ts";

/** Turns are small integers, which an engine keeps in place where a time would be in a box of its own; one comes round again long after its entry is gone. */
const TURNS = 2 ** 30;

export class PushRound {
  readonly #host: Host;
  readonly #registrations: PushRegistrations;
  readonly #send: (row: number) => void;
  /** A ring; its length is a power of two. An entry whose turn is not its row's any more stands for nothing. */
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

  /** Sends to the row in `delayUs`. False where that is before somebody else's turn who is in the round already: then it is not added. */
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
    // What is added while this runs is not due yet; it must not set the timer either.
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
