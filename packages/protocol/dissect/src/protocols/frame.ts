/** The frame itself: its number, lengths and times, and the protocols in it. */

import { defineProtocol, type Protocol } from "../define-protocol.ts";
import type { Dissection } from "../dissection.ts";
import { dec, remark, seconds, text, time } from "../field.ts";
import type { FieldSink } from "../sink.ts";
import { EXPERT, reportRemark } from "./expert.ts";

const F = {
  number: dec("frame.number", "Frame Number", 32),
  len: dec("frame.len", "Frame Length", 32),
  capLen: dec("frame.cap_len", "Capture Length", 32),
  section: dec("frame.section_number", "Section number", 32),
  interfaceId: dec("frame.interface_id", "Interface id", 32),
  interfaceName: text("frame.interface_name", "Interface name"),
  interfaceDescription: text("frame.interface_description", "Interface description"),
  time: time("frame.time", "Arrival Time"),
  timeEpoch: seconds("frame.time_epoch", "Epoch Time"),
  timeDelta: seconds("frame.time_delta", "Time delta from previous captured frame"),
  timeDeltaDisplayed: seconds("frame.time_delta_displayed", "Time delta from previous displayed frame"),
  timeRelative: seconds("frame.time_relative", "Time since reference or first frame"),
  protocols: text("frame.protocols", "Protocols in frame"),
  comment: text("frame.comment", "Comment"),
  commentRemark: remark("frame.comment.expert", "Formatted comment", "comment", "comment"),
};

/** Wireshark's name for an interface that the file does not name. */
const UNNAMED = "unknown";

export const FRAME: Protocol = defineProtocol({
  name: "frame",
  title: "Frame",
  specification: "the capture file's record",
  fields: F,
  over: [],
  carries: ["link"],
  dissect: dissectFrame,
  summary: null,
  frameClass: null,
});

/** Reports the frame's own fields, then dissects it by its link type. */
function dissectFrame(d: Dissection, at: number, end: number): void {
  const p = d.packet;
  if (!p) return;
  // "frame" is not one of the names in `frame.protocols`.
  d.open(FRAME.field, at, p.len);
  d.number(F.number, p.number, at, 0);
  d.number(F.len, p.origLen, at, 0);
  d.number(F.capLen, p.len, at, 0);
  if (p.capturedOn !== null) {
    const { section, id, name, description } = p.capturedOn;
    d.number(F.section, section, at, 0);
    d.number(F.interfaceId, id, at, 0);
    d.text(F.interfaceName, name ?? description ?? UNNAMED, at, 0);
    if (description !== null) d.text(F.interfaceDescription, description, at, 0);
  }
  if (p.timed) {
    d.instant(F.time, p.timeUs, p.timeNs, at);
    d.instant(F.timeEpoch, p.timeUs, p.timeNs, at);
  }
  d.seconds(F.timeDelta, d.deltaUs, d.deltaNs, at);
  d.seconds(F.timeDeltaDisplayed, d.displayedUs, d.displayedNs, at);
  d.seconds(F.timeRelative, d.relativeUs, d.relativeNs, at);
  if (d.keepsComment) reportComment(d, at, p.comment);
  d.close();
  d.protocols.overLink(p.linkType)(d, at, end);
}

function reportComment(d: Dissection, at: number, comment: string | null): void {
  if (comment === null) return;
  d.text(F.comment, comment, at, 0);
  reportRemark(d, F.commentRemark, at, comment);
}

/** Whether the sink wants a frame's comment, or the expert's remark that it has one. */
export function wantsComment(d: Dissection): boolean {
  return d.sink.wants(F.comment) || d.wantsAny(EXPERT) || d.sink.wants(F.commentRemark);
}

/** Whether the sink wants the names of a frame's protocols. */
export function wantsPath(sink: FieldSink): boolean {
  return sink.wants(F.protocols);
}

/** Reports the names of the protocols that the frame turned out to have. */
export function reportPath(d: Dissection, at: number): void {
  d.text(F.protocols, d.path.join(":"), at, 0);
}
