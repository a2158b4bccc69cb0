import type { CapturedPacket, PacketInterface } from "./capture-file.ts";
import type { CaptureFaultKind } from "./fault.ts";

/** The one packet record that a reader fills again and again. */
export class PacketRecord implements CapturedPacket {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  len = 0;
  origLen = 0;
  /** Written before it is read. -Infinity keeps the field a double from the start (docs/FLEET-PROFILE.md). */
  timeUs = Number.NEGATIVE_INFINITY;
  timeNs = 0;
  timed = true;
  interfaceIndex = 0;
  capturedOn: PacketInterface | null = null;
  linkType = 0;
  comment: string | null = null;
  number = 0;
  offset = 0;
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
  take(b: Uint8Array, at: number, end: number, offset: number): number;
  /** Called when the file ends inside a record: takes the readable part of it. */
  takeRest?(b: Uint8Array, at: number, end: number, offset: number): void;
  /** The fault if the file ends here, after a whole record; `null` if it may. Formats without this method may end after any record. */
  end?(): CaptureFaultKind | null;
}
