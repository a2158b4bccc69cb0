/** Entry point: dissects packets of a capture from their link layer up. */

import type { CapturedPacket } from "@pushback/capture";
import { ROP_SET, type RopSet } from "@pushback/mapi";
import { Conversations, type TcpConversation } from "./conversation.ts";
import { Dissection } from "./dissection.ts";
import { EXPERT } from "./protocols/expert.ts";
import { FRAME, reportPath, wantsComment, wantsPath } from "./protocols/frame.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";

/** Options of a FrameDissector. */
export interface DissectorOptions {
  /** Default: every protocol of the lab. */
  readonly protocols?: Protocols;
  /** Conversations known from earlier frames. Default: none. */
  readonly conversations?: Conversations;
  /** ROPs that buffers of EcDoRpc may hold. Default: those of MS-OXCROPS. */
  readonly rops?: RopSet;
  /** The caller says with `setDisplayed` which frames are displayed. Default: every frame is. */
  readonly marksDisplayed?: boolean;
}

/** Dissects packets in the order of the capture into one sink; it remembers what spans packets (streams, sequence numbers) in between. */
export class FrameDissector {
  readonly #dissection: Dissection;
  /** Whether the sink wants any of the frame's own fields. */
  readonly #wantsFrame: boolean;
  readonly #first: FrameTime = { us: 0, ns: 0, isKnown: false };
  readonly #previous: FrameTime = { us: 0, ns: 0, isKnown: false };
  /** The previous frame unless `marksDisplayed`. */
  readonly #displayed: FrameTime;

  constructor(
    sink: FieldSink,
    { protocols = STANDARD_PROTOCOLS, conversations = new Conversations(), rops = ROP_SET, marksDisplayed = false }: DissectorOptions = {},
  ) {
    this.#displayed = marksDisplayed ? { us: 0, ns: 0, isKnown: false } : this.#previous;
    this.#dissection = new Dissection(sink, protocols, conversations, rops);
    this.#dissection.keepsPath = wantsPath(sink);
    this.#dissection.keepsComment = wantsComment(this.#dissection);
    this.#wantsFrame = this.#dissection.wantsAny(FRAME) || this.#dissection.wantsAny(EXPERT);
  }

  /** The TCP conversation of the latest frame that had a segment. */
  get conversation(): TcpConversation | null {
    return this.#dissection.conversation;
  }

  /** Sets the time of the capture's first packet before a packet out of order; `null` if that is the first. */
  setFirst(first: CapturedPacket | null): void {
    setTime(this.#first, first);
  }

  /** Sets the time of the previous packet before a packet out of order; `null` if there is none. */
  setPrevious(previous: CapturedPacket | null): void {
    setTime(this.#previous, previous);
  }

  /** Says that the frame is displayed, after `dissect` and with `marksDisplayed` only. */
  setDisplayed(packet: CapturedPacket): void {
    setTime(this.#displayed, packet);
  }

  /** Reads no byte outside the packet, whatever it holds. */
  dissect(p: CapturedPacket): void {
    const d = this.#dissection;
    d.begin(p);
    const first = this.#first;
    const previous = this.#previous;
    if (!first.isKnown) setTime(first, p);
    if (this.#wantsFrame) {
      d.deltaUs = previous.isKnown ? p.timeUs - previous.us : 0;
      d.deltaNs = previous.isKnown ? p.timeNs - previous.ns : 0;
      const displayed = this.#displayed;
      d.displayedUs = displayed.isKnown ? p.timeUs - displayed.us : 0;
      d.displayedNs = displayed.isKnown ? p.timeNs - displayed.ns : 0;
      d.relativeUs = p.timeUs - first.us;
      d.relativeNs = p.timeNs - first.ns;
      FRAME.dissect(d, p.at, p.at + p.len);
    } else d.protocols.overLink(p.linkType)(d, p.at, p.at + p.len);
    setTime(previous, p);
    if (d.keepsPath) reportPath(d, p.at);
  }
}

interface FrameTime {
  us: number;
  ns: number;
  isKnown: boolean;
}

function setTime(time: FrameTime, packet: CapturedPacket | null): void {
  time.isKnown = packet !== null;
  if (packet === null) return;
  time.us = packet.timeUs;
  time.ns = packet.timeNs;
}
