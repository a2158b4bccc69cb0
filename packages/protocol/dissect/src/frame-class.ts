/** What kind of traffic a frame is, for colours and graphs: what a person looking for push notifications and their errors tells apart. */

import { type Field, findField } from "./field.ts";
import { FrameBytes } from "./frame-bytes.ts";
import type { FieldSink } from "./sink.ts";

export const FRAME_CLASSES = ["other", "arp", "tcp", "mail", "tcp-mark", "udp", "push", "icmp", "icmp-error"] as const;

/**
 * `mail` is DCE/RPC, `tcp-mark` a segment that ends, probes or repeats (reset, keep-alive, retransmission, gap), `push` a datagram
 * that carries a context to the port that was registered for it, `icmp-error` one that quotes a packet.
 */
export type FrameClass = (typeof FRAME_CLASSES)[number];

function known(name: string): Field {
  const field = findField(name);
  if (!field) throw new RangeError(name);
  return field;
}

/** Looked up when the first sink is made: by then whoever dissects has defined them. */
function classFields() {
  const marks = ["keep_alive", "keep_alive_ack", "retransmission", "lost_segment"].map((name) => known(`tcp.analysis.${name}`));
  return {
    arp: known("arp"),
    tcp: known("tcp"),
    reset: known("tcp.flags.reset"),
    tcpStream: known("tcp.stream"),
    rpc: known("dcerpc"),
    udp: known("udp"),
    udpStream: known("udp.stream"),
    udpPort: known("udp.dstport"),
    udpPayload: known("udp.payload"),
    icmp: known("icmp"),
    icmpType: known("icmp.type"),
    ipDst: known("ip.dst"),
    pushPort: known("emsmdb.push.port"),
    pushAddress: known("emsmdb.push.address"),
    pushContext: known("emsmdb.push.rgbContext"),
    marks: new Set<Field>(marks),
  };
}

/** Registrations of one address and port that are remembered. */
const MAX_CONTEXTS = 256;
const ICMP_ERRORS: readonly number[] = [3, 4, 5, 11, 12];

/** Watches the frames of a capture in order; after each, `frameClass` and the streams are the latest frame's. */
export class ClassSink implements FieldSink {
  frameClass: FrameClass = "other";
  /** -1 where the frame has none. */
  tcpStream = -1;
  /** Of an ICMP error, the stream of the datagram that it quotes. */
  udpStream = -1;
  readonly #fields = classFields();
  readonly #wanted: ReadonlySet<unknown> = new Set<unknown>([...Object.values(this.#fields), ...this.#fields.marks]);
  readonly #content = new FrameBytes();
  #ipDst = -1;
  #udpPort = -1;
  #pushPort = -1;
  #pushAddress = -1;
  #pushContext = "";
  /** Contexts by address and port. */
  readonly #registered = new Map<number, Set<string>>();

  begin(b: Uint8Array, base: number): void {
    this.#content.begin(b, base);
    this.frameClass = "other";
    this.tcpStream = -1;
    this.udpStream = -1;
    this.#ipDst = -1;
    this.#udpPort = -1;
    this.#pushPort = -1;
    this.#pushAddress = -1;
  }

  /** To be called when the frame is dissected. */
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

  wantsTcp(): boolean {
    return true;
  }

  open(field: Field): void {
    const fields = this.#fields;
    if (field === fields.arp) this.frameClass = "arp";
    else if (field === fields.icmp) this.frameClass = "icmp";
    else if (this.frameClass === "icmp" || this.frameClass === "icmp-error") return;
    else if (field === fields.tcp) this.frameClass = "tcp";
    else if (field === fields.udp) this.frameClass = "udp";
    else if (field === fields.rpc) this.frameClass = "mail";
    else if (fields.marks.has(field)) this.frameClass = "tcp-mark";
  }

  close(): void {}

  number(field: Field, value: number): void {
    const fields = this.#fields;
    switch (field) {
      case fields.tcpStream:
        this.tcpStream = value;
        break;
      case fields.udpStream:
        if (this.udpStream < 0) this.udpStream = value;
        break;
      case fields.reset:
        if (value === 1) this.frameClass = "tcp-mark";
        break;
      case fields.icmpType:
        if (this.frameClass === "icmp" && ICMP_ERRORS.includes(value)) this.frameClass = "icmp-error";
        break;
      case fields.ipDst:
        if (this.#ipDst < 0) this.#ipDst = value;
        break;
      case fields.udpPort:
        if (this.#udpPort < 0) this.#udpPort = value;
        break;
      case fields.pushPort:
        this.#pushPort = value;
        break;
      case fields.pushAddress:
        this.#pushAddress = value;
        break;
    }
  }

  text(): void {}

  extend(content: Uint8Array, from: number): void {
    this.#content.extend(content, from);
  }

  bytes(field: Field, at: number, len: number): void {
    const fields = this.#fields;
    if (field === fields.udpPayload && this.frameClass === "udp") {
      const contexts = this.#registered.get(this.#ipDst * 65536 + this.#udpPort);
      if (contexts?.has(this.#textOf(at, len))) this.frameClass = "push";
    } else if (field === fields.pushContext) this.#pushContext = this.#textOf(at, len);
  }

  #textOf(at: number, len: number): string {
    let text = "";
    for (const octet of this.#content.slice(at, len)) text += String.fromCharCode(octet);
    return text;
  }
}
