/** Reads pcapng blocks; `pcapng.ts` has their layout. */
import { getU16be, getU16le, getU32be, getU32le, getU64le } from "@pushback/bytes";
import type { CaptureListener, PacketInterface, PcapngBlock } from "./capture-file.ts";
import { MAX_RECORD_LEN } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";
import type { FormatReader, RunningCounts } from "./packet-record.ts";
import { newPacketRecord } from "./packet-record.ts";
import * as ng from "./pcapng.ts";
import { readTextOption } from "./record-options.ts";
import { RESOLUTION_US, TimestampDecoder } from "./timestamp.ts";

/** The current block; the reader reuses one record for all blocks. */
class BlockRecord implements PcapngBlock {
  type = 0;
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  len = 0;
  isBigEndian = false;
}

interface KnownInterface {
  readonly capturedOn: PacketInterface;
  readonly linkType: number;
  readonly snapLen: number;
  readonly timestamps: TimestampDecoder;
}

const MIN_ENHANCED_LEN = 32;
/** The shortest total length of each type that is read: overhead and fixed fields. */
const MIN_LEN = new Map([
  [ng.BLOCK_SECTION_HEADER, 28],
  [ng.BLOCK_INTERFACE_DESCRIPTION, 20],
  [ng.BLOCK_OBSOLETE_PACKET, 32],
  [ng.BLOCK_SIMPLE_PACKET, 16],
  [ng.BLOCK_NAME_RESOLUTION, 12],
  [ng.BLOCK_INTERFACE_STATISTICS, 24],
  [ng.BLOCK_ENHANCED_PACKET, MIN_ENHANCED_LEN],
]);

/** Blocks that Wireshark numbers among the packets: custom ones, journal entries of systemd, and events of Sysdig. They count so that numbers agree. */
const NUMBERED_BLOCKS: ReadonlySet<number> = new Set([
  ng.BLOCK_CUSTOM,
  ng.BLOCK_CUSTOM_NOT_COPIED,
  ng.BLOCK_JOURNAL,
  ...ng.BLOCKS_OF_SYSDIG,
]);

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Takes one block at a time. Blocks of types that are not read are skipped without buffering, whatever their length. */
export class PcapngReader implements FormatReader {
  fault: CaptureFaultKind | null = null;
  readonly #listener: CaptureListener;
  readonly #counts: RunningCounts;
  readonly #packet = newPacketRecord();
  /** Options of the current packet; the object is reused for all packets. */
  readonly #options = { at: 0, len: 0, isBigEndian: false };
  readonly #block = new BlockRecord();
  readonly #reportsBlocks: boolean;
  #bigEndian = false;
  #interfaces: KnownInterface[] = [];
  /** Numbered blocks so far that are no packets. */
  #otherNumbers = 0;
  /** Index in the whole file of this section's interface 0. */
  #firstIndex = 0;

  constructor(listener: CaptureListener, counts: RunningCounts) {
    this.#listener = listener;
    this.#counts = counts;
    this.#reportsBlocks = listener.block !== undefined;
  }

  take(b: Uint8Array, at: number, end: number, offset: number): number {
    const packets = this.#takeWholePackets(b, at, end, offset);
    if (packets > 0) return packets;
    if (end - at < ng.BLOCK_OVERHEAD) return -ng.BLOCK_OVERHEAD;
    const type = this.#bigEndian ? getU32be(b, at) : getU32le(b, at);
    // The type of a section header reads the same in both orders; its magic says which one holds from here on.
    if (type === ng.BLOCK_SECTION_HEADER && !this.#readByteOrder(b, at + 8)) return this.#fail("bad-byte-order-magic");
    const bigEndian = this.#bigEndian;
    const len = bigEndian ? getU32be(b, at + 4) : getU32le(b, at + 4);
    const minLen = MIN_LEN.get(type) ?? 0;
    if (len < ng.BLOCK_OVERHEAD || len < minLen || len & 3) return this.#fail("bad-block-length");
    const isSkipped = minLen === 0;
    if (isSkipped && (!this.#reportsBlocks || len > MAX_RECORD_LEN)) return this.#skip(type, len, offset);
    if (len > MAX_RECORD_LEN) return this.#fail("block-too-long");
    if (end - at < len) return -len;
    const lenAgain = bigEndian ? getU32be(b, at + len - 4) : getU32le(b, at + len - 4);
    if (len !== lenAgain) return this.#fail("block-length-mismatch");
    this.#packet.offset = offset;
    if (this.#reportsBlocks) this.#setBlock(type, b, at, len);
    if (isSkipped) {
      this.#reportBlock();
      return this.#skip(type, len, offset);
    }
    const bodyAt = at + 8;
    const bodyEnd = at + len - 4;
    return this.#takeOther(type, b, bodyAt, bodyEnd) ? len : 0;
  }

  /** Takes enhanced packets for as long as the next block is one, whole and right in every length, which saves a call for each; returns their bytes. */
  #takeWholePackets(b: Uint8Array, at: number, end: number, offset: number): number {
    const from = at;
    const bigEndian = this.#bigEndian;
    while (end - at >= MIN_ENHANCED_LEN) {
      if ((bigEndian ? getU32be(b, at) : getU32le(b, at)) !== ng.BLOCK_ENHANCED_PACKET) break;
      const len = bigEndian ? getU32be(b, at + 4) : getU32le(b, at + 4);
      if (len < MIN_ENHANCED_LEN || len & 3 || len > end - at) break;
      if (len !== (bigEndian ? getU32be(b, at + len - 4) : getU32le(b, at + len - 4))) break;
      this.#packet.offset = offset + at - from;
      if (this.#reportsBlocks) this.#setBlock(ng.BLOCK_ENHANCED_PACKET, b, at, len);
      // A faulty block is left to the general path, which reports its fault.
      if (!this.#takeTimedPacket(this.#u32(b, at + 8), b, at + 8, at + len - 4)) {
        this.fault = null;
        break;
      }
      at += len;
    }
    return at - from;
  }

  #skip(type: number, len: number, offset: number): number {
    if (NUMBERED_BLOCKS.has(type)) this.#otherNumbers++;
    this.#counts.skipped++;
    this.#listener.skipped?.(type, len, offset);
    return len;
  }

  #setBlock(type: number, b: Uint8Array, at: number, len: number): void {
    const block = this.#block;
    block.type = type;
    block.bytes = b;
    block.at = at;
    block.len = len;
    block.isBigEndian = this.#bigEndian;
  }

  #reportBlock(): void {
    this.#listener.block?.(this.#block);
  }

  #fail(kind: CaptureFaultKind): 0 {
    this.fault = kind;
    return 0;
  }

  #readByteOrder(b: Uint8Array, at: number): boolean {
    if (getU32le(b, at) === ng.BYTE_ORDER_MAGIC) this.#bigEndian = false;
    else if (getU32be(b, at) === ng.BYTE_ORDER_MAGIC) this.#bigEndian = true;
    else return false;
    return true;
  }

  #u16(b: Uint8Array, at: number): number {
    return this.#bigEndian ? getU16be(b, at) : getU16le(b, at);
  }

  #u32(b: Uint8Array, at: number): number {
    return this.#bigEndian ? getU32be(b, at) : getU32le(b, at);
  }

  #takeOther(type: number, b: Uint8Array, at: number, end: number): boolean {
    switch (type) {
      case ng.BLOCK_SECTION_HEADER:
        return this.#takeSection(b, at, end);
      case ng.BLOCK_INTERFACE_DESCRIPTION:
        this.#takeInterface(b, at, end);
        return true;
      case ng.BLOCK_ENHANCED_PACKET:
        return this.#takeTimedPacket(this.#u32(b, at), b, at, end);
      case ng.BLOCK_OBSOLETE_PACKET:
        // Same fields as an enhanced packet, but the interface has 16 bits and a drop count follows it.
        return this.#takeTimedPacket(this.#u16(b, at), b, at, end);
      case ng.BLOCK_SIMPLE_PACKET:
        return this.#takeSimplePacket(b, at, end);
      case ng.BLOCK_NAME_RESOLUTION:
        this.#takeNames(b, at, end);
        return true;
      default:
        return this.#takeStatistics(b, at, end);
    }
  }

  #takeTimedPacket(interfaceId: number, b: Uint8Array, at: number, end: number): boolean {
    if (interfaceId >= this.#interfaces.length) {
      this.fault = "unknown-interface";
      return false;
    }
    const len = this.#u32(b, at + 12);
    const packetAt = at + 20;
    if (len > end - packetAt) {
      this.fault = "packet-outside-block";
      return false;
    }
    const timestamps = this.#interfaces[interfaceId].timestamps;
    timestamps.decode(this.#u32(b, at + 4), this.#u32(b, at + 8));
    const packet = this.#packet;
    packet.timeUs = timestamps.us;
    packet.timeNs = timestamps.ns;
    packet.timed = true;
    packet.origLen = this.#u32(b, at + 16);
    const optionsAt = packetAt + ng.paddedLen(len);
    if (optionsAt < end) {
      const options = this.#options;
      options.at = optionsAt;
      options.len = end - optionsAt;
      options.isBigEndian = this.#bigEndian;
      packet.options = options;
    } else packet.options = null;
    this.#deliver(interfaceId, b, packetAt, len);
    return true;
  }

  #takeSimplePacket(b: Uint8Array, at: number, end: number): boolean {
    if (this.#interfaces.length === 0) {
      this.fault = "unknown-interface";
      return false;
    }
    const packet = this.#packet;
    packet.origLen = this.#u32(b, at);
    packet.timeUs = 0;
    packet.timeNs = 0;
    packet.timed = false;
    packet.options = null;
    // A simple packet block has no captured length: the interface's snapshot length limits it (draft section 4.4).
    const snapLen = this.#interfaces[0].snapLen;
    const len = snapLen > 0 ? Math.min(packet.origLen, snapLen) : packet.origLen;
    if (len > end - at - 4) {
      this.fault = "packet-outside-block";
      return false;
    }
    this.#deliver(0, b, at + 4, len);
    return true;
  }

  #deliver(interfaceId: number, b: Uint8Array, at: number, len: number): void {
    const packet = this.#packet;
    packet.bytes = b;
    packet.at = at;
    packet.len = len;
    packet.interfaceIndex = this.#firstIndex + interfaceId;
    const known = this.#interfaces[interfaceId];
    packet.capturedOn = known.capturedOn;
    packet.linkType = known.linkType;
    packet.number = ++this.#counts.packets + this.#otherNumbers;
    this.#counts.packetBytes += len;
    if (this.#reportsBlocks) this.#reportBlock();
    this.#listener.packet?.(packet);
  }

  #takeSection(b: Uint8Array, at: number, end: number): boolean {
    if (this.#u16(b, at + 4) !== 1) {
      this.fault = "unsupported-version";
      return false;
    }
    this.#reportBlock();
    this.#firstIndex = this.#counts.interfaces;
    this.#interfaces = [];
    this.#counts.sections++;
    this.#listener.section?.({
      hardware: this.#readText(b, at + 16, end, ng.SHB_HARDWARE),
      os: this.#readText(b, at + 16, end, ng.SHB_OS),
      application: this.#readText(b, at + 16, end, ng.SHB_APPLICATION),
      comment: this.#readText(b, at + 16, end, ng.OPT_COMMENT),
    });
    return true;
  }

  #takeInterface(b: Uint8Array, at: number, end: number): void {
    this.#reportBlock();
    let resolution = RESOLUTION_US;
    let offsetSeconds = 0n;
    ng.forEachOption(b, at + 8, end, this.#bigEndian, (code, valueAt, len) => {
      if (code === ng.IF_TSRESOL && len === 1) resolution = b[valueAt];
      if (code === ng.IF_TSOFFSET && len === 8) offsetSeconds = BigInt.asIntN(64, this.#u64(b, valueAt));
    });
    const linkType = this.#u16(b, at);
    const snapLen = this.#u32(b, at + 4);
    const name = this.#readText(b, at + 8, end, ng.IF_NAME);
    const description = this.#readText(b, at + 8, end, ng.IF_DESCRIPTION);
    const capturedOn = { section: this.#counts.sections, id: this.#interfaces.length, name, description };
    this.#interfaces.push({ capturedOn, linkType, snapLen, timestamps: new TimestampDecoder(resolution, offsetSeconds) });
    this.#listener.interface?.({
      index: this.#counts.interfaces,
      linkType,
      snapLen,
      name,
      description,
      timestampResolution: resolution,
    });
    this.#counts.interfaces++;
  }

  #takeNames(b: Uint8Array, at: number, end: number): void {
    this.#reportBlock();
    ng.forEachOption(b, at, end, this.#bigEndian, (code, valueAt, len) => {
      const addressLen = code === ng.NRB_IPV4 ? 4 : code === ng.NRB_IPV6 ? 16 : 0;
      if (addressLen === 0 || len < addressLen) return;
      const names = decoder.decode(b.subarray(valueAt + addressLen, valueAt + len));
      for (const name of names.split("\0")) {
        if (name === "") continue;
        this.#counts.hostNames++;
        this.#listener.hostName?.(b.slice(valueAt, valueAt + addressLen), name);
      }
    });
  }

  #takeStatistics(b: Uint8Array, at: number, end: number): boolean {
    const interfaceId = this.#u32(b, at);
    if (interfaceId >= this.#interfaces.length) {
      this.fault = "unknown-interface";
      return false;
    }
    this.#reportBlock();
    let received: number | null = null;
    let dropped: number | null = null;
    ng.forEachOption(b, at + 12, end, this.#bigEndian, (code, valueAt, len) => {
      if (len !== 8) return;
      if (code === ng.ISB_IFRECV) received = Number(this.#u64(b, valueAt));
      if (code === ng.ISB_IFDROP) dropped = Number(this.#u64(b, valueAt));
    });
    this.#counts.statistics++;
    this.#listener.statistics?.({ interfaceIndex: this.#firstIndex + interfaceId, received, dropped });
    return true;
  }

  #u64(b: Uint8Array, at: number): bigint {
    return this.#bigEndian ? (BigInt(getU32be(b, at)) << 32n) | BigInt(getU32be(b, at + 4)) : getU64le(b, at);
  }

  /** Reads a text option in the byte order of this section; see `readTextOption`. */
  #readText(b: Uint8Array, at: number, end: number, wanted: number): string | null {
    return readTextOption(b, at, end, this.#bigEndian, wanted);
  }
}
