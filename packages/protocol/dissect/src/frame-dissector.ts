/** Entry point: dissects packets of a capture from their link layer up. */

import type { CapturedPacket } from "@pushback/capture";
import { ROP_SET, type RopSet } from "@pushback/mapi";
import { Conversations, type TcpConversation } from "./conversation.ts";
import { Dissection } from "./dissection.ts";
import { FRAME, reportPath, wantsPath } from "./protocols/frame.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";

export interface DissectorOptions {
  /** Default: every protocol of the lab. */
  readonly protocols?: Protocols;
  /** Default: none seen yet. */
  readonly conversations?: Conversations;
  /** ROPs that buffers of EcDoRpc may hold. Default: those of MS-OXCROPS. */
  readonly rops?: RopSet;
}

/** Dissects packets in the order of the capture into one sink; it remembers what spans packets (streams, sequence numbers) in between. */
export class FrameDissector {
  readonly #dissection: Dissection;
  /** Whether the sink wants any of the frame's own fields. */
  readonly #wantsFrame: boolean;
  #firstUs = -1;
  #previousUs = -1;

  constructor(
    sink: FieldSink,
    { protocols = STANDARD_PROTOCOLS, conversations = new Conversations(), rops = ROP_SET }: DissectorOptions = {},
  ) {
    this.#dissection = new Dissection(sink, protocols, conversations, rops);
    this.#dissection.keepsPath = wantsPath(sink);
    this.#wantsFrame = this.#dissection.wantsAny(FRAME);
  }

  /** The TCP conversation of the latest frame that had a segment. */
  get conversation(): TcpConversation | null {
    return this.#dissection.conversation;
  }

  /** Sets the times, in microseconds, of the capture's first packet and of the previous one, before a packet out of order; -1 if there is none. */
  resume(firstUs: number, previousUs: number): void {
    this.#firstUs = firstUs;
    this.#previousUs = previousUs;
  }

  /** Reads no byte outside the packet, whatever it holds. */
  dissect(p: CapturedPacket): void {
    const d = this.#dissection;
    d.begin(p);
    if (this.#firstUs < 0) this.#firstUs = p.timeUs;
    if (this.#wantsFrame) {
      d.deltaUs = this.#previousUs < 0 ? 0 : p.timeUs - this.#previousUs;
      d.relativeUs = p.timeUs - this.#firstUs;
      FRAME.dissect(d, p.at, p.at + p.len);
    } else d.protocols.overLink(p.linkType)(d, p.at, p.at + p.len);
    this.#previousUs = p.timeUs;
    if (d.keepsPath) reportPath(d, p.at);
  }
}
