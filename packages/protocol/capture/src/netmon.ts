/**
 * Microsoft Network Monitor's capture files, versions 1.x and 2.x: a header of 128 bytes (72 in files of version 3 of the program), the frames, and a table of their offsets.
 * Sources: CAPTUREFILE_HEADER_VALUES in the Network Monitor 2 reference; the record headers and the trailers of 2.1 to 2.3 as
 * Network Monitor 3's help ("Capture File Format") gives them, compared with what Wireshark's editcap writes.
 */
import { getU16le, getU32be, getU32le, getU64le } from "@pushback/bytes";
import type { CaptureListener } from "./capture-file.ts";
import { FIRST_NETMON_NOTE, LINKTYPE_ETHERNET, LINKTYPE_RAW, MAX_RECORD_LEN } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";
import { InterfacesByLink } from "./interfaces-by-link.ts";
import type { FormatReader, RunningCounts } from "./packet-record.ts";
import { newPacketRecord } from "./packet-record.ts";
import { clampUs, RESOLUTION_MS, RESOLUTION_US } from "./timestamp.ts";

/** "RTSS" and "GMBU", as big-endian numbers. */
export const NETMON_MAGIC_1 = 0x52545353;
/** "GMBU", with which files of versions 2.x begin, as a big-endian number. */
export const NETMON_MAGIC_2 = 0x474d4255;
/** Length of the file header in bytes, as versions 1.x and 2.x have it. */
export const NETMON_HEADER_LEN = 128;
/** Type of network: Ethernet. */
export const NETMON_ETHERNET = 1;
/** Lengths of a frame's header by major version, and of what follows a frame in 2.0 to 2.3. */
export const NETMON_FRAME_HEADER_LENS = [0, 8, 16] as const;
const TRAILER_LENS = [0, 2, 6, 15] as const;
/** Offsets of header fields that hold the offset of a table behind the frames. */
const SECTION_FIELDS: readonly number[] = [0x18, 0x20, 0x28, 0x30, 0x38, 0x40];
/** LINKTYPE_ values by Network Monitor's network types (0 is Ethernet too); a type above 0xe000 holds a LINKTYPE_ value itself. */
const LINK_TYPES = new Map([
  [0, LINKTYPE_ETHERNET],
  [NETMON_ETHERNET, LINKTYPE_ETHERNET],
  [2, 6],
  [7, LINKTYPE_RAW],
  [8, LINKTYPE_RAW],
  [9, LINKTYPE_RAW],
]);
const LINKTYPE_BASE = 0xe000;
/** Where the header's own fields end; files of Network Monitor 3 put the first frame here. */
const FIELDS_LEN = 72;
/** Files up to this length are read by their table of frames; in longer ones frames are taken to follow each other. */
const MAX_TABLE_END = 64 << 20;
/** Tenths of microseconds from 1601 to 1970. */
const FILETIME_1970 = 116_444_736_000_000_000n;

function linkTypeOf(network: number): number | undefined {
  if (network >= FIRST_NETMON_NOTE) return network;
  return network >= LINKTYPE_BASE ? network - LINKTYPE_BASE : LINK_TYPES.get(network);
}

/** Whether four bytes at `at` begin a file of this major version. */
export function isNetmonMagic(b: Uint8Array, at: number, major: 1 | 2): boolean {
  return getU32be(b, at) === (major === 1 ? NETMON_MAGIC_1 : NETMON_MAGIC_2);
}

/**
 * Reads the frames in the order of the file, from the header to the first of the tables behind them, and ignores the tables. In a file of
 * Network Monitor 3 frames may begin anywhere: the file is kept until its frame table has arrived, and read by the table's offsets.
 * The start of the capture is in the capturing machine's local time; the file does not name the time zone, so UTC is assumed. Frames of
 * version 2.3 also have times in UTC.
 */
export class NetmonReader implements FormatReader {
  fault: CaptureFaultKind | null = null;
  readonly #listener: CaptureListener;
  readonly #counts: RunningCounts;
  readonly #packet = newPacketRecord();
  readonly #interfaces: InterfacesByLink;
  #major = 0;
  #trailerLen = 0;
  #linkType = 0;
  #startUs = 0;
  #frames = 0;
  #framesEnd = 0;
  #tableOffset = 0;
  #tableLen = 0;
  #seen = 0;
  /** The table's offsets say where frames are. */
  #byTable = false;

  constructor(listener: CaptureListener, counts: RunningCounts) {
    this.#listener = listener;
    this.#counts = counts;
    this.#interfaces = new InterfacesByLink(listener, counts);
  }

  take(b: Uint8Array, at: number, end: number, offset: number): number {
    if (this.#major === 0) return this.#takeHeader(b, at, end);
    if (offset >= this.#framesEnd && !this.#byTable) {
      if (offset === this.#framesEnd && this.#frames !== Math.floor(this.#tableLen / 4)) return this.#stop("frame-count-mismatch");
      this.#seen = offset + end - at;
      return end - at;
    }
    if (offset === FIELDS_LEN && !this.#byTable) return this.#takePadding(b, at, end);
    if (this.#byTable) return this.#takeByTable(b, at, end, offset);
    return this.#takeFrame(b, at, end, offset);
  }

  #takeFrame(b: Uint8Array, at: number, end: number, offset: number): number {
    const headerLen = NETMON_FRAME_HEADER_LENS[this.#major as 1 | 2];
    if (offset + headerLen > this.#framesEnd) return this.#stop("packet-outside-frames");
    if (end - at < headerLen) return -headerLen;
    const origLen = this.#major === 1 ? getU16le(b, at + 4) : getU32le(b, at + 8);
    const len = this.#major === 1 ? getU16le(b, at + 6) : getU32le(b, at + 12);
    if (len > MAX_RECORD_LEN) return this.#stop("packet-too-long");
    const taken = headerLen + len + this.#trailerLen;
    if (offset + taken > this.#framesEnd) return this.#stop("packet-outside-frames");
    if (end - at < taken) return -taken;
    this.#frames++;
    const trailer = at + headerLen + len;
    const network = this.#trailerLen > 0 ? getU16le(b, trailer) : 0;
    const linkType = this.#trailerLen > 0 ? linkTypeOf(network) : this.#linkType;
    if (linkType === undefined) {
      this.#counts.packets++;
      this.#counts.skipped++;
      this.#listener.skipped?.(network, taken, offset);
      this.#listener.leftOut?.(`frames of Network Monitor's network type ${network}`);
      return taken;
    }
    const packet = this.#packet;
    packet.bytes = b;
    packet.at = at + headerLen;
    packet.len = len;
    packet.origLen = origLen;
    packet.linkType = linkType;
    packet.interfaceIndex = this.#interfaces.indexOf(linkType, this.#major === 1 ? RESOLUTION_MS : RESOLUTION_US);
    if (this.#trailerLen === TRAILER_LENS[3]) {
      const ticks = getU64le(b, trailer + 6) - FILETIME_1970;
      const tenths = ((ticks % 10n) + 10n) % 10n;
      packet.timeUs = clampUs(Number((ticks - tenths) / 10n));
      packet.timeNs = Number(tenths) * 100;
    } else {
      const delta = this.#major === 1 ? getU32le(b, at) * 1000 : (getU32le(b, at + 4) | 0) * 0x100000000 + getU32le(b, at);
      packet.timeUs = clampUs(this.#startUs + delta);
    }
    packet.offset = offset;
    packet.number = ++this.#counts.packets;
    this.#counts.packetBytes += len;
    this.#listener.packet?.(packet);
    return taken;
  }

  /** Keeps the file until the frame table has arrived, then reads all frames. Overlapping frames are accepted; nothing is read outside the frames. */
  #takeByTable(b: Uint8Array, at: number, end: number, offset: number): number {
    const whole = this.#tableOffset + this.#tableLen - offset;
    if (whole <= 0) {
      this.#seen = offset + end - at;
      return end - at;
    }
    if (end - at < whole) return -whole;
    const table = at + this.#tableOffset - offset;
    for (let i = 0; i + 4 <= this.#tableLen; i += 4) {
      const frame = getU32le(b, table + i);
      if (frame < offset || frame >= this.#framesEnd) return this.#stop("packet-outside-frames");
      if (this.#takeFrame(b, at + frame - offset, table, frame) <= 0) return this.#stop(this.fault ?? "packet-outside-frames");
    }
    this.#seen = this.#tableOffset + this.#tableLen;
    return whole;
  }

  takeRest(b: Uint8Array, at: number, end: number, offset: number): void {
    if (!this.#byTable) return;
    for (let here = at; here < end; ) {
      const taken = this.#takeFrame(b, here, end, offset + here - at);
      if (taken <= 0) return;
      here += taken;
    }
  }

  end(): CaptureFaultKind | null {
    if (this.#major === 0) return "truncated";
    if (this.#framesEnd === Number.POSITIVE_INFINITY) return "no-frame-table";
    return this.#seen < this.#tableOffset + this.#tableLen ? "truncated" : null;
  }

  #takeHeader(b: Uint8Array, at: number, end: number): number {
    if (end - at < FIELDS_LEN) return -FIELDS_LEN;
    const minor = b[at + 4];
    const major = b[at + 5];
    if (major !== (isNetmonMagic(b, at, 1) ? 1 : 2) || (major === 2 && minor > 3)) return this.#stop("unsupported-version");
    const linkType = linkTypeOf(getU16le(b, at + 6));
    this.#trailerLen = major === 2 ? TRAILER_LENS[minor] : 0;
    if (linkType === undefined && this.#trailerLen === 0) return this.#stop("unsupported-link-type");
    this.#linkType = linkType ?? 0;
    const [year, month, , day, hour, minute, second, ms] = Array.from({ length: 8 }, (_, i) => getU16le(b, at + 8 + i * 2));
    const startMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
    if (Number.isNaN(startMs)) return this.#stop("bad-start-time");
    this.#startUs = clampUs(startMs * 1000);
    this.#tableOffset = getU32le(b, at + 0x18);
    this.#tableLen = getU32le(b, at + 0x1c);
    const sections = SECTION_FIELDS.filter((field) => getU32le(b, at + field + 4) > 0).map((field) => getU32le(b, at + field));
    const behind = sections.filter((section) => section >= FIELDS_LEN);
    if (this.#tableOffset >= FIELDS_LEN) behind.push(this.#tableOffset);
    this.#framesEnd = this.#tableOffset === 0 ? Number.POSITIVE_INFINITY : Math.min(...behind);
    if (this.#tableOffset > 0 && this.#tableOffset < FIELDS_LEN) return this.#stop("packet-outside-frames");
    this.#major = major;
    this.#seen = FIELDS_LEN;
    if (this.#trailerLen === 0) this.#interfaces.indexOf(this.#linkType, major === 1 ? RESOLUTION_MS : RESOLUTION_US);
    return FIELDS_LEN;
  }

  /** The header is 128 bytes long where zeros fill it up; otherwise frames may begin right here, and the table says where. */
  #takePadding(b: Uint8Array, at: number, end: number): number {
    const padding = NETMON_HEADER_LEN - FIELDS_LEN;
    if (end - at < padding) return -padding;
    const isPadded = b.subarray(at, at + padding).every((byte) => byte === 0);
    const tableEnd = this.#tableOffset + this.#tableLen;
    if (isPadded || this.#tableOffset === 0 || tableEnd > MAX_TABLE_END) {
      this.#seen = NETMON_HEADER_LEN;
      return padding;
    }
    this.#byTable = true;
    this.#framesEnd = this.#tableOffset;
    return this.#takeByTable(b, at, end, FIELDS_LEN);
  }

  #stop(fault: CaptureFaultKind): 0 {
    this.fault = fault;
    return 0;
  }
}
