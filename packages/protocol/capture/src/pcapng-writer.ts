/** Writes pcapng, little-endian; `pcapng.ts` has the layout. The same calls give the same bytes. */
import { ByteWriter, copyBytes, putU16le, putU32be, putU32le } from "@pushback/bytes";
import { LINKTYPE_ETHERNET } from "./capture-file.ts";
import type { ChunkSink } from "./chunk-buffer.ts";
import { ChunkBuffer } from "./chunk-buffer.ts";
import * as ng from "./pcapng.ts";
import { RESOLUTION_NS, RESOLUTION_US } from "./timestamp.ts";

/** Options of the section header (pcapng draft section 4.1), and the calendar date of virtual time 0. */
export interface PcapngWriterOptions {
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
  readonly comment?: string;
  /** Microseconds since 1970 that are added to every `timeUs`; 0 unless given. */
  readonly epochUs?: number | bigint;
}

/** Fields of an interface description block (pcapng draft section 4.2). */
export interface PcapngInterfaceOptions {
  readonly name?: string;
  readonly description?: string;
  /** LINKTYPE_ value; Ethernet unless given. */
  readonly linkType?: number;
  /** Longer packets are cut to this many bytes; 0, no limit, unless given. */
  readonly snapLen?: number;
  /** Timestamps in nanoseconds instead of microseconds. */
  readonly nanoseconds?: boolean;
}

interface WrittenInterface {
  readonly snapLen: number;
  readonly nanoseconds: boolean;
  packets: number;
  firstUs: number;
  lastUs: number;
}

const encoder = new TextEncoder();
const ENHANCED_FIXED_LEN = 28;

function putTimestamp(b: Uint8Array, at: number, us: number): void {
  putU32le(b, at, Math.floor(us / 0x100000000));
  putU32le(b, at + 4, us % 0x100000000);
}

/** Writes a time in nanoseconds as two 32-bit words. No intermediate product reaches 2^53, where doubles lose integers. */
function putTimestampNs(b: Uint8Array, at: number, us: number, ns: number): void {
  const high = Math.floor(us / 0x100000000);
  const low = (us - high * 0x100000000) * 1000 + ns;
  const carry = Math.floor(low / 0x100000000);
  putU32le(b, at, high * 1000 + carry);
  putU32le(b, at + 4, low - carry * 0x100000000);
}

function writeOption(block: ByteWriter, code: number, value: Uint8Array): void {
  block.u16le(code);
  block.u16le(value.length);
  block.bytes(value);
  block.align(4);
}

function writeTextOption(block: ByteWriter, code: number, text: string | undefined): void {
  if (text !== undefined && text !== "") writeOption(block, code, ng.encodeOptionText(text));
}

function writeTimestampOption(block: ByteWriter, code: number, us: number, nanoseconds: boolean): void {
  block.u16le(code);
  block.u16le(8);
  block.bytes(timestampOf(us, nanoseconds));
}

function timestampOf(us: number, nanoseconds: boolean): Uint8Array {
  const b = new Uint8Array(8);
  if (nanoseconds) putTimestampNs(b, 0, us, 0);
  else putTimestamp(b, 0, us);
  return b;
}

/** Writes one section: its header at once, then what is called for, then `end`. Interfaces are described before their first packet. */
export class PcapngWriter {
  readonly #out: ChunkBuffer;
  readonly #epochUs: number;
  readonly #interfaces: WrittenInterface[] = [];

  /** Throws a RangeError if `epochUs` is not an integer from 0 to 2^53 - 1. */
  constructor(sink: ChunkSink, options: PcapngWriterOptions = {}) {
    this.#out = new ChunkBuffer(sink);
    this.#epochUs = Number(options.epochUs ?? 0);
    if (!Number.isSafeInteger(this.#epochUs) || this.#epochUs < 0) throw new RangeError(`epochUs out of range: ${options.epochUs}`);
    const block = new ByteWriter();
    block.u32le(ng.BYTE_ORDER_MAGIC);
    block.u16le(1);
    block.u16le(0);
    // A section length of -1: not known when the header is written.
    block.u64le(0xffffffffffffffffn);
    const optionsAt = block.length;
    writeTextOption(block, ng.OPT_COMMENT, options.comment);
    writeTextOption(block, ng.SHB_HARDWARE, options.hardware);
    writeTextOption(block, ng.SHB_OS, options.os);
    writeTextOption(block, ng.SHB_APPLICATION, options.application);
    if (block.length > optionsAt) block.u32le(ng.OPT_END);
    this.#writeBlock(ng.BLOCK_SECTION_HEADER, block);
  }

  /** Describes an interface; returns its id: 0, 1, 2, … */
  addInterface(options: PcapngInterfaceOptions = {}): number {
    const snapLen = options.snapLen ?? 0;
    const block = new ByteWriter();
    block.u16le(options.linkType ?? LINKTYPE_ETHERNET);
    block.u16le(0);
    block.u32le(snapLen);
    writeTextOption(block, ng.IF_NAME, options.name);
    writeTextOption(block, ng.IF_DESCRIPTION, options.description);
    writeOption(block, ng.IF_TSRESOL, Uint8Array.of(options.nanoseconds ? RESOLUTION_NS : RESOLUTION_US));
    block.u32le(ng.OPT_END);
    this.#writeBlock(ng.BLOCK_INTERFACE_DESCRIPTION, block);
    this.#interfaces.push({ snapLen, nanoseconds: options.nanoseconds ?? false, packets: 0, firstUs: 0, lastUs: 0 });
    return this.#interfaces.length - 1;
  }

  /**
   * One packet, `len` bytes at `bytes[at]`, copied before the call returns. `timeUs` is a non-negative integer of microseconds after
   * the writer's epoch, `timeNs` (0 to 999) what an interface of nanoseconds has beyond; `origLen` is the length on the wire. The sum of
   * epoch and time must stay below 2^53.
   */
  writePacket(
    interfaceId: number,
    timeUs: number,
    bytes: Uint8Array,
    at: number,
    len: number,
    origLen = len,
    comment?: string,
    timeNs = 0,
  ): void {
    const written = this.#interfaces[interfaceId];
    if (!written) throw new RangeError(`no interface ${interfaceId}`);
    const us = this.#epochUs + timeUs;
    const capturedLen = written.snapLen > 0 && len > written.snapLen ? written.snapLen : len;
    const text = comment ? ng.encodeOptionText(comment) : null;
    const optionsLen = text ? 4 + ng.paddedLen(text.length) + 4 : 0;
    const packetAt = ENHANCED_FIXED_LEN;
    const optionsAt = packetAt + ng.paddedLen(capturedLen);
    const blockLen = optionsAt + optionsLen + 4;
    const start = this.#out.reserve(blockLen);
    const b = this.#out.bytes;
    putU32le(b, start, ng.BLOCK_ENHANCED_PACKET);
    putU32le(b, start + 4, blockLen);
    putU32le(b, start + 8, interfaceId);
    if (written.nanoseconds) putTimestampNs(b, start + 12, us, timeNs);
    else putTimestamp(b, start + 12, us);
    putU32le(b, start + 20, capturedLen);
    putU32le(b, start + 24, origLen);
    copyBytes(bytes, at, b, start + packetAt, capturedLen);
    if (text) {
      putU16le(b, start + optionsAt, ng.OPT_COMMENT);
      putU16le(b, start + optionsAt + 2, text.length);
      b.set(text, start + optionsAt + 4);
    }
    putU32le(b, start + blockLen - 4, blockLen);
    if (written.packets === 0) written.firstUs = us;
    written.packets++;
    written.lastUs = us;
  }

  /** One name resolution block: pairs of an IPv4 address, as an unsigned 32-bit integer, and a host name. */
  writeHostNames(names: Iterable<readonly [address: number, name: string]>): void {
    const block = new ByteWriter();
    for (const [address, name] of names) {
      const text = encoder.encode(name);
      const value = new Uint8Array(4 + text.length + 1);
      putU32be(value, 0, address);
      value.set(text, 4);
      writeOption(block, ng.NRB_IPV4, value);
    }
    block.u32le(ng.NRB_END);
    this.#writeBlock(ng.BLOCK_NAME_RESOLUTION, block);
  }

  /** Passes all blocks written so far to the sink, which then has a readable file. */
  flush(): void {
    this.#out.flush();
  }

  /** Ends the file: one statistics block per interface (first and last packet's time, packets received, none dropped), and the last chunk. */
  end(): void {
    for (const [interfaceId, written] of this.#interfaces.entries()) {
      const block = new ByteWriter();
      const lastUs = written.packets ? written.lastUs : this.#epochUs;
      block.u32le(interfaceId);
      block.bytes(timestampOf(lastUs, written.nanoseconds));
      if (written.packets) {
        writeTimestampOption(block, ng.ISB_STARTTIME, written.firstUs, written.nanoseconds);
        writeTimestampOption(block, ng.ISB_ENDTIME, written.lastUs, written.nanoseconds);
      }
      block.u16le(ng.ISB_IFRECV);
      block.u16le(8);
      block.u64le(BigInt(written.packets));
      block.u16le(ng.ISB_IFDROP);
      block.u16le(8);
      block.u64le(0n);
      block.u32le(ng.OPT_END);
      this.#writeBlock(ng.BLOCK_INTERFACE_STATISTICS, block);
    }
    this.#out.flush();
  }

  #writeBlock(type: number, body: ByteWriter): void {
    const len = body.length + ng.BLOCK_OVERHEAD;
    const at = this.#out.reserve(len);
    const b = this.#out.bytes;
    putU32le(b, at, type);
    putU32le(b, at + 4, len);
    b.set(body.toBytes(), at + 8);
    putU32le(b, at + len - 4, len);
  }
}
