/** Finds flows by their ends after the capture was read: by sender, target and port, and by target and port alone. */

import type { DatagramFlow } from "./datagram-flow.ts";

const NONE: readonly DatagramFlow[] = [];

export class FlowIndex {
  /** Flows by destination: address × 65536 + port. */
  readonly #into = new Map<number, DatagramFlow[]>();

  #byEnds: Map<string, DatagramFlow[]> | null = null;

  constructor(flows: Iterable<DatagramFlow>) {
    for (const flow of flows) {
      const key = flow.destination * 65536 + flow.dstPort;
      const known = this.#into.get(key);
      if (known) known.push(flow);
      else this.#into.set(key, [flow]);
    }
  }

  /** Flows to this port of the target from any sender. */
  into(destination: number, dstPort: number): readonly DatagramFlow[] {
    return this.#into.get(destination * 65536 + dstPort) ?? NONE;
  }

  /** Flows from `source` to this port. */
  between(source: number, destination: number, dstPort: number): readonly DatagramFlow[] {
    this.#byEnds ??= this.#indexEnds();
    return this.#byEnds.get(`${source}/${destination}/${dstPort}`) ?? NONE;
  }

  #indexEnds(): Map<string, DatagramFlow[]> {
    const index = new Map<string, DatagramFlow[]>();
    for (const flows of this.#into.values()) {
      for (const flow of flows) {
        const key = `${flow.source}/${flow.destination}/${flow.dstPort}`;
        const known = index.get(key);
        if (known) known.push(flow);
        else index.set(key, [flow]);
      }
    }
    return index;
  }
}
