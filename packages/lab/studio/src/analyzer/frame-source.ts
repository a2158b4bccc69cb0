/** Frames to look at, wherever they come from: an opened capture file, or a lab that is still running. Numbers start at 1. */

export interface FrameSource {
  /** Number of frames; grows while a lab runs. Existing frames do not change. */
  readonly count: number;
  /** The array that has the frame's bytes, from `offsetOf(frame)` on; valid until the next growth. */
  bytesOf(frame: number): Uint8Array;
  offsetOf(frame: number): number;
  /** Captured bytes. */
  lengthOf(frame: number): number;
  /** Bytes on the wire. */
  originalLengthOf(frame: number): number;
  /** Whole microseconds since the source's epoch. */
  timeUsOf(frame: number): number;
  /** LINKTYPE_ value. */
  linkTypeOf(frame: number): number;
  commentOf(frame: number): string | null;
  /** The source's epoch in milliseconds since 1970. */
  readonly epochMs: number;
  /** Nanoseconds beyond `timeUsOf`, 0 to 999; a source without it has none. */
  timeNsOf?(frame: number): number;
  /** False for a record that carries no time; a source without it has a time for each. */
  isTimed?(frame: number): boolean;
}

export const NO_FRAMES: FrameSource = {
  count: 0,
  bytesOf: () => new Uint8Array(0),
  offsetOf: () => 0,
  lengthOf: () => 0,
  originalLengthOf: () => 0,
  timeUsOf: () => 0,
  linkTypeOf: () => 1,
  commentOf: () => null,
  epochMs: 0,
};
