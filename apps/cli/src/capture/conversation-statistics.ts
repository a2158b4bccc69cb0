/** `show -z conv,TYPE`, `-z endpoints,TYPE` and `-z io,phs`: who talked to whom, how much and in which protocols, laid out as tshark lays it out. */

import type { CapturedPacket } from "@pushback/capture";
import { LayerTraffic, ProtocolHierarchy, TRAFFIC_LAYERS, type TrafficLayer, type TreeNode } from "@pushback/dissect";

const RULE = "=".repeat(80);

/** The statistics of one layer. */
export class ConversationStatistics {
  readonly #traffic: LayerTraffic;
  readonly #kind: "conv" | "endpoints";

  constructor(kind: "conv" | "endpoints", name: TrafficLayer) {
    this.#kind = kind;
    this.#traffic = new LayerTraffic(name);
  }

  /** Counts a frame; `roots` is its tree. */
  packet(p: CapturedPacket, roots: readonly TreeNode[]): void {
    this.#traffic.packet(p.timeUs, p.origLen, roots);
  }

  text(): string {
    const isConversations = this.#kind === "conv";
    const { title } = TRAFFIC_LAYERS[this.#traffic.name];
    const head = [RULE, `${title} ${isConversations ? "Conversations" : "Endpoints"}`, "Filter:<No Filter>"];
    const rows = isConversations ? this.#conversationRows() : this.#endpointRows();
    return `${[...head, ...rows, RULE].join("\n")}\n`;
  }

  #conversationRows(): string[] {
    const width = TRAFFIC_LAYERS[this.#traffic.name].ports === null ? 20 : 26;
    const indent = " ".repeat(2 * width + 7);
    const rows = [
      `${indent}|       <-      | |       ->      | |     Total     |    Relative    |   Duration   |`,
      `${indent}| Frames  Bytes | | Frames  Bytes | | Frames  Bytes |      Start     |              |`,
    ];
    for (const { a, b, frames, bytes, firstUs, lastUs } of this.#traffic.conversations()) {
      const cells = [
        [frames[1], bytes[1]],
        [frames[0], bytes[0]],
        [frames[0] + frames[1], bytes[0] + bytes[1]],
      ].map(([count, size]) => `  ${String(count).padStart(6)} ${sizeText(size).padEnd(9)}`);
      const start = ((firstUs - this.#traffic.firstUs) / 1e6).toFixed(9).padStart(14);
      const duration = ((lastUs - firstUs) / 1e6).toFixed(4).padStart(12);
      rows.push(`${a.padEnd(width)} <-> ${b.padEnd(width)}${cells.join("")}  ${start}   ${duration}`);
    }
    return rows;
  }

  #endpointRows(): string[] {
    const hasPorts = TRAFFIC_LAYERS[this.#traffic.name].ports !== null;
    const columns = "|  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |";
    const rows = [`${" ".repeat(23)}${hasPorts ? "|  Port  |" : ""}${columns}`];
    for (const { address, port, frames, bytes } of this.#traffic.endpoints()) {
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

/** Bytes as tshark rounds them: from 10,000 on in kilobytes, from ten million on in megabytes. */
function sizeText(bytes: number): string {
  if (bytes >= 10_000_000) return `${Math.floor(bytes / 1_000_000)} MB`;
  return bytes >= 10_000 ? `${Math.floor(bytes / 1000)} kB` : `${bytes} bytes`;
}

const HIERARCHY_RULE = "=".repeat(67);
const NAME_COLUMNS = 40;

/** The statistics of `io,phs`. */
export class HierarchyStatistics {
  readonly #hierarchy = new ProtocolHierarchy();

  packet(p: CapturedPacket, roots: readonly TreeNode[]): void {
    this.#hierarchy.packet(p.origLen, roots);
  }

  text(): string {
    const rows = this.#hierarchy
      .rows()
      .map(({ name, depth, frames, bytes }) => `${`${"  ".repeat(depth)}${name}`.padEnd(NAME_COLUMNS)} frames:${frames} bytes:${bytes}`);
    return ["", HIERARCHY_RULE, "Protocol Hierarchy Statistics", "Filter: ", "", ...rows, HIERARCHY_RULE, ""].join("\n");
  }
}
