/** One frame on its way through the dissectors, and what they remember from frame to frame. */

import { AddressNumbers, sumPseudoHeader } from "@pushback/bytes";
import type { CapturedPacket } from "@pushback/capture";
import type { RopSet } from "@pushback/mapi";
import { getIpv4Destination, getIpv4Source, IPV6_DESTINATION_AT, IPV6_SOURCE_AT, sumIpv6PseudoHeader } from "@pushback/wire";
import type { Conversations, RememberedCall, TcpConversation, TcpSide } from "./conversation.ts";
import type { Field } from "./field.ts";
import type { FieldSink } from "./sink.ts";

/**
 * Reports the fields of the protocol that begins at offset `at` of `d.b`. It reads bytes from `at` up to, but not including, `end`, never
 * throws, and ends its account where the bytes end.
 */
export type Dissect = (d: Dissection, at: number, end: number) => void;

/** Number of bytes of the `end - at` at `at` that belong to the payload; -1 if the payload does not say. The rest is the frame's trailer. */
export type PayloadLength = (b: Uint8Array, at: number, end: number) => number;

/** How messages are found in a TCP stream. A message may begin in the middle of a segment and end in a later one. */
export interface StreamFraming {
  /** Bytes of a message that `messageLength` reads; at least 1. */
  readonly headerBytes: number;
  /**
   * Length in bytes of the longest message, its header included; no message begins where `messageLength` says more. Default: `MAX_MESSAGE_BYTES`.
   */
  readonly maxMessageBytes?: number;
  /** Whether a message may begin with the byte at `at`; asked when a segment ends inside a header that follows another message in the segment. */
  readonly mayBegin: (b: Uint8Array, at: number) => boolean;
  /**
   * Whether a message may begin with the bytes from `at` up to `end`, which are a whole segment and fewer than `headerBytes`. Streams of every other
   * protocol have such segments too: return true only if the bytes are unlikely elsewhere. Default: no message begins in so short a segment.
   */
  readonly mayBeginAlone?: (b: Uint8Array, at: number, end: number) => boolean;
  /** Length in bytes of the message whose header is at `at`, its header included; -1, or anything below `headerBytes`, if no message begins there. */
  readonly messageLength: (b: Uint8Array, at: number) => number;
  /** Whether the `len` bytes at `at` are a well-formed message; `messageLength` returned `len`. */
  readonly isValid: (b: Uint8Array, at: number, len: number) => boolean;
}

/** Length in bytes of the longest message that is reassembled from TCP segments, unless its framing says another. */
export const MAX_MESSAGE_BYTES = 0x100_0000;

/** The part of a protocol's declaration that dissection uses. */
export interface DissectedProtocol {
  readonly name: string;
  readonly dissect: Dissect;
  /** The protocol as a field: present in frames that carry it. */
  readonly field: Field;
  /** `field` and every declared field. */
  readonly allFields: readonly Field[];
}

/** A protocol whose messages are found in TCP streams. */
export interface FramedProtocol {
  readonly protocol: DissectedProtocol;
  readonly framing: StreamFraming;
}

/**
 * The tables in which a dissector finds the protocol of its payload. The dissectors that they return count in `Dissection.depth` and treat the payload as
 * unclaimed bytes where protocols nest deeper than `MAX_NESTED_PROTOCOLS`.
 */
export interface Dispatch {
  /** By IP protocol number; a number that no protocol claims has the dissector of unclaimed bytes. */
  readonly byIpNumber: readonly Dissect[];
  readonly framed: readonly FramedProtocol[];
  /** Dissector of the frames of a link type, given as a LINKTYPE_ value. */
  overLink(linkType: number): Dissect;
  /** Dissector of the payload of an EtherType, of unclaimed bytes if no protocol claims it. */
  overEtherType(etherType: number): Dissect;
  /** Length of the payload of an EtherType as the payload says; -1 if it does not say. */
  payloadLength(etherType: number, b: Uint8Array, at: number, end: number): number;
  /** Dissector of the payload of an IEEE 802.2 service access point, of unclaimed bytes if no protocol claims it. */
  overSap(sap: number): Dissect;
  /** Dissector of the payload of a SNAP header's OUI and protocol type, of unclaimed bytes if no protocol claims them. */
  overSnap(oui: number, type: number): Dissect;
  /** The dissector of a UDP datagram's payload, chosen by destination port, source port or content. */
  overUdp(srcPort: number, dstPort: number, b: Uint8Array, at: number, end: number): Dissect;
  /** The dissector of a TCP segment's payload that has no stream framing, chosen by destination port, source port or content. */
  overTcp(srcPort: number, dstPort: number, b: Uint8Array, at: number, end: number): Dissect;
  /** Protocols that `carrier` may carry, directly or inside one another, with those that take unclaimed bytes. */
  below(carrier: DissectedProtocol): readonly DissectedProtocol[];
}

/** The DCE/RPC call of the PDU that is being dissected. */
export interface RpcCall {
  readonly call: RememberedCall;
  readonly isRequest: boolean;
  /** Byte order of the stub's integers. */
  readonly little: boolean;
}

/**
 * Most protocols of a frame inside one another that are dissected. Tunnels may nest as often as a frame has room for their headers, and each level takes
 * stack. Wireshark stops at 500 layers (preference `gui.max_tree_depth`), which are 249 tags of 802.1ad, because it counts each EtherType as a layer.
 */
export const MAX_NESTED_PROTOCOLS = 250;

/** IPv6 addresses that conversations tell apart. */
const MAX_IPV6_ADDRESSES = 65_536;

/**
 * Every dissector gets this. It reads `b` only between the offsets that it is given. Offsets are absolute in `b`; the methods turn
 * them into offsets from the start of the frame, which is at `base`.
 */
export class Dissection {
  b: Uint8Array = new Uint8Array(0);
  /** Offset in `b` of the first byte of the frame. */
  base = 0;
  packet: CapturedPacket | null = null;
  /** Number of dissectors from the tables of `protocols` that are running, each inside the one before. The tables keep it. */
  depth = 0;
  /** Number of ICMP errors around the current position: a quoted packet belongs to no conversation. */
  quoted = 0;
  /** The header of the innermost IP packet so far: the bytes that hold it, its offset in them, and whether it is of version 6. */
  #ipBytes: Uint8Array = new Uint8Array(0);
  #ipAt = 0;
  #isIpv6 = false;
  /** Number of bytes missing at the end of the innermost IP packet so far: its length field counts them, the capture or the quote left them out. */
  missingBytes = 0;
  /** Made with the first IPv6 packet. */
  #addresses: AddressNumbers | null = null;
  /** Time since the previous frame: microseconds, and the nanoseconds beyond them (`deltaNs`). Set if the sink wants fields of `frame`. */
  deltaUs = 0;
  deltaNs = 0;
  /** Time since the previous displayed frame: microseconds, and the nanoseconds beyond them. */
  displayedUs = 0;
  displayedNs = 0;
  /** Time since the capture's first frame: microseconds, and the nanoseconds beyond them (`relativeNs`). Set if the sink wants fields of `frame`. */
  relativeUs = 0;
  relativeNs = 0;
  /** The TCP conversation of the frame's segment. */
  conversation: TcpConversation | null = null;
  /** The direction of the frame's segment. */
  side: TcpSide | null = null;
  /** The DCE/RPC call whose stub is being dissected. */
  rpc: RpcCall | null = null;
  /** Names of the protocols in the frame, outermost first; kept if `keepsPath`. */
  path: string[] = [];
  /** Length of the contents that `within` placed behind the frame's own bytes. */
  #joinedBytes = 0;
  readonly sink: FieldSink;
  readonly protocols: Dispatch;
  readonly conversations: Conversations;
  /** ROPs that buffers of EcDoRpc may hold. */
  readonly rops: RopSet;
  /** Whether `path` is kept: the sink wants `frame.protocols`. */
  keepsPath = true;
  /** Whether the sink wants the frame's comment. */
  keepsComment = true;
  /** By the id of the protocol's field: whether the sink wants any of its fields. */
  readonly #wanted: (boolean | undefined)[] = [];
  /** Indexed by the id of a protocol's field: whether the sink wants any field of the protocols that it carries. */
  readonly #wantedBelow: (boolean | undefined)[] = [];

  constructor(sink: FieldSink, protocols: Dispatch, conversations: Conversations, rops: RopSet) {
    this.sink = sink;
    this.protocols = protocols;
    this.conversations = conversations;
    this.rops = rops;
  }

  /** Whether the innermost IP packet so far was captured to its end. */
  get isWholeDatagram(): boolean {
    return this.missingBytes === 0;
  }

  /** Whether bytes may be missing here because of the capture, or because an error quotes only the first ones. */
  get isCutOff(): boolean {
    return this.missingBytes > 0 || this.quoted > 0 || (this.packet !== null && this.packet.origLen > this.packet.len);
  }

  /** An IPv4 header begins at `at`: it is the innermost one from here on. */
  setIpv4(at: number, missingBytes: number): void {
    this.#ipBytes = this.b;
    this.#ipAt = at;
    this.#isIpv6 = false;
    this.missingBytes = missingBytes;
  }

  /** An IPv6 header begins at `at`: it is the innermost one from here on. */
  setIpv6(at: number, missingBytes: number): void {
    this.#ipBytes = this.b;
    this.#ipAt = at;
    this.#isIpv6 = true;
    this.missingBytes = missingBytes;
  }

  /** Whether the innermost IP packet so far is of version 6. */
  get isIpv6(): boolean {
    return this.#isIpv6;
  }

  /** Source address of the innermost IP packet: an unsigned 32-bit integer, or the number that stands for an IPv6 address. */
  get srcAddress(): number {
    return this.#isIpv6 ? this.#numberAt(IPV6_SOURCE_AT) : getIpv4Source(this.#ipBytes, this.#ipAt);
  }

  /** Destination address of the innermost IP packet, as `srcAddress`. */
  get dstAddress(): number {
    return this.#isIpv6 ? this.#numberAt(IPV6_DESTINATION_AT) : getIpv4Destination(this.#ipBytes, this.#ipAt);
  }

  #numberAt(offset: number): number {
    this.#addresses ??= new AddressNumbers(MAX_IPV6_ADDRESSES);
    return this.#addresses.ofIpv6(this.#ipBytes, this.#ipAt + offset);
  }

  /** Sum of the pseudo header of `protocol` in the innermost IP packet, for a checksum over `len` bytes. */
  sumPseudoHeader(protocol: number, len: number): number {
    if (this.#isIpv6) return sumIpv6PseudoHeader(this.#ipBytes, this.#ipAt, protocol, len);
    return sumPseudoHeader(this.srcAddress, this.dstAddress, protocol, len);
  }

  /** Whether the sink wants any field of the protocol; a dissector may skip its fields otherwise. The sink is asked once. */
  wantsAny(protocol: DissectedProtocol): boolean {
    const known = this.#wanted[protocol.field.id];
    if (known !== undefined) return known;
    const wanted = protocol.allFields.some((field) => this.sink.wants(field));
    this.#wanted[protocol.field.id] = wanted;
    return wanted;
  }

  /** Whether the sink wants any of some fields. */
  wantsSome(fields: readonly Field[]): boolean {
    for (let i = 0; i < fields.length; i++) if (this.sink.wants(fields[i])) return true;
    return false;
  }

  /** Whether the sink wants any field of a protocol that `protocol` may carry; a dissector may skip its payload otherwise. */
  wantsBelow(protocol: DissectedProtocol): boolean {
    const known = this.#wantedBelow[protocol.field.id];
    if (known !== undefined) return known;
    const wanted = this.protocols.below(protocol).some((carried) => this.wantsAny(carried));
    this.#wantedBelow[protocol.field.id] = wanted;
    return wanted;
  }

  /** Starts on the next frame. */
  begin(packet: CapturedPacket): void {
    this.b = packet.bytes;
    this.base = packet.at;
    this.packet = packet;
    this.depth = 0;
    this.quoted = 0;
    this.missingBytes = 0;
    if (this.path.length > 0) this.path.length = 0;
    this.#joinedBytes = 0;
  }

  /**
   * Dissects `content`, which was reassembled from several frames, and calls `run` with its start and end. Its fields get offsets
   * behind the frame's own bytes.
   */
  within(content: Uint8Array, run: (at: number, end: number) => void): void {
    const { b, base, packet } = this;
    const from = (packet?.len ?? 0) + this.#joinedBytes;
    this.#joinedBytes += content.length;
    this.sink.extend?.(content, from);
    this.b = content;
    this.base = -from;
    run(0, content.length);
    this.b = b;
    this.base = base;
  }

  /**
   * Begins a protocol: its fields follow until `close`, and its name joins `frame.protocols`. `len` is the header's length. As in Wireshark, filters compare
   * the first `valueLen` bytes (`tcp[0:2] == 00:87`) and search the first `extent` bytes (`ip contains "x"`).
   */
  protocol(protocol: DissectedProtocol, at: number, len: number, valueLen = len, extent = valueLen): void {
    if (this.keepsPath) this.path.push(protocol.name);
    this.sink.open(protocol.field, at - this.base, len, valueLen, extent);
  }

  /** Begins a group of fields inside a protocol. */
  open(field: Field, at: number, len: number): void {
    this.sink.open(field, at - this.base, len, len, len);
  }

  /** Ends the protocol or group that began last. */
  close(): void {
    this.sink.close();
  }

  /** Reports a number; `len` bytes at `at` hold it. */
  number(field: Field, value: number, at: number, len: number): void {
    this.sink.number(field, value, at - this.base, len);
  }

  /** A time of `us` microseconds and `ns` nanoseconds, which may be negative, as a value without bytes of its own. */
  seconds(field: Field, us: number, ns: number, at: number): void {
    this.sink.number(field, ns === 0 ? us : us + ns / 1000, at - this.base, 0);
  }

  /** Reports a duration in nanoseconds as a value without bytes of its own. */
  nanoseconds(field: Field, ns: number, at: number): void {
    this.sink.number(field, ns / 1000, at - this.base, 0);
  }

  /** The time of day of the frame. Numbers hold it to a quarter of a microsecond; sinks that show it get the nanoseconds too. */
  instant(field: Field, us: number, ns: number, at: number): void {
    if (this.sink.instant) this.sink.instant(field, us, ns, at - this.base);
    else this.seconds(field, us, ns, at);
  }

  /** Reports a text; `len` bytes at `at` hold it. */
  text(field: Field, value: string, at: number, len: number): void {
    this.sink.text(field, value, at - this.base, len);
  }

  /** Reports the `len` bytes at `at` themselves. */
  bytes(field: Field, at: number, len: number): void {
    this.sink.bytes(field, at - this.base, len);
  }
}
