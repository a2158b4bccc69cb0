/** A source's frames as the packets that dissectors, filters and the diagnosis take. */

import type { CapturedPacket } from "@pushback/capture";
import type { FrameSource } from "./frame-source.ts";

/** Creates a packet's record, whose comment is decoded on demand. */
function newPacket(commentOf: (frame: number) => string | null) {
  return {
    bytes: new Uint8Array(0) as Uint8Array,
    at: 0,
    len: 0,
    origLen: 0,
    timeUs: 0,
    timeNs: 0,
    timed: true,
    interfaceIndex: 0,
    capturedOn: null,
    linkType: 0,
    number: 0,
    offset: 0,
    get comment() {
      return commentOf(this.number);
    },
  };
}

/** Reads packets into one record, so a packet is valid only until the next one is read. */
export class SourcePackets {
  readonly source: FrameSource;
  /** Comments that the user wrote or removed (`null`), by frame. */
  readonly comments = new Map<number, string | null>();
  readonly #epochUs: number;
  readonly #packet = newPacket((frame) => this.commentOf(frame));

  constructor(source: FrameSource) {
    this.source = source;
    this.#epochUs = source.epochMs * 1000;
  }

  /** After a change here, filters on comments must be applied again. */
  commentOf(frame: number): string | null {
    const written = this.comments.get(frame);
    return written === undefined ? this.source.commentOf(frame) : written;
  }

  /** Microseconds since 1970. */
  timeUsOf(frame: number): number {
    return this.#epochUs + this.source.timeUsOf(frame);
  }

  readonly packetOf = (frame: number): CapturedPacket => {
    const { source } = this;
    const p = this.#packet;
    p.bytes = source.bytesOf(frame);
    p.at = source.offsetOf(frame);
    p.len = source.lengthOf(frame);
    p.origLen = source.originalLengthOf(frame);
    p.timeUs = this.#epochUs + source.timeUsOf(frame);
    p.timeNs = source.timeNsOf?.(frame) ?? 0;
    p.timed = source.isTimed?.(frame) ?? true;
    p.linkType = source.linkTypeOf(frame);
    p.number = frame;
    return p;
  };
}
