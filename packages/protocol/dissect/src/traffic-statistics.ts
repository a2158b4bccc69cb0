/** Who talked to whom, how much, and in which protocols: counted frame by frame from the dissected trees. */

import { MAX_NESTED_PROTOCOLS } from "./dissection.ts";
import type { Field } from "./field.ts";
import { type TreeNode, TreeSink } from "./sink.ts";

interface Layer {
  readonly title: string;
  readonly source: string;
  readonly destination: string;
  /** Filter field that matches the source or the destination address, such as `ip.addr`. */
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

/** A layer whose conversations and endpoints are counted. */
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
  /** The display filter that selects the conversation's frames. */
  readonly filter: string;
}

/** An address, with its port on layers that have ports, and its traffic. `filter` is a display filter that selects its frames. */
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
  /** The display filter that selects this end's frames. */
  readonly filter: string;
}

interface Known {
  readonly conversation: Conversation;
  readonly ends: readonly [End, End];
}

/** Quoted packets, which are inside these, are no part of a conversation. */
const QUOTING: ReadonlySet<string> = new Set(["icmp", "icmpv6"]);

const COUNTED: ReadonlySet<string> = new Set(
  Object.values(TRAFFIC_LAYERS).flatMap(({ source, destination, ports }) =>
    ports === null ? [source, destination] : [ports.source, ports.destination, ports.stream],
  ),
);

/** Trees with the fields that are counted here: protocols, addresses, ports and streams. */
export class TrafficSink extends TreeSink {
  override wants(field: Field): boolean {
    return field.kind === "none" || COUNTED.has(field.name);
  }

  override number(field: Field, value: number, at: number, len: number): void {
    if (COUNTED.has(field.name)) super.number(field, value, at, len);
  }

  override instant(): void {}

  override text(field: Field, value: string, at: number, len: number): void {
    if (COUNTED.has(field.name)) super.text(field, value, at, len);
  }

  override bytes(): void {}
}

/** The conversations and endpoints of one layer. */
export class LayerTraffic {
  readonly name: TrafficLayer;
  readonly #layer: Layer;
  readonly #conversations = new Map<string, Known>();
  /** Time of the first frame in microseconds, counted here or not; -1 before it. */
  firstUs = -1;

  constructor(name: TrafficLayer) {
    this.name = name;
    this.#layer = TRAFFIC_LAYERS[name];
  }

  /** Counts a frame of `length` bytes on the wire; `roots` is its tree. */
  packet(timeUs: number, length: number, roots: readonly TreeNode[]): void {
    if (this.firstUs < 0) this.firstUs = timeUs;
    let [source, destination] = ["", ""];
    let network: "" | "ip" | "ipv6" = "";
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
        this.#count(timeUs, length, either, fieldText(root, this.#layer.source), fieldText(root, this.#layer.destination), "", "", "");
      } else {
        const either = network === "" ? "" : TRAFFIC_LAYERS[network].either;
        const [from, to] = [fieldText(root, ports.source), fieldText(root, ports.destination)];
        this.#count(timeUs, length, either, source, destination, from, to, fieldText(root, ports.stream));
      }
    }
  }

  /** `either` is the field of the addresses. */
  #count(
    timeUs: number,
    length: number,
    either: string,
    source: string,
    destination: string,
    sourcePort: string,
    destinationPort: string,
    stream: string,
  ): void {
    if (source === "" || destination === "") return;
    const key = stream !== "" ? stream : source < destination ? `${source} ${destination}` : `${destination} ${source}`;
    let known = this.#conversations.get(key);
    if (!known) {
      known = this.#begin(timeUs, either, { address: source, port: sourcePort }, { address: destination, port: destinationPort }, stream);
      this.#conversations.set(key, known);
    }
    const { conversation, ends } = known;
    const direction = ends[0].address === source && ends[0].port === sourcePort ? 0 : 1;
    conversation.frames[direction]++;
    conversation.bytes[direction] += length;
    conversation.lastUs = timeUs;
  }

  #begin(timeUs: number, either: string, a: Omit<End, "filter">, b: Omit<End, "filter">, stream: string): Known {
    const { ports } = this.#layer;
    const filterOf = ({ address, port }: Omit<End, "filter">): string =>
      ports === null ? `${either} == ${address}` : `${either} == ${address} && ${ports.either} == ${port}`;
    const ends = [
      { ...a, filter: filterOf(a) },
      { ...b, filter: filterOf(b) },
    ] as const;
    const filter = ports === null || stream === "" ? `${ends[0].filter} && ${ends[1].filter}` : `${ports.stream} == ${stream}`;
    const empty = { frames: [0, 0], bytes: [0, 0] } as { frames: [number, number]; bytes: [number, number] };
    return { conversation: { a: withPort(a), b: withPort(b), ...empty, firstUs: timeUs, lastUs: timeUs, filter }, ends };
  }

  /** The conversations, those with the most frames first; equal ones in order of appearance. */
  conversations(): Conversation[] {
    return byFrames([...this.#conversations.values()].map(({ conversation }) => conversation));
  }

  /** The endpoints, those with the most frames first; equal ones in order of appearance. */
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

function withPort({ address, port }: Omit<End, "filter">): string {
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

/** A row of the protocol hierarchy: a protocol at its place in the layers, with the number of its frames and their whole lengths. */
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

/**
 * Which protocols carried which: a frame counts at each protocol of its tree, below the one that carries it. The messages of one protocol in a segment count
 * as if each carried the next, so rows deeper than `MAX_NESTED_PROTOCOLS` are left out: a frame may have as many messages as it has room for.
 */
export class ProtocolHierarchy {
  readonly #top = newBranch("");

  /** Counts a frame of `length` bytes on the wire; `roots` is its tree. */
  packet(length: number, roots: readonly TreeNode[]): void {
    let at = this.#top;
    let depth = 0;
    for (const { field } of roots) {
      // The frame itself, and the list of its protocols, carry nothing.
      if (field.name.startsWith("frame")) continue;
      if (depth++ === MAX_NESTED_PROTOCOLS) return;
      let next = at.below.get(field.name);
      if (!next) {
        next = newBranch(field.name);
        at.below.set(field.name, next);
      }
      next.frames++;
      next.bytes += length;
      at = next;
      // Protocols of a datagram that an ICMP error quotes do not count as protocols of the frame.
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
