/** A capture that grows while it is looked at: frames off an interface, as they come. */

import { CaptureFrames } from "./capture-frames.ts";

export interface LiveFrame {
  readonly bytes: Uint8Array;
  /** Microseconds since 1970. */
  readonly timeUs: number;
  /** LINKTYPE_ value. */
  readonly linkType: number;
}

export class LiveFrames {
  /** Copies the frames: the caller keeps its buffers. */
  readonly frames = new CaptureFrames();

  /** Appends frames; returns the new number of frames. */
  add(frames: readonly LiveFrame[]): number {
    for (const { bytes, timeUs, linkType } of frames) {
      const len = bytes.length;
      this.frames.add({ bytes, at: 0, len, origLen: len, timeUs, timeNs: 0, timed: true, linkType, comment: null });
    }
    return this.frames.count;
  }
}
