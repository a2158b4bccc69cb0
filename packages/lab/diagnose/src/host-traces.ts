/** Traces of machines in ARP: start-ups, absence, and addresses that several machines use. */

import { ARP_REQUEST, checkArp, getArpOperation, getArpSenderAddress, getArpSenderMac, getArpTargetAddress } from "@pushback/wire";
import type { FrameRef } from "./frame-ref.ts";

/** Most traces of each kind that are kept per address. */
const MAX_TRACES = 16;
/** Addresses that are looked at to make room for one. */
const LOOKED_AT = 64;

/** Traces in ARP about one IP address. */
export interface HostTraces {
  /** ARP requests for the machine's own address, which show that its IP has just started (Q120599); the latest few. */
  readonly announcements: FrameRef[];
  /** Changes of the hardware address that ARP showed for it, each at its first frame; the first few. */
  readonly owners: (FrameRef & { readonly mac: number })[];
  /** The latest hardware address that ARP showed; negative before there is one. */
  latestMac: number;
  /** Number of ARP requests for the address since the last ARP message from its machine; `firstUnanswered` is the first of them. */
  unanswered: number;
  firstUnanswered: FrameRef | null;
}

export class Hosts {
  readonly #byAddress = new Map<number, HostTraces>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(address: number): HostTraces | undefined {
    return this.#byAddress.get(address);
  }

  /**
   * Whether ARP showed network cards for this address, and the card `mac` is none of them. False if the list of cards is full, because later cards are not in
   * it.
   */
  isForeign(address: number, mac: number): boolean {
    const owners = this.#byAddress.get(address)?.owners;
    if (!owners || owners.length === 0 || owners.length === MAX_TRACES) return false;
    for (const owner of owners) if (owner.mac === mac) return false;
    return true;
  }

  /** Takes an ARP packet of `len` bytes at `at`; does nothing if it is malformed. */
  arp(b: Uint8Array, at: number, len: number, frame: number, timeUs: number): void {
    if (checkArp(b, at, len) !== null) return;
    const sender = getArpSenderAddress(b, at);
    const target = getArpTargetAddress(b, at);
    const operation = getArpOperation(b, at);
    const own = this.#tracesOf(sender);
    if (own) {
      if (own.unanswered > 0) {
        own.unanswered = 0;
        own.firstUnanswered = null;
      }
      const mac = getArpSenderMac(b, at);
      if (own.latestMac !== mac && own.owners.length < MAX_TRACES) {
        own.owners.push({ frame, timeUs, mac });
        own.latestMac = mac;
      }
      if (operation === ARP_REQUEST && sender === target) {
        if (own.announcements.length === MAX_TRACES) own.announcements.shift();
        own.announcements.push({ frame, timeUs });
      }
    }
    if (operation === ARP_REQUEST && sender !== target) {
      const asked = this.#tracesOf(target);
      if (!asked) return;
      asked.unanswered++;
      asked.firstUnanswered ??= { frame, timeUs };
    }
  }

  #tracesOf(address: number): HostTraces | null {
    const known = this.#byAddress.get(address);
    if (known) return known;
    if (address === 0) return null;
    if (this.#byAddress.size >= this.#max) this.#makeRoom();
    const traces: HostTraces = { announcements: [], owners: [], latestMac: -1, unanswered: 0, firstUnanswered: null };
    this.#byAddress.set(address, traces);
    return traces;
  }

  /** Drops an old address that never answered ARP (a scan of a network leaves many), or else the oldest address. */
  #makeRoom(): void {
    let oldest = -1;
    let looked = 0;
    for (const [address, traces] of this.#byAddress) {
      if (oldest < 0) oldest = address;
      if (traces.owners.length === 0 || ++looked === LOOKED_AT) {
        if (traces.owners.length === 0) oldest = address;
        break;
      }
    }
    this.#byAddress.delete(oldest);
  }
}
