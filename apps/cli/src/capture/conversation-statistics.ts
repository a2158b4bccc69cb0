/** `show -z conv,TYPE` and `-z endpoints,TYPE`: who talked to whom and how much, laid out as tshark lays it out. */

import type { CapturedPacket } from "@pushback/capture";
import type { TreeNode } from "@pushback/dissect";

interface Layer {
  readonly title: string;
  readonly source: string;
  readonly destination: string;
  /** Fields of the ports, and of what tells conversations between the same ports apart. */
  readonly ports: { readonly source: string; readonly destination: string; readonly stream: string } | null;
}

/** By tshark's name of the type, which is also the protocol's. */
export const LAYERS = {
  eth: { title: "Ethernet", source: "eth.src", destination: "eth.dst", ports: null },
  ip: { title: "IPv4", source: "ip.src", destination: "ip.dst", ports: null },
  ipv6: { title: "IPv6", source: "ipv6.src", destination: "ipv6.dst", ports: null },
  tcp: { title: "TCP", source: "", destination: "", ports: { source: "tcp.srcport", destination: "tcp.dstport", stream: "tcp.stream" } },
  udp: { title: "UDP", source: "", destination: "", ports: { source: "udp.srcport", destination: "udp.dstport", stream: "udp.stream" } },
} as const satisfies Readonly<Record<string, Layer>>;

export type LayerName = keyof typeof LAYERS;

interface Conversation {
  /** Source and destination of the first frame, with their ports. */
  readonly a: string;
  readonly b: string;
  readonly frames: [fromA: number, fromB: number];
  readonly bytes: [fromA: number, fromB: number];
  readonly firstUs: number;
  lastUs: number;
}

interface Endpoint {
  readonly address: string;
  readonly port: string;
  readonly frames: [sent: number, received: number];
  readonly bytes: [sent: number, received: number];
}

const RULE = "=".repeat(80);
/** Quoted packets, which are inside these, are no part of a conversation. */
const QUOTING = new Set(["icmp", "icmpv6"]);

/** The statistics of one layer. */
export class ConversationStatistics {
  readonly #name: LayerName;
  readonly #layer: Layer;
  readonly #kind: "conv" | "endpoints";
  readonly #conversations = new Map<string, Conversation>();
  readonly #endpoints = new Map<string, Endpoint>();
  #firstUs = -1;

  constructor(kind: "conv" | "endpoints", name: LayerName) {
    this.#kind = kind;
    this.#name = name;
    this.#layer = LAYERS[name];
  }

  /** Counts a frame; `roots` is its tree. */
  packet(p: CapturedPacket, roots: readonly TreeNode[]): void {
    if (this.#firstUs < 0) this.#firstUs = p.timeUs;
    let [source, destination] = ["", ""];
    for (const root of roots) {
      const { name } = root.field;
      if (QUOTING.has(name)) return;
      if (name === "ip" || name === "ipv6") {
        source = fieldText(root, `${name}.src`);
        destination = fieldText(root, `${name}.dst`);
      }
      if (name !== this.#name) continue;
      const { ports } = this.#layer;
      if (ports === null) this.#count(p, fieldText(root, this.#layer.source), fieldText(root, this.#layer.destination), "", "", "");
      else
        this.#count(
          p,
          source,
          destination,
          fieldText(root, ports.source),
          fieldText(root, ports.destination),
          fieldText(root, ports.stream),
        );
    }
  }

  #count(p: CapturedPacket, source: string, destination: string, srcPort: string, dstPort: string, stream: string): void {
    if (source === "" || destination === "") return;
    if (this.#kind === "endpoints") {
      this.#countEnd(source, srcPort, 0, p.origLen);
      this.#countEnd(destination, dstPort, 1, p.origLen);
      return;
    }
    const a = srcPort === "" ? source : `${source}:${srcPort}`;
    const b = dstPort === "" ? destination : `${destination}:${dstPort}`;
    const key = stream === "" ? [a, b].sort().join(" ") : stream;
    let conversation = this.#conversations.get(key);
    if (!conversation) {
      conversation = { a, b, frames: [0, 0], bytes: [0, 0], firstUs: p.timeUs, lastUs: p.timeUs };
      this.#conversations.set(key, conversation);
    }
    const direction = conversation.a === a ? 0 : 1;
    conversation.frames[direction]++;
    conversation.bytes[direction] += p.origLen;
    conversation.lastUs = p.timeUs;
  }

  #countEnd(address: string, port: string, direction: 0 | 1, bytes: number): void {
    const key = `${address} ${port}`;
    let end = this.#endpoints.get(key);
    if (!end) {
      end = { address, port, frames: [0, 0], bytes: [0, 0] };
      this.#endpoints.set(key, end);
    }
    end.frames[direction]++;
    end.bytes[direction] += bytes;
  }

  text(): string {
    const isConversations = this.#kind === "conv";
    const { title } = this.#layer;
    const head = [RULE, `${title} ${isConversations ? "Conversations" : "Endpoints"}`, "Filter:<No Filter>"];
    const rows = isConversations ? this.#conversationRows() : this.#endpointRows();
    return `${[...head, ...rows, RULE].join("\n")}\n`;
  }

  #conversationRows(): string[] {
    const width = this.#layer.ports === null ? 20 : 26;
    const indent = " ".repeat(2 * width + 7);
    const rows = [
      `${indent}|       <-      | |       ->      | |     Total     |    Relative    |   Duration   |`,
      `${indent}| Frames  Bytes | | Frames  Bytes | | Frames  Bytes |      Start     |              |`,
    ];
    for (const { a, b, frames, bytes, firstUs, lastUs } of byFrames(this.#conversations)) {
      const cells = [
        [frames[1], bytes[1]],
        [frames[0], bytes[0]],
        [frames[0] + frames[1], bytes[0] + bytes[1]],
      ].map(([count, size]) => `  ${String(count).padStart(6)} ${sizeText(size).padEnd(9)}`);
      const start = ((firstUs - this.#firstUs) / 1e6).toFixed(9).padStart(14);
      const duration = ((lastUs - firstUs) / 1e6).toFixed(4).padStart(12);
      rows.push(`${a.padEnd(width)} <-> ${b.padEnd(width)}${cells.join("")}  ${start}   ${duration}`);
    }
    return rows;
  }

  #endpointRows(): string[] {
    const hasPorts = this.#layer.ports !== null;
    const columns = "|  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |";
    const rows = [`${" ".repeat(23)}${hasPorts ? "|  Port  |" : ""}${columns}`];
    for (const { address, port, frames, bytes } of byFrames(this.#endpoints)) {
      const name = hasPorts ? `${address.padEnd(20)}${port.padStart(11)}` : address.padEnd(20);
      const cells = [
        String(frames[0] + frames[1]).padStart(hasPorts ? 11 : 12),
        String(bytes[0] + bytes[1]).padStart(14),
        String(frames[0]).padStart(11),
        String(bytes[0]).padStart(16),
        String(frames[1]).padStart(12),
        String(bytes[1]).padStart(16),
      ];
      rows.push(`${name}${cells.join("")}   `);
    }
    return rows;
  }
}

/** Those with the most frames first, and else as they came. */
function byFrames<T extends { readonly frames: readonly [number, number] }>(rows: ReadonlyMap<string, T>): T[] {
  return [...rows.values()].sort((x, y) => y.frames[0] + y.frames[1] - x.frames[0] - x.frames[1]);
}

/** Bytes as tshark rounds them: from 10,000 on in kilobytes, from ten million on in megabytes. */
function sizeText(bytes: number): string {
  if (bytes >= 10_000_000) return `${Math.floor(bytes / 1_000_000)} MB`;
  return bytes >= 10_000 ? `${Math.floor(bytes / 1000)} kB` : `${bytes} bytes`;
}

/** The field's first value in the tree under `node`; "" if there is none. */
function fieldText(node: TreeNode, name: string): string {
  for (const child of node.children) {
    if (child.field.name === name) return child.show;
    const found = child.children.length > 0 ? fieldText(child, name) : "";
    if (found !== "") return found;
  }
  return "";
}
