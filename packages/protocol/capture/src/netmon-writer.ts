/** Writes Network Monitor's capture files, versions 1.1 and 2.0; `netmon.ts` has the layout. The same calls give the same bytes. */
import { copyBytes, putU16le, putU32be, putU32le } from "@pushback/bytes";
import type { ChunkSink } from "./chunk-buffer.ts";
import { ChunkBuffer } from "./chunk-buffer.ts";
import { NETMON_ETHERNET, NETMON_FRAME_HEADER_LENS, NETMON_HEADER_LEN, NETMON_MAGIC_1, NETMON_MAGIC_2 } from "./netmon.ts";
import type { PatchSink } from "./patch-sink.ts";

const MAX_U32 = 0xffffffff;

/**
 * Ethernet only. Version 1 keeps milliseconds and lengths to 65,535 bytes, version 2 microseconds. Keeps each frame's offset in
 * memory, for the table at the end. The capture starts with the millisecond of its first packet.
 */
export class NetmonWriter {
  readonly #out: ChunkBuffer;
  readonly #patch: PatchSink;
  readonly #major: 1 | 2;
  readonly #offsets: number[] = [];
  #offset = NETMON_HEADER_LEN;
  #startMs = 0;

  constructor(sink: ChunkSink, patch: PatchSink, major: 1 | 2) {
    this.#out = new ChunkBuffer(sink);
    this.#patch = patch;
    this.#major = major;
    this.#out.reserve(NETMON_HEADER_LEN);
  }

  /**
   * One packet, `len` bytes at `bytes[at]`, copied before the call returns; `timeUs` counts from 1970. Throws a RangeError for what
   * the format can't hold: version 1 a time before the first packet's or 49 days after it, and long packets; both files over 4 GiB.
   */
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen = len): void {
    if (this.#offsets.length === 0) this.#startMs = Math.floor(timeUs / 1000);
    const headerLen = NETMON_FRAME_HEADER_LENS[this.#major];
    const delta = timeUs - this.#startMs * 1000;
    const deltaMs = Math.floor(delta / 1000);
    if (this.#offset + headerLen + len > MAX_U32) throw new RangeError("a Network Monitor file holds 4 GiB");
    if (this.#major === 1) {
      if (deltaMs < 0) throw new RangeError("a Network Monitor 1.x file holds no packet that is older than its first");
      if (deltaMs > MAX_U32) throw new RangeError("a Network Monitor 1.x file holds 49 days");
      if (len > 0xffff || origLen > 0xffff) throw new RangeError("a Network Monitor 1.x file holds packets of up to 65,535 bytes");
    }
    this.#offsets.push(this.#offset);
    this.#offset += headerLen + len;
    const start = this.#out.reserve(headerLen + len);
    const b = this.#out.bytes;
    if (this.#major === 1) {
      putU32le(b, start, deltaMs);
      putU16le(b, start + 4, origLen);
      putU16le(b, start + 6, len);
    } else {
      const high = Math.floor(delta / 0x100000000);
      putU32le(b, start, delta - high * 0x100000000);
      putU32le(b, start + 4, high >>> 0);
      putU32le(b, start + 8, origLen);
      putU32le(b, start + 12, len);
    }
    copyBytes(bytes, at, b, start + headerLen, len);
  }

  /** Ends the file: the table of frames, and the header, which is written last. */
  end(): void {
    for (const offset of this.#offsets) {
      const at = this.#out.reserve(4);
      putU32le(this.#out.bytes, at, offset);
    }
    this.#out.flush();
    this.#patch(0, this.#header());
  }

  #header(): Uint8Array {
    const b = new Uint8Array(NETMON_HEADER_LEN);
    putU32be(b, 0, this.#major === 1 ? NETMON_MAGIC_1 : NETMON_MAGIC_2);
    b[4] = this.#major === 1 ? 1 : 0;
    b[5] = this.#major;
    putU16le(b, 6, NETMON_ETHERNET);
    const start = new Date(this.#startMs);
    const time = [start.getUTCFullYear(), start.getUTCMonth() + 1, start.getUTCDay(), start.getUTCDate()];
    time.push(start.getUTCHours(), start.getUTCMinutes(), start.getUTCSeconds(), start.getUTCMilliseconds());
    for (const [i, value] of time.entries()) putU16le(b, 8 + i * 2, value);
    putU32le(b, 0x18, this.#offset);
    putU32le(b, 0x1c, this.#offsets.length * 4);
    return b;
  }
}
