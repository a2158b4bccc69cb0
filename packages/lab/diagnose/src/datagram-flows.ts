/**
 * Flows by their sender, destination and port, in a bounded table. A push registration is one destination, port and small
 * payload, so small payloads tell flows apart; everything else to a port is one flow per sender. A packet of a known flow allocates
 * nothing. When the table is full, flows that drew nothing and were quiet make room for new ones.
 */

import { BoundedTable } from "./bounded-table.ts";
import { DatagramFlow, FlowMemory } from "./datagram-flow.ts";
import { hashEnds } from "./ends-hash.ts";

/** Flows that one sender may have to one port before its payloads are taken to be data and no contexts. */
const MAX_PAYLOADS = 8;
/** Below so many flows none is given up. */
const FEW = 32_768;

export class DatagramFlows {
  readonly #table: BoundedTable<DatagramFlow>;
  readonly #memory: FlowMemory;
  readonly #max: number;
  /** Of the datagram before: an error mostly follows what it quotes. */
  #latest: DatagramFlow | null = null;
  /** Flows whose registration was made anew: the datagrams that follow belong to the new one. */
  readonly #closed: DatagramFlow[] = [];
  /** Datagrams whose flow was not kept, for want of room. */
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
   * The flow of a datagram; a new one where there is none yet; `null` where there is no room for it. `len` bytes of payload were captured of
   * `wholeLen` that were sent.
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

  /** The flow between two addresses that has a recent datagram with this IP identification; `null` where none has, or there is none. */
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

  /** What was sent so far is over, because a registration with the same context begins: the next datagram begins a flow of its own. */
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
