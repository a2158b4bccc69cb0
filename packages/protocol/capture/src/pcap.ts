/** The pcap file format (draft-ietf-opsawg-pcap): one file header, then packets, each with a header of 16 bytes. */
import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";
import type { CaptureListener } from "./capture-file.ts";
import { MAX_RECORD_LEN } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";
import type { FormatReader, RunningCounts } from "./packet-record.ts";
import { newPacketRecord } from "./packet-record.ts";
import { RESOLUTION_NS, RESOLUTION_US } from "./timestamp.ts";

/** Magic number of a file with microseconds, in the file's byte order. */
export const PCAP_MAGIC_US = 0xa1b2c3d4;
/** Magic number of a file with nanoseconds, in the file's byte order. */
export const PCAP_MAGIC_NS = 0xa1b23c4d;
/** Alexey Kuznetzov's variant: eight more bytes in each packet header (interface, protocol, packet type). */
const PCAP_MAGIC_MODIFIED = 0xa1b2cd34;
/** Length of the file header in bytes. */
export const PCAP_FILE_HEADER_LEN = 24;
/** Length in bytes of the header before each packet: seconds, fraction, captured length, length on the wire. */
export const PCAP_PACKET_HEADER_LEN = 16;

const MAGICS: readonly number[] = [PCAP_MAGIC_US, PCAP_MAGIC_NS, PCAP_MAGIC_MODIFIED];

/** Whether four bytes at `at` are a pcap magic in either byte order. */
export function isPcapMagic(b: Uint8Array, at: number): boolean {
  return MAGICS.includes(getU32be(b, at)) || MAGICS.includes(getU32le(b, at));
}

/** Takes the file header and every packet; µs and ns, both byte orders, and the swapped lengths of files older than version 2.4. */
export class PcapReader implements FormatReader {
  fault: CaptureFaultKind | null = null;
  readonly #listener: CaptureListener;
  readonly #counts: RunningCounts;
  readonly #packet = newPacketRecord();
  #started = false;
  #bigEndian = false;
  #nanoseconds = false;
  #headerLen = PCAP_PACKET_HEADER_LEN;
  #minor = 4;

  constructor(listener: CaptureListener, counts: RunningCounts) {
    this.#listener = listener;
    this.#counts = counts;
  }

  /** Takes all packets that are whole in the chunk, which saves a call for each. */
  take(b: Uint8Array, at: number, end: number, offset: number): number {
    if (!this.#started) return this.#takeFileHeader(b, at, end);
    const from = at;
    const headerLen = this.#headerLen;
    const bigEndian = this.#bigEndian;
    const packet = this.#packet;
    const counts = this.#counts;
    packet.bytes = b;
    while (end - at >= headerLen) {
      let len = bigEndian ? getU32be(b, at + 8) : getU32le(b, at + 8);
      let origLen = bigEndian ? getU32be(b, at + 12) : getU32le(b, at + 12);
      if (this.#minor < 3 || (this.#minor === 3 && len > origLen)) {
        const swapped = len;
        len = origLen;
        origLen = swapped;
      }
      if (len > MAX_RECORD_LEN) {
        // Deliver the packets before this one; the next call begins with it.
        if (at > from) return at - from;
        this.fault = "packet-too-long";
        return 0;
      }
      const taken = headerLen + len;
      if (end - at < taken) return at > from ? at - from : -taken;
      packet.at = at + headerLen;
      packet.len = len;
      packet.origLen = origLen;
      packet.offset = offset + at - from;
      const seconds = bigEndian ? getU32be(b, at) : getU32le(b, at);
      const fraction = bigEndian ? getU32be(b, at + 4) : getU32le(b, at + 4);
      if (this.#nanoseconds) {
        const fractionUs = Math.floor(fraction / 1000);
        packet.timeUs = seconds * 1_000_000 + fractionUs;
        packet.timeNs = fraction - fractionUs * 1000;
      } else {
        packet.timeUs = seconds * 1_000_000 + fraction;
      }
      packet.number = ++counts.packets;
      counts.packetBytes += len;
      this.#listener.packet?.(packet);
      at += taken;
    }
    return at > from ? at - from : -headerLen;
  }

  #takeFileHeader(b: Uint8Array, at: number, end: number): number {
    if (end - at < PCAP_FILE_HEADER_LEN) return -PCAP_FILE_HEADER_LEN;
    this.#bigEndian = MAGICS.includes(getU32be(b, at));
    const magic = this.#bigEndian ? getU32be(b, at) : getU32le(b, at);
    const getU16 = this.#bigEndian ? getU16be : getU16le;
    const getU32 = this.#bigEndian ? getU32be : getU32le;
    this.#minor = getU16(b, at + 6);
    if (getU16(b, at + 4) !== 2 || this.#minor > 4) {
      this.fault = "unsupported-version";
      return 0;
    }
    this.#nanoseconds = magic === PCAP_MAGIC_NS;
    if (magic === PCAP_MAGIC_MODIFIED) this.#headerLen = PCAP_PACKET_HEADER_LEN + 8;
    // The upper half of the field says whether packets end in a frame check sequence.
    this.#packet.linkType = getU32(b, at + 20) & 0xffff;
    this.#counts.interfaces = 1;
    this.#started = true;
    this.#listener.interface?.({
      index: 0,
      linkType: this.#packet.linkType,
      snapLen: getU32(b, at + 16),
      name: null,
      description: null,
      timestampResolution: this.#nanoseconds ? RESOLUTION_NS : RESOLUTION_US,
    });
    return PCAP_FILE_HEADER_LEN;
  }
}
