/**
 * ICMP errors that belong to no flow of datagrams: errors that quote TCP, ICMP or other protocols, errors of other kinds than port unreachable, and
 * errors whose datagram is not in the capture. A series has one reporter, one quoted sender and target, and one kind.
 */

import { type ErrorTraits, isOnTheMinute } from "./datagram-flow.ts";
import type { FrameRef } from "./frame-ref.ts";

/** Contents of an ICMP error. Addresses are numbers of `AddressNumbers`; a port is -1 if the quote has none. */
export interface QuotedError {
  from: number;
  source: number;
  destination: number;
  protocol: number;
  srcPort: number;
  dstPort: number;
  typeAndCode: number;
  /** Length of the quoted packet as its header says, in bytes. */
  quotedLen: number;
  /** The next hop's MTU where the error names one; 0 otherwise. */
  mtu: number;
  /** The capture has the packet that the error quotes. */
  seen: boolean;
}

export interface ErrorSeries extends Readonly<QuotedError> {
  count: number;
  readonly first: FrameRef;
  last: FrameRef;
  /** Whether each error came a whole number of minutes after the one before. */
  onTheMinute: boolean;
  /** Different source ports that were quoted, up to a few. */
  readonly srcPorts: Set<number>;
  /** Errors that quote a packet that the capture has. */
  seenCount: number;
  /** The smallest MTU that was named, and whether every quoted packet was longer than that. */
  minMtu: number;
  allTooLong: boolean;
  readonly traits: ErrorTraits | null;
}

const MAX_SRC_PORTS = 64;
/** Packets up to this length fit everywhere (RFC 791). */
const MIN_IPV4_MTU = 576;
/** Longest time between two copies of one error in the capture, in microseconds. */
const COPY_US = 2_000;

export class ErrorSeriesTable {
  readonly #max: number;
  readonly #series = new Map<string, ErrorSeries>();
  readonly #latestId = { key: "", id: -1, timeUs: 0 };
  /** Number of errors whose series had no room. */
  dropped = 0;

  constructor(max: number) {
    this.#max = max;
  }

  values(): ErrorSeries[] {
    return [...this.#series.values()];
  }

  /** Counts an error in its series. `errorId`: IP identification or checksum of the error; equal for copies of one frame, different for other errors. */
  note(error: QuotedError, errorId: number, ref: FrameRef, traits: () => ErrorTraits | null): void {
    const { from, source, destination, protocol, dstPort, typeAndCode } = error;
    // The source port is not part of the key, because a TCP client uses another one for each connection.
    const key = `${from}/${source}/${destination}/${protocol}/${dstPort}/${typeAndCode}`;
    const latest = this.#latestId;
    const isCopy = latest.id === errorId && latest.key === key && ref.timeUs - latest.timeUs < COPY_US;
    latest.key = key;
    latest.id = errorId;
    latest.timeUs = ref.timeUs;
    if (isCopy) return;
    const tooLong = error.quotedLen > Math.max(error.mtu, MIN_IPV4_MTU);
    const known = this.#series.get(key);
    if (known) {
      known.count++;
      if (!isOnTheMinute(ref.timeUs - known.last.timeUs)) known.onTheMinute = false;
      known.last = ref;
      if (known.srcPorts.size < MAX_SRC_PORTS) known.srcPorts.add(error.srcPort);
      if (error.seen) known.seenCount++;
      if (error.mtu < known.minMtu) known.minMtu = error.mtu;
      if (!tooLong) known.allTooLong = false;
    } else if (this.#series.size < this.#max) {
      this.#series.set(key, {
        ...error,
        count: 1,
        first: ref,
        last: ref,
        onTheMinute: true,
        srcPorts: new Set([error.srcPort]),
        seenCount: error.seen ? 1 : 0,
        minMtu: error.mtu,
        allTooLong: tooLong,
        traits: traits(),
      });
    } else {
      this.dropped++;
    }
  }
}
