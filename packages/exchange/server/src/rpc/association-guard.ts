/** Holds all associations, and the limits on them: how many there are, of one address and together, and how long each may take over what. */

import type { Host, Ipv4Address, TcpConnection, TcpHandlers, Timer } from "@pushback/host";
import type { ServerLimits } from "../limits.ts";
import type { Association, Lateness } from "./association.ts";

/** Microseconds between two looks at who is late. */
const SWEEP_US = 1_000_000;

/** A connection that is not wanted. */
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

  /** To be called when the connection of one that was admitted is gone. */
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

  /** FIN to everybody. */
  close(): void {
    this.#timer?.cancel();
    for (const association of this.associations) association.connection.close();
  }
}
