/** The two things that a stack needs from below: a clock with an event queue, and a network card. Both the packages sim and live implement them. */

/** Identifies one scheduled event. Handles are never reused, so a stale handle cancels nothing. */
export type EventHandle = number;

/** The handle of no event; cancelling it is harmless. */
export const NO_EVENT: EventHandle = 0;

/** A clock with a queue of events: virtual time in the lab, real time on a live machine. */
export interface Scheduler {
  /** Current time in integer microseconds. */
  nowUs(): number;
  /** Wall clock at `nowUs()`, in milliseconds since 1970-01-01 UTC. */
  wallClockMs(): number;
  /**
   * Calls `run(arg)` after `delayUs` (0 or more). Events at equal times run in the order of scheduling. The argument makes a closure per event
   * unnecessary.
   */
  schedule<T>(delayUs: number, run: (arg: T) => void, arg: T): EventHandle;
  /** Removes the event; harmless if it has run, was cancelled, or is NO_EVENT. */
  cancel(event: EventHandle): void;
}

/** A seeded random source: the same seed gives the same sequence. */
export interface RandomSource {
  /** A uniformly distributed unsigned 32-bit integer. */
  u32(): number;
  /** An independent source that depends only on this source's seed and on `label`, not on the numbers drawn so far. */
  fork(label: string): RandomSource;
}

/**
 * Receives the frames of a card. It is an object rather than a function per card: on a wire of thousands, each card is touched about once a minute,
 * and a closure would be one more cache miss (docs/FLEET-PROFILE.md).
 */
export interface FrameReceiver {
  /**
   * A frame has arrived: Ethernet from the destination address to the end of the payload, without FCS. The bytes are valid during the call only.
   */
  receiveFrame(b: Uint8Array, at: number, len: number): void;
}

/** The medium that many cards share. A stack that knows the wire and its port needs no card object to send. */
export interface Wire {
  /** Like `NetworkCard.transmit` of the card at `port`. */
  transmitFrom(port: number, b: Uint8Array, at: number, len: number): void;
}

/** A machine's network card. */
export interface NetworkCard {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Largest IP datagram that fits into a frame, in bytes; 1500 on Ethernet. */
  readonly mtu: number;
  /** Puts a frame on the wire; its bytes are copied before this returns. A wire with a minimum frame size pads shorter frames. */
  transmit(b: Uint8Array, at: number, len: number): void;
  /** Sets the receiver of frames for this card (its own address, broadcast, multicast); `null` if no stack listens. */
  setReceiver(receiver: FrameReceiver | null): void;
  /** The shared wire and the card's port on it; left out if the card is not attached to a shared wire. */
  readonly wire?: Wire | undefined;
  readonly port?: number | undefined;
  /** Filter of broadcasts; without it, the receiver gets every broadcast. */
  readonly broadcasts?: BroadcastFilter | undefined;
}

/**
 * A filter of broadcasts for wires with thousands of cards, of which only two or three need a given broadcast. A card follows topics. A function passed to
 * the wire reads a frame's topics: its sender, what the sender claims about itself (such as its hardware address), and its target.
 */
export interface BroadcastFilter {
  /**
   * Subscribes the receiver to broadcasts whose sender is `topic` and whose claim differs from `claim`. With `claim` -1, it also gets broadcasts whose target
   * is `topic`.
   */
  follow(topic: number, claim: number): void;
  /** Undoes one `follow` of the topic. */
  unfollow(topic: number): void;
  /** Time of the last broadcast of this sender that was kept from the receiver; -1 if there was none. */
  heardAtUs(topic: number): number;
  /** Set by the owner of the card. Called before the cable is pulled: from then on broadcasts are missed. */
  onUnplug: (() => void) | null;
}
