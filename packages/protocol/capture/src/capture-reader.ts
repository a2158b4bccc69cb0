/** Reads a capture file of any known format, fed in chunks. */
import { getU32be } from "@pushback/bytes";
import type { CaptureCounts, CaptureListener } from "./capture-file.ts";
import type { CaptureFault, CaptureFaultKind } from "./fault.ts";
import { describeForeignFormat, FOREIGN_BEGINNING_LEN } from "./foreign-formats.ts";
import { isNetmonMagic, NetmonReader } from "./netmon.ts";
import type { FormatReader } from "./packet-record.ts";
import { RunningCounts } from "./packet-record.ts";
import { isPcapMagic, PcapReader } from "./pcap.ts";
import { BLOCK_SECTION_HEADER } from "./pcapng.ts";
import { PcapngReader } from "./pcapng-reader.ts";
import { RecordStream } from "./record-stream.ts";
import { isSnifferMagic, SnifferReader } from "./sniffer-dos.ts";
import { isNetxrayMagic, NetxrayReader } from "./sniffer-windows.ts";

interface Format {
  readonly name: CaptureFormat;
  /** Whether a file that begins with the four bytes at `at` is of this format. */
  isBegun(b: Uint8Array, at: number): boolean;
  createReader(listener: CaptureListener, counts: RunningCounts): FormatReader;
}

/**
 * The formats that are read, named as Wireshark names them; both resolutions of pcap are one, and so are the versions of the Windows
 * Sniffer's files.
 */
export type CaptureFormat = "pcap" | "pcapng" | "netmon1" | "netmon2" | "ngsniffer" | "ngwsniffer";

const MAGIC_LEN = 4;

const FORMATS: readonly Format[] = [
  {
    name: "pcapng",
    isBegun: (b, at) => getU32be(b, at) === BLOCK_SECTION_HEADER,
    createReader: (listener, counts) => new PcapngReader(listener, counts),
  },
  { name: "pcap", isBegun: isPcapMagic, createReader: (listener, counts) => new PcapReader(listener, counts) },
  {
    name: "netmon1",
    isBegun: (b, at) => isNetmonMagic(b, at, 1),
    createReader: (listener, counts) => new NetmonReader(listener, counts),
  },
  {
    name: "netmon2",
    isBegun: (b, at) => isNetmonMagic(b, at, 2),
    createReader: (listener, counts) => new NetmonReader(listener, counts),
  },
  { name: "ngsniffer", isBegun: isSnifferMagic, createReader: (listener, counts) => new SnifferReader(listener, counts) },
  { name: "ngwsniffer", isBegun: isNetxrayMagic, createReader: (listener, counts) => new NetxrayReader(listener, counts) },
];

function findFormat(b: Uint8Array, at: number): Format | undefined {
  return FORMATS.find((format) => format.isBegun(b, at));
}

/** The format of a file that begins with `b` (four bytes are enough), or `null`. */
export function detectCaptureFormat(b: Uint8Array): CaptureFormat | null {
  return b.length < MAGIC_LEN ? null : (findFormat(b, 0)?.name ?? null);
}

/**
 * Reads a capture file of any known format from chunks of any size, in constant memory: `feed` all of it, then `end`.
 * Never throws on input (errors thrown by the listener pass through). Reading stops at the first fault; everything before it has been delivered.
 */
export class CaptureReader {
  readonly #counts = new RunningCounts();
  readonly #stream: RecordStream;
  #format: Format | undefined;
  #reader: FormatReader | undefined;
  #fault: CaptureFault | null = null;

  constructor(listener: CaptureListener) {
    this.#stream = new RecordStream((b, at, end, offset) => {
      if (!this.#reader) {
        if (end - at < MAGIC_LEN) return -MAGIC_LEN;
        this.#format = findFormat(b, at);
        if (!this.#format) return end - at < FOREIGN_BEGINNING_LEN ? -FOREIGN_BEGINNING_LEN : this.#refuse(b, at, end);
        this.#reader = this.#format.createReader(listener, this.#counts);
      }
      const taken = this.#reader.take(b, at, end, offset);
      return taken === 0 ? this.#stop(this.#reader.fault ?? "truncated", offset) : taken;
    });
  }

  /** `null` until the first four bytes have been fed. */
  get format(): CaptureFormat | null {
    return this.#format?.name ?? null;
  }

  /** Why reading stopped, with the offset in the file; `null` while there is no fault. */
  get fault(): CaptureFault | null {
    return this.#fault;
  }

  /** Numbers of the records read so far, by kind. */
  get counts(): CaptureCounts {
    return this.#counts;
  }

  /** Reads the next chunk and keeps no reference to it. Returns false after a fault: further input is ignored. */
  feed(chunk: Uint8Array): boolean {
    if (!this.#fault) this.#stream.feed(chunk);
    return this.#fault === null;
  }

  /** Ends the file; returns its fault, or `null`. */
  end(): CaptureFault | null {
    const { unfinished: rest } = this.#stream;
    if (!this.#fault && this.#reader?.takeRest) this.#reader.takeRest(rest, 0, rest.length, this.#stream.recordOffset);
    if (!this.#fault && !this.#reader) this.#refuse(rest, 0, rest.length);
    if (!this.#fault && !this.#stream.isBetweenRecords) this.#stop("truncated", this.#stream.recordOffset);
    const unfinished = this.#fault ? null : this.#reader?.end?.();
    if (unfinished) this.#stop(unfinished, this.#stream.recordOffset);
    return this.#fault;
  }

  /** Refuses a file whose format is not read, by its name if it is known. */
  #refuse(b: Uint8Array, at: number, end: number): 0 {
    const foreign = describeForeignFormat(b, at, end);
    this.#fault = foreign === null ? { kind: "unknown-format", offset: 0 } : { kind: "foreign-format", offset: 0, foreign };
    return 0;
  }

  #stop(kind: CaptureFaultKind, offset: number): 0 {
    this.#fault = { kind, offset };
    return 0;
  }
}

/** Reads a whole file that is in memory; returns its fault, or `null`. */
export function readCapture(file: Uint8Array, listener: CaptureListener): CaptureFault | null {
  const reader = new CaptureReader(listener);
  reader.feed(file);
  return reader.end();
}
