/**
 * One Ethernet segment: cards, and a wire between them with a delay and seeded loss. Frames are opaque but for their first
 * six bytes, the destination address, which is all that a card looks at.
 */

import type { BroadcastFilter, FrameReceiver, NetworkCard, RandomSource, Scheduler, Wire } from "@pushback/host";
import { BroadcastBoard, type ReadTopics } from "./broadcast-board.ts";
import { type FrameMemory, FramePool } from "./frame-memory.ts";
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
  /** Where frames are while they are on the wire; without it, in a pool. */
  readonly memory?: FrameMemory;
}

/**
 * What a network analyzer on the segment sees: each frame as it goes on the wire, padded; `from` is the port of the card that sent it, `lost` when no card
 * will get it. Bytes are valid during the call only.
 */
export type FrameTap = (b: Uint8Array, at: number, len: number, from: number, lost: boolean) => void;

/** Ethernet's shortest frame without FCS (IEEE 802.3): shorter ones are padded with zeros. */
const MIN_FRAME = 60;
const MAX_FRAME = 1514;

interface FrameInFlight {
  bytes: Uint8Array;
  at: number;
  len: number;
  from: number;
}

export class SegmentCard implements NetworkCard, BroadcastFilter {
  readonly wire: Segment;
  /** Its place among the segment's cards. */
  readonly port: number;
  readonly name: string;
  readonly mtu = 1500;
  /** Two numbers: an array of six bytes would take two hundred in each of thousands of cards. */
  readonly #macHigh: number;
  readonly #macLow: number;
  #plugged = true;
  #receiver: FrameReceiver | null = null;
  onUnplug: (() => void) | null = null;
  /** Whether every broadcast must come to it: so after it was unplugged, when it may have missed some. */
  hearsAll = false;

  constructor(segment: Segment, name: string, mac: Uint8Array, port: number) {
    this.wire = segment;
    this.name = name;
    this.#macHigh = (mac[0] << 8) | mac[1];
    this.#macLow = (mac[2] << 24) | (mac[3] << 16) | (mac[4] << 8) | mac[5];
    this.port = port;
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
      if (!this.hearsAll) this.wire.board?.hearAll(this);
      this.hearsAll = true;
    }
    this.#plugged = plugged;
    this.#hear();
  }

  get broadcasts(): BroadcastFilter {
    return this;
  }

  follow(topic: number, claim: number): void {
    this.wire.board?.follow(this, topic, claim);
  }

  unfollow(topic: number): void {
    this.wire.board?.unfollow(this, topic);
  }

  heardAtUs(topic: number): number {
    return this.hearsAll ? -1 : (this.wire.board?.heardAtUs(topic) ?? -1);
  }

  transmit(b: Uint8Array, at: number, len: number): void {
    this.wire.transmitFrom(this.port, b, at, len);
  }

  setReceiver(receiver: FrameReceiver | null): void {
    this.#receiver = receiver;
    this.#hear();
  }

  #hear(): void {
    this.wire.connectCard(this.port, this.#plugged, this.#receiver);
  }
}

export class Segment implements Wire {
  readonly #scheduler: Scheduler;
  readonly #random: RandomSource;
  readonly #latencyUs: number;
  readonly #jitterUs: number;
  readonly #loss: number;
  readonly #memory: FrameMemory;
  readonly #cards: SegmentCard[] = [];
  readonly #portByMac = new MacTable();
  readonly #taps: FrameTap[] = [];
  // By port, in arrays: a frame need not touch the card that sends it, nor the one that gets it.
  /** Who hears what comes to a card: nobody where the cable is out or no stack listens. */
  readonly #hearers: (FrameReceiver | null)[] = [];
  #plugged = new Uint8Array(16);
  /** When each card's latest frame arrives: the next one may not come before it. */
  #lastArrivalUs = new Float64Array(16);
  /** Records of frames that have arrived, for the next ones. */
  readonly #free: FrameInFlight[] = [];
  readonly #arrive = (frame: FrameInFlight): void => this.#deliver(frame);
  /** The array that frames came from last, and the same memory as words: nearly all come from one buffer. */
  #from: Uint8Array = new Uint8Array(0);
  #fromWords: Int32Array = new Int32Array(0);
  /** Who follows which broadcasts; `null` where everybody hears all. */
  readonly board: BroadcastBoard<SegmentCard> | null;

  constructor(scheduler: Scheduler, random: RandomSource, options: SegmentOptions) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#latencyUs = options.latencyUs;
    this.#jitterUs = Math.floor(options.jitterUs);
    this.#loss = options.loss;
    this.#memory = options.memory ?? new FramePool();
    this.board = options.readTopics ? new BroadcastBoard(options.readTopics) : null;
  }

  /** A new card on this segment. Throws a RangeError when the address is taken. */
  connect(name: string, mac: Uint8Array): SegmentCard {
    const owner = this.#cards[this.#portByMac.find(mac, 0)];
    if (owner) throw new RangeError(`${name} and ${owner.name} have the same hardware address`);
    const port = this.#cards.length;
    const card = new SegmentCard(this, name, mac, port);
    this.#cards.push(card);
    this.#hearers.push(null);
    if (port === this.#lastArrivalUs.length) {
      const arrivals = new Float64Array(port * 2);
      arrivals.set(this.#lastArrivalUs);
      this.#lastArrivalUs = arrivals;
      const plugged = new Uint8Array(port * 2);
      plugged.set(this.#plugged);
      this.#plugged = plugged;
    }
    this.#plugged[port] = 1;
    this.#portByMac.add(mac, 0, port);
    return card;
  }

  /** The name of the card at a port. */
  nameAt(port: number): string {
    return this.#cards[port].name;
  }

  /** For the card at this port to say whether its cable is in, and who listens. */
  connectCard(port: number, plugged: boolean, receiver: FrameReceiver | null): void {
    this.#plugged[port] = plugged ? 1 : 0;
    this.#hearers[port] = plugged ? receiver : null;
  }

  /** Adds an analyzer. */
  tap(tap: FrameTap): void {
    this.#taps.push(tap);
  }

  /** Takes a frame from a card: copies, pads and delays it. */
  transmitFrom(port: number, b: Uint8Array, at: number, len: number): void {
    if (len < 14 || len > MAX_FRAME || this.#plugged[port] === 0) return;
    const memory = this.#memory;
    const padded = Math.max(len, MIN_FRAME);
    memory.reserve(padded);
    const { bytes, at: to } = memory;
    this.#copy(b, at, len, bytes, to);
    for (let i = to + len; i < to + padded; i++) bytes[i] = 0;

    const lost = this.#loss > 0 && this.#random.u32() < this.#loss * 2 ** 32;
    const taps = this.#taps;
    for (let i = 0; i < taps.length; i++) taps[i](bytes, to, padded, port, lost);
    if (lost) {
      memory.release(bytes, to);
      return;
    }
    const nowUs = this.#scheduler.nowUs();
    const arrival = Math.max(nowUs + this.#delayUs(), this.#lastArrivalUs[port]);
    this.#lastArrivalUs[port] = arrival;
    const frame = this.#free.pop() ?? { bytes, at: 0, len: 0, from: 0 };
    frame.bytes = bytes;
    frame.at = to;
    frame.len = padded;
    frame.from = port;
    this.#scheduler.schedule(arrival - nowUs, this.#arrive, frame);
  }

  #delayUs(): number {
    const choices = this.#jitterUs + 1;
    if (choices === 1) return this.#latencyUs;
    // The remainder, without `%`, which on numbers that may be fractions takes longer than all else here. It is exact: both are below 2 ** 32.
    const drawn = this.#random.u32();
    return this.#latencyUs + drawn - Math.floor(drawn / choices) * choices;
  }

  /** Four bytes at a time where both sides are aligned: an engine checks each access, and a frame is little else. */
  #copy(b: Uint8Array, at: number, len: number, bytes: Uint8Array, to: number): void {
    if (b !== this.#from) {
      this.#from = b;
      this.#fromWords = (b.byteOffset & 3) === 0 ? new Int32Array(b.buffer, b.byteOffset, b.length >>> 2) : new Int32Array(0);
    }
    const from = this.#fromWords;
    const fromAt = at >>> 2;
    const count = (at & 3) === 0 && fromAt + (len >>> 2) <= from.length ? len >>> 2 : 0;
    const words = this.#memory.words;
    const toAt = to >>> 2;
    for (let i = 0; i < count; i++) words[toAt + i] = from[fromAt + i];
    for (let i = count * 4; i < len; i++) bytes[to + i] = b[at + i];
  }

  #deliver(frame: FrameInFlight): void {
    const { bytes, at, len } = frame;
    if (bytes[at] & 1) {
      // Group bit (IEEE 802.3): broadcast and multicast go to everybody but the sender, or to whom they matter.
      const audience = this.board?.audienceOf(bytes, at, len, this.#scheduler.nowUs()) ?? this.#cards;
      for (const { port } of audience) if (port !== frame.from) this.#hearers[port]?.receiveFrame(bytes, at, len);
      this.board?.delivered();
    } else {
      const port = this.#portByMac.find(bytes, at);
      if (port >= 0 && port !== frame.from) this.#hearers[port]?.receiveFrame(bytes, at, len);
    }
    this.#memory.release(bytes, at);
    this.#free.push(frame);
  }
}
