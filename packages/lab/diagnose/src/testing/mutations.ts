/** Mutates valid frames: flipped bits, wrong lengths, cut ends. Seeded, so that a failure can be run again. */

import type { CapturedPacket } from "@pushback/capture";
import type { TimedFrame } from "./capture-mix.ts";

/** A small seeded generator (mulberry32). */
export function seededBelow(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const ROOM = 64;

/** A buffer that is reused for each frame, with the frame in the middle and bytes of `fill` around it. */
export class Surroundings {
  readonly #fill: number;
  readonly #bytes = new Uint8Array(ROOM * 2 + 2048);

  constructor(fill: number) {
    this.#fill = fill;
  }

  packet(frame: Uint8Array, timeUs: number, number: number, linkType: number): CapturedPacket {
    this.#bytes.fill(this.#fill);
    this.#bytes.set(frame, ROOM);
    return {
      bytes: this.#bytes,
      at: ROOM,
      len: frame.length,
      origLen: frame.length,
      timeUs,
      timeNs: 0,
      timed: true,
      interfaceIndex: 0,
      capturedOn: null,
      linkType,
      comment: null,
      number,
      offset: 0,
    };
  }
}

/** Link types to draw from: mostly Ethernet; with any other, the frame is read as a link type that it does not have. */
export const LINK_TYPES = [1, 1, 1, 1, 1, 1, 101, 113, 276, 0, 108, 228, 147, 9, 50, 51, 104, 6, 10, 229];

/** A mutated copy of one of the frames. */
export function mutate(frames: readonly TimedFrame[], below: (below: number) => number): Uint8Array {
  const bytes = frames[below(frames.length)].bytes.slice(0, 2048);
  for (let n = below(6); n > 0; n--) {
    const at = below(Math.min(bytes.length, below(3) === 0 ? bytes.length : 80));
    const how = below(4);
    if (how === 0) bytes[at] ^= 1 << below(8);
    else if (how === 1) bytes[at] = below(256);
    else if (how === 2) bytes[at] = 0xff;
    else bytes[at] = 0;
  }
  return below(3) === 0 ? bytes.slice(0, below(bytes.length + 1)) : bytes;
}
