/** Faults of capture files, with a sentence for each. */
const FAULTS = {
  "unknown-format": "not a capture file of a known format",
  "foreign-format": "a file of a format that is not read",
  truncated: "the file ends inside a record",
  "bad-byte-order-magic": "a section header whose byte-order magic is neither order",
  "unsupported-version": "a version of the format that is not known",
  "bad-block-length": "a block length that is too short for its type or not a multiple of four",
  "block-length-mismatch": "a block whose two lengths differ",
  "block-too-long": "a block longer than 16 MiB that would have to be read as a whole",
  "packet-outside-block": "a packet longer than the block that holds it",
  "packet-too-long": "a packet longer than 16 MiB",
  "packet-outside-frames": "a packet that reaches into what follows the packets",
  "frame-count-mismatch": "a table of frames that has more or fewer of them than the file",
  "no-frame-table": "the table of frames is missing: the file was never finished",
  "bad-start-time": "a capture that starts at a time that does not exist",
  "unsupported-link-type": "a network type that is not read",
  compressed: "packed as the Sniffer packs, which is not read; save it uncompressed",
  wrapped: "the analyzer wrote round its buffer, which is not read: save the capture again with it",
  "unknown-interface": "a packet of an interface that the file does not describe",
} as const;

/** The closed set of faults. */
export type CaptureFaultKind = keyof typeof FAULTS;

/** Where a file stopped making sense: `offset` is the file offset in bytes of the record (or file header) at fault. */
export interface CaptureFault {
  readonly kind: CaptureFaultKind;
  readonly offset: number;
  /** For a file in a foreign format: the name of the format, and how to convert it. */
  readonly foreign?: string;
}

/** The fault as text: "offset 1234: the file ends inside a record". */
export function describeCaptureFault(fault: CaptureFault): string {
  return fault.foreign ?? `offset ${fault.offset}: ${FAULTS[fault.kind]}`;
}

/** Why a file of which nothing could be read is refused, as text: what it is, or what it would have to be. */
export function describeNoCapture(fault: CaptureFault | null): string {
  if (fault === null || (fault.kind === "unknown-format" && fault.foreign === undefined))
    return "no capture file of a known format: pcapng, pcap, Network Monitor and Sniffer files are read";
  return fault.foreign ?? `no capture file that can be read: ${describeCaptureFault(fault)}`;
}
