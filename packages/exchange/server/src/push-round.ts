/**
 * Whose datagram is due next. Every session waits equally long from one to the next, so whoever was sent to first is due first: a ring in
 * order of time, and one timer for all, instead of one timer in a heap for each of thousands.
 */

import type { Host, Timer } from "@pushback/host";
import type { Session } from "./session.ts";

/** `pushTurn` of a session that is not in the round. */
export const NOT_DUE = -1;

/** Turns are small integers, which an engine keeps in place where a time would be in a box of its own; one comes round again long after its entry is gone. */
const TURNS = 2 ** 30;

export class PushRound {
  readonly #host: Host;
  readonly #send: (session: Session) => void;
  /** A ring; its length is a power of two. An entry whose turn is not its session's any more stands for nothing. */
  #sessions: (Session | null)[] = new Array(64).fill(null);
  #dueUs = new Float64Array(64);
  #turns = new Int32Array(64);
  #nextTurn = 0;
  #head = 0;
  #size = 0;
  #timer: Timer | null = null;
  #isSet = false;

  constructor(host: Host, send: (session: Session) => void) {
    this.#host = host;
    this.#send = send;
  }

  /** Sends to the session in `delayUs`. False where that is before somebody else's turn who is in the round already: then it is not added. */
  add(session: Session, delayUs: number): boolean {
    const dueUs = this.#host.nowUs() + delayUs;
    const mask = this.#sessions.length - 1;
    if (this.#size > 0 && dueUs < this.#dueUs[(this.#head + this.#size - 1) & mask]) return false;
    if (this.#size === this.#sessions.length) this.#grow();
    const at = (this.#head + this.#size++) & (this.#sessions.length - 1);
    this.#sessions[at] = session;
    this.#dueUs[at] = dueUs;
    this.#turns[at] = this.#nextTurn;
    session.pushTurn = this.#nextTurn;
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
    // What is added while this runs is not due yet; it must not set the timer either.
    while (this.#size > 0) {
      const at = this.#head;
      const dueUs = this.#dueUs[at];
      if (dueUs > nowUs) break;
      const session = this.#sessions[at] as Session;
      this.#sessions[at] = null;
      this.#head = (at + 1) & (this.#sessions.length - 1);
      this.#size--;
      if (session.pushTurn !== this.#turns[at]) continue;
      session.pushTurn = NOT_DUE;
      this.#send(session);
    }
    this.#isSet = false;
    if (this.#size > 0) this.#arm(this.#dueUs[this.#head] - nowUs);
  }

  #grow(): void {
    const length = this.#sessions.length;
    const sessions = new Array<Session | null>(2 * length).fill(null);
    const dueUs = new Float64Array(2 * length);
    const turns = new Int32Array(2 * length);
    for (let i = 0; i < this.#size; i++) {
      const at = (this.#head + i) & (length - 1);
      sessions[i] = this.#sessions[at];
      dueUs[i] = this.#dueUs[at];
      turns[i] = this.#turns[at];
    }
    this.#sessions = sessions;
    this.#dueUs = dueUs;
    this.#turns = turns;
    this.#head = 0;
  }
}
