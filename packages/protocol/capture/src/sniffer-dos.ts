/**
 * Network General's DOS Sniffer files (.enc), uncompressed: a magic, then records, each with its type and length; the first one
 * is the version, which names the network and the unit of time. Sources: "Expert Sniffer Network Analyzer Operations" 5.50, as
 * Wireshark's notes on the format relate it, compared with what Wireshark's editcap writes.
 */
import { getU16le, getU32be } from "@pushback/bytes";
import type { CaptureListener } from "./capture-file.ts";
import { LINKTYPE_ETHERNET } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";
import { InterfacesByLink } from "./interfaces-by-link.ts";
import type { FormatReader, RunningCounts } from "./packet-record.ts";
import { newPacketRecord } from "./packet-record.ts";
import { RESOLUTION_NS } from "./timestamp.ts";

/** Bytes with which every file begins, and the first four of them as a big-endian number. */
export const SNIFFER_MAGIC = "TRSNIFF data    \x1a";
const MAGIC_START = 0x5452534e;
/** Length in bytes of the header before each record: its type and length. */
export const SNIFFER_RECORD_HEADER_LEN = 6;
/** Length of the version record's contents in bytes. */
export const SNIFFER_VERSION_LEN = 18;
/** Length in bytes of what stands in a frame record before the frame. */
export const SNIFFER_FRAME_LEN = 14;
/** Record types. */
export const SNIFFER_RECORD = { VERSION: 1, END: 3, FRAME: 4, FRAME_OF_TOKEN_RING: 12 } as const;
/** Network type of Ethernet in the version record. */
export const SNIFFER_ETHERNET = 1;
const TOKEN_RING_FRAME_LEN = 34;
/** LINKTYPE_ values by network type; other types are not supported. */
const LINK_TYPES = new Map([
  [0, 6],
  [SNIFFER_ETHERNET, LINKTYPE_ETHERNET],
]);
/** Picoseconds per tick by the version record's unit. */
export const SNIFFER_TICK_PS: readonly number[] = [15_000_000, 838_096, 15_000_000, 500_000, 2_000_000, 1_000_000, 100_000];
const FIRST_RECORD = SNIFFER_MAGIC.length;

/** Whether the four bytes at `at` begin a file of the Sniffer for DOS. */
export function isSnifferMagic(b: Uint8Array, at: number): boolean {
  return getU32be(b, at) === MAGIC_START;
}

/**
 * Takes the version record and every frame; other records are skipped and counted. Times count from the midnight before the capture began, on the capturing
 * machine's clock, whose zone the file does not name: it is read as UTC.
 */
export class SnifferReader implements FormatReader {
  fault: CaptureFaultKind | null = null;
  readonly #listener: CaptureListener;
  readonly #counts: RunningCounts;
  readonly #packet = newPacketRecord();
  readonly #interfaces: InterfacesByLink;
  #hasMagic = false;
  #dayUs = -1;
  #tickPs = 0n;
  #ended = false;

  constructor(listener: CaptureListener, counts: RunningCounts) {
    this.#listener = listener;
    this.#counts = counts;
    this.#interfaces = new InterfacesByLink(listener, counts);
  }

  take(b: Uint8Array, at: number, end: number, offset: number): number {
    // Nothing counts after the end record.
    if (this.#ended) return end - at;
    if (!this.#hasMagic) {
      if (end - at < FIRST_RECORD) return -FIRST_RECORD;
      for (let i = 0; i < FIRST_RECORD; i++) if (b[at + i] !== SNIFFER_MAGIC.charCodeAt(i)) return this.#stop("unknown-format");
      this.#hasMagic = true;
      return FIRST_RECORD;
    }
    if (end - at < SNIFFER_RECORD_HEADER_LEN) return -SNIFFER_RECORD_HEADER_LEN;
    const type = getU16le(b, at);
    const taken = SNIFFER_RECORD_HEADER_LEN + getU16le(b, at + 2);
    const content = at + SNIFFER_RECORD_HEADER_LEN;
    if (this.#dayUs < 0) {
      if (type !== SNIFFER_RECORD.VERSION || taken < SNIFFER_RECORD_HEADER_LEN + SNIFFER_VERSION_LEN)
        return this.#stop("unsupported-version");
      if (end - at < taken) return -taken;
      return this.#takeVersion(b, content) ? taken : 0;
    }
    if (type === SNIFFER_RECORD.FRAME || type === SNIFFER_RECORD.FRAME_OF_TOKEN_RING) {
      if (end - at < taken) return -taken;
      const headerLen = type === SNIFFER_RECORD.FRAME ? SNIFFER_FRAME_LEN : TOKEN_RING_FRAME_LEN;
      return this.#takeFrame(b, content, taken - SNIFFER_RECORD_HEADER_LEN, headerLen, offset) ? taken : 0;
    }
    if (type === SNIFFER_RECORD.END) this.#ended = true;
    else {
      this.#counts.skipped++;
      this.#listener.skipped?.(type, taken, offset);
    }
    return taken;
  }

  end(): CaptureFaultKind | null {
    return this.#ended ? null : "truncated";
  }

  #takeVersion(b: Uint8Array, at: number): boolean {
    const date = getU16le(b, at + 6);
    const linkType = LINK_TYPES.get(b[at + 9]);
    const tickPs = SNIFFER_TICK_PS[b[at + 11]];
    if (linkType === undefined) this.fault = "unsupported-link-type";
    else if (b[at + 10] !== 1) this.fault = "compressed";
    else if (tickPs === undefined) this.fault = "unsupported-version";
    if (linkType === undefined || this.fault !== null) return false;
    // A DOS date: years since 1980, months and days from 1.
    this.#dayUs = Date.UTC(1980 + (date >>> 9), ((date >>> 5) & 15) - 1, date & 31) * 1000;
    this.#tickPs = BigInt(tickPs);
    this.#packet.linkType = linkType;
    this.#interfaces.indexOf(linkType, RESOLUTION_NS);
    return true;
  }

  #takeFrame(b: Uint8Array, at: number, len: number, headerLen: number, offset: number): boolean {
    const size = len < headerLen ? -1 : getU16le(b, at + 6);
    if (size < 0 || headerLen + size > len) {
      this.fault = "packet-outside-block";
      return false;
    }
    const ticks = b[at + 4] * 0x100000000 + getU16le(b, at + 2) * 0x10000 + getU16le(b, at);
    const ns = (BigInt(ticks) * this.#tickPs) / 1000n;
    const packet = this.#packet;
    packet.bytes = b;
    packet.at = at + headerLen;
    packet.len = size;
    packet.origLen = getU16le(b, at + 10) || size;
    packet.timeUs = this.#dayUs + b[at + 5] * 86_400_000_000 + Number(ns / 1000n);
    packet.timeNs = Number(ns % 1000n);
    packet.offset = offset;
    packet.number = ++this.#counts.packets;
    this.#counts.packetBytes += size;
    this.#listener.packet?.(packet);
    return true;
  }

  #stop(fault: CaptureFaultKind): 0 {
    this.fault = fault;
    return 0;
  }
}
