/** Writes pcap, little-endian; `pcap.ts` has the layout. The same calls give the same bytes. */
import { copyBytes, putU16le, putU32le } from "@pushback/bytes";
import { LINKTYPE_ETHERNET } from "./capture-file.ts";
import type { ChunkSink } from "./chunk-buffer.ts";
import { ChunkBuffer } from "./chunk-buffer.ts";
import { PCAP_FILE_HEADER_LEN, PCAP_MAGIC_NS, PCAP_MAGIC_US, PCAP_PACKET_HEADER_LEN } from "./pcap.ts";

/** Fields of the file header (pcap draft section 4), and the calendar date of virtual time 0. */
export interface PcapWriterOptions {
  /** LINKTYPE_ value; Ethernet unless given. */
  readonly linkType?: number;
  /** Longer packets are cut to this many bytes; 262,144, what the tcpdump group's library reads, unless given. */
  readonly snapLen?: number;
  /** Timestamps in nanoseconds instead of microseconds. */
  readonly nanoseconds?: boolean;
  /** Microseconds since 1970 that are added to every `timeUs`; 0 unless given. */
  readonly epochUs?: number | bigint;
}

const DEFAULT_SNAP_LEN = 262_144;

/** Writes the file header at once, then a record per packet, then `end`. Times end in 2106: seconds have 32 bits. */
export class PcapWriter {
  readonly #out: ChunkBuffer;
  readonly #snapLen: number;
  readonly #nanoseconds: boolean;
  readonly #epochUs: number;

  /** Throws a RangeError if `epochUs` is not an integer from 0 to 2^53 - 1. */
  constructor(sink: ChunkSink, options: PcapWriterOptions = {}) {
    this.#out = new ChunkBuffer(sink);
    this.#snapLen = options.snapLen ?? DEFAULT_SNAP_LEN;
    this.#nanoseconds = options.nanoseconds ?? false;
    this.#epochUs = Number(options.epochUs ?? 0);
    if (!Number.isSafeInteger(this.#epochUs) || this.#epochUs < 0) throw new RangeError(`epochUs out of range: ${options.epochUs}`);
    const at = this.#out.reserve(PCAP_FILE_HEADER_LEN);
    const b = this.#out.bytes;
    putU32le(b, at, this.#nanoseconds ? PCAP_MAGIC_NS : PCAP_MAGIC_US);
    putU16le(b, at + 4, 2);
    putU16le(b, at + 6, 4);
    putU32le(b, at + 16, this.#snapLen);
    putU32le(b, at + 20, options.linkType ?? LINKTYPE_ETHERNET);
  }

  /** One packet, `len` bytes at `bytes[at]`, copied before the call returns; `timeNs` (0 to 999) is lost in a file of microseconds. */
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen = len, timeNs = 0): void {
    const us = this.#epochUs + timeUs;
    const seconds = Math.floor(us / 1_000_000);
    const fraction = us - seconds * 1_000_000;
    const capturedLen = this.#snapLen > 0 && len > this.#snapLen ? this.#snapLen : len;
    const start = this.#out.reserve(PCAP_PACKET_HEADER_LEN + capturedLen);
    const b = this.#out.bytes;
    putU32le(b, start, seconds);
    putU32le(b, start + 4, this.#nanoseconds ? fraction * 1000 + timeNs : fraction);
    putU32le(b, start + 8, capturedLen);
    putU32le(b, start + 12, origLen);
    copyBytes(bytes, at, b, start + PCAP_PACKET_HEADER_LEN, capturedLen);
  }

  /** Ends the file: the last chunk. */
  end(): void {
    this.#out.flush();
  }
}
