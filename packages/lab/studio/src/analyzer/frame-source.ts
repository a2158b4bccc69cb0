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
  /** Nanoseconds to add to `timeUsOf`, 0 to 999. A source without this method has whole microseconds only. */
  timeNsOf?(frame: number): number;
  /** Whether the record has a time stamp. In a source without this method, every record has one. */
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
