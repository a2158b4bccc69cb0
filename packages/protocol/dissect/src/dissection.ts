/** One frame on its way through the dissectors, and what they remember from frame to frame. */

import type { CapturedPacket } from "@pushback/capture";
import type { Conversations, RememberedCall, TcpConversation, TcpSide } from "./conversation.ts";
import type { Protocol } from "./define-protocol.ts";
import type { Field } from "./field.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";

export interface RpcCall {
  readonly call: RememberedCall;
  readonly isRequest: boolean;
  /** Byte order of the stub's integers. */
  readonly little: boolean;
}

/**
 * Every dissector gets this. It reads `b` only between the offsets that it is given. Offsets are absolute in `b`; the methods turn
 * them into offsets from the start of the frame, which is at `base`.
 */
export class Dissection {
  b: Uint8Array = new Uint8Array(0);
  base = 0;
  packet: CapturedPacket | null = null;
  /** Number of ICMP errors around the current position: a quoted packet belongs to no conversation. */
  quoted = 0;
  /** Source address of the innermost IPv4 datagram so far. NaN keeps the field a double from the start (docs/FLEET-PROFILE.md, "representation"). */
  srcAddress = Number.NaN;
  /** Destination address of the innermost IPv4 datagram so far. */
  dstAddress = Number.NaN;
  /** Whether the innermost IPv4 datagram so far was captured to its end. */
  isWholeDatagram = false;
  /** Microseconds since the previous frame, and since the capture's first frame. */
  deltaUs = 0;
  relativeUs = 0;
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
  readonly protocols: Protocols;
  readonly conversations: Conversations;
  /** Whether `path` is kept: the sink wants `frame.protocols`. */
  keepsPath = true;
  /** By the id of the protocol's field: whether the sink wants any of its fields. */
  readonly #wanted: (boolean | undefined)[] = [];
  /** By the id of the protocol's field: whether the sink wants any field of what it carries. */
  readonly #wantedBelow: (boolean | undefined)[] = [];

  constructor(sink: FieldSink, protocols: Protocols, conversations: Conversations) {
    this.sink = sink;
    this.protocols = protocols;
    this.conversations = conversations;
  }

  /** Whether the sink wants any field of the protocol; a dissector may skip its fields otherwise. The sink is asked once. */
  wantsAny(protocol: Protocol): boolean {
    const known = this.#wanted[protocol.field.id];
    if (known !== undefined) return known;
    const wanted = protocol.allFields.some((field) => this.sink.wants(field));
    this.#wanted[protocol.field.id] = wanted;
    return wanted;
  }

  /** Whether the sink wants any field of a protocol that `protocol` may carry; a dissector may skip its payload otherwise. */
  wantsBelow(protocol: Protocol): boolean {
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
    this.quoted = 0;
    if (this.path.length > 0) this.path.length = 0;
    this.#joinedBytes = 0;
  }

  /**
   * Dissects `content`, which was put together from several frames, and calls `run` with its start and end. Its fields get offsets
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

  /** Begins a protocol: its fields follow until `close`, and its name joins `frame.protocols`. */
  protocol(protocol: Protocol, at: number, len: number): void {
    if (this.keepsPath) this.path.push(protocol.name);
    this.sink.open(protocol.field, at - this.base, len);
  }

  /** Begins a group of fields inside a protocol. */
  open(field: Field, at: number, len: number): void {
    this.sink.open(field, at - this.base, len);
  }

  /** Ends the protocol or group that began last. */
  close(): void {
    this.sink.close();
  }

  number(field: Field, value: number, at: number, len: number): void {
    this.sink.number(field, value, at - this.base, len);
  }

  text(field: Field, value: string, at: number, len: number): void {
    this.sink.text(field, value, at - this.base, len);
  }

  bytes(field: Field, at: number, len: number): void {
    this.sink.bytes(field, at - this.base, len);
  }
}
