/**
 * Network General's and Cinco's Windows analyzers (NetXRay, Sniffer Pro; .cap, .caz unpacked): a header of 128 bytes, then packets with headers of 28 (1.x)
 * or 40 bytes (2.x). The format was never published; the fields are those that Wireshark's notes on it name, compared with what
 * Wireshark's editcap writes.
 */
import { getU16le, getU32be, getU32le } from "@pushback/bytes";
import type { CaptureListener } from "./capture-file.ts";
import { LINKTYPE_ETHERNET } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";
import { InterfacesByLink } from "./interfaces-by-link.ts";
import type { FormatReader, RunningCounts } from "./packet-record.ts";
import { newPacketRecord } from "./packet-record.ts";
import { clampUs, RESOLUTION_MS, RESOLUTION_NS, RESOLUTION_US } from "./timestamp.ts";

/** "XCP" and a zero, and "VL" and two zeros as NetXRay's first version has it, as big-endian numbers. */
export const NETXRAY_MAGIC = 0x58435000;
const NETXRAY_MAGIC_OLD = 0x564c0000;
/** Length of the file header in bytes. */
export const NETXRAY_HEADER_LEN = 128;

interface Version {
  readonly major: number;
  readonly packetHeaderLen: number;
  /** Clock ticks per second; 0 if the header's time unit field determines them. */
  readonly ticks: number;
}

/** By the text at offset 4; the first version has none. */
const VERSIONS = new Map<string, Version>([
  ["", { major: 0, packetHeaderLen: 16, ticks: 1000 }],
  ["001.000", { major: 1, packetHeaderLen: 28, ticks: 1000 }],
  ["001.100", { major: 1, packetHeaderLen: 28, ticks: 1_000_000 }],
  ["002.000", { major: 2, packetHeaderLen: 40, ticks: 0 }],
  ["002.001", { major: 2, packetHeaderLen: 40, ticks: 0 }],
  ["002.002", { major: 2, packetHeaderLen: 40, ticks: 0 }],
  ["002.003", { major: 2, packetHeaderLen: 40, ticks: 0 }],
]);

/** Ticks per second by capture type (network card; pods) and unit; 0 is not known. */
const TICKS = new Map<number, readonly number[]>([
  [0, [1_000_000, 1_193_000, 1_193_182]],
  [2, [1_000_000_000, 0, 31_250_000]],
  [3, [1_000_000, 0, 1_250_000]],
  [5, [1_000_000, 0, 0]],
  [6, [1_000_000_000, 0, 20_000_000]],
]);

/** Whether the four bytes at `at` begin a file of NetXRay or of the Sniffer for Windows. */
export function isNetxrayMagic(b: Uint8Array, at: number): boolean {
  const magic = getU32be(b, at);
  return magic === NETXRAY_MAGIC || magic === NETXRAY_MAGIC_OLD;
}

/**
 * Takes Ethernet packets of versions 1 and 2. If the analyzer's buffer wrapped around, the file holds the newest packets before the
 * oldest; such a file is a fault.
 */
export class NetxrayReader implements FormatReader {
  fault: CaptureFaultKind | null = null;
  readonly #listener: CaptureListener;
  readonly #counts: RunningCounts;
  readonly #packet = newPacketRecord();
  readonly #interfaces: InterfacesByLink;
  #version: Version | null = null;
  #ticks = 1;
  #startUs = 0;
  #startTicks = 0;
  #firstOffset = 0;
  #endOffset = 0;
  #seen = 0;

  constructor(listener: CaptureListener, counts: RunningCounts) {
    this.#listener = listener;
    this.#counts = counts;
    this.#interfaces = new InterfacesByLink(listener, counts);
  }

  take(b: Uint8Array, at: number, end: number, offset: number): number {
    const version = this.#version;
    if (!version) return this.#takeHeader(b, at, end);
    this.#seen = offset;
    if (offset < this.#firstOffset) return this.#firstOffset - offset;
    if (offset >= this.#endOffset) {
      this.#seen = offset + end - at;
      return end - at;
    }
    const { packetHeaderLen } = version;
    if (offset + packetHeaderLen > this.#endOffset) return this.#stop("packet-outside-frames");
    if (end - at < packetHeaderLen) return -packetHeaderLen;
    let origLen = getU16le(b, at + 8);
    let len = version.major === 0 ? origLen : getU16le(b, at + 10);
    const taken = packetHeaderLen + len;
    if (offset + taken > this.#endOffset) return this.#stop("packet-outside-frames");
    if (end - at < taken) return -taken;
    this.#seen = offset + taken;
    // The four bytes behind the frame are a check sequence or unused, and not part of it.
    if (version.major === 2 && b[at + 14] === 0xff && b[at + 15] === 0xff && len >= 4 && origLen >= len) {
      len -= 4;
      origLen -= 4;
    }
    const packet = this.#packet;
    packet.bytes = b;
    packet.at = at + packetHeaderLen;
    packet.len = len;
    packet.origLen = origLen;
    const ticks = getU32le(b, at + 4) * 0x100000000 + getU32le(b, at) - this.#startTicks;
    if (this.#ticks === 1_000_000) packet.timeUs = clampUs(this.#startUs + ticks);
    else {
      // Whole seconds are converted apart, so that the remainder stays exact.
      const seconds = Math.floor(ticks / this.#ticks);
      const ns = Math.floor(((ticks - seconds * this.#ticks) * 1e9) / this.#ticks);
      packet.timeUs = clampUs(this.#startUs + seconds * 1_000_000 + Math.floor(ns / 1000));
      packet.timeNs = ns % 1000;
    }
    packet.offset = offset;
    packet.number = ++this.#counts.packets;
    this.#counts.packetBytes += len;
    this.#listener.packet?.(packet);
    return taken;
  }

  end(): CaptureFaultKind | null {
    return this.#version && this.#seen >= this.#endOffset ? null : "truncated";
  }

  #takeHeader(b: Uint8Array, at: number, end: number): number {
    if (end - at < NETXRAY_HEADER_LEN) return -NETXRAY_HEADER_LEN;
    const text = getU32be(b, at) === NETXRAY_MAGIC_OLD ? "" : String.fromCharCode(...b.subarray(at + 4, at + 11));
    const version = b[at + 11] === 0 || text === "" ? VERSIONS.get(text) : undefined;
    if (!version) return this.#stop("unsupported-version");
    // The byte behind the network type says which base the type counts from.
    const plus = b[at + 0x2d];
    const network = plus === 0 ? b[at + 0x2c] + 1 : plus === 2 ? b[at + 0x2c] : 0;
    if (network !== 1) return this.#stop("unsupported-link-type");
    const unit = b[at + 0x30];
    const captureType = b[at + 0x54];
    // With this capture type and unit, the header has the ticks per second of the PC's timer.
    const counted = captureType === 0 && unit === 2 ? getU32le(b, at + 0x4c) : TICKS.get(captureType)?.[unit];
    this.#ticks = version.ticks || counted || 0;
    if (this.#ticks === 0) return this.#stop("unsupported-version");
    const isFromPod = version.major === 2 && captureType !== 0 && (text === "002.002" || text === "002.003");
    this.#startTicks = isFromPod ? 0 : getU32le(b, at + 0x38) * 0x100000000 + getU32le(b, at + 0x34);
    this.#startUs = getU32le(b, at + 0x0c) * 1_000_000;
    this.#firstOffset = Math.max(NETXRAY_HEADER_LEN, getU32le(b, at + 0x18));
    this.#endOffset = getU32le(b, at + 0x1c);
    if (this.#endOffset < this.#firstOffset) return this.#stop("wrapped");
    this.#packet.linkType = LINKTYPE_ETHERNET;
    this.#interfaces.indexOf(
      LINKTYPE_ETHERNET,
      this.#ticks === 1000 ? RESOLUTION_MS : this.#ticks > 1_250_000 ? RESOLUTION_NS : RESOLUTION_US,
    );
    this.#version = version;
    this.#seen = NETXRAY_HEADER_LEN;
    return NETXRAY_HEADER_LEN;
  }

  #stop(fault: CaptureFaultKind): 0 {
    this.fault = fault;
    return 0;
  }
}
