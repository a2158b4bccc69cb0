/** The formats that a capture can be written in, each behind the same interface. */

import type { CapturedPacket, CaptureInterface, PcapngBlock } from "@pushback/capture";
import { NetmonWriter, NetxrayWriter, PcapngCopy, PcapngWriter, PcapWriter, SnifferWriter } from "@pushback/capture";
import { UsageError } from "@pushback/usage-error";
import { isStandardOutput, type OutputFile } from "../shared/output-file.ts";
import { OUTPUT_FORMAT_NAMES, type OutputFormatName } from "./output-formats.ts";

/** Where the bytes go: `append` at the end, `patch` over what is at `offset`. */
export interface CaptureDestination {
  append(chunk: Uint8Array): void;
  patch(offset: number, bytes: Uint8Array): void;
}

/** Writes a capture of this format to an open output. Throws a UsageError for a format that a pipe cannot take. */
export function destinationOf(file: OutputFile, path: string, format: OutputFormat): CaptureDestination {
  if (format.patches && !file.isSeekable)
    throw new UsageError(`${path}: ${format.title} is written back and forth, which needs a file; name one, or choose pcapng`);
  return { append: (chunk) => file.write(chunk, null), patch: (offset, bytes) => file.write(bytes, offset) };
}

/** Receives the records of a capture in order, then its end. */
export interface CaptureOutput {
  /** Outputs with this method keep everything that a pcapng file says. */
  block?(block: PcapngBlock): void;
  interface?(captureInterface: CaptureInterface): void;
  /** `comment` is added to the packet's own comments. Throws a RangeError for a packet that the format can't hold. */
  packet(p: CapturedPacket, comment?: string): void;
  end(): void;
}

export interface OutputFormat {
  readonly name: OutputFormatName;
  readonly title: string;
  /** Endings of file names that mean this format and no other. */
  readonly endings: readonly string[];
  /** The finest part of a time that is kept, in nanoseconds. */
  readonly resolutionNs: number;
  /** Whether the writer overwrites earlier parts of the file, which is impossible in a pipe. */
  readonly patches: boolean;
  create(to: CaptureDestination): CaptureOutput;
}

interface PacketWriter {
  writePacket(timeUs: number, bytes: Uint8Array, at: number, len: number, origLen: number, timeNs: number): void;
  end(): void;
}

const LINKTYPE_ETHERNET = 1;

/** Copies the blocks of a pcapng file; the packets of other formats get a section and interfaces of their own. */
function pcapngOutput(to: CaptureDestination): CaptureOutput {
  let copy: PcapngCopy | null = null;
  let made: PcapngWriter | null = null;
  const writer = (): PcapngWriter => {
    made ??= new PcapngWriter(to.append, { application: "Pushback" });
    return made;
  };
  const interfaces: number[] = [];
  return {
    block: (block) => {
      copy ??= new PcapngCopy(to.append);
      copy.take(block);
    },
    interface: (i) => {
      // Where blocks are copied, the block that describes the interface was copied already.
      if (copy) return;
      // An interface with a finer resolution than microseconds is written with nanoseconds, which keep most of it.
      interfaces[i.index] = writer().addInterface({ linkType: i.linkType, nanoseconds: i.timestampResolution > 6 });
    },
    packet: (p, comment) => {
      if (copy) copy.packet(comment);
      else writer().writePacket(interfaces[p.interfaceIndex], p.timeUs, p.bytes, p.at, p.len, p.origLen, comment, p.timeNs);
    },
    end: () => (copy ?? writer()).end(),
  };
}

/** A file of one link type, which is known with the first packet. */
function pcapOutput(to: CaptureDestination, nanoseconds: boolean): CaptureOutput {
  let writer: PcapWriter | null = null;
  let linkType = -1;
  return {
    packet: (p) => {
      if (!writer) {
        linkType = p.linkType;
        writer = new PcapWriter(to.append, { linkType, nanoseconds });
      }
      if (p.linkType !== linkType) throw new RangeError("a pcap file holds one link type, and this packet has another: write pcapng");
      writer.writePacket(p.timeUs, p.bytes, p.at, p.len, p.origLen, p.timeNs);
    },
    end: () => (writer ?? new PcapWriter(to.append, { nanoseconds })).end(),
  };
}

function ethernetOutput(title: string, writer: PacketWriter): CaptureOutput {
  return {
    packet: (p) => {
      if (p.linkType !== LINKTYPE_ETHERNET)
        throw new RangeError(`${title} is written for Ethernet only, and this packet has link type ${p.linkType}: write pcapng`);
      writer.writePacket(p.timeUs, p.bytes, p.at, p.len, p.origLen, p.timeNs);
    },
    end: () => writer.end(),
  };
}

function ethernetFormat(
  name: OutputFormatName,
  title: string,
  endings: readonly string[],
  resolutionNs: number,
  patches: boolean,
  create: (to: CaptureDestination) => PacketWriter,
): OutputFormat {
  return { name, title, endings, resolutionNs, patches, create: (to) => ethernetOutput(title, create(to)) };
}

const NETMON_1 = "Network Monitor 1.x";
const NETMON_2 = "Network Monitor 2.x";
const WINDOWS_SNIFFER = "the Windows Sniffer's format";

/** Output formats. The ending `.cap` selects none, because Network Monitor, the Windows Sniffer and pcap share it. */
export const OUTPUT_FORMATS: readonly OutputFormat[] = [
  { name: "pcapng", title: "pcapng", endings: [".pcapng", ".ntar"], resolutionNs: 1, patches: false, create: pcapngOutput },
  { name: "pcap", title: "pcap", endings: [".pcap", ".dmp"], resolutionNs: 1000, patches: false, create: (to) => pcapOutput(to, false) },
  { name: "nsecpcap", title: "pcap of nanoseconds", endings: [], resolutionNs: 1, patches: false, create: (to) => pcapOutput(to, true) },
  ethernetFormat("netmon1", NETMON_1, [], 1_000_000, true, (to) => new NetmonWriter(to.append, to.patch, 1)),
  ethernetFormat("netmon2", NETMON_2, [], 1000, true, (to) => new NetmonWriter(to.append, to.patch, 2)),
  ethernetFormat("ngsniffer", "the DOS Sniffer's format", [".enc", ".syc"], 1000, false, (to) => new SnifferWriter(to.append)),
  ethernetFormat("ngwsniffer_1_1", `${WINDOWS_SNIFFER} 1.1`, [], 1000, true, (to) => new NetxrayWriter(to.append, to.patch, "1.1")),
  ethernetFormat("ngwsniffer_2_0", `${WINDOWS_SNIFFER} 2.0`, [], 1000, true, (to) => new NetxrayWriter(to.append, to.patch, "2.0")),
];

const NAMES = OUTPUT_FORMAT_NAMES.join(", ");

/**
 * Returns the format named `named`. Without a name it is the format that the path's ending stands for, or pcapng for standard output. Throws a UsageError
 * that ends with `advice` if the ending stands for no format.
 */
export function outputFormatOf(path: string, named?: string, advice = `give one with --format: ${NAMES}`): OutputFormat {
  if (named !== undefined) {
    const format = OUTPUT_FORMATS.find(({ name }) => name === named);
    if (!format) throw new UsageError(`--format ${named}: there are ${NAMES}`);
    return format;
  }
  if (isStandardOutput(path)) return OUTPUT_FORMATS[0];
  const name = path.toLowerCase();
  const format = OUTPUT_FORMATS.find(({ endings }) => endings.some((ending) => name.endsWith(ending)));
  if (format) return format;
  const why = name.endsWith(".cap") ? "several formats end in .cap" : "its ending names no format";
  throw new UsageError(`${path}: ${why}; ${advice}`);
}
