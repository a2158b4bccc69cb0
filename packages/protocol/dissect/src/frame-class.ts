/** Sorts the frames of a capture into kinds of traffic, for colours and graphs. */

import type { Field } from "./field.ts";
import { FrameBytes } from "./frame-bytes.ts";
import type { FrameClass } from "./frame-class-names.ts";
import { ICMP_ERROR_TYPES, ICMP_FIELDS } from "./protocols/icmp.ts";
import { ICMPV6_FIELDS } from "./protocols/icmpv6.ts";
import { IPV4_FIELDS } from "./protocols/ipv4.ts";
import { PUSH_FIELDS } from "./protocols/mapi.ts";
import { TCP_FIELDS } from "./protocols/tcp-fields.ts";
import { UDP_FIELDS } from "./protocols/udp.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";

/** TCP's fields that mark a segment as one that probes or repeats, or comes after a gap. */
const MARKS = [TCP_FIELDS.keepAlive, TCP_FIELDS.keepAliveAck, TCP_FIELDS.retransmission, TCP_FIELDS.outOfOrder, TCP_FIELDS.lostSegment];
/** The fields, beside protocols and marks, that a class or a stream is read from. */
const READ: readonly Field[] = [
  TCP_FIELDS.reset,
  // Conversations are copied with the segments that wait for their acknowledgment.
  TCP_FIELDS.acksFrame,
  TCP_FIELDS.stream,
  UDP_FIELDS.stream,
  UDP_FIELDS.dstport,
  UDP_FIELDS.payload,
  ICMP_FIELDS.type,
  ICMPV6_FIELDS.type,
  IPV4_FIELDS.dst,
  ...Object.values(PUSH_FIELDS),
];
/** ICMPv6 types below this are errors (RFC 4443 section 2.1). */
const FIRST_INFORMATIONAL = 128;
/** Most contexts that are remembered for one address and port. */
const MAX_CONTEXTS = 256;

/** Takes the frames of a capture in order; after each one, `frameClass` and the streams are that frame's. */
export class ClassSink implements FieldSink {
  frameClass: FrameClass = "other";
  /** -1 if the frame has none. */
  tcpStream = -1;
  /** In an ICMP error, the stream of the datagram that it quotes; -1 if the frame has none. */
  udpStream = -1;
  /** By field id: the class of frames that have the field. */
  readonly #classOf: (FrameClass | undefined)[] = [];
  /** Protocols whose payload quotes another packet. */
  readonly #quoting: readonly Field[];
  readonly #wanted: ReadonlySet<Field>;
  readonly #content = new FrameBytes();
  #isQuoting = false;
  #ipDst = -1;
  #udpPort = -1;
  #pushPort = -1;
  #pushAddress = -1;
  #pushContext = "";
  /** Registered contexts by address and port. */
  readonly #registered = new Map<number, Set<string>>();

  constructor(protocols: Protocols) {
    const coloured = protocols.list.filter((protocol) => protocol.frameClass !== null);
    for (const { field, frameClass } of coloured) if (frameClass) this.#classOf[field.id] = frameClass;
    for (const mark of MARKS) this.#classOf[mark.id] = "tcp-mark";
    this.#quoting = coloured.filter(({ quotes }) => quotes === true).map(({ field }) => field);
    this.#wanted = new Set([...READ, ...MARKS, ...coloured.map(({ field }) => field)]);
  }

  begin(b: Uint8Array, base: number): void {
    this.#content.begin(b, base);
    this.frameClass = "other";
    this.#isQuoting = false;
    this.tcpStream = -1;
    this.udpStream = -1;
    this.#ipDst = -1;
    this.#udpPort = -1;
    this.#pushPort = -1;
    this.#pushAddress = -1;
  }

  /** Called at the end of each frame: a push registration in it applies to later frames. */
  end(): void {
    if (this.#pushPort < 0 || this.#pushAddress < 0) return;
    const key = this.#pushAddress * 65536 + this.#pushPort;
    const contexts = this.#registered.get(key) ?? new Set();
    if (contexts.size < MAX_CONTEXTS) contexts.add(this.#pushContext);
    this.#registered.set(key, contexts);
  }

  wants(field: Field): boolean {
    return this.#wanted.has(field);
  }

  open(field: Field): void {
    // Protocols of a quoted packet do not determine the class of the frame.
    if (this.#isQuoting) return;
    const frameClass = this.#classOf[field.id];
    if (frameClass === undefined) return;
    this.frameClass = frameClass;
    this.#isQuoting = this.#quoting.includes(field);
  }

  close(): void {}

  number(field: Field, value: number): void {
    switch (field) {
      case TCP_FIELDS.stream:
        this.tcpStream = value;
        break;
      case UDP_FIELDS.stream:
        if (this.udpStream < 0) this.udpStream = value;
        break;
      case TCP_FIELDS.reset:
        if (value === 1) this.frameClass = "tcp-mark";
        break;
      case ICMP_FIELDS.type:
        if (this.frameClass === "icmp" && ICMP_ERROR_TYPES.includes(value)) this.frameClass = "icmp-error";
        break;
      case ICMPV6_FIELDS.type:
        if (this.frameClass === "icmp" && value < FIRST_INFORMATIONAL) this.frameClass = "icmp-error";
        break;
      case IPV4_FIELDS.dst:
        if (this.#ipDst < 0) this.#ipDst = value;
        break;
      case UDP_FIELDS.dstport:
        if (this.#udpPort < 0) this.#udpPort = value;
        break;
      case PUSH_FIELDS.port:
        this.#pushPort = value;
        break;
      case PUSH_FIELDS.address:
        this.#pushAddress = value;
        break;
    }
  }

  text(): void {}

  extend(content: Uint8Array, from: number): void {
    this.#content.extend(content, from);
  }

  bytes(field: Field, at: number, len: number): void {
    if (field === UDP_FIELDS.payload && this.frameClass === "udp") {
      const contexts = this.#registered.get(this.#ipDst * 65536 + this.#udpPort);
      if (contexts?.has(this.#textOf(at, len))) this.frameClass = "push";
    } else if (field === PUSH_FIELDS.context) this.#pushContext = this.#textOf(at, len);
  }

  #textOf(at: number, len: number): string {
    let text = "";
    for (const octet of this.#content.slice(at, len)) text += String.fromCharCode(octet);
    return text;
  }
}
