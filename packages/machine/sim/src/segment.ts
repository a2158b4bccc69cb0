/**
 * One Ethernet segment: cards, and a wire between them with a delay and seeded loss. Frames are opaque except for the first
 * six bytes, the destination address, which is all that a card reads.
 */

import type { BroadcastFilter, FrameReceiver, NetworkCard, RandomSource, Scheduler, Wire } from "@pushback/host";
import { BroadcastBoard, type ReadTopics } from "./broadcast-board.ts";
import { type FrameMemory, FramePool } from "./frame-memory.ts";
import { MacTable } from "./mac-table.ts";

/** Properties of an Ethernet segment: delay, loss, delivery of broadcasts. */
export interface SegmentOptions {
  /** Delay from the sender's card to the receivers, in microseconds. */
  readonly latencyUs: number;
  /** Added to the latency at random, 0 to this many microseconds; frames of one sender never overtake each other. */
  readonly jitterUs: number;
  /** Fraction of frames that reach no card, 0 to 1. */
  readonly loss: number;
  /** Reads the topics of broadcasts, so that they go only to the cards that need them. Without it they go to every card. */
  readonly readTopics?: ReadTopics;
  /** Memory of frames on the wire; a pool where left out. */
  readonly memory?: FrameMemory;
}

/**
 * A network analyzer on the segment. It sees each frame as it goes on the wire, padded; `from` is the port of the sender's card, `lost` is true if no
 * card will receive the frame. Bytes are valid during the call only.
 */
export type FrameTap = (b: Uint8Array, at: number, len: number, from: number, lost: boolean) => void;

/** Shortest Ethernet frame without FCS (IEEE 802.3); shorter frames are padded with zeros. */
const MIN_FRAME = 60;
const MAX_FRAME = 1514;

interface FrameInFlight {
  bytes: Uint8Array;
  at: number;
  len: number;
  from: number;
}

/** A network card on a simulated segment. Its stack receives frames only while the cable is plugged in. */
export class SegmentCard implements NetworkCard, BroadcastFilter {
  readonly wire: Segment;
  /** Index of this card on the segment. */
  readonly port: number;
  readonly name: string;
  readonly mtu = 1500;
  /** Hardware address as two numbers: an array of six bytes would take two hundred bytes in each of thousands of cards. */
  readonly #macHigh: number;
  readonly #macLow: number;
  #plugged = true;
  #receiver: FrameReceiver | null = null;
  onUnplug: (() => void) | null = null;
  /** True if the card must receive every broadcast: after its cable was out it may have missed some. */
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

  /** Whether the cable is plugged in. */
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

/** A simulated Ethernet segment: it delivers frames to the cards by hardware address, after a delay, and drops some on a lossy wire. */
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
  // Arrays by port, so that a frame need not touch the card objects of sender and receiver.
  /** Receiver of each card's frames; `null` while the cable is out or no stack listens. */
  readonly #hearers: (FrameReceiver | null)[] = [];
  #plugged = new Uint8Array(16);
  /** Arrival time of each sender's latest frame: its next frame may not arrive earlier. */
  #lastArrivalUs = new Float64Array(16);
  /** Records of delivered frames, for reuse. */
  readonly #free: FrameInFlight[] = [];
  readonly #arrive = (frame: FrameInFlight): void => this.#deliver(frame);
  /** Cache of the last sender's buffer with its view as words: nearly all frames come from one buffer. */
  #from: Uint8Array = new Uint8Array(0);
  #fromWords: Int32Array = new Int32Array(0);
  /** Followers of broadcasts; `null` if every card receives all of them. */
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

  /** Connects a new card. Throws a RangeError if the hardware address is taken. */
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

  /** Name of the card at a port. */
  nameAt(port: number): string {
    return this.#cards[port].name;
  }

  /** Called by the card at this port when its cable or its receiver changes. */
  connectCard(port: number, plugged: boolean, receiver: FrameReceiver | null): void {
    this.#plugged[port] = plugged ? 1 : 0;
    this.#hearers[port] = plugged ? receiver : null;
  }

  /** Attaches an analyzer. */
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
    // Remainder without `%`: on doubles that operator takes longer than the rest of this function. The result is exact: both numbers are below 2 **
    // 32.
    const drawn = this.#random.u32();
    return this.#latencyUs + drawn - Math.floor(drawn / choices) * choices;
  }

  /** Copies four bytes at a time if both sides are aligned: V8 checks the bounds of each access (docs/FLEET-PROFILE.md). */
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
      // Group bit (IEEE 802.3): a broadcast or multicast goes to every other card, or with a board only to the cards that need it.
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
