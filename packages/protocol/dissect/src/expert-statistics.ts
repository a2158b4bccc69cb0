/** The expert's remarks of a capture, those that say the same counted together: what `tshark -z expert` and Wireshark's Expert Information list. */

import { type Field, type Remark, SEVERITIES } from "./field.ts";
import { EXPERT_MESSAGE } from "./protocols/expert.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import type { Protocols } from "./protocols.ts";
import { quoteText } from "./quote-text.ts";
import { type TreeNode, TreeSink } from "./sink.ts";

/** Severity of an expert's remark, as Wireshark names it. */
export type ExpertSeverity = Remark["severity"];

/** Gravest first. */
export const EXPERT_SEVERITIES = (Object.keys(SEVERITIES) as readonly ExpertSeverity[]).toReversed();

/** Remarks of one severity, group and protocol that say the same. */
export interface ExpertRow {
  readonly severity: ExpertSeverity;
  readonly group: Remark["group"];
  /** The protocol that the remark is about, in capitals as in the packet list. */
  readonly protocol: string;
  readonly message: string;
  /** Number of remarks; a frame may have several. */
  count: number;
  readonly firstFrame: number;
  /** The display filter that selects the frames with this message. */
  readonly filter: string;
}

/** Rows of one severity, and the number of their remarks. */
export interface ExpertSection {
  readonly severity: ExpertSeverity;
  readonly total: number;
  readonly rows: readonly ExpertRow[];
}

/** The rows by severity, the gravest first, down to `least`; a severity without rows is left out. */
export function expertSections(rows: readonly ExpertRow[], least: ExpertSeverity): ExpertSection[] {
  return EXPERT_SEVERITIES.slice(0, EXPERT_SEVERITIES.indexOf(least) + 1).flatMap((severity) => {
    const found = rows.filter((row) => row.severity === severity);
    return found.length === 0 ? [] : [{ severity, total: found.reduce((sum, { count }) => sum + count, 0), rows: found }];
  });
}

/** Different rows that are kept: a capture in which every frame says something else would need as much memory as it has frames. */
const MAX_ROWS = 65_536;

/** Trees with protocols and remarks alone. */
export class ExpertSink extends TreeSink {
  override wants(field: Field): boolean {
    return field.kind === "none" || field === EXPERT_MESSAGE;
  }

  override number(): void {}

  override instant(): void {}

  override text(field: Field, value: string, at: number, len: number): void {
    if (field === EXPERT_MESSAGE) super.text(field, value, at, len);
  }

  override bytes(): void {}
}

/** Counts the remarks of frames, given in any order. */
export class ExpertCount {
  readonly #protocols: Protocols;
  readonly #rows = new Map<string, ExpertRow>();
  /** Number of remarks that were not counted in a row because the limit of rows was reached. */
  left = 0;

  constructor(protocols: Protocols = STANDARD_PROTOCOLS) {
    this.#protocols = protocols;
  }

  /** Counts what the tree `roots` of this frame says. */
  packet(frame: number, roots: readonly TreeNode[]): void {
    this.#collect(frame, roots, "");
  }

  /** `inside`: name of the protocol around the nodes. A remark on the same level as a protocol, such as "Malformed Packet", is about the protocol before it. */
  #collect(frame: number, nodes: readonly TreeNode[], inside: string): void {
    let protocol = inside;
    for (const node of nodes) {
      const item = node.children[0]?.field.remark ?? null;
      if (item !== null) {
        const message = node.children.find(({ field }) => field === EXPERT_MESSAGE)?.show ?? node.children[0].field.title;
        this.#count(frame, item, protocol, message);
        continue;
      }
      const { field } = node;
      const opens = !field.name.startsWith("_ws.") && this.#protocols.protocolOf(field) !== undefined;
      // The frame itself has no protocol that is spelled in capitals.
      if (opens) protocol = field.name === "frame" ? field.title : field.name.toUpperCase();
      if (node.children.length > 0) this.#collect(frame, node.children, protocol);
    }
  }

  #count(frame: number, { severity, group }: Remark, protocol: string, message: string): void {
    const key = `${severity} ${group} ${protocol} ${message}`;
    const row = this.#rows.get(key);
    if (row) row.count++;
    else if (this.#rows.size >= MAX_ROWS) this.left++;
    else {
      const filter = `${EXPERT_MESSAGE.name} == ${quoteText(message)}`;
      this.#rows.set(key, { severity, group, protocol, message, count: 1, firstFrame: frame, filter });
    }
  }

  /** The gravest first, and else in the order in which they came. */
  rows(): ExpertRow[] {
    return expertSections([...this.#rows.values()], "comment").flatMap(({ rows }) => rows);
  }
}
