/**
 * The events of a run, in columns. A fleet's run has tens of millions, nearly all of five kinds that are a few numbers each: those are kept
 * as numbers and become objects when they are read. All other events are kept as objects.
 */

import { pageMemory } from "./page-memory.ts";
import type { EventList, RecordedEvent } from "./recorded-event.ts";

type Layer = RecordedEvent["layer"];
type LayerEvent = RecordedEvent["event"];

const OTHER = 0;
const DATAGRAM_SENT = 1;
const UDP_NO_PORT = 2;
const UDP_DELIVERED = 3;
const ICMP_ERROR_SENT = 4;
const ICMP_ERROR_RECEIVED = 5;

/** Numbers per event: kind, machine, and four whose meaning depends on the kind. */
const STRIDE = 6;
/** Events of one page. Pages are never moved, so a long run copies nothing. */
const PAGE_BITS = 13;
const PAGE = 1 << PAGE_BITS;

interface Page {
  readonly timeUs: Float64Array;
  readonly words: Int32Array;
}

/** The events of a run. Reads like an array; objects of the frequent kinds are made at each reading. */
export class EventStore implements EventList {
  readonly #names: readonly string[];
  readonly #pages: Page[] = [];
  readonly #others: { readonly layer: Layer; readonly event: LayerEvent }[] = [];
  #length = 0;
  /** Fields of the page under construction. */
  #timeUs: Float64Array = new Float64Array(0);
  #words: Int32Array = new Int32Array(0);

  /** `names`: names of the machines, indexed by the machine numbers passed to `add`. */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Number of events. */
  get length(): number {
    return this.#length;
  }

  /** Appends an event of the machine with this number, at `atUs` microseconds since the start of the run. */
  add(atUs: number, machine: number, layer: Layer, event: LayerEvent): void {
    switch (event.type) {
      case "datagram-sent":
        this.addDatagramSent(atUs, machine, event.session, event.number, event.address, event.port, event.localPort);
        return;
      case "udp-no-port":
        this.addUdpNoPort(atUs, machine, event.localPort, event.from, event.fromPort);
        return;
      case "udp-delivered":
        this.addUdpDelivered(atUs, machine, event.localPort, event.from, event.fromPort);
        return;
      case "icmp-error-sent":
        this.addIcmpErrorSent(atUs, machine, event.to, event.icmpType, event.code, event.srcPort, event.dstPort);
        return;
      case "icmp-error-received": {
        const { from, icmpType, code, protocol, srcPort, remoteAddress, dstPort } = event;
        this.addIcmpErrorReceived(atUs, machine, from, icmpType, code, protocol, srcPort, remoteAddress, dstPort);
        return;
      }
      default:
        this.#add(atUs, machine, OTHER, this.#others.length, 0, 0, 0);
        this.#others.push({ layer, event });
    }
  }

  // The same events given as numbers, for callers that create no object for them.

  addDatagramSent(atUs: number, machine: number, session: number, number: number, address: number, port: number, localPort: number): void {
    this.#add(atUs, machine, DATAGRAM_SENT, session, number, address, (port << 16) | localPort);
  }

  addUdpNoPort(atUs: number, machine: number, localPort: number, from: number, fromPort: number): void {
    this.#add(atUs, machine, UDP_NO_PORT, from, (localPort << 16) | fromPort, 0, 0);
  }

  addUdpDelivered(atUs: number, machine: number, localPort: number, from: number, fromPort: number): void {
    this.#add(atUs, machine, UDP_DELIVERED, from, (localPort << 16) | fromPort, 0, 0);
  }

  addIcmpErrorSent(atUs: number, machine: number, to: number, icmpType: number, code: number, srcPort: number, dstPort: number): void {
    this.#add(atUs, machine, ICMP_ERROR_SENT, to, (icmpType << 8) | code, 0, (srcPort << 16) | dstPort);
  }

  addIcmpErrorReceived(
    atUs: number,
    machine: number,
    from: number,
    icmpType: number,
    code: number,
    protocol: number,
    srcPort: number,
    remoteAddress: number,
    dstPort: number,
  ): void {
    const what = (icmpType << 16) | (code << 8) | protocol;
    this.#add(atUs, machine, ICMP_ERROR_RECEIVED, from, what, remoteAddress, (srcPort << 16) | dstPort);
  }

  #add(atUs: number, machine: number, kind: number, a: number, b: number, c: number, d: number): void {
    const slot = this.#length++ & (PAGE - 1);
    if (slot === this.#timeUs.length || slot === 0) this.#nextPage(slot);
    this.#timeUs[slot] = atUs;
    const words = this.#words;
    const at = slot * STRIDE;
    words[at] = kind;
    words[at + 1] = machine;
    words[at + 2] = a;
    words[at + 3] = b;
    words[at + 4] = c;
    words[at + 5] = d;
  }

  /** The first page is small, so that a short run does not pay for a whole page. */
  #nextPage(slot: number): void {
    const size = this.#pages.length === 0 ? PAGE >> 3 : PAGE;
    const page = { timeUs: new Float64Array(pageMemory(8 * size)), words: new Int32Array(pageMemory(4 * size * STRIDE)) };
    if (slot > 0) {
      page.timeUs.set(this.#timeUs);
      page.words.set(this.#words);
      this.#pages.pop();
    }
    this.#pages.push(page);
    this.#timeUs = page.timeUs;
    this.#words = page.words;
  }

  /** Number of the machine that event number `index` is about. */
  machineOf(index: number): number {
    return this.#pages[index >> PAGE_BITS].words[(index & (PAGE - 1)) * STRIDE + 1];
  }

  at(index: number): RecordedEvent | undefined {
    const i = index < 0 ? this.#length + index : index;
    if (i < 0 || i >= this.#length) return undefined;
    const { timeUs, words } = this.#pages[i >> PAGE_BITS];
    const slot = i & (PAGE - 1);
    const at = slot * STRIDE;
    const atUs = timeUs[slot];
    const machine = this.#names[words[at + 1]];
    const a = words[at + 2];
    const b = words[at + 3];
    const address = words[at + 4] >>> 0;
    const high = words[at + 5] >>> 16;
    const low = words[at + 5] & 0xffff;
    switch (words[at]) {
      case DATAGRAM_SENT:
        return {
          atUs,
          machine,
          layer: "server",
          event: { type: "datagram-sent", session: a, number: b, address, port: high, localPort: low },
        };
      case UDP_NO_PORT:
      case UDP_DELIVERED: {
        const type = words[at] === UDP_NO_PORT ? "udp-no-port" : "udp-delivered";
        return { atUs, machine, layer: "machine", event: { type, localPort: b >>> 16, from: a >>> 0, fromPort: b & 0xffff } };
      }
      case ICMP_ERROR_SENT: {
        const event = { type: "icmp-error-sent", to: a >>> 0, icmpType: b >>> 8, code: b & 255, srcPort: high, dstPort: low } as const;
        return { atUs, machine, layer: "machine", event };
      }
      case ICMP_ERROR_RECEIVED:
        return {
          atUs,
          machine,
          layer: "machine",
          event: {
            type: "icmp-error-received",
            from: a >>> 0,
            icmpType: b >>> 16,
            code: (b >>> 8) & 255,
            protocol: b & 255,
            srcPort: high,
            remoteAddress: address,
            dstPort: low,
          },
        };
      default: {
        const { layer, event } = this.#others[a];
        return { atUs, machine, layer, event } as RecordedEvent;
      }
    }
  }

  *[Symbol.iterator](): Iterator<RecordedEvent> {
    for (let i = 0; i < this.#length; i++) yield this.at(i) as RecordedEvent;
  }

  filter(test: (event: RecordedEvent, index: number) => unknown): RecordedEvent[] {
    return this.flatMap((event, i) => (test(event, i) ? [event] : []));
  }

  map<T>(turn: (event: RecordedEvent, index: number) => T): T[] {
    const all: T[] = [];
    for (let i = 0; i < this.#length; i++) all.push(turn(this.at(i) as RecordedEvent, i));
    return all;
  }

  flatMap<T>(turn: (event: RecordedEvent, index: number) => T | readonly T[]): T[] {
    const all: T[] = [];
    for (const turned of this.map(turn)) {
      if (Array.isArray(turned)) for (const one of turned as T[]) all.push(one);
      else all.push(turned as T);
    }
    return all;
  }

  find(test: (event: RecordedEvent, index: number) => unknown): RecordedEvent | undefined {
    for (let i = 0; i < this.#length; i++) {
      const event = this.at(i) as RecordedEvent;
      if (test(event, i)) return event;
    }
    return undefined;
  }

  some(test: (event: RecordedEvent, index: number) => unknown): boolean {
    return this.find(test) !== undefined;
  }

  slice(from = 0, to = this.#length): RecordedEvent[] {
    const all: RecordedEvent[] = [];
    const end = to < 0 ? this.#length + to : Math.min(to, this.#length);
    for (let i = from < 0 ? Math.max(0, this.#length + from) : from; i < end; i++) all.push(this.at(i) as RecordedEvent);
    return all;
  }
}
