/** Which segments of a machine may be missing on the wire although it sent them: its cable was out, or they waited for a hardware address in vain. */

import type { Personality } from "@pushback/host";
import { AddressSearches } from "./address-searches.ts";
import type { ArpLog } from "./arp-behaviour.ts";
import { latestUs, type Subject, wasPresent } from "./subject.ts";

/** Rounding, and the moment at which a frame that waits for ARP leaves. */
const MARGIN_US = 1000;

/** Times from a copy of a SYN to the next one, in microseconds, each once. */
function synWaitsUs({ retryScheduleUs, rtoInitialUs, rtoMaxUs, maxConnectRetries }: Personality): readonly number[] {
  if (retryScheduleUs !== null && retryScheduleUs.length > 0) return retryScheduleUs.slice(0, maxConnectRetries);
  const waitsUs: number[] = [];
  for (let us = rtoInitialUs; waitsUs.length < maxConnectRetries; us *= 2) {
    waitsUs.push(Math.min(rtoMaxUs, us));
    if (us === 0 || us >= rtoMaxUs) break;
  }
  return waitsUs;
}

export class MissedSegments {
  /** Time within which a hardware address is found if the machine that has it is there, in microseconds. */
  readonly quickUs: number;
  readonly #arp: ArpLog;
  readonly #hopUs: number;
  readonly #searches = new Map<Subject, AddressSearches>();

  constructor(arp: ArpLog, hopUs: number) {
    this.quickUs = 2 * (hopUs + MARGIN_US);
    this.#arp = arp;
    this.#hopUs = hopUs;
  }

  #searchesOf(subject: Subject): AddressSearches {
    let searches = this.#searches.get(subject);
    if (searches === undefined) {
      searches = new AddressSearches(subject, this.#arp, this.#hopUs);
      this.#searches.set(subject, searches);
    }
    return searches;
  }

  /** How long a segment that left at this time may have waited for a hardware address; microseconds. */
  waitUs(subject: Subject, us: number): number {
    return this.#searchesOf(subject).waitUs(us);
  }

  /**
   * Whether a segment that the machine sent between these times may be missing. What it sent before it loaded the stack that it had at `atUs` does not
   * count.
   */
  mayLack(subject: Subject, fromUs: number, toUs: number, atUs = toUs): boolean {
    const sinceUs = Math.max(fromUs, latestUs(subject.loadsUs, atUs));
    if (sinceUs > toUs) return false;
    return !wasPresent(subject, sinceUs, toUs) || this.#searchesOf(subject).overlap(sinceUs, toUs);
  }

  /** Whether a copy of a segment may be missing between two others. */
  mayLackCopy(subject: Subject, beforeUs: number, us: number): boolean {
    if (!wasPresent(subject, beforeUs, us) || this.waitUs(subject, us) > this.quickUs) return true;
    return this.#searchesOf(subject).overlap(beforeUs + this.quickUs, us - this.quickUs);
  }

  /**
   * Whether the segment that was sent at `us` may be a repetition of one that is missing. No such one was sent before `completeUs`, and not within the shortest
   * time after which the machine repeats segments.
   */
  mayLackFirst(subject: Subject, isSyn: boolean, completeUs: number, us: number): boolean {
    const { personality } = subject;
    // A segment that waited long for an address may have taken the place of an earlier one (RFC 1122 section 2.3.2.2).
    if (personality === null || this.waitUs(subject, us) > this.quickUs) return true;
    if (isSyn)
      return synWaitsUs(personality).some((waitUs) => this.mayLack(subject, us - waitUs - this.quickUs, us - waitUs + this.quickUs, us));
    const { retryScheduleUs, rtoMinUs, rtoMaxUs } = personality;
    const waitsUs = retryScheduleUs !== null && retryScheduleUs.length > 0 ? retryScheduleUs : [Math.min(rtoMinUs, rtoMaxUs), rtoMaxUs];
    return this.mayLack(subject, Math.max(completeUs, us - Math.max(...waitsUs)), us - Math.min(...waitsUs), us);
  }
}
