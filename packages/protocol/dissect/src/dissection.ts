/** One frame on its way through the dissectors, and what they remember from frame to frame. */

import type { CapturedPacket } from "@pushback/capture";
import type { Conversations, TcpConversation } from "./conversation.ts";
import type { Field } from "./field.ts";
import type { FieldSink } from "./sink.ts";

/**
 * What every dissector gets. It reads `b` only between the offsets that it was handed, and reports offsets from the start of
 * the frame: `base` is where the frame begins in `b`.
 */
export class Dissection {
  b: Uint8Array = new Uint8Array(0);
  base = 0;
  /** Where the captured bytes end. */
  end = 0;
  packet: CapturedPacket | null = null;
  /** Depth of datagrams in ICMP errors: quoted packets are no traffic. */
  quoted = 0;
  /** The TCP conversation that the frame's segment belongs to. */
  conversation: TcpConversation | null = null;
  /** Names of the protocols in the frame, in order. */
  protocols: string[] = [];
  readonly sink: FieldSink;
  readonly conversations: Conversations;
  /** Dissects the datagram that an ICMP error quotes: IPv4 again, which knows ICMP and so can't be known to it. */
  readonly dissectQuote: (d: Dissection, at: number, end: number) => void;

  constructor(sink: FieldSink, conversations: Conversations, dissectQuote: (d: Dissection, at: number, end: number) => void) {
    this.sink = sink;
    this.conversations = conversations;
    this.dissectQuote = dissectQuote;
  }

  open(field: Field, at: number, len: number): void {
    this.sink.open(field, at - this.base, len);
  }

  close(): void {
    this.sink.close();
  }

  /** A protocol of the frame: it shows in `frame.protocols`. */
  protocol(field: Field, at: number, len: number): void {
    this.protocols.push(field.name);
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
