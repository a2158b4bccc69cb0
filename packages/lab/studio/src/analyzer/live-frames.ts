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
  /** Keeps copies: what came is the sender's. */
  readonly frames = new CaptureFrames(null);

  /** How many there are with these. */
  add(frames: readonly LiveFrame[]): number {
    for (const { bytes, timeUs, linkType } of frames) {
      const len = bytes.length;
      this.frames.add({ bytes, at: 0, len, origLen: len, timeUs, timeNs: 0, timed: true, linkType, comment: null });
    }
    return this.frames.count;
  }
}
