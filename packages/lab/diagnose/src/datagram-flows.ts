/**
 * Flows by sender, destination and port, in a bounded table. A push registration is one destination, port and small payload, so datagrams with different
 * small payloads belong to different flows; all other datagrams of a sender to a port are one flow. A packet of a known flow allocates nothing. When
 * the table is full, idle flows without errors are evicted.
 */

import { BoundedTable } from "./bounded-table.ts";
import { DatagramFlow, FlowMemory } from "./datagram-flow.ts";
import { hashEnds } from "./ends-hash.ts";

/** Flows that one sender may have to one port before its payloads are taken to be data and no contexts. */
const MAX_PAYLOADS = 8;
/** Number of flows below which none is evicted. */
const FEW = 32_768;

export class DatagramFlows {
  readonly #table: BoundedTable<DatagramFlow>;
  readonly #memory: FlowMemory;
  readonly #max: number;
  /** Flow of the latest datagram: an ICMP error mostly follows the datagram that it quotes. */
  #latest: DatagramFlow | null = null;
  /** Flows that ended because the same context was registered again: later datagrams belong to a new flow. */
  readonly #closed: DatagramFlow[] = [];
  /** Number of datagrams whose flow was not kept, because the table had no room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
    this.#table = new BoundedTable<DatagramFlow>({ max, few: FEW, mayGo });
    this.#memory = new FlowMemory(max);
  }

  /** Every flow that is known. */
  *all(): Generator<DatagramFlow> {
    for (const list of [this.#closed, this.#table.entries()]) for (const flow of list) if (flow.count > 0) yield flow;
  }

  /**
   * Finds or creates the flow of a datagram; `null` if the table has no room. `len` is the number of captured payload bytes, `wholeLen` the number of
   * bytes sent.
   */
  find(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    b: Uint8Array,
    at: number,
    len: number,
    wholeLen: number,
    frame: number,
    timeUs: number,
  ): DatagramFlow | null {
    const table = this.#table;
    const hash = hashEnds(source, destination, dstPort);
    let ofSender = 0;
    let newest: DatagramFlow | null = null;
    for (let flow = table.first(hash); flow !== null; flow = table.after(flow)) {
      if (!flow.isFrom(source, destination, dstPort)) continue;
      if (flow.carries(b, at, len, wholeLen)) {
        this.#latest = flow;
        return flow;
      }
      newest ??= flow;
      ofSender++;
    }
    if (newest && ofSender >= MAX_PAYLOADS) {
      newest.takeAnything();
      this.#latest = newest;
      return newest;
    }
    const place = table.placeFor(hash);
    if (place < 0) {
      this.dropped++;
      this.#latest = null;
      return null;
    }
    const flow = new DatagramFlow(source, destination, srcPort, dstPort, b, at, len, wholeLen, { frame, timeUs }, place, this.#memory);
    table.add(hash, flow);
    this.#latest = flow;
    return flow;
  }

  /** The flow whose datagram an error quotes; `null` where no datagram is known that it can quote. */
  quoted(source: number, destination: number, dstPort: number, ipId: number, sum: number, timeUs: number): DatagramFlow | null {
    const latest = this.#latest;
    if (latest?.isLatest(ipId, sum) && latest.isFrom(source, destination, dstPort)) return latest;
    let fast: DatagramFlow | null = null;
    const table = this.#table;
    for (let flow = table.first(hashEnds(source, destination, dstPort)); flow !== null; flow = table.after(flow)) {
      if (!flow.isFrom(source, destination, dstPort)) continue;
      if (flow.hasRecent(ipId, sum)) return flow;
      if (fast === null && flow.isFast(timeUs)) fast = flow;
    }
    return fast;
  }

  /** Flows by their two addresses, for errors whose quote ends before the ports; filled when the first of them comes. */
  readonly #byPair = new Map<number, DatagramFlow[]>();
  #paired = 0;

  /** The flow between two addresses with a recent datagram of this IP identification; `null` if there is none. */
  quotedWithoutPorts(source: number, destination: number, ipId: number): DatagramFlow | null {
    const entries = this.#table.entries();
    for (; this.#paired < entries.length; this.#paired++) {
      const flow = entries[this.#paired];
      const pair = pairOf(flow.source, flow.destination);
      const known = this.#byPair.get(pair);
      if (known) known.push(flow);
      else this.#byPair.set(pair, [flow]);
    }
    if (ipId === 0) return null;
    const flows = this.#byPair.get(pairOf(source, destination)) ?? [];
    for (let i = flows.length - 1; i >= Math.max(0, flows.length - MAX_LOOKED_AT); i--)
      if (flows[i].source === source && flows[i].destination === destination && flows[i].hasRecent(ipId, -1)) return flows[i];
    return null;
  }

  /** Ends the flow of a context that is registered again: the next datagram with it begins a new flow. */
  closeConstant(source: number, destination: number, dstPort: number, payloadHex: string): void {
    const table = this.#table;
    for (let flow = table.first(hashEnds(source, destination, dstPort)); flow !== null; flow = table.after(flow)) {
      if (!flow.isFrom(source, destination, dstPort) || flow.payloadHex !== payloadHex) continue;
      if (this.#closed.length >= this.#max) return;
      this.#closed.push(flow);
      if (flow.connection) flow.connection.flows = flow.connection.flows.filter((other) => other !== flow);
      flow.leave(this.#memory);
      table.retire(flow, new DatagramFlow(0, 0, 0, 0, NOTHING, 0, 0, 0, flow.first, flow.place, this.#memory));
      if (this.#latest === flow) this.#latest = null;
      return;
    }
  }
}

/** Flows between two addresses that are looked at for an error without ports. */
const MAX_LOOKED_AT = 256;

/** Two addresses in one number; addresses that collide only cost a look. */
function pairOf(source: number, destination: number): number {
  return (source % 2 ** 20) * 2 ** 33 + destination;
}

const NOTHING = new Uint8Array(0);

function mayGo(flow: DatagramFlow): boolean {
  return flow.isOneOfMany || (flow.connection === null && flow.errors === 0 && flow.otherErrors === 0 && flow.doubtfulErrors === 0);
}
