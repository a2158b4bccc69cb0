/** The pcapng file format (draft-ietf-opsawg-pcapng): block types, option codes, and accessors on a block's bytes. */
import { getU16be, getU16le } from "@pushback/bytes";

/** Section Header Block: begins a section and tells its byte order (draft section 4.1). The type reads the same in both byte orders. */
export const BLOCK_SECTION_HEADER = 0x0a0d0d0a;
/** Interface Description Block (draft section 4.2). */
export const BLOCK_INTERFACE_DESCRIPTION = 1;
/** Packet Block, which Enhanced Packet Blocks have replaced (draft appendix A). */
export const BLOCK_OBSOLETE_PACKET = 2;
/** Simple Packet Block: a packet of the first interface, without a time stamp (draft section 4.4). */
export const BLOCK_SIMPLE_PACKET = 3;
/** Name Resolution Block: host names by address (draft section 4.5). */
export const BLOCK_NAME_RESOLUTION = 4;
/** Interface Statistics Block (draft section 4.6). */
export const BLOCK_INTERFACE_STATISTICS = 5;
/** Enhanced Packet Block: a packet with its interface and its time stamp (draft section 4.3). */
export const BLOCK_ENHANCED_PACKET = 6;
/** An entry of systemd's journal (draft section 11.1). */
export const BLOCK_JOURNAL = 9;
/** Events, versions 1, 2 and large 2 (draft section 11.1). */
export const BLOCKS_OF_SYSDIG: readonly number[] = [0x204, 0x216, 0x221];
/** A custom block that may be copied when a program changes the file (draft section 4.8). */
export const BLOCK_CUSTOM = 0xbad;
/** A custom block that a program which changes the file leaves out (draft section 4.8). */
export const BLOCK_CUSTOM_NOT_COPIED = 0x40000bad;

/** Value of the Byte-Order Magic field of a section header, in the section's byte order (draft section 4.1). */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Type, total length, and the total length again behind the body. */
export const BLOCK_OVERHEAD = 12;

/** opt_endofopt: marks the end of a block's options (draft section 3.5). */
export const OPT_END = 0;
/** opt_comment: a comment as UTF-8; a block may have several (draft section 3.5). */
export const OPT_COMMENT = 1;
/** Custom options, text and bytes, that a program which changes the file leaves out (draft section 3.5.1). */
export const OPT_CUSTOM_TEXT_NOT_COPIED = 19372;
/** Custom option with bytes that a program which changes the file leaves out (draft section 3.5.1). */
export const OPT_CUSTOM_BYTES_NOT_COPIED = 19373;
/** shb_hardware: the hardware that made the section, as UTF-8 (draft section 4.1). */
export const SHB_HARDWARE = 2;
/** shb_os: the operating system, as UTF-8 (draft section 4.1). */
export const SHB_OS = 3;
/** shb_userappl: the program that made the section, as UTF-8 (draft section 4.1). */
export const SHB_APPLICATION = 4;
/** if_name: the interface's name, as UTF-8 (draft section 4.2). */
export const IF_NAME = 2;
/** if_description: the interface's description, as UTF-8 (draft section 4.2). */
export const IF_DESCRIPTION = 3;
/** if_tsresol: resolution of time stamps, one byte: a negative power of 10 or, with the top bit set, of 2 (draft section 4.2). */
export const IF_TSRESOL = 9;
/** if_tsoffset: seconds to add to each time stamp, 64 bits (draft section 4.2). */
export const IF_TSOFFSET = 14;
/** isb_starttime: when the capture started (draft section 4.6). */
export const ISB_STARTTIME = 2;
/** isb_endtime: when the capture ended (draft section 4.6). */
export const ISB_ENDTIME = 3;
/** isb_ifrecv: number of packets received, 64 bits (draft section 4.6). */
export const ISB_IFRECV = 4;
/** isb_ifdrop: number of packets that the interface dropped, 64 bits (draft section 4.6). */
export const ISB_IFDROP = 5;
/** nrb_record_end: marks the end of the name records (draft section 4.5). */
export const NRB_END = 0;
/** nrb_record_ipv4: an IPv4 address and its names (draft section 4.5). */
export const NRB_IPV4 = 1;
/** nrb_record_ipv6: an IPv6 address and its names (draft section 4.5). */
export const NRB_IPV6 = 2;

const encoder = new TextEncoder();
const MAX_OPTION_LEN = 0xffff;

/** UTF-8 of at most 65,535 bytes, what an option can hold; a longer text is cut between characters. */
export function encodeOptionText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length <= MAX_OPTION_LEN) return bytes;
  let end = MAX_OPTION_LEN;
  while ((bytes[end] & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** `len` rounded up to the 32-bit boundary that every field of variable length is padded to. */
export function paddedLen(len: number): number {
  return (len + 3) & ~3;
}

/**
 * The list of options (or of name records, which have the same shape) between `at` and `end`: calls `option` with each one's code,
 * value offset and length, up to the end marker, and stops without complaint at one that reaches past `end`.
 */
export function forEachOption(
  b: Uint8Array,
  at: number,
  end: number,
  bigEndian: boolean,
  option: (code: number, valueAt: number, len: number) => void,
): void {
  const getU16 = bigEndian ? getU16be : getU16le;
  let here = at;
  while (here + 4 <= end) {
    const code = getU16(b, here);
    const len = getU16(b, here + 2);
    if (code === OPT_END || here + 4 + len > end) return;
    option(code, here + 4, len);
    here += 4 + paddedLen(len);
  }
}
