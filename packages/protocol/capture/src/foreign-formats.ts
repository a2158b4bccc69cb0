/**
 * Names files of formats that are not read, so that a refusal can say what the file is. The beginnings are those by which Wireshark's file
 * library (its folder wiretap) tells them; snoop's is in RFC 1761 section 2.
 */
import { getU16be, getU16le, getU32be, getU32le } from "@pushback/bytes";

/** Length in bytes of the file's beginning that is compared with known formats; a file may be shorter. */
export const FOREIGN_BEGINNING_LEN = 48;

interface Beginning {
  readonly name: string;
  /** First bytes of a file of the format, as Latin-1 text. */
  readonly text: string;
}

const CAPTURES: readonly Beginning[] = [
  { name: "Sun snoop", text: "snoop\0\0\0" },
  { name: "btsnoop", text: "btsnoop\0" },
  { name: "AIX iptrace", text: "iptrace 1.0" },
  { name: "AIX iptrace", text: "iptrace 2.0" },
  { name: "InfoVista 5View", text: "\xaa\xaa\xaa\xaa" },
  { name: "Visual Networks", text: "\x05VNF" },
  { name: "OmniPeek", text: "\x7fver" },
  { name: "Viavi Observer", text: "ObserverPktBufferVersion=" },
  { name: "EyeSDN", text: "EyeSDN" },
  { name: "Aethra", text: "V0208" },
  { name: "HP-UX nettl", text: "TR\0d\0" },
  { name: "HP-UX nettl", text: "\0\0\0\x01\0\0\0\0\0\x07\xd0\0" },
  { name: "Novell LANalyzer", text: "\x01\x10L\0\x01\x05" },
  { name: "Tektronix K12xx", text: "\0\0\x02\0\x12\x05\0\x10" },
  { name: "K12 text", text: "+---------+-----" },
  { name: "RADCOM", text: "\x42\xd2\x00\x34\x12\x66\x22\x88" },
  { name: "systemd journal", text: "LPKSHHRH" },
];

/** Compressed files and archives, which may contain a capture. */
const PACKED: readonly Beginning[] = [
  { name: "gzip", text: "\x1f\x8b" },
  { name: "zip", text: "PK\x03\x04" },
  { name: "bzip2", text: "BZh" },
  { name: "xz", text: "\xfd7zXZ\0" },
  { name: "Zstandard", text: "\x28\xb5\x2f\xfd" },
  { name: "LZ4", text: "\x04\x22\x4d\x18" },
];

const MAX_PACKETLOGGER_LEN = 65_536;
const MICROSECONDS = 1_000_000;

/** Names the format of a file that begins with the bytes at `at`, and how to convert it; `null` for an unknown format. */
export function describeForeignFormat(b: Uint8Array, at: number, end: number): string | null {
  const begins = ({ text }: Beginning): boolean => {
    if (end - at < text.length) return false;
    for (let i = 0; i < text.length; i++) if (b[at + i] !== text.charCodeAt(i)) return false;
    return true;
  };
  const packed = PACKED.find(begins);
  if (packed) return `the file is packed with ${packed.name}: unpack it first`;
  const name = CAPTURES.find(begins)?.name ?? nameWithoutMagic(b, at, end);
  return name === null ? null : `the format ${name} is not read: convert the file with editcap -F pcapng`;
}

/** Formats without a magic number, recognized by a plausible first record. */
function nameWithoutMagic(b: Uint8Array, at: number, end: number): string | null {
  if (isPacketLogger(b, at, end)) return "PacketLogger";
  if (isErf(b, at, end)) return "Endace ERF";
  if (end - at >= 16 && b[at + 4] === 0 && getU16le(b, at) > 0 && isCommViewTime(b, at + 5)) return "TamoSoft CommView NCF";
  if (end - at >= 15 && getU32le(b, at) > 0 && isCommViewTime(b, at + 4)) return "TamoSoft CommView NCFX";
  if (CANDUMP.test(String.fromCharCode(...b.subarray(at, Math.min(end, at + MAX_CANDUMP_LEN))))) return "Linux candump";
  return null;
}

/** A first line: time in parentheses, interface, identifier, and data behind one or two number signs. */
const CANDUMP = /^\(\d{1,12}\.\d{6}\) \S{1,15} [0-9A-F]{3,8}##?/;

/** The most that `CANDUMP` takes: 22 bytes with the time, 16 with the interface, 10 with the identifier. */
const MAX_CANDUMP_LEN = 48;

/** Year, month, day, hour, minute, second, microsecond of a packet. */
function isCommViewTime(b: Uint8Array, at: number): boolean {
  const year = getU16le(b, at);
  const isDate = year >= 1980 && year < 2100 && b[at + 2] >= 1 && b[at + 2] <= 12 && b[at + 3] >= 1 && b[at + 3] <= 31;
  return isDate && b[at + 4] < 24 && b[at + 5] < 60 && b[at + 6] <= 60 && getU32le(b, at + 7) < MICROSECONDS;
}

/** Fields: length of the rest of the record, seconds, microseconds, and a packet type: 0 to 3 for HCI, 0xfb to 0xff for a note. */
function isPacketLogger(b: Uint8Array, at: number, end: number): boolean {
  if (end - at < 13) return false;
  const type = b[at + 12];
  if (type > 3 && type < 0xfb) return false;
  return [getU32be, getU32le].some((getU32) => {
    const len = getU32(b, at);
    return len >= 9 && len < MAX_PACKETLOGGER_LEN && getU32(b, at + 4) > 0 && getU32(b, at + 8) < MICROSECONDS;
  });
}

/** A time of 2^-32 s (little-endian), a type of 1 to 48, flags, the record's length, no losses before it, and the packet's length. */
function isErf(b: Uint8Array, at: number, end: number): boolean {
  if (end - at < 16) return false;
  const type = b[at + 8] & 0x7f;
  const recordLen = getU16be(b, at + 10);
  const wireLen = getU16be(b, at + 14);
  // An Ethernet record has two bytes of padding in front of its frame, and the length on the wire counts the frame check sequence.
  return (
    type >= 1 && type <= 48 && getU16be(b, at + 12) === 0 && recordLen > 18 && recordLen <= 18 + wireLen + 8 && getU32le(b, at + 4) > 0
  );
}
