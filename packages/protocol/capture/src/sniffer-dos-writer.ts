/** Writes the DOS Sniffer's files, uncompressed; `sniffer-dos.ts` has the layout. The same calls give the same bytes. */
import { copyBytes, putU16le } from "@pushback/bytes";
import type { ChunkSink } from "./chunk-buffer.ts";
import { ChunkBuffer } from "./chunk-buffer.ts";
import {
  SNIFFER_ETHERNET,
  SNIFFER_FRAME_LEN,
  SNIFFER_MAGIC,
  SNIFFER_RECORD,
  SNIFFER_RECORD_HEADER_LEN,
  SNIFFER_TICK_PS,
  SNIFFER_VERSION_LEN,
} from "./sniffer-dos.ts";

/** The unit that DOS machines count in, the PC's timer: 0.838096 µs. */
const TIME_UNIT = 1;
const DAY_US = 86_400_000_000;
/** A record's length has 16 bits. */
const MAX_LEN = 0xffff - SNIFFER_FRAME_LEN;

/** Ethernet only; ticks of 0.838 µs, rounded up, so that whole microseconds come back when they are rounded down. */
export class SnifferWriter {
  readonly #out: ChunkBuffer;
  #dayUs = -1;

  constructor(sink: ChunkSink) {
    this.#out = new ChunkBuffer(sink);
  }

  /**
   * One packet, `len` bytes at `bytes[at]`, copied before the call returns; `timeUs` counts from 1970. Throws a RangeError for what
   * the format can't hold: days before the first packet's or 255 after it, years outside 1980 to 2107, packets over 65,521 bytes.
   */
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen = len): void {
    if (this.#dayUs < 0) this.#begin(Math.floor(timeUs / DAY_US) * DAY_US);
    const day = Math.floor((timeUs - this.#dayUs) / DAY_US);
    if (day < 0 || day > 255) throw new RangeError("a Sniffer file holds 255 days from the day of its first packet");
    if (len > MAX_LEN || origLen > 0xffff) throw new RangeError("a Sniffer file holds packets of up to 65,521 bytes");
    const ps = BigInt(timeUs - this.#dayUs - day * DAY_US) * 1_000_000n;
    const tick = BigInt(SNIFFER_TICK_PS[TIME_UNIT]);
    const ticks = Number((ps + tick - 1n) / tick);
    const start = this.#record(SNIFFER_RECORD.FRAME, SNIFFER_FRAME_LEN + len);
    const b = this.#out.bytes;
    putU16le(b, start, ticks % 0x10000);
    putU16le(b, start + 2, Math.floor(ticks / 0x10000) % 0x10000);
    b[start + 4] = Math.floor(ticks / 0x100000000);
    b[start + 5] = day;
    putU16le(b, start + 6, len);
    putU16le(b, start + 10, origLen === len ? 0 : origLen);
    copyBytes(bytes, at, b, start + SNIFFER_FRAME_LEN, len);
  }

  /** Ends the file: the end record. */
  end(): void {
    if (this.#dayUs < 0) this.#begin(Date.UTC(1980, 0, 1) * 1000);
    this.#record(SNIFFER_RECORD.END, 0);
    this.#out.flush();
  }

  #begin(dayUs: number): void {
    const date = new Date(dayUs / 1000);
    const year = date.getUTCFullYear() - 1980;
    if (!(year >= 0 && year <= 127)) throw new RangeError("a Sniffer file holds dates from 1980 to 2107");
    this.#dayUs = dayUs;
    const at = this.#out.reserve(SNIFFER_MAGIC.length);
    for (let i = 0; i < SNIFFER_MAGIC.length; i++) this.#out.bytes[at + i] = SNIFFER_MAGIC.charCodeAt(i);
    const version = this.#record(SNIFFER_RECORD.VERSION, SNIFFER_VERSION_LEN);
    const b = this.#out.bytes;
    putU16le(b, version, 4);
    putU16le(b, version + 6, (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate());
    // Records of the second kind, Ethernet, uncompressed.
    b[version + 8] = SNIFFER_RECORD.FRAME;
    b[version + 9] = SNIFFER_ETHERNET;
    b[version + 10] = 1;
    b[version + 11] = TIME_UNIT;
  }

  /** A record's header; returns where its content of `len` bytes goes. */
  #record(type: number, len: number): number {
    const at = this.#out.reserve(SNIFFER_RECORD_HEADER_LEN + len);
    putU16le(this.#out.bytes, at, type);
    putU16le(this.#out.bytes, at + 2, len);
    return at + SNIFFER_RECORD_HEADER_LEN;
  }
}
