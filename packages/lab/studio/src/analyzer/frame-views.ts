/** What the page shows of single frames, in any order: rows of the packet list and their sort keys, details, and the stream that a frame belongs to. */

import { type FrameHistory, FrameRecall, type FrameSummary, SummarySink, type TreeNode, TreeSink } from "@pushback/dissect";
import type { FollowedStream, FrameColumn, FrameDetails, FrameRow, FrameRule } from "./analyzer-api.ts";
import { followEcho, followStream } from "./follow-stream.ts";
import { detailsOf } from "./frame-details.ts";
import { FrameRules } from "./frame-rules.ts";
import { quotedFrame } from "./quoted-frame.ts";
import type { SourcePackets } from "./source-packet.ts";

/** The methods take frames that the history has. */
export class FrameViews {
  readonly #history: FrameHistory;
  readonly #packets: SourcePackets;
  readonly #tree = new TreeSink();
  readonly #recall: FrameRecall;
  readonly #summaries = new SummarySink();
  readonly #summaryRecall: FrameRecall;
  #rules: FrameRules;

  constructor(history: FrameHistory, packets: SourcePackets, rules: readonly FrameRule[]) {
    this.#history = history;
    this.#packets = packets;
    this.#recall = new FrameRecall(history, packets.packetOf, this.#tree);
    this.#summaryRecall = new FrameRecall(history, packets.packetOf, this.#summaries);
    this.#rules = new FrameRules(rules, history, packets);
  }

  get rules(): readonly FrameRule[] {
    return this.#rules.rules;
  }

  /** Returns for each rule what is wrong with its filter. */
  setRules(rules: readonly FrameRule[]): FrameRules["faults"] {
    this.#rules = new FrameRules(rules, this.#history, this.#packets);
    return this.#rules.faults;
  }

  #dissect(frame: number): readonly TreeNode[] {
    const { source } = this.#packets;
    this.#tree.roots.length = 0;
    this.#tree.begin(source.bytesOf(frame), source.offsetOf(frame));
    this.#recall.dissect(frame);
    return this.#tree.roots;
  }

  #summary(frame: number): FrameSummary {
    this.#summaries.begin();
    this.#summaryRecall.dissect(frame);
    return this.#summaries.summary();
  }

  row(frame: number): FrameRow {
    const packets = this.#packets;
    const timeUs = packets.timeUsOf(frame);
    return {
      frame,
      timeUs,
      deltaUs: frame > 1 ? timeUs - packets.timeUsOf(frame - 1) : 0,
      ...this.#summary(frame),
      length: packets.source.originalLengthOf(frame),
      frameClass: this.#history.classOf(frame),
      rule: this.#rules.ruleOf(frame),
      comment: packets.commentOf(frame),
    };
  }

  /** The value of a column, by which frames are sorted. */
  sortKey(column: FrameColumn, frame: number): number | string {
    const packets = this.#packets;
    switch (column) {
      case "number":
        return frame;
      case "time":
        return packets.timeUsOf(frame);
      case "delta":
        return frame > 1 ? packets.timeUsOf(frame) - packets.timeUsOf(frame - 1) : 0;
      case "length":
        return packets.source.originalLengthOf(frame);
      case "class":
        return this.#history.classOf(frame);
      case "rule":
        return this.#rules.placeOf(frame);
      case "comment":
        return packets.commentOf(frame) ?? "";
      default:
        return this.#summary(frame)[column];
    }
  }

  details(frame: number): FrameDetails {
    const roots = this.#dissect(frame);
    const { source } = this.#packets;
    const at = source.offsetOf(frame);
    return {
      row: this.row(frame),
      tree: detailsOf(roots),
      bytes: source.bytesOf(frame).slice(at, at + source.lengthOf(frame)),
      joined: this.#tree.content.joined.map(({ from, content }) => ({ from, bytes: content.slice() })),
      stream: this.#history.streamOf(frame),
    };
  }

  /** The frame that an ICMP error quotes; `null` if there is none. */
  quoted(frame: number): number | null {
    const stream = this.#history.streamOf(frame);
    if (stream === null || this.#history.classOf(frame) !== "icmp-error") return null;
    const treeOf = (n: number) => detailsOf(this.#dissect(n));
    const earlier = this.#history.framesOf(stream).filter((other) => other < frame);
    return quotedFrame(treeOf(frame), earlier, treeOf);
  }

  follow(frame: number): FollowedStream | null {
    const history = this.#history;
    const source = {
      packetOf: this.#packets.packetOf,
      classOf: (n: number) => history.classOf(n),
      infoOf: (n: number) => this.#summary(n).info,
    };
    const stream = history.streamOf(frame);
    if (stream) return followStream(stream, history.framesOf(stream), source);
    if (history.classOf(frame) !== "icmp") return null;
    return followEcho(frame, this.#framesOfClass("icmp"), source);
  }

  *#framesOfClass(wanted: string): Generator<number> {
    for (let frame = 1; frame <= this.#history.count; frame++) if (this.#history.classOf(frame) === wanted) yield frame;
  }
}
