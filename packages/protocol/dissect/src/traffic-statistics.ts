/** Who talked to whom, how much, and in which protocols: counted frame by frame from the dissected trees. */

import type { TreeNode } from "./sink.ts";

interface Layer {
  readonly title: string;
  readonly source: string;
  readonly destination: string;
  /** The field that either address has, for filters. */
  readonly either: string;
  /** Fields of the ports, and of what tells conversations between the same ports apart. */
  readonly ports: { readonly source: string; readonly destination: string; readonly either: string; readonly stream: string } | null;
}

/** The layers whose addresses are counted, by tshark's name of the type, which is also the protocol's. */
export const TRAFFIC_LAYERS = {
  eth: { title: "Ethernet", source: "eth.src", destination: "eth.dst", either: "eth.addr", ports: null },
  ip: { title: "IPv4", source: "ip.src", destination: "ip.dst", either: "ip.addr", ports: null },
  ipv6: { title: "IPv6", source: "ipv6.src", destination: "ipv6.dst", either: "ipv6.addr", ports: null },
  tcp: portsOf("TCP", "tcp"),
  udp: portsOf("UDP", "udp"),
} as const satisfies Readonly<Record<string, Layer>>;

export type TrafficLayer = keyof typeof TRAFFIC_LAYERS;

function portsOf(title: string, name: string): Layer {
  const ports = { source: `${name}.srcport`, destination: `${name}.dstport`, either: `${name}.port`, stream: `${name}.stream` };
  return { title, source: "", destination: "", either: "", ports };
}

/** Frames and bytes in both directions; bytes are those on the wire. Times are microseconds since 1970. */
export interface Conversation {
  /** Source and destination of the first frame, with their ports. */
  readonly a: string;
  readonly b: string;
  readonly frames: [fromA: number, fromB: number];
  readonly bytes: [fromA: number, fromB: number];
  readonly firstUs: number;
  lastUs: number;
  /** The display filter that selects its frames. */
  readonly filter: string;
}

export interface Endpoint {
  readonly address: string;
  /** "" where the layer has no ports. */
  readonly port: string;
  readonly frames: [sent: number, received: number];
  readonly bytes: [sent: number, received: number];
  readonly filter: string;
}

interface End {
  readonly address: string;
  readonly port: string;
  /** Its address's protocol: `ip` or `ipv6` above the link layer. */
  readonly filter: string;
}

/** Quoted packets, which are inside these, are no part of a conversation. */
const QUOTING: ReadonlySet<string> = new Set(["icmp", "icmpv6"]);

/** The conversations and endpoints of one layer. */
export class LayerTraffic {
  readonly name: TrafficLayer;
  readonly #layer: Layer;
  readonly #conversations = new Map<string, { readonly conversation: Conversation; readonly ends: readonly [End, End] }>();
  /** Time of the first frame, whatever it is; -1 before it. */
  firstUs = -1;

  constructor(name: TrafficLayer) {
    this.name = name;
    this.#layer = TRAFFIC_LAYERS[name];
  }

  /** Counts a frame of `length` bytes on the wire; `roots` is its tree. */
  packet(timeUs: number, length: number, roots: readonly TreeNode[]): void {
    if (this.firstUs < 0) this.firstUs = timeUs;
    let [source, destination, network] = ["", "", ""];
    const { ports } = this.#layer;
    for (const root of roots) {
      const { name } = root.field;
      if (QUOTING.has(name)) return;
      if (name === "ip" || name === "ipv6") {
        network = name;
        source = fieldText(root, `${name}.src`);
        destination = fieldText(root, `${name}.dst`);
      }
      if (name !== this.name) continue;
      if (ports === null) {
        const { either } = this.#layer;
        const end = (address: string): End => ({ address, port: "", filter: `${either} == ${address}` });
        this.#count(timeUs, length, end(fieldText(root, this.#layer.source)), end(fieldText(root, this.#layer.destination)), "");
      } else {
        const address = TRAFFIC_LAYERS[network as "ip" | "ipv6"]?.either ?? "";
        const end = (of: string, port: string): End => ({ address: of, port, filter: `${address} == ${of} && ${ports.either} == ${port}` });
        const from = end(source, fieldText(root, ports.source));
        this.#count(timeUs, length, from, end(destination, fieldText(root, ports.destination)), fieldText(root, ports.stream));
      }
    }
  }

  #count(timeUs: number, length: number, source: End, destination: End, stream: string): void {
    if (source.address === "" || destination.address === "") return;
    const a = withPort(source);
    const b = withPort(destination);
    const key = stream === "" ? [a, b].sort().join(" ") : stream;
    let known = this.#conversations.get(key);
    if (!known) {
      const { ports } = this.#layer;
      const filter = ports === null || stream === "" ? `${source.filter} && ${destination.filter}` : `${ports.stream} == ${stream}`;
      const conversation: Conversation = { a, b, frames: [0, 0], bytes: [0, 0], firstUs: timeUs, lastUs: timeUs, filter };
      known = { conversation, ends: [source, destination] };
      this.#conversations.set(key, known);
    }
    const { conversation } = known;
    const direction = conversation.a === a ? 0 : 1;
    conversation.frames[direction]++;
    conversation.bytes[direction] += length;
    conversation.lastUs = timeUs;
  }

  /** Those with the most frames first, and else as they came. */
  conversations(): Conversation[] {
    return byFrames([...this.#conversations.values()].map(({ conversation }) => conversation));
  }

  /** Those with the most frames first, and else as they came. */
  endpoints(): Endpoint[] {
    const endpoints = new Map<string, Endpoint>();
    for (const { conversation, ends } of this.#conversations.values()) {
      for (const side of [0, 1] as const) {
        const { address, port, filter } = ends[side];
        const key = `${address} ${port}`;
        let end = endpoints.get(key);
        if (!end) {
          end = { address, port, frames: [0, 0], bytes: [0, 0], filter };
          endpoints.set(key, end);
        }
        for (const direction of [0, 1] as const) {
          const way = direction === side ? 0 : 1;
          end.frames[way] += conversation.frames[direction];
          end.bytes[way] += conversation.bytes[direction];
        }
      }
    }
    return byFrames([...endpoints.values()]);
  }
}

function withPort({ address, port }: End): string {
  return port === "" ? address : `${address}:${port}`;
}

function byFrames<T extends { readonly frames: readonly [number, number] }>(rows: readonly T[]): T[] {
  return [...rows].sort((x, y) => y.frames[0] + y.frames[1] - x.frames[0] - x.frames[1]);
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

/** A protocol below another one; bytes are those of whole frames. */
export interface ProtocolShare {
  readonly name: string;
  /** 0 for the outermost. */
  readonly depth: number;
  readonly frames: number;
  readonly bytes: number;
}

interface Branch {
  readonly name: string;
  frames: number;
  bytes: number;
  readonly below: Map<string, Branch>;
}

const newBranch = (name: string): Branch => ({ name, frames: 0, bytes: 0, below: new Map() });

/** Which protocols carried which: a frame counts at each protocol of its tree, below the one that carries it. */
export class ProtocolHierarchy {
  readonly #top = newBranch("");

  packet(length: number, roots: readonly TreeNode[]): void {
    let at = this.#top;
    for (const { field } of roots) {
      // The frame itself, and the list of its protocols, carry nothing.
      if (field.name.startsWith("frame")) continue;
      let next = at.below.get(field.name);
      if (!next) {
        next = newBranch(field.name);
        at.below.set(field.name, next);
      }
      next.frames++;
      next.bytes += length;
      at = next;
      // What an error quotes is no protocol of this frame.
      if (QUOTING.has(field.name)) return;
    }
  }

  /** Each protocol before those that it carries, and else in the order in which they came. */
  rows(): ProtocolShare[] {
    const rows: ProtocolShare[] = [];
    const add = (branch: Branch, depth: number): void => {
      const { name, frames, bytes, below } = branch;
      rows.push({ name, depth, frames, bytes });
      for (const next of below.values()) add(next, depth + 1);
    };
    for (const branch of this.#top.below.values()) add(branch, 0);
    return rows;
  }
}
