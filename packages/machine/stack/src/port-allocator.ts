/** Dynamic ports of one protocol, as the personality's `PortRule` says. */

import type { PortRule } from "@pushback/host";

/** A clock-driven start moves by one port each millisecond of uptime; the unit is ours, no source names one. */
const CLOCK_UNIT_US = 1000;

export class PortAllocator {
  readonly #rule: PortRule;
  /** The port to try next; -1 before the first call. */
  #next = -1;

  constructor(rule: PortRule) {
    this.#rule = rule;
  }

  /** The next port that `isTaken` does not refuse, or 0 when every one is taken. */
  allocate(uptimeUs: number, isTaken: { has(port: number): boolean }): number {
    const first = this.#rule.first + this.#rule.takenAtBoot;
    const count = this.#rule.last - first + 1;
    if (this.#next < 0) this.#next = this.#rule.order === "clock" ? first + (Math.floor(uptimeUs / CLOCK_UNIT_US) % count) : first;
    for (let i = 0; i < count; i++) {
      const port = this.#next;
      this.#next = port >= this.#rule.last ? first : port + 1;
      if (!isTaken.has(port)) return port;
    }
    return 0;
  }
}
