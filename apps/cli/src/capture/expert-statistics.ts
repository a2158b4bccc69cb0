/** `show -z expert[,SEVERITY][,FILTER]`: the remarks of the expert, counted and laid out as tshark lays them out. */

import type { CapturedPacket } from "@pushback/capture";
import { ExpertCount, type ExpertSeverity, expertSections, type Filter, type TreeNode } from "@pushback/dissect";

/** tshark's names of the severities, gravest first. */
export const EXPERT_LEVELS = { error: "error", warn: "warning", note: "note", chat: "chat", comment: "comment" } as const;

const HEADINGS: Readonly<Record<ExpertSeverity, string>> = {
  error: "Errors",
  warning: "Warns",
  note: "Notes",
  chat: "Chats",
  comment: "Comments",
};

const RULE = "=============";
const COLUMNS = `${"Frequency".padStart(12)} ${"Group".padStart(10)} ${"Protocol".padStart(18)}  Summary`;

export class ExpertStatistics {
  readonly #least: ExpertSeverity;
  readonly #filter: Filter | null;
  readonly #experts = new ExpertCount();

  /** Lists remarks of the severity `least` and graver ones, of the frames that `filter` selects. */
  constructor(least: ExpertSeverity, filter: Filter | null) {
    this.#least = least;
    this.#filter = filter;
  }

  packet(p: CapturedPacket, roots: readonly TreeNode[]): void {
    // The filter must process every frame, because its state spans frames.
    if (this.#filter === null || this.#filter.matches(p)) this.#experts.packet(p.number, roots);
  }

  text(): string {
    const lines: string[] = [];
    for (const { severity, total, rows } of expertSections(this.#experts.rows(), this.#least)) {
      lines.push("", `${HEADINGS[severity]} (${total})`, RULE, COLUMNS);
      for (const { count, group, protocol, message } of rows) {
        const title = `${group[0].toUpperCase()}${group.slice(1)}`;
        lines.push(`${String(count).padStart(12)} ${title.padStart(10)} ${protocol.padStart(18)}  ${message}`);
      }
    }
    if (this.#experts.left > 0) lines.push("", `Remarks that are not listed: ${this.#experts.left}`);
    return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
  }
}
