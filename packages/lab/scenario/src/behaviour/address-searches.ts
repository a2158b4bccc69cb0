/** When a machine was searching for hardware addresses: datagrams that wait for one leave late, or never (RFC 1122 section 2.3.2.2). */

import { ARP_LIMIT_US } from "../wires.ts";
import type { ArpLog } from "./arp-behaviour.ts";
import { latestUs, type Subject, wasPresent } from "./subject.ts";

/** Rounding, and the moment at which a frame that waits for ARP leaves. */
const MARGIN_US = 1000;

/**
 * Times in microseconds at which a search for an address began at the earliest, of the message that tells it, and of the latest moment at which datagrams wait
 * for it.
 */
interface Search {
  readonly fromUs: number;
  toldUs: number;
  toUs: number;
}

/** The searches of one machine on the analyzed segment. */
export class AddressSearches {
  /** In the order of their beginnings. */
  readonly #searches: readonly Search[];
  readonly #longestUs: number;

  constructor(subject: Subject, arp: ArpLog, hopUs: number) {
    const { machine, mac, personality } = subject;
    const retryUs = personality?.arpRetryUs ?? ARP_LIMIT_US;
    const requests = arp.ofMac(mac).filter(({ isRequest, sender, target }) => isRequest && sender === machine.address && target !== sender);
    this.#searches = [...Map.groupBy(requests, ({ target }) => target)]
      .flatMap(([target, own]) => {
        const told = arp.ofSender(target).flatMap(({ isLost, timeUs }) => (isLost ? [] : [timeUs]));
        return searchesOf(
          own.map(({ timeUs }) => timeUs),
          told,
          retryUs,
          hopUs,
        );
      })
      .map((search) => ({ ...search, fromUs: beganUs(subject, search.fromUs) }))
      .sort((a, b) => a.fromUs - b.fromUs);
    this.#longestUs = this.#searches.reduce((longest, { fromUs, toUs }) => Math.max(longest, toUs - fromUs), 0);
  }

  /** Whether a search without an answer was under way at some time between these, both inclusive. */
  overlap(fromUs: number, toUs: number): boolean {
    return this.#find(fromUs, toUs, ({ toldUs }) => toldUs >= fromUs) !== undefined;
  }

  /** How long a datagram that left at this time may have waited for an address; microseconds. */
  waitUs(us: number): number {
    return us - (this.#find(us, us, ({ toUs }) => toUs >= us)?.fromUs ?? us);
  }

  /** The first of the searches that began until `toUs` and may have lasted until `fromUs`, if the condition holds for it. */
  #find(fromUs: number, toUs: number, isMeant: (search: Search) => boolean): Search | undefined {
    // The searches that may last until `fromUs` begin at this place.
    let low = 0;
    let high = this.#searches.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#searches[middle].fromUs < fromUs - this.#longestUs) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.#searches.length && this.#searches[i].fromUs <= toUs; i++)
      if (isMeant(this.#searches[i])) return this.#searches[i];
    return undefined;
  }
}

/** When a search began at the earliest whose first request on the wire left at this time: it may have sent others while the machine was off the network. */
function beganUs(subject: Subject, requestUs: number): number {
  const { personality, loadsUs } = subject;
  const loadUs = latestUs(loadsUs, requestUs);
  let fromUs = requestUs;
  for (let tries = 1; personality !== null && tries < personality.arpTries; tries++) {
    const beforeUs = fromUs - personality.arpRetryUs;
    if (beforeUs < loadUs || wasPresent(subject, beforeUs - 1, beforeUs + 1)) break;
    fromUs = beforeUs;
  }
  return fromUs;
}

/** The searches for one address: times of the requests for it, and of the messages that tell it; microseconds. */
function searchesOf(requestsUs: readonly number[], toldUs: readonly number[], retryUs: number, hopUs: number): Search[] {
  const searches: Search[] = [];
  let next = 0;
  for (const us of requestsUs) {
    // A message that was sent one hop before the request may arrive after it.
    while (next < toldUs.length && toldUs[next] < us - hopUs) next++;
    const answerUs = next < toldUs.length ? Math.max(us, toldUs[next]) : Number.POSITIVE_INFINITY;
    const found = { toldUs: Math.min(answerUs, us + retryUs), toUs: Math.min(answerUs + hopUs, us + retryUs) + MARGIN_US };
    const last = searches.at(-1);
    if (last !== undefined && us <= last.toldUs) Object.assign(last, found);
    else searches.push({ fromUs: us, ...found });
  }
  return searches;
}
