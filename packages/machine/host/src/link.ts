/** The two things that a stack needs from below: a clock with an event queue, and a network card. Package sim makes both, package live too. */

/** Names one scheduled event; never reused, so a stale handle cancels nothing. */
export type EventHandle = number;

/** No event: safe to cancel. */
export const NO_EVENT: EventHandle = 0;

export interface Scheduler {
  /** Integer microseconds. */
  nowUs(): number;
  /** Milliseconds since 1970-01-01 UTC that belong to `nowUs()`. */
  wallClockMs(): number;
  /** Calls `run(arg)` after `delayUs` (0 or more); equal times run first in, first out. No closure is needed per event. */
  schedule<T>(delayUs: number, run: (arg: T) => void, arg: T): EventHandle;
  /** Forgets the event; harmless when it has run, was cancelled, or is NO_EVENT. */
  cancel(event: EventHandle): void;
}

/** Seeded: the same seed gives the same sequence. */
export interface RandomSource {
  /** A uniformly distributed unsigned 32-bit integer. */
  u32(): number;
  /** An independent source that depends on this one's seed and on `label` only, not on what was drawn. */
  fork(label: string): RandomSource;
}

/** Who hears a card's frames: an object, and not a function of each, since a wire of thousands touches one of them a minute. */
export interface FrameReceiver {
  /** A frame comes in: Ethernet from the destination address to the end of the payload, without FCS. The bytes are valid during the call only. */
  receiveFrame(b: Uint8Array, at: number, len: number): void;
}

/** What many cards hang on. A stack that knows the wire and its own port needs the card for nothing else that it sends. */
export interface Wire {
  /** As `NetworkCard.transmit` of the card at `port`. */
  transmitFrom(port: number, b: Uint8Array, at: number, len: number): void;
}

/** A machine's network card. */
export interface NetworkCard {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** The largest IP datagram that fits into a frame; 1500 on Ethernet. */
  readonly mtu: number;
  /** Puts a frame on the wire; its bytes are copied before this returns. Shorter frames than 60 bytes are padded by the wire where it does so. */
  transmit(b: Uint8Array, at: number, len: number): void;
  /** Who hears the frames for this card (own address, broadcast, multicast); `null` when nobody listens, as in a machine without a stack. */
  setReceiver(receiver: FrameReceiver | null): void;
  /** The wire that the card hangs on, and where; left out by a card that hangs on none that others share. */
  readonly wire?: Wire | undefined;
  readonly port?: number | undefined;
  /** Where there is none, every broadcast comes to the receiver. */
  readonly broadcasts?: BroadcastFilter | undefined;
}

/**
 * A card on a wire of thousands, where a broadcast matters to two or three: those that follow what it is about. The wire reads the
 * topics off a frame as whoever made it was told: a sender, what the sender claims of itself, and a target.
 */
export interface BroadcastFilter {
  /** Broadcasts about `topic`, as sender or target, come to the receiver from now on; those whose sender it is and whose claim is `claim` need not. -1 is no claim. */
  follow(topic: number, claim: number): void;
  /** Undoes one `follow` of the topic. */
  unfollow(topic: number): void;
  /** When a broadcast with this sender last came by that did not have to come to the receiver; -1 if none did. */
  heardAtUs(topic: number): number;
  /** Set by the card's owner: called before the cable is pulled, from when on broadcasts are missed. */
  onUnplug: (() => void) | null;
}
