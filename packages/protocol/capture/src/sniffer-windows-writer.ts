/** Writes Windows Sniffer files, versions 1.1 and 2.0 (002.001); `sniffer-windows.ts` has the layout. The same calls give the same bytes. */
import { copyBytes, putU16le, putU32be, putU32le } from "@pushback/bytes";
import type { ChunkSink } from "./chunk-buffer.ts";
import { ChunkBuffer } from "./chunk-buffer.ts";
import type { PatchSink } from "./patch-sink.ts";
import { NETXRAY_HEADER_LEN, NETXRAY_MAGIC } from "./sniffer-windows.ts";

const MAX_U32 = 0xffffffff;
const VERSIONS = {
  "1.1": { text: "001.100", packetHeaderLen: 28 },
  "2.0": { text: "002.001", packetHeaderLen: 40 },
} as const;

/** Ethernet only, times in microseconds. The capture starts with the second of its first packet. */
export class NetxrayWriter {
  readonly #out: ChunkBuffer;
  readonly #patch: PatchSink;
  readonly #version: (typeof VERSIONS)[keyof typeof VERSIONS];
  #packets = 0;
  #offset = NETXRAY_HEADER_LEN;
  #startSeconds = 0;

  constructor(sink: ChunkSink, patch: PatchSink, version: keyof typeof VERSIONS) {
    this.#out = new ChunkBuffer(sink);
    this.#patch = patch;
    this.#version = VERSIONS[version];
    this.#out.reserve(NETXRAY_HEADER_LEN);
  }

  /**
   * One packet, `len` bytes at `bytes[at]`, copied before the call returns; `timeUs` counts from 1970. Throws a RangeError for what
   * the format can't hold: a time before the second of the first packet, packets over 65,535 bytes, files over 4 GiB.
   */
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen = len): void {
    const { packetHeaderLen } = this.#version;
    if (this.#packets === 0) this.#startSeconds = Math.floor(timeUs / 1_000_000);
    const ticks = timeUs - this.#startSeconds * 1_000_000;
    if (ticks < 0) throw new RangeError("a Windows Sniffer file holds no packet that is older than its first");
    if (len > 0xffff || origLen > 0xffff) throw new RangeError("a Windows Sniffer file holds packets of up to 65,535 bytes");
    if (this.#offset + packetHeaderLen + len > MAX_U32) throw new RangeError("a Windows Sniffer file holds 4 GiB");
    this.#packets++;
    this.#offset += packetHeaderLen + len;
    const start = this.#out.reserve(packetHeaderLen + len);
    const b = this.#out.bytes;
    const high = Math.floor(ticks / 0x100000000);
    putU32le(b, start, ticks - high * 0x100000000);
    putU32le(b, start + 4, high);
    putU16le(b, start + 8, origLen);
    putU16le(b, start + 10, len);
    copyBytes(bytes, at, b, start + packetHeaderLen, len);
  }

  /** Ends the file: the last chunk, and the header, which is written last. */
  end(): void {
    this.#out.flush();
    const b = new Uint8Array(NETXRAY_HEADER_LEN);
    putU32be(b, 0, NETXRAY_MAGIC);
    const { text } = this.#version;
    for (let i = 0; i < text.length; i++) b[4 + i] = text.charCodeAt(i);
    putU32le(b, 0x0c, this.#startSeconds);
    putU32le(b, 0x10, this.#packets);
    putU32le(b, 0x18, NETXRAY_HEADER_LEN);
    putU32le(b, 0x1c, this.#offset);
    this.#patch(0, b);
  }
}
