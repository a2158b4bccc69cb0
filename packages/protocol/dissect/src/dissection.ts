/** One frame on its way through the dissectors, and what they remember from frame to frame. */

import type { CapturedPacket } from "@pushback/capture";
import type { Conversations, TcpConversation, TcpSide } from "./conversation.ts";
import type { Field } from "./field.ts";
import type { FieldSink } from "./sink.ts";

/** The fields of one dissector. */
export interface FieldSet {
  readonly id: number;
  readonly fields: readonly Field[];
}

let sets = 0;

export function fieldSet(fields: Readonly<Record<string, Field>>): FieldSet {
  return { id: sets++, fields: Object.values(fields) };
}

/**
 * What every dissector gets. It reads `b` only between the offsets that it was handed, and reports offsets from the start of
 * the frame: `base` is where the frame begins in `b`.
 */
export class Dissection {
  b: Uint8Array = new Uint8Array(0);
  base = 0;
  packet: CapturedPacket | null = null;
  /** Depth of datagrams in ICMP errors: quoted packets are no traffic. */
  quoted = 0;
  /** The TCP conversation that the frame's segment belongs to. */
  conversation: TcpConversation | null = null;
  /** The direction that the segment goes. */
  side: TcpSide | null = null;
  /** Names of the protocols in the frame, in order. */
  protocols: string[] = [];
  /** Bytes of this frame's fields that stand behind its own. */
  #joinedBytes = 0;
  readonly sink: FieldSink;
  readonly conversations: Conversations;
  /** Whether TCP and what it carries is dissected; as the sink wanted when the dissection was made. */
  readonly wantsTcp: boolean;
  /** Whether `protocols` is kept. */
  namesProtocols = true;
  /** By the sets' numbers: whether the sink wants any field of the set. */
  readonly #wanted: (boolean | undefined)[] = [];
  /** Dissects the datagram that an ICMP error quotes: IPv4 again, which knows ICMP and so can't be known to it. */
  readonly dissectQuote: (d: Dissection, at: number, end: number) => void;

  constructor(sink: FieldSink, conversations: Conversations, dissectQuote: (d: Dissection, at: number, end: number) => void) {
    this.sink = sink;
    this.conversations = conversations;
    this.dissectQuote = dissectQuote;
    this.wantsTcp = sink.wantsTcp();
  }

  /** Whether any field of a dissector matters; it may leave out all of them otherwise. Asked of the sink once. */
  wantsAny(set: FieldSet): boolean {
    const known = this.#wanted[set.id];
    if (known !== undefined) return known;
    const wanted = set.fields.some((field) => this.sink.wants(field));
    this.#wanted[set.id] = wanted;
    return wanted;
  }

  /** A new frame. */
  begin(packet: CapturedPacket): void {
    this.b = packet.bytes;
    this.base = packet.at;
    this.packet = packet;
    this.quoted = 0;
    if (this.protocols.length > 0) this.protocols.length = 0;
    this.#joinedBytes = 0;
  }

  /** Dissects `content`, which earlier frames have a part in: its fields have offsets behind the frame's own. `run` is given where it begins and ends. */
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

  open(field: Field, at: number, len: number): void {
    this.sink.open(field, at - this.base, len);
  }

  close(): void {
    this.sink.close();
  }

  /** A protocol of the frame: it shows in `frame.protocols`. */
  protocol(field: Field, at: number, len: number): void {
    if (this.namesProtocols) this.protocols.push(field.name);
    this.sink.open(field, at - this.base, len);
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
