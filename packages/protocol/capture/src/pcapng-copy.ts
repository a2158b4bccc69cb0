/** Copies a pcapng file block by block, so that contents that this package does not parse are kept too; `pcapng.ts` has the layout. */
import { copyBytes, getU16be, getU16le, getU32be, getU32le, putU16be, putU16le, putU32be, putU32le } from "@pushback/bytes";
import type { PcapngBlock } from "./capture-file.ts";
import type { ChunkSink } from "./chunk-buffer.ts";
import { ChunkBuffer } from "./chunk-buffer.ts";
import * as ng from "./pcapng.ts";

const SECTION_LENGTH_AT = 16;
/** Offset in the block of the options, where it is the same for all blocks of a type. */
const OPTIONS_AT = new Map([
  [ng.BLOCK_SECTION_HEADER, 24],
  [ng.BLOCK_INTERFACE_DESCRIPTION, 16],
  [ng.BLOCK_INTERFACE_STATISTICS, 20],
]);
const PACKET_AT = 28;
const CAPTURED_LEN_AT = 20;
const SNAP_LEN_AT = 12;

/**
 * Writes the blocks of a pcapng file with every option, in their byte order: `take` each block, and `packet` after a packet's block that is
 * to be kept. What a program that changes a file must leave out is left out: custom blocks and options that say so, and the length of the
 * section, which becomes "not known".
 */
export class PcapngCopy {
  readonly #out: ChunkBuffer;
  #packet: PcapngBlock | null = null;
  /** Snap length of the section's interface 0, as in its block (0: no limit); -1 before the block. */
  #snapLen = -1;

  constructor(sink: ChunkSink) {
    this.#out = new ChunkBuffer(sink);
  }

  /** Writes the block, or remembers it until the next call if it holds a packet. */
  take(block: PcapngBlock): void {
    this.#packet = null;
    const { type, bytes, at, isBigEndian } = block;
    if (type === ng.BLOCK_SECTION_HEADER) this.#snapLen = -1;
    if (type === ng.BLOCK_INTERFACE_DESCRIPTION && this.#snapLen < 0)
      this.#snapLen = (isBigEndian ? getU32be : getU32le)(bytes, at + SNAP_LEN_AT);
    if (isPacket(type)) this.#packet = block;
    else if (type !== ng.BLOCK_CUSTOM_NOT_COPIED) this.#write(block, null);
  }

  /** Writes the packet of the latest block, with `comment`, cut to 65,535 bytes, as its last option. */
  packet(comment: string | null = null): void {
    if (this.#packet) this.#write(this.#packet, comment === null ? null : ng.encodeOptionText(comment));
  }

  /** Ends the file: the last chunk. */
  end(): void {
    this.#out.flush();
  }

  #write(block: PcapngBlock, comment: Uint8Array | null): void {
    const { type, bytes, at, len } = block;
    if (type === ng.BLOCK_SIMPLE_PACKET && comment) {
      this.#writeSimpleWithComment(block, comment);
      return;
    }
    const optionsAt = at + optionsOffset(block);
    if (comment || hasUncopied(block, optionsAt)) {
      this.#rewrite(block, optionsAt, comment);
      return;
    }
    const start = this.#out.reserve(len);
    copyBytes(bytes, at, this.#out.bytes, start, len);
    if (type === ng.BLOCK_SECTION_HEADER) this.#forgetSectionLength(start);
  }

  /** -1 as 64 bits: not known. */
  #forgetSectionLength(start: number): void {
    this.#out.bytes.fill(0xff, start + SECTION_LENGTH_AT, start + SECTION_LENGTH_AT + 8);
  }

  /** The block with its options that may be copied, the comment behind them. */
  #rewrite(block: PcapngBlock, optionsAt: number, comment: Uint8Array | null): void {
    const { bytes, at, len, isBigEndian } = block;
    const end = at + len - 4;
    const kept: [from: number, to: number][] = [];
    let keptLen = 0;
    ng.forEachOption(bytes, optionsAt, end, isBigEndian, (code, valueAt, valueLen) => {
      if (isUncopied(code)) return;
      const to = Math.min(valueAt + ng.paddedLen(valueLen), end);
      kept.push([valueAt - 4, to]);
      keptLen += 4 + ng.paddedLen(valueLen);
    });
    const fixedLen = optionsAt - at;
    const commentLen = comment ? 4 + ng.paddedLen(comment.length) : 0;
    const blockLen = fixedLen + keptLen + commentLen + 4 + 4;
    const putU32 = isBigEndian ? putU32be : putU32le;
    const start = this.#out.reserve(blockLen);
    const b = this.#out.bytes;
    copyBytes(bytes, at, b, start, fixedLen);
    let here = start + fixedLen;
    for (const [from, to] of kept) {
      copyBytes(bytes, from, b, here, to - from);
      here += ng.paddedLen(to - from);
    }
    if (comment) putOption(b, here, ng.OPT_COMMENT, comment, isBigEndian);
    putU32(b, start + 4, blockLen);
    putU32(b, start + blockLen - 4, blockLen);
    if (block.type === ng.BLOCK_SECTION_HEADER) this.#forgetSectionLength(start);
  }

  /** A simple packet block has no options: the packet becomes an enhanced packet of interface 0 at time 0, which is how it is read. */
  #writeSimpleWithComment({ bytes, at, len, isBigEndian }: PcapngBlock, comment: Uint8Array): void {
    const putU32 = isBigEndian ? putU32be : putU32le;
    const getU32 = isBigEndian ? getU32be : getU32le;
    const origLen = getU32(bytes, at + 8);
    const limit = Math.min(len - 16, this.#snapLen > 0 ? this.#snapLen : origLen);
    const capturedLen = Math.min(origLen, limit);
    const optionsAt = PACKET_AT + ng.paddedLen(capturedLen);
    const blockLen = optionsAt + 4 + ng.paddedLen(comment.length) + 4 + 4;
    const start = this.#out.reserve(blockLen);
    const b = this.#out.bytes;
    putU32(b, start, ng.BLOCK_ENHANCED_PACKET);
    putU32(b, start + 4, blockLen);
    putU32(b, start + CAPTURED_LEN_AT, capturedLen);
    putU32(b, start + 24, origLen);
    copyBytes(bytes, at + 12, b, start + PACKET_AT, capturedLen);
    putOption(b, start + optionsAt, ng.OPT_COMMENT, comment, isBigEndian);
    putU32(b, start + blockLen - 4, blockLen);
  }
}

function isPacket(type: number): boolean {
  return type === ng.BLOCK_ENHANCED_PACKET || type === ng.BLOCK_SIMPLE_PACKET || type === ng.BLOCK_OBSOLETE_PACKET;
}

function isUncopied(code: number): boolean {
  return code === ng.OPT_CUSTOM_TEXT_NOT_COPIED || code === ng.OPT_CUSTOM_BYTES_NOT_COPIED;
}

/** Offset of the options within the block. For a type whose options are not examined, this is the end of the body. */
function optionsOffset({ type, bytes, at, len, isBigEndian }: PcapngBlock): number {
  const none = len - 4;
  if (type === ng.BLOCK_ENHANCED_PACKET || type === ng.BLOCK_OBSOLETE_PACKET) {
    const getU32 = isBigEndian ? getU32be : getU32le;
    return Math.min(none, PACKET_AT + ng.paddedLen(getU32(bytes, at + CAPTURED_LEN_AT)));
  }
  return OPTIONS_AT.get(type) ?? none;
}

function hasUncopied({ bytes, at, len, isBigEndian }: PcapngBlock, optionsAt: number): boolean {
  const getU16 = isBigEndian ? getU16be : getU16le;
  const end = at + len - 4;
  for (let here = optionsAt; here + 4 <= end; here += 4 + ng.paddedLen(getU16(bytes, here + 2))) {
    const code = getU16(bytes, here);
    if (code === ng.OPT_END) return false;
    if (isUncopied(code)) return true;
  }
  return false;
}

function putOption(b: Uint8Array, at: number, code: number, value: Uint8Array, isBigEndian: boolean): void {
  const putU16 = isBigEndian ? putU16be : putU16le;
  putU16(b, at, code);
  putU16(b, at + 2, value.length);
  b.set(value, at + 4);
}
