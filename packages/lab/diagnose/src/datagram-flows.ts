/**
 * Flows by their sender, destination and port, in a table of fixed size. A push registration is one destination, port and small
 * payload, so small payloads tell flows apart; everything else to a port is one flow per sender. A packet of a known flow allocates
 * nothing. When the table is full, flows that drew nothing and were quiet make room for new ones.
 */

import { DatagramFlow, RECENT } from "./datagram-flow.ts";
import { hashEnds } from "./ends-hash.ts";

/** Flows that one sender may have to one port before its payloads are taken to be data and no contexts. */
const MAX_PAYLOADS = 8;
/** Flows that may share a place of the index; a capture made to collide gets no more. */
const MAX_CHAIN = 64;
/** Flows that are kept whatever they are; with more of them only those that drew something or are registered stay. */
const FEW = 32_768;
/** Flows that are looked at to make room for one. */
const LOOKED_AT = 256;

export class DatagramFlows {
  /** Heads of chains, as place + 1; then the next in each chain. */
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;
  readonly #recent: Int32Array;
  readonly #flows: DatagramFlow[] = [];
  readonly #max: number;
  #hand = 0;
  /** Of the datagram before: an error mostly follows what it quotes. */
  #latest: DatagramFlow | null = null;
  /** Flows whose registration was made anew: the datagrams that follow belong to the new one. */
  readonly #closed: DatagramFlow[] = [];
  /** Datagrams whose flow was not kept, for want of room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
    const slots = 2 ** Math.ceil(Math.log2(max * 2));
    this.#heads = new Int32Array(slots);
    this.#next = new Int32Array(max);
    this.#mask = slots - 1;
    this.#recent = new Int32Array(max * RECENT);
  }

  /** Every flow that is known. */
  *all(): Generator<DatagramFlow> {
    for (const list of [this.#closed, this.#flows]) for (const flow of list) if (flow.count > 0) yield flow;
  }

  /** The flow of a datagram; a new one where there is none yet; `null` where there is no room for it. */
  find(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    b: Uint8Array,
    at: number,
    len: number,
    frame: number,
    timeUs: number,
  ): DatagramFlow | null {
    const head = hashEnds(source, destination, dstPort) & this.#mask;
    let ofSender = 0;
    let steps = 0;
    let newest: DatagramFlow | null = null;
    for (let i = this.#heads[head]; i !== 0; i = this.#next[i - 1]) {
      const flow = this.#flows[i - 1];
      steps++;
      if (!flow.isFrom(source, destination, dstPort)) continue;
      if (flow.carries(b, at, len)) {
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
    const place = steps >= MAX_CHAIN ? -1 : this.#freePlace();
    if (place < 0) {
      this.dropped++;
      this.#latest = null;
      return null;
    }
    const flow = new DatagramFlow(source, destination, srcPort, dstPort, b, at, len, { frame, timeUs }, place, this.#recent);
    this.#flows[place] = flow;
    this.#next[place] = this.#heads[head];
    this.#heads[head] = place + 1;
    this.#latest = flow;
    return flow;
  }

  /** A new place while there are few; then that of a flow which may go, and where none is found a new one again. */
  #freePlace(): number {
    const { length } = this.#flows;
    if (length < Math.min(FEW, this.#max)) return length;
    const place = this.#makeRoom();
    return place < 0 && length < this.#max ? length : place;
  }

  /** The place of a flow that is given up: of those under the hand, one that was quiet, or else the first that may go; -1 where none may. */
  #makeRoom(): number {
    let chosen = -1;
    for (let n = 0; n < LOOKED_AT; n++) {
      const place = this.#hand;
      this.#hand = (this.#hand + 1) % this.#flows.length;
      const flow = this.#flows[place];
      if (!mayGo(flow)) continue;
      if (chosen < 0) chosen = place;
      if (!flow.touched) {
        chosen = place;
        break;
      }
      flow.touched = false;
    }
    if (chosen >= 0) this.#unlink(this.#flows[chosen]);
    return chosen;
  }

  #unlink({ source, destination, dstPort, place }: DatagramFlow): void {
    const head = hashEnds(source, destination, dstPort) & this.#mask;
    if (this.#heads[head] === place + 1) {
      this.#heads[head] = this.#next[place];
      return;
    }
    for (let i = this.#heads[head]; i !== 0; i = this.#next[i - 1]) {
      if (this.#next[i - 1] !== place + 1) continue;
      this.#next[i - 1] = this.#next[place];
      return;
    }
  }

  /** The flow whose datagram an error quotes; `null` where no datagram is known that it can quote. */
  quoted(source: number, destination: number, dstPort: number, ipId: number, timeUs: number): DatagramFlow | null {
    const latest = this.#latest;
    if (latest?.hasLatestId(ipId) && latest.isFrom(source, destination, dstPort)) return latest;
    let fast: DatagramFlow | null = null;
    const head = hashEnds(source, destination, dstPort) & this.#mask;
    for (let i = this.#heads[head]; i !== 0; i = this.#next[i - 1]) {
      const flow = this.#flows[i - 1];
      if (!flow.isFrom(source, destination, dstPort)) continue;
      if (flow.hasRecentId(ipId)) return flow;
      if (fast === null && flow.isFast(timeUs)) fast = flow;
    }
    return fast;
  }

  /** What was sent so far is over, because a registration with the same context begins: the next datagram begins a flow of its own. */
  closeConstant(source: number, destination: number, dstPort: number, payloadHex: string): void {
    for (let i = this.#heads[hashEnds(source, destination, dstPort) & this.#mask]; i !== 0; i = this.#next[i - 1]) {
      const flow = this.#flows[i - 1];
      if (!flow.isFrom(source, destination, dstPort) || flow.payloadHex !== payloadHex) continue;
      if (this.#closed.length >= this.#max) return;
      this.#unlink(flow);
      this.#closed.push(flow);
      if (flow.connection) flow.connection.flows = flow.connection.flows.filter((other) => other !== flow);
      // Something must hold its place until it is needed.
      this.#flows[flow.place] = new DatagramFlow(0, 0, 0, 0, NOTHING, 0, 0, flow.first, flow.place, this.#recent);
      if (this.#latest === flow) this.#latest = null;
      return;
    }
  }
}

const NOTHING = new Uint8Array(0);

function mayGo(flow: DatagramFlow): boolean {
  return flow.isOneOfMany || (flow.connection === null && flow.errors === 0 && flow.otherErrors === 0 && flow.doubtfulErrors === 0);
}
