/** The entry: a packet of a capture, dissected from its link layer up. */

import type { CapturedPacket } from "@pushback/capture";
import { findNetworkLayer, LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2 } from "@pushback/wire";
import { Conversations, type TcpConversation } from "./conversation.ts";
import { dissectData } from "./data.ts";
import { Dissection, fieldSet } from "./dissection.ts";
import { dissectByEtherType, dissectEthernet, dissectEtherType } from "./ethernet.ts";
import { dec, group, seconds, text } from "./field.ts";
import { dissectIpv4 } from "./ipv4.ts";
import type { FieldSink } from "./sink.ts";

const FRAME = {
  frame: group("frame", "Frame"),
  number: dec("frame.number", "Frame Number"),
  len: dec("frame.len", "Frame Length"),
  capLen: dec("frame.cap_len", "Capture Length"),
  timeEpoch: seconds("frame.time_epoch", "Epoch Time"),
  timeDelta: seconds("frame.time_delta", "Time delta from previous captured frame"),
  timeRelative: seconds("frame.time_relative", "Time since reference or first frame"),
  protocols: text("frame.protocols", "Protocols in frame"),
  comment: text("frame.comment", "Comment"),
};
const FRAME_FIELDS = fieldSet(FRAME);
/** Links whose header has an EtherType, and those that tell the protocol otherwise. */
const TYPED_LINKS: readonly number[] = [LINKTYPE_LINUX_SLL, LINKTYPE_LINUX_SLL2];
const COOKED_LINK = group("sll", "Linux cooked capture");
const NULL_LINK = group("null", "Null/Loopback");
const RAW_LINK = group("raw", "Raw packet data");
const LINKTYPE_ETHERNET = 1;

/** Dissects packets in the order of the capture into one sink; what spans packets (streams, sequence numbers) is remembered in between. */
export class FrameDissector {
  readonly #dissection: Dissection;
  #firstUs = -1;
  #previousUs = -1;
  readonly #layer = { etherType: 0, at: 0 };

  /** `conversations` other than new ones are for those who remember them themselves. */
  constructor(sink: FieldSink, conversations = new Conversations()) {
    this.#dissection = new Dissection(sink, conversations, dissectIpv4);
    this.#dissection.namesProtocols = sink.wants(FRAME.protocols);
  }

  /** The TCP conversation of the latest frame that had a segment. */
  get conversation(): TcpConversation | null {
    return this.#dissection.conversation;
  }

  /** What times are relative to, for a packet out of order: the capture's first packet, and the one before; -1 where there is none. */
  resume(firstUs: number, previousUs: number): void {
    this.#firstUs = firstUs;
    this.#previousUs = previousUs;
  }

  /** Reads no byte outside the packet, whatever it holds. */
  dissect(p: CapturedPacket): void {
    const d = this.#dissection;
    const end = p.at + p.len;
    d.begin(p);
    if (this.#firstUs < 0) this.#firstUs = p.timeUs;
    const delta = this.#previousUs < 0 ? 0 : p.timeUs - this.#previousUs;
    this.#previousUs = p.timeUs;

    if (d.wantsAny(FRAME_FIELDS)) this.#frame(p, delta);
    this.#link(p, end);
    if (d.namesProtocols) d.text(FRAME.protocols, d.protocols.join(":"), p.at, 0);
  }

  #frame(p: CapturedPacket, delta: number): void {
    const d = this.#dissection;
    d.open(FRAME.frame, p.at, p.len);
    d.number(FRAME.number, p.number, p.at, 0);
    d.number(FRAME.len, p.origLen, p.at, 0);
    d.number(FRAME.capLen, p.len, p.at, 0);
    d.number(FRAME.timeEpoch, p.timeUs, p.at, 0);
    d.number(FRAME.timeDelta, delta, p.at, 0);
    d.number(FRAME.timeRelative, p.timeUs - this.#firstUs, p.at, 0);
    if (p.comment !== null) d.text(FRAME.comment, p.comment, p.at, 0);
    d.close();
  }

  #link(p: CapturedPacket, end: number): void {
    const d = this.#dissection;
    if (p.linkType === LINKTYPE_ETHERNET) {
      dissectEthernet(d, p.at, end);
      return;
    }
    const layer = this.#layer;
    if (!findNetworkLayer(p.linkType, p.bytes, p.at, p.len, layer) || layer.at > end) {
      dissectData(d, p.at, end);
      return;
    }
    const typed = TYPED_LINKS.includes(p.linkType);
    d.protocol(typed ? COOKED_LINK : layer.at > p.at ? NULL_LINK : RAW_LINK, p.at, layer.at - p.at);
    d.close();
    if (typed) dissectEtherType(d, layer.etherType, layer.at, end);
    else dissectByEtherType(d, layer.etherType, layer.at, end);
  }
}
