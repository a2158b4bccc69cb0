/** Registrations for push notifications, by the address and port that the server sends to. */

import type { DatagramFlow } from "./datagram-flow.ts";
import type { Connection, Registration } from "./mail-sessions.ts";

const MAX_TARGETS = 131_072;
/** Registrations remembered for one address and port. */
const MAX_REGISTRATIONS = 16;

interface Registered {
  readonly connection: Connection;
  readonly registration: Registration;
}

export class Registrations {
  readonly #byTarget = new Map<number, Registered[]>();
  /** Number of registrations that had no room. */
  dropped = 0;

  add(connection: Connection, registration: Registration): void {
    const key = registration.address * 65536 + registration.port;
    const all = this.#byTarget.get(key);
    if (all) {
      if (all.length === MAX_REGISTRATIONS) all.shift();
      all.push({ connection, registration });
    } else if (this.#byTarget.size < MAX_TARGETS) this.#byTarget.set(key, [{ connection, registration }]);
    else this.dropped++;
  }

  /** Those of one address and port, in order. */
  of(address: number, port: number): readonly Registered[] {
    return this.#byTarget.get(address * 65536 + port) ?? [];
  }

  /** Joins the flow with the latest registration of its destination, port and payload. */
  join(flow: DatagramFlow): void {
    const all = this.#byTarget.get(flow.destination * 65536 + flow.dstPort);
    if (!all) return;
    const { payloadHex } = flow;
    const found = all.findLast(({ registration }) => registration.contextHex === payloadHex);
    if (!found) return;
    flow.connection = found.connection;
    flow.registration = found.registration;
    found.connection.flows = [...found.connection.flows, flow];
  }
}
