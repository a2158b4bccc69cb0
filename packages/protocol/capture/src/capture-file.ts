/** The records of a capture file, independent of its format: readers pass them to a listener. */

/** Link-layer header types as the tcpdump group numbers them (LINKTYPE_ values). */
export const LINKTYPE_ETHERNET = 1;
/** Raw IP: a packet begins with its IPv4 or IPv6 header. */
export const LINKTYPE_RAW = 101;
/**
 * Link types from here on mark notes that Network Monitor keeps among the frames (events, comments, filters): they are delivered, so that frames
 * have the numbers that Wireshark gives them, and carry no traffic.
 */
export const FIRST_NETMON_NOTE = 0xff00;

/** Longest packet and longest block in bytes that are read whole: Wireshark's limit of a block. */
export const MAX_RECORD_LEN = 16 << 20;

/** Place of the options of a record (pcapng draft section 3.5). */
export interface RecordOptions {
  /** The options are `bytes[at]` up to `bytes[at + len - 1]` of the packet's `bytes`. */
  readonly at: number;
  readonly len: number;
  readonly isBigEndian: boolean;
}

/**
 * One packet as the reader sees it. The reader reuses one record and one buffer for all packets: a listener that keeps
 * anything copies it before `packet` returns.
 */
export interface CapturedPacket {
  /** The captured bytes are `bytes[at]` up to `bytes[at + len - 1]`. */
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly len: number;
  /** The length on the wire: at least the captured length, unless the file is inconsistent. */
  readonly origLen: number;
  /** Microseconds since 1970, rounded down; 0 where `timed` is false. */
  readonly timeUs: number;
  /** The nanoseconds beyond `timeUs`, 0 to 999. */
  readonly timeNs: number;
  /** False for the one kind of record that carries no time (Simple Packet Block). */
  readonly timed: boolean;
  /** Counts the file's interfaces from 0, through all sections. */
  readonly interfaceIndex: number;
  /** Description of the interface in the section; `null` in formats without such descriptions. */
  readonly capturedOn: PacketInterface | null;
  /** LINKTYPE_ value of the packet's interface. */
  readonly linkType: number;
  /** The packet's comments, one per line, or `null`. The reader decodes them anew at each access. */
  readonly comment: string | null;
  /** Options of the record, for `readComment`; `null` or absent if it has none. */
  readonly options?: RecordOptions | null;
  /** Ordinal of the record, from 1. As in Wireshark, packets, notes and custom blocks are counted. */
  readonly number: number;
  /** File offset in bytes of the record that holds the packet. */
  readonly offset: number;
}

/** An interface as its section numbers and names it (pcapng draft section 4.2). */
export interface PacketInterface {
  /** Counts the file's sections from 1. */
  readonly section: number;
  /** Counts the section's interfaces from 0. */
  readonly id: number;
  readonly name: string | null;
  readonly description: string | null;
}

/** One file section (pcapng draft section 4.1); pcap has none. Texts are `null` where the file has no such option. */
export interface CaptureSection {
  readonly hardware: string | null;
  readonly os: string | null;
  readonly application: string | null;
  readonly comment: string | null;
}

/** One interface that packets were captured on (pcapng draft section 4.2); a pcap file has exactly one, without name. */
export interface CaptureInterface {
  readonly index: number;
  readonly linkType: number;
  /** Longest captured length in bytes; 0 means without limit. */
  readonly snapLen: number;
  readonly name: string | null;
  readonly description: string | null;
  /** The if_tsresol byte: 10^-n seconds, or 2^-n with the highest bit set. */
  readonly timestampResolution: number;
}

/** Counters that the capturing program recorded for an interface (pcapng draft section 4.6); `null` for counters it did not record. */
export interface InterfaceStatistics {
  readonly interfaceIndex: number;
  readonly received: number | null;
  readonly dropped: number | null;
}

/** A pcapng block as it stands in the file. The reader reuses one record: a listener that keeps anything copies it before `block` returns. */
export interface PcapngBlock {
  readonly type: number;
  /** The whole block is `bytes[at]` up to `bytes[at + len - 1]`: its type, both lengths and what is between them. */
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly len: number;
  readonly isBigEndian: boolean;
}

/** Receives a capture's records, one call per record, in file order. Kinds without a listener are only counted. */
export interface CaptureListener {
  /** A block of a pcapng file, of any type, without fault and of at most 16 MiB; the calls for the records that it holds follow. */
  block?(block: PcapngBlock): void;
  /** A packet. The record is reused: a listener that keeps anything copies it before this returns. */
  packet?(packet: CapturedPacket): void;
  /** A section begins. A pcapng file may have several; the interfaces of a section are described after its header. */
  section?(section: CaptureSection): void;
  /** An interface is described. Packets refer to interfaces in the order of these calls. */
  interface?(captureInterface: CaptureInterface): void;
  /** A host name (pcapng draft section 4.5); `address` has 4 or 16 bytes and may be kept. */
  hostName?(address: Uint8Array, name: string): void;
  /** Counters of an interface (pcapng draft section 4.6). */
  statistics?(statistics: InterfaceStatistics): void;
  /** A packet that is not delivered because its kind is unknown; `what` says which packets those are, in the plural. */
  leftOut?(what: string): void;
  /** A block of a type that is not read; its content is skipped. */
  skipped?(blockType: number, lenBytes: number, offset: number): void;
}

/** Counts of what was read so far. */
export interface CaptureCounts {
  readonly packets: number;
  /** Sum of the captured lengths. */
  readonly packetBytes: number;
  readonly sections: number;
  readonly interfaces: number;
  readonly hostNames: number;
  readonly statistics: number;
  /** Blocks skipped because of their type. */
  readonly skipped: number;
}
