/** Holds all associations and enforces their limits: their number, in all and per address, and their time limits. */

import type { Host, Ipv4Address, TcpConnection, TcpHandlers, Timer } from "@pushback/host";
import type { ServerLimits } from "../limits.ts";
import type { Association, Lateness } from "./association.ts";

/** Microseconds between two checks of the time limits. */
const SWEEP_US = 1_000_000;

/** Handlers of a refused connection: they ignore all events. */
const UNWANTED: TcpHandlers = { onData() {}, onClosed() {} };

export interface GuardHandlers {
  onRefused(address: Ipv4Address, why: "too-many" | "too-many-of-address"): void;
  onExpired(association: Association, why: Lateness): void;
}

export class AssociationGuard {
  readonly associations = new Set<Association>();
  readonly #host: Host;
  readonly #limits: ServerLimits | null;
  readonly #handlers: GuardHandlers;
  readonly #byAddress = new Map<Ipv4Address, number>();
  #timer: Timer | null = null;

  constructor(host: Host, limits: ServerLimits | null, handlers: GuardHandlers) {
    this.#host = host;
    this.#limits = limits;
    this.#handlers = handlers;
  }

  /** Makes the association with `create`, or resets the connection. */
  admit(connection: TcpConnection, create: () => Association): TcpHandlers {
    const { remoteAddress: address } = connection;
    const limits = this.#limits;
    const ofAddress = this.#byAddress.get(address) ?? 0;
    const tooMany = limits !== null && this.associations.size >= limits.associations;
    if (limits && (tooMany || ofAddress >= limits.associationsPerAddress)) {
      this.#handlers.onRefused(address, tooMany ? "too-many" : "too-many-of-address");
      connection.abort();
      return UNWANTED;
    }
    const association = create();
    this.associations.add(association);
    this.#byAddress.set(address, ofAddress + 1);
    if (limits) this.#timer ??= this.#host.setTimer(SWEEP_US, () => this.#sweep(limits));
    return association;
  }

  /** Must be called when an admitted connection has ended. */
  forget(association: Association): void {
    const address = association.connection.remoteAddress;
    this.associations.delete(association);
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }

  #sweep(limits: ServerLimits): void {
    this.#timer = null;
    const now = this.#host.nowUs();
    for (const association of this.associations) {
      const why = association.lateness(now, limits);
      if (why === null) continue;
      this.#handlers.onExpired(association, why);
      association.connection.abort();
    }
    if (this.associations.size > 0) this.#timer = this.#host.setTimer(SWEEP_US, () => this.#sweep(limits));
  }

  /** Closes every connection in order (FIN). */
  close(): void {
    this.#timer?.cancel();
    for (const association of this.associations) association.connection.close();
  }
}
