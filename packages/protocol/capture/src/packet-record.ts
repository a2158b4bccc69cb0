import type { CapturedPacket, PacketInterface, RecordOptions } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";
import { readComment } from "./record-options.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The one packet record that a reader fills again and again. */
export type PacketRecord = Mutable<Required<Omit<CapturedPacket, "comment">>> & Pick<CapturedPacket, "comment">;

/** Creates an empty record. A copy made by spreading has the comment, but not the options: that object is the reader's, which reuses it. */
export function newPacketRecord(): PacketRecord {
  const record: PacketRecord = {
    bytes: new Uint8Array(0) as Uint8Array,
    at: 0,
    len: 0,
    origLen: 0,
    // Written before it is read. -Infinity keeps the field a double from the start (docs/FLEET-PROFILE.md).
    timeUs: Number.NEGATIVE_INFINITY,
    timeNs: 0,
    timed: true,
    interfaceIndex: 0,
    capturedOn: null as PacketInterface | null,
    linkType: 0,
    options: null as RecordOptions | null,
    get comment() {
      return this.options === null ? null : readComment(this.bytes, this.options);
    },
    number: 0,
    offset: 0,
  };
  return Object.defineProperty(record, "options", { enumerable: false });
}

/** Counts that grow while a file is read. */
export class RunningCounts {
  packets = 0;
  packetBytes = 0;
  sections = 0;
  interfaces = 0;
  hostNames = 0;
  statistics = 0;
  skipped = 0;
}

/** Reader of a format: takes one record at a time (see `TakeRecord`); when it returns 0, `fault` says why. */
export interface FormatReader {
  readonly fault: CaptureFaultKind | null;
  /** Takes one record from `b` between `at` and `end`; `offset` is the record's place in the file. */
  take(b: Uint8Array, at: number, end: number, offset: number): number;
  /** Called when the file ends inside a record: takes the readable part of it. */
  takeRest?(b: Uint8Array, at: number, end: number, offset: number): void;
  /** The fault if the file ends here, after a whole record; `null` if it may. Formats without this method may end after any record. */
  end?(): CaptureFaultKind | null;
}
