/** What kind of traffic a frame is, for colours and graphs: what a person looking for push notifications and their errors tells apart. */

import { type Field, findField } from "./field.ts";
import "./frame.ts";
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

const ARP = known("arp");
const TCP = known("tcp");
const RESET = known("tcp.flags.reset");
const TCP_STREAM = known("tcp.stream");
const RPC = known("dcerpc");
const UDP = known("udp");
const UDP_STREAM = known("udp.stream");
const UDP_PORT = known("udp.dstport");
const UDP_PAYLOAD = known("udp.payload");
const ICMP = known("icmp");
const ICMP_TYPE = known("icmp.type");
const IP_DST = known("ip.dst");
const PUSH_PORT = known("emsmdb.push.port");
const PUSH_ADDRESS = known("emsmdb.push.address");
const PUSH_CONTEXT = known("emsmdb.push.rgbContext");
const MARKS: ReadonlySet<Field> = new Set(
  ["keep_alive", "keep_alive_ack", "retransmission", "lost_segment"].map((name) => known(`tcp.analysis.${name}`)),
);
const WANTED: ReadonlySet<Field> = new Set([
  ...[ARP, TCP, RESET, TCP_STREAM, RPC, UDP, UDP_STREAM, UDP_PORT, UDP_PAYLOAD, ICMP, ICMP_TYPE, IP_DST],
  ...[PUSH_PORT, PUSH_ADDRESS, PUSH_CONTEXT],
  ...MARKS,
]);

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
  #b: Uint8Array = new Uint8Array(0);
  #base = 0;
  #ipDst = -1;
  #udpPort = -1;
  #pushPort = -1;
  #pushAddress = -1;
  #pushContext = "";
  /** Contexts by address and port. */
  readonly #registered = new Map<number, Set<string>>();

  begin(b: Uint8Array, base: number): void {
    this.#b = b;
    this.#base = base;
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
    return WANTED.has(field);
  }

  wantsTcp(): boolean {
    return true;
  }

  open(field: Field): void {
    if (field === ARP) this.frameClass = "arp";
    else if (field === ICMP) this.frameClass = "icmp";
    else if (this.frameClass === "icmp" || this.frameClass === "icmp-error") return;
    else if (field === TCP) this.frameClass = "tcp";
    else if (field === UDP) this.frameClass = "udp";
    else if (field === RPC) this.frameClass = "mail";
    else if (MARKS.has(field)) this.frameClass = "tcp-mark";
  }

  close(): void {}

  number(field: Field, value: number): void {
    switch (field) {
      case TCP_STREAM:
        this.tcpStream = value;
        break;
      case UDP_STREAM:
        if (this.udpStream < 0) this.udpStream = value;
        break;
      case RESET:
        if (value === 1) this.frameClass = "tcp-mark";
        break;
      case ICMP_TYPE:
        if (this.frameClass === "icmp" && ICMP_ERRORS.includes(value)) this.frameClass = "icmp-error";
        break;
      case IP_DST:
        if (this.#ipDst < 0) this.#ipDst = value;
        break;
      case UDP_PORT:
        if (this.#udpPort < 0) this.#udpPort = value;
        break;
      case PUSH_PORT:
        this.#pushPort = value;
        break;
      case PUSH_ADDRESS:
        this.#pushAddress = value;
        break;
    }
  }

  text(): void {}

  bytes(field: Field, at: number, len: number): void {
    if (field === UDP_PAYLOAD && this.frameClass === "udp") {
      const contexts = this.#registered.get(this.#ipDst * 65536 + this.#udpPort);
      if (contexts?.has(this.#textOf(at, len))) this.frameClass = "push";
    } else if (field === PUSH_CONTEXT) this.#pushContext = this.#textOf(at, len);
  }

  #textOf(at: number, len: number): string {
    let text = "";
    for (let i = 0; i < len; i++) text += String.fromCharCode(this.#b[this.#base + at + i]);
    return text;
  }
}
