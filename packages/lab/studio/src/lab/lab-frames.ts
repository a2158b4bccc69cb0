/** A recording's frames as the analyzer reads them. */

import type { Recording } from "@pushback/scenario";
import type { FrameSource } from "../analyzer/frame-source.ts";

const LINKTYPE_ETHERNET = 1;

/** Frames of the current recording, which `recordingNow` returns; it is replaced when the past changes. `null` if there is no recording yet. */
export function labFrameSource(recordingNow: () => Recording | null): FrameSource | null {
  if (recordingNow() === null) return null;
  const recording = () => recordingNow() as Recording;
  const frames = () => recording().frames;
  return {
    get count() {
      return frames().count;
    },
    get epochMs() {
      return recording().epochMs;
    },
    bytesOf: (n) => frames().bytesOf(n),
    offsetOf: (n) => frames().offsetOf(n),
    lengthOf: (n) => frames().lengthOf(n),
    originalLengthOf: (n) => frames().lengthOf(n),
    timeUsOf: (n) => frames().timeOf(n),
    linkTypeOf: () => LINKTYPE_ETHERNET,
    commentOf: () => null,
  };
}
