/** Checks the headers of a machine's datagrams against its personality: TTL, TOS, Don't Fragment, identification; and what its ICMP errors quote. */

import { type Personality, rfcBaseline, valuesOf } from "@pushback/host";
import {
  checkIcmp,
  checkIpv4Header,
  getIcmpType,
  getIpv4Checksum,
  getIpv4Destination,
  getIpv4HeaderLen,
  getIpv4Id,
  getIpv4Protocol,
  getIpv4Source,
  getIpv4TotalLen,
  getIpv4Ttl,
  getTcpFlags,
  ICMP_ECHO_REPLY,
  ICMP_HEADER_LEN,
  IP_PROTOCOL_ICMP,
  IP_PROTOCOL_TCP,
  IP_PROTOCOL_UDP,
  isIcmpError,
  TCP_RST,
} from "@pushback/wire";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import type { Datagram, FrameFacts } from "./frame-facts.ts";
import { latestUs } from "./subject.ts";

/** Fewest datagrams from which the counting of identifications is judged. */
const FEW_DATAGRAMS = 10;
/** How far on the next identification that is seen may be: datagrams that wait for an address are dropped, and those to other segments are not seen. */
const NEAR = 16;
/** Time within which an identification must not be repeated (RFC 791 section 3.2: as long as the datagram may be in the internet); microseconds. */
const SAME_ID_US = 60_000_000;

/** Observed values of a machine's IP identification counter. */
interface Counter {
  /** -1: none since the stack was loaded, which restarts the counter. */
  last: number;
  loadedUs: number;
  steps: number;
  near: number;
  next: number;
  readonly usedUs: Map<number, number>;
}

/** The sender of a datagram, as seen from the analyzed segment. */
export interface Sender {
  readonly name: string;
  readonly personality: Personality;
  /** Number of routers between the sender and the analyzed segment. */
  readonly hops: number;
  /** Times at which the sender's stack was loaded, in microseconds. */
  readonly loadsUs: readonly number[];
}

function ttlOf({ ttlIcmp, ttlTcp, ttlUdp }: Personality, protocol: number): number {
  return protocol === IP_PROTOCOL_ICMP ? ttlIcmp : protocol === IP_PROTOCOL_TCP ? ttlTcp : ttlUdp;
}

/** The router's personality, which is that of a host without a platform. */
export const ROUTER_PERSONALITY: Personality = valuesOf(rfcBaseline);

/** The router in a recording. */
export const ROUTER_NAME = "router";

export class HeaderJudge {
  readonly #faults: BehaviourFaults;
  /** Whether all networks have the MTU of the cards, so that path MTU discovery finds no smaller one. */
  readonly #isWide: boolean;
  /** The latest datagram of each sender, destination and identification. */
  readonly #sent = new Map<string, Datagram>();
  readonly #counters = new Map<string, Counter>();

  constructor(faults: BehaviourFaults, isWide: boolean) {
    this.#faults = faults;
    this.#isWide = isWide;
  }

  /** Checks all datagrams. `senderOf` returns `null` for an unknown sender, whose datagrams are not checked. */
  judge({ datagrams }: FrameFacts, senderOf: (d: Datagram) => Sender | null, durationUs: number): void {
    for (const d of datagrams) {
      const sender = senderOf(d);
      if (sender !== null) {
        this.#judgeHeader(sender, d);
        this.#judgeId(sender, d);
        if (d.protocol === IP_PROTOCOL_ICMP && !d.isFragment && checkIcmp(d.b, d.payloadAt, d.payloadLen) === null)
          if (isIcmpError(getIcmpType(d.b, d.payloadAt))) this.#judgeError(sender, d);
      }
      this.#sent.set(`${d.source} ${d.destination} ${d.protocol} ${d.id}`, d);
    }
    this.#judgeCounters(durationUs);
  }

  #judgeHeader({ name, personality, hops }: Sender, d: Datagram): void {
    const fault = (finding: string) => void this.#faults.add(name, "sends headers as its platform", finding, d.timeUs);
    const { dfTcp, dfUdp, dfIcmpError, resets } = personality;
    const isTcp = d.protocol === IP_PROTOCOL_TCP && !d.isFragment && d.payloadLen >= 20;
    const isReset = isTcp && (getTcpFlags(d.b, d.payloadAt) & TCP_RST) !== 0;
    const ttl = ttlOf(personality, d.protocol) - hops;
    if (d.ttl !== ttl && !(isReset && resets.copiesTtl)) fault(`a datagram of protocol ${d.protocol} had TTL ${d.ttl}, not ${ttl}`);
    const isIcmp = d.protocol === IP_PROTOCOL_ICMP;
    const isReply = isIcmp && d.payloadLen > 0 && d.b[d.payloadAt] === ICMP_ECHO_REPLY;
    if (d.tos !== 0 && !isReply) fault(`a datagram of protocol ${d.protocol} had TOS ${d.tos}`);
    // Fragments go without DF, and so does a segment after a small path MTU.
    if (d.isFragment || !this.#isWide) return;
    const isError = isIcmp && d.payloadLen > 0 && isIcmpError(d.b[d.payloadAt]);
    const isDue = isTcp
      ? dfTcp === "always" || (dfTcp === "except-reset" && !isReset)
      : d.protocol === IP_PROTOCOL_UDP
        ? dfUdp
        : isError
          ? dfIcmpError
          : d.isDontFragment;
    if (d.isDontFragment !== isDue)
      fault(`Don't Fragment of a datagram of protocol ${d.protocol} was ${d.isDontFragment ? "set" : "clear"}`);
  }

  /**
   * Checks that no identification is repeated and that most follow closely on the previous one. They need not be consecutive: a datagram that waits for
   * ARP is sent late or dropped, and not every datagram of a machine behind a router is on the analyzed segment.
   */
  #judgeId({ name, personality, loadsUs }: Sender, d: Datagram): void {
    const id = personality.ipId === "increment" ? d.id : ((d.id & 255) << 8) | (d.id >>> 8);
    const loadedUs = latestUs(loadsUs, d.timeUs);
    const counter = this.#counters.get(name) ?? { last: -1, loadedUs, steps: 0, near: 0, next: 0, usedUs: new Map<number, number>() };
    this.#counters.set(name, counter);
    if (counter.loadedUs !== loadedUs) Object.assign(counter, { last: -1, loadedUs });
    if (d.isFragment && id === counter.last) return;
    const usedUs = counter.usedUs.get(id);
    const isNew = usedUs === undefined || usedUs < loadedUs || d.timeUs - usedUs >= SAME_ID_US;
    if (!isNew) this.#faults.add(name, "counts identifications as its platform", `${id} came twice`, d.timeUs);
    counter.usedUs.set(id, d.timeUs);
    if (counter.last >= 0) counter.steps++;
    const step = (id - counter.last) & 0xffff;
    if (counter.last >= 0 && step >= 1 && step <= NEAR) counter.near++;
    if (counter.last >= 0 && step === 1) counter.next++;
    counter.last = id;
  }

  #judgeCounters(durationUs: number): void {
    for (const [name, { steps, near, next }] of this.#counters) {
      if (steps >= FEW_DATAGRAMS && (near < steps / 2 || next === 0))
        this.#faults.add(
          name,
          "counts identifications as its platform",
          `of ${steps} only ${near} were among the next ones, ${next} the very next`,
          durationUs,
        );
    }
  }

  #judgeError({ name, personality, hops }: Sender, d: Datagram): void {
    const fault = (finding: string) => void this.#faults.add(name, "quotes datagrams as its platform", finding, d.timeUs);
    const { b } = d;
    const quoteAt = d.payloadAt + ICMP_HEADER_LEN;
    const quoteLen = d.payloadLen - ICMP_HEADER_LEN;
    if (checkIpv4Header(b, quoteAt, quoteLen) !== null) return void fault("an error quotes no IP header");
    const key = `${getIpv4Source(b, quoteAt)} ${getIpv4Destination(b, quoteAt)} ${getIpv4Protocol(b, quoteAt)} ${getIpv4Id(b, quoteAt)}`;
    const quoted = this.#sent.get(key);
    // Quoted datagrams that were translated, or of another segment, are not seen.
    if (quoted === undefined) return;
    const headerLen = getIpv4HeaderLen(b, quoteAt);
    const dueLen = headerLen + Math.min(getIpv4TotalLen(b, quoteAt) - headerLen, personality.icmpQuoteBytes);
    if (quoteLen !== dueLen) fault(`an error quotes ${quoteLen} bytes, not ${dueLen}`);
    const isZero = personality.icmpQuotedIpChecksum === "zero";
    if (isZero !== (getIpv4Checksum(b, quoteAt) === 0)) fault(`the quoted IP checksum is ${getIpv4Checksum(b, quoteAt)}`);
    const quotedTtl = getIpv4Ttl(b, quoteAt);
    // A router may quote the header as it was after decrementing the TTL for forwarding (RFC 1812 section 4.3.2.3).
    const isForwarded = name === ROUTER_NAME && quotedTtl === quoted.ttl - 1;
    if (quotedTtl !== quoted.ttl - hops && !isForwarded) fault(`the quoted TTL is ${quotedTtl}, it came with ${quoted.ttl - hops}`);
    for (let i = 0; i < headerLen; i++) {
      // Routers change the TTL and the checksum.
      const isChanged = i === 8 || ((i === 10 || i === 11) && (isZero || hops > 0 || isForwarded));
      if (!isChanged && b[quoteAt + i] !== quoted.b[quoted.ipAt + i])
        return void fault(`byte ${i} of the quoted IP header is not the datagram's`);
    }
  }
}
