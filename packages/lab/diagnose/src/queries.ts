/**
 * The latest datagrams, by both endpoints and by the sender's port: they distinguish an answer from an unsolicited datagram. The table has a fixed size;
 * later datagrams overwrite earlier ones.
 */

import { hashEnds } from "./ends-hash.ts";
import type { FrameRef } from "./frame-ref.ts";

const SLOTS = 32_768;
/** Time after which a query is no longer matched with answers; programs have given up long before. */
const MAX_AGE_US = 300_000_000;

/** Time after which another datagram between the same endpoints becomes the port's latest one. */
const FRESH_US = 250_000;

/** The latest datagram that a port sent. */
export interface LatestSent extends FrameRef {
  readonly destination: number;
  readonly dstPort: number;
}

export class Queries {
  // Addresses may be numbers of IPv6 addresses, from 2^32 on: doubles hold them.
  readonly #source = new Float64Array(SLOTS).fill(-1);
  readonly #destination = new Float64Array(SLOTS);
  readonly #ports = new Uint32Array(SLOTS);
  /** Queries between these ends, less the refused answers. */
  readonly #unanswered = new Uint32Array(SLOTS);
  readonly #frame = new Float64Array(SLOTS);
  readonly #timeUs = new Float64Array(SLOTS);
  readonly #portSource = new Float64Array(SLOTS).fill(-1);
  readonly #portNumber = new Uint16Array(SLOTS);
  readonly #portDestination = new Float64Array(SLOTS);
  readonly #portDstPort = new Uint16Array(SLOTS);
  readonly #portFrame = new Float64Array(SLOTS);
  readonly #portTimeUs = new Float64Array(SLOTS);

  /** Records a datagram that may be a query. */
  note(source: number, destination: number, srcPort: number, dstPort: number, frame: number, timeUs: number): void {
    const ports = ((srcPort << 16) | dstPort) >>> 0;
    const slot = hashEnds(source, destination, ports) & (SLOTS - 1);
    if (this.#source[slot] !== source || this.#destination[slot] !== destination || this.#ports[slot] !== ports) {
      this.#source[slot] = source;
      this.#destination[slot] = destination;
      this.#ports[slot] = ports;
      this.#unanswered[slot] = 0;
      this.#notePort(source, destination, srcPort, dstPort, frame, timeUs);
    } else if (timeUs - this.#timeUs[slot] > FRESH_US) this.#notePort(source, destination, srcPort, dstPort, frame, timeUs);
    this.#unanswered[slot]++;
    this.#frame[slot] = frame;
    this.#timeUs[slot] = timeUs;
  }

  #notePort(source: number, destination: number, srcPort: number, dstPort: number, frame: number, timeUs: number): void {
    const slot = hashEnds(source, 0, srcPort) & (SLOTS - 1);
    this.#portSource[slot] = source;
    this.#portNumber[slot] = srcPort;
    this.#portDestination[slot] = destination;
    this.#portDstPort[slot] = dstPort;
    this.#portFrame[slot] = frame;
    this.#portTimeUs[slot] = timeUs;
  }

  /** The query that a refused datagram with these endpoints answers; `null` if there is none. Each query is returned once. */
  answeredBy(source: number, destination: number, srcPort: number, dstPort: number, timeUs: number): FrameRef | null {
    const ports = ((dstPort << 16) | srcPort) >>> 0;
    const slot = hashEnds(destination, source, ports) & (SLOTS - 1);
    if (this.#source[slot] !== destination || this.#destination[slot] !== source || this.#ports[slot] !== ports) return null;
    if (this.#unanswered[slot] === 0 || timeUs - this.#timeUs[slot] > MAX_AGE_US) return null;
    this.#unanswered[slot]--;
    return { frame: this.#frame[slot], timeUs: this.#timeUs[slot] };
  }

  /** The last datagram that `port` of `address` sent to another endpoint than the one before; `null` if it is unknown or too old. */
  latestOf(address: number, port: number, timeUs: number): LatestSent | null {
    const slot = hashEnds(address, 0, port) & (SLOTS - 1);
    if (this.#portSource[slot] !== address || this.#portNumber[slot] !== port) return null;
    const sentUs = this.#portTimeUs[slot];
    if (timeUs - sentUs > MAX_AGE_US) return null;
    return { frame: this.#portFrame[slot], timeUs: sentUs, destination: this.#portDestination[slot], dstPort: this.#portDstPort[slot] };
  }
}
