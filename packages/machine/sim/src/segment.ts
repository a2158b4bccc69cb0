/**
 * One Ethernet segment: cards, and a wire between them with a delay and seeded loss. Frames are opaque but for their first
 * six bytes, the destination address, which is all that a card looks at.
 */

import type { BroadcastFilter, FrameReceiver, NetworkCard, RandomSource, Scheduler } from "@pushback/host";
import { BroadcastBoard, type ReadTopics } from "./broadcast-board.ts";
import { MacTable } from "./mac-table.ts";

export interface SegmentOptions {
  /** From the sender's card to the receivers', in microseconds. */
  readonly latencyUs: number;
  /** Added to the latency at random, 0 to this many microseconds; frames of one sender never overtake each other. */
  readonly jitterUs: number;
  /** Fraction of frames that reach nobody, 0 to 1. */
  readonly loss: number;
  /** What broadcasts are about, so that they need not go to every card. Without it they do. */
  readonly readTopics?: ReadTopics;
}

/** What a network analyzer on the segment sees: each frame as it goes on the wire, padded; `lost` when no card will get it. Bytes are valid during the call only. */
export type FrameTap = (b: Uint8Array, at: number, len: number, from: string, lost: boolean) => void;

/** Ethernet's shortest frame without FCS (IEEE 802.3): shorter ones are padded with zeros. */
const MIN_FRAME = 60;
const MAX_FRAME = 1514;

interface FrameInFlight {
  readonly bytes: Uint8Array;
  len: number;
  from: SegmentCard | null;
}

export class SegmentCard implements NetworkCard, BroadcastFilter {
  // What every frame needs comes first: in a fleet each machine's card is cold when its turn comes.
  readonly #segment: Segment;
  #plugged = true;
  /** Its place among the segment's cards. */
  readonly index: number;
  readonly name: string;
  readonly mtu = 1500;
  /** Two numbers: an array of six bytes would take two hundred in each of thousands of cards. */
  readonly #macHigh: number;
  readonly #macLow: number;
  #receiver: FrameReceiver | null = null;
  onUnplug: (() => void) | null = null;
  /** Whether every broadcast must come to it: so after it was unplugged, when it may have missed some. */
  hearsAll = false;

  constructor(segment: Segment, name: string, mac: Uint8Array, index: number) {
    this.#segment = segment;
    this.name = name;
    this.#macHigh = (mac[0] << 8) | mac[1];
    this.#macLow = (mac[2] << 24) | (mac[3] << 16) | (mac[4] << 8) | mac[5];
    this.index = index;
  }

  get mac(): Uint8Array {
    const high = this.#macHigh;
    const low = this.#macLow;
    return Uint8Array.of(high >>> 8, high, low >>> 24, low >>> 16, low >>> 8, low);
  }

  /** Whether the cable is in. */
  get plugged(): boolean {
    return this.#plugged;
  }

  set plugged(plugged: boolean) {
    if (!plugged && this.#plugged) {
      this.onUnplug?.();
      if (!this.hearsAll) this.#segment.board?.hearAll(this);
      this.hearsAll = true;
    }
    this.#plugged = plugged;
    this.#hear();
  }

  get broadcasts(): BroadcastFilter {
    return this;
  }

  follow(topic: number, claim: number): void {
    this.#segment.board?.follow(this, topic, claim);
  }

  unfollow(topic: number): void {
    this.#segment.board?.unfollow(this, topic);
  }

  heardAtUs(topic: number): number {
    return this.hearsAll ? -1 : (this.#segment.board?.heardAtUs(topic) ?? -1);
  }

  transmit(b: Uint8Array, at: number, len: number): void {
    if (this.#plugged) this.#segment.carry(this, b, at, len);
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.#receiver = receiver;
    this.#hear();
  }

  #hear(): void {
    this.#segment.setHearer(this, this.#plugged ? this.#receiver : null);
  }
}

export class Segment {
  readonly #scheduler: Scheduler;
  readonly #random: RandomSource;
  readonly #options: SegmentOptions;
  readonly #cards: SegmentCard[] = [];
  readonly #cardByMac = new MacTable();
  readonly #taps: FrameTap[] = [];
  /** By card, who hears what comes to it: nobody where the cable is out or no stack listens. */
  readonly #hearers: (FrameReceiver | null)[] = [];
  /** When each card's latest frame arrives: the next one may not come before it. */
  #lastArrivalUs = new Float64Array(16);
  /** Buffers of frames that have arrived, for the next ones. */
  readonly #free: FrameInFlight[] = [];
  readonly #arrive = (frame: FrameInFlight): void => this.#deliver(frame);
  /** Who follows which broadcasts; `null` where everybody hears all. */
  readonly board: BroadcastBoard<SegmentCard> | null;

  constructor(scheduler: Scheduler, random: RandomSource, options: SegmentOptions) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#options = options;
    this.board = options.readTopics ? new BroadcastBoard(options.readTopics) : null;
  }

  /** A new card on this segment. Throws a RangeError when the address is taken. */
  connect(name: string, mac: Uint8Array): SegmentCard {
    const owner = this.#cards[this.#cardByMac.find(mac, 0)];
    if (owner) throw new RangeError(`${name} and ${owner.name} have the same hardware address`);
    const card = new SegmentCard(this, name, mac, this.#cards.length);
    this.#cards.push(card);
    this.#hearers.push(null);
    if (card.index === this.#lastArrivalUs.length) {
      const arrivals = new Float64Array(card.index * 2);
      arrivals.set(this.#lastArrivalUs);
      this.#lastArrivalUs = arrivals;
    }
    this.#cardByMac.add(mac, 0, card.index);
    return card;
  }

  /** For the card itself. */
  setHearer(card: SegmentCard, hearer: FrameReceiver | null): void {
    this.#hearers[card.index] = hearer;
  }

  /** Adds an analyzer. */
  tap(tap: FrameTap): void {
    this.#taps.push(tap);
  }

  /** Takes a frame from a card: copies, pads and delays it. */
  carry(from: SegmentCard, b: Uint8Array, at: number, len: number): void {
    if (len < 14 || len > MAX_FRAME) return;
    const frame = this.#free.pop() ?? { bytes: new Uint8Array(MAX_FRAME), len: 0, from: null };
    const bytes = frame.bytes;
    for (let i = 0; i < len; i++) bytes[i] = b[at + i];
    let padded = len;
    while (padded < MIN_FRAME) bytes[padded++] = 0;
    frame.len = padded;
    frame.from = from;

    const { latencyUs, jitterUs, loss } = this.#options;
    const lost = loss > 0 && this.#random.u32() < loss * 2 ** 32;
    for (const tap of this.#taps) tap(bytes, 0, padded, from.name, lost);
    if (lost) {
      this.#free.push(frame);
      return;
    }
    const delay = latencyUs + (jitterUs > 0 ? this.#random.u32() % (jitterUs + 1) : 0);
    const nowUs = this.#scheduler.nowUs();
    const arrival = Math.max(nowUs + delay, this.#lastArrivalUs[from.index]);
    this.#lastArrivalUs[from.index] = arrival;
    this.#scheduler.schedule(arrival - nowUs, this.#arrive, frame);
  }

  #deliver(frame: FrameInFlight): void {
    const { bytes, len } = frame;
    if (bytes[0] & 1) {
      // Group bit (IEEE 802.3): broadcast and multicast go to everybody but the sender, or to whom they matter.
      const audience = this.board?.audienceOf(bytes, len, this.#scheduler.nowUs()) ?? this.#cards;
      for (const card of audience) if (card !== frame.from) this.#hearers[card.index]?.receiveFrame(bytes, 0, len);
      this.board?.delivered();
    } else {
      const index = this.#cardByMac.find(bytes, 0);
      if (index >= 0 && index !== frame.from?.index) this.#hearers[index]?.receiveFrame(bytes, 0, len);
    }
    this.#free.push(frame);
  }
}
