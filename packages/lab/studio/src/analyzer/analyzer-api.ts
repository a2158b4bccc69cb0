/** The analyzer's contract: what the worker answers to the views that show frames. Frame numbers start at 1, times are microseconds since 1970. */

import type { Diagnosis, Evidence, Finding } from "@pushback/diagnose";
import type { Completion, Conversation, Endpoint, ExpertRow, FieldKind, FrameClass, ProtocolShare, TrafficLayer } from "@pushback/dissect";
import type { FileSource } from "./load-capture.ts";

export interface CaptureState {
  /** Changes when other frames are looked at. */
  readonly generation: number;
  readonly name: string;
  /** The file's format; `null` for a lab. */
  readonly format: string | null;
  /** Number of frames in the source, and of those that can be listed so far. */
  readonly frames: number;
  readonly indexed: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** The fault that ended reading; everything before it was read. */
  readonly problem: string | null;
}

export type OpenResult = { readonly ok: true; readonly state: CaptureState } | { readonly ok: false; readonly message: string };

export interface FrameRow {
  readonly frame: number;
  readonly timeUs: number;
  /** Time since the previous frame of the capture in microseconds; 0 for the first frame. */
  readonly deltaUs: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Length on the wire in bytes. */
  readonly length: number;
  readonly info: string;
  readonly frameClass: FrameClass;
  /** Id of the first colour rule that selects the frame; `null` if none does. */
  readonly rule: string | null;
  readonly comment: string | null;
}

/** A condition on frames: the kind, if one is named, and the display filter, if it is not empty. */
export interface FrameRule {
  readonly id: string;
  readonly kind: FrameClass | null;
  readonly filter: string;
}

export interface DetailNode {
  readonly title: string;
  /** Name of the field in display filters. */
  readonly name: string;
  readonly kind: FieldKind;
  /** The value as text; "" for protocols and groups. */
  readonly value: string;
  /** What the value means, such as "Echo request" for 8; `null` for values without a name. */
  readonly meaning: string | null;
  /** Offset in the frame; offsets beyond the frame's end lie in the reassembled bytes (`FrameDetails.joined`). */
  readonly at: number;
  readonly len: number;
  /** The display filter that selects frames like this one. */
  readonly filter: string;
  readonly children: readonly DetailNode[];
}

export interface FrameDetails {
  readonly row: FrameRow;
  readonly bytes: Uint8Array;
  /** Bytes reassembled from this and earlier frames; fields whose `at` is at least `from` lie in them. */
  readonly joined: readonly { readonly from: number; readonly bytes: Uint8Array }[];
  readonly tree: readonly DetailNode[];
  readonly stream: { readonly protocol: "tcp" | "udp"; readonly stream: number } | null;
}

export type FilterCheck = { readonly ok: true } | { readonly ok: false; readonly message: string; readonly offset: number };

/** A part of a filter's result: the frames found since the part before. */
export interface FilterPart {
  /** Frames tested so far, and all of them. */
  readonly done: number;
  readonly total: number;
  readonly frames: Uint32Array;
}

export type FilterOutcome =
  | { readonly kind: "done"; readonly matches: number }
  | { readonly kind: "cancelled" }
  | { readonly kind: "fault"; readonly message: string; readonly offset: number };

export interface FindQuery {
  /** What `pattern` is: a text, hexadecimal bytes, a display filter, or the number of a frame. */
  readonly kind: "text" | "hex" | "filter" | "frame";
  readonly pattern: string;
}

export type FindResult =
  /** `len` is 0 where the hit is not in the bytes. */
  | { readonly kind: "found"; readonly frame: number; readonly at: number; readonly len: number; readonly wrapped: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "fault"; readonly message: string; readonly offset: number };

export interface FollowedPart {
  readonly frame: number;
  readonly timeUs: number;
  /** Index in `ends` of the end that sent this part. */
  readonly from: 0 | 1;
  readonly bytes: Uint8Array;
  /** Bytes that are missing before these. */
  readonly missing: number;
  /** Set for an ICMP error about the conversation, in place of data: a description of the error. `null` for data. */
  readonly remark: string | null;
}

export interface FollowedStream {
  readonly title: string;
  /** The display filter that selects the conversation's frames. */
  readonly filter: string;
  /** The ends, as address and port; the first one spoke first. */
  readonly ends: readonly [string, string];
  readonly parts: readonly FollowedPart[];
  readonly frames: number;
  /** Whether the list of parts was cut off at its limit. */
  readonly cut: boolean;
}

export const GRAPH_SERIES = ["push", "icmp-error", "tcp", "arp", "other"] as const;
export type GraphSeries = (typeof GRAPH_SERIES)[number];

export interface IoGraph {
  readonly startUs: number;
  readonly bucketUs: number;
  readonly buckets: number;
  readonly counts: Readonly<Record<GraphSeries, Uint32Array>>;
  /** Number of the first frame in each bucket; 0 for an empty bucket. */
  readonly firstFrames: Uint32Array;
}

/**
 * One direction of a TCP connection, frame by frame. Numbers count from the sender's first; `NaN` where a frame says nothing of them: a segment of the
 * sender has `from`, `to` and `payload`, one of the receiver that acknowledges has the others.
 */
export interface TcpGraph {
  readonly stream: number;
  /** Addresses and ports. */
  readonly sender: string;
  readonly receiver: string;
  readonly frames: Uint32Array;
  readonly timesUs: Float64Array;
  /** The segment's first sequence number, and the one after its last (`to`). SYN and FIN count as one each. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** Bytes of data. */
  readonly payload: Float64Array;
  readonly acknowledged: Float64Array;
  /** Right edge of the receive window: acknowledgment number plus window. */
  readonly edges: Float64Array;
  /** Bytes that the receiver takes now: the window's field, scaled as the handshake says, and unscaled where the capture has no handshake. */
  readonly windows: Float64Array;
  /** Time from a segment to the ACK that acknowledges it (`tcp.analysis.ack_rtt`), in microseconds. */
  readonly rttsUs: Float64Array;
  /** Whether the connection has more frames than these. */
  readonly cut: boolean;
}

/** The rows with the most frames, and how many there are. */
export interface TrafficRows<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

/** Protocols, conversations and endpoints of the frames, with counts of frames and bytes. */
export interface TrafficView {
  readonly frames: number;
  readonly bytes: number;
  readonly protocols: readonly ProtocolShare[];
  readonly conversations: Readonly<Record<TrafficLayer, TrafficRows<Conversation>>>;
  readonly endpoints: Readonly<Record<TrafficLayer, TrafficRows<Endpoint>>>;
}

/** The experts' remarks on the frames, the gravest first. */
export interface ExpertView {
  readonly frames: number;
  readonly rows: readonly ExpertRow[];
  /** Number of remarks that have no row, because there are too many different remarks. */
  readonly left: number;
}

export type FindingView = Omit<Finding, "evidence"> & { readonly evidence: readonly Evidence[] };

/** The findings with the same verdict and the same `benign`. */
export interface FindingGroup {
  readonly verdict: Finding["verdict"];
  readonly benign: boolean;
  /** Ordinals of the findings in the diagnosis; the first is 1. */
  readonly numbers: Uint32Array;
}

/** A finding in a line. */
export interface FindingRow {
  readonly number: number;
  /** Sender, receiver and contents of the traffic, as text. */
  readonly flow: string;
  readonly confidence: Finding["confidence"];
}

export interface DiagnosisView {
  /** Identifies this diagnosis in later requests for its findings. */
  readonly serial: number;
  readonly benign: boolean;
  readonly verdict: Diagnosis["answer"];
  /** Short text of the verdict; `more` is the rest of the sentence. */
  readonly answer: string;
  readonly more: string;
  readonly packets: number;
  readonly durationUs: number;
  readonly firstUs: number;
  readonly portUnreachables: number;
  readonly mailSessions: number;
  /** Number of findings. */
  readonly findings: number;
  /** The most important findings with all details; `number` is a finding's ordinal in the diagnosis, from 1. */
  readonly shown: readonly { readonly finding: FindingView; readonly number: number }[];
  /** All findings, grouped by verdict. */
  readonly groups: readonly FindingGroup[];
  readonly limits: readonly string[];
}

/** Columns that the packet list can show. */
export const FRAME_COLUMNS = [
  "number",
  "time",
  "delta",
  "source",
  "destination",
  "protocol",
  "length",
  "class",
  "rule",
  "info",
  "comment",
] as const;
export type FrameColumn = (typeof FRAME_COLUMNS)[number];

/** Frames to act on: all of them, or only those that the display filter selects. */
export type FrameScope = "all" | "shown";

/** Implemented in the worker; the page calls it through promises. */
export interface AnalyzerApi {
  /** Any format that is read, gzip'd or not; bytes may be transferred. Reads and diagnoses; `onPart` hears now and then how many of the file's bytes were read. */
  openCapture(name: string, content: Uint8Array | FileSource, onPart?: (done: number, total: number) => void): Promise<OpenResult>;
  state(): CaptureState;
  /** Indexes and filters new frames for one time slice; `shown` lists those that the filter selects. Call it until all frames are indexed. */
  advance(): Promise<{ readonly state: CaptureState; readonly shown: Uint32Array | null }>;
  rows(frames: readonly number[]): FrameRow[];
  /**
   * Sets the colour rules; `FrameRow.rule` is then the first rule that selects the frame. Returns one entry per rule: `null`, or the fault in its
   * filter. A rule with a faulty filter selects no frame.
   */
  setRules(rules: readonly FrameRule[]): ({ readonly message: string; readonly offset: number } | null)[];
  details(frame: number): FrameDetails | null;
  /** The frame whose datagram the ICMP error `frame` quotes; `null` if `frame` is not such an error, or the datagram was not captured. */
  quoted(frame: number): number | null;
  checkFilter(text: string): FilterCheck;
  /** Sets the filter; "" shows all frames. A running filter is cancelled. */
  applyFilter(text: string, onPart: (part: FilterPart) => void): Promise<FilterOutcome>;
  /** Stops a filter or a search. The frames that the filter has selected up to now stay selected. */
  cancel(): void;
  /**
   * Sorts the shown frames by a column, and frames with equal values by their number. Element `i` of the result is an index into the list of shown
   * frames in capture order: that of the frame which comes at place `i` when sorted.
   * `onPart` is called with the number of frames read. `null` if the sort was stopped, or if other frames are shown meanwhile.
   */
  order(column: FrameColumn, descending: boolean, onPart: (done: number, total: number) => void): Promise<Uint32Array | null>;
  stopOrder(): void;
  complete(text: string, cursor: number): Completion;
  /** The next shown frame that matches, after `from` or, if not `forward`, before it. The search wraps around at the end. */
  find(query: FindQuery, from: number, forward: boolean): Promise<FindResult>;
  follow(frame: number): FollowedStream | null;
  graph(scope: FrameScope, maxBuckets: number): IoGraph;
  /**
   * One direction of the frame's TCP connection: from the end that sent the first captured segment, or with `reversed` from the other end. `null` for
   * a frame without TCP.
   */
  tcpGraph(frame: number, reversed: boolean): TcpGraph | null;
  /**
   * Explains the ICMP errors; `onPart` hears how many frames are read. `null` if it was stopped, or other frames are shown meanwhile; after a stop the
   * next call goes on where that one stopped.
   */
  diagnose(onPart: (done: number, total: number) => void): Promise<DiagnosisView | null>;
  stopDiagnosis(): void;
  /**
   * Marks the datagrams of push flows that only the latest diagnosis identifies; waits until all frames are indexed. Returns whether any frame was marked:
   * its row is out of date then.
   */
  markPushes(): Promise<boolean>;
  /** One line for each of these findings of the diagnosis `serial`; an empty list if a later diagnosis replaced it. */
  findingRows(serial: number, numbers: readonly number[]): FindingRow[];
  /** A finding of the diagnosis `serial` with all details; `null` if a later diagnosis replaced it. */
  finding(serial: number, number: number): FindingView | null;
  /** The diagnosis as an HTML file, the same as that of `pushback diagnose --report`; `null` if other frames are shown meanwhile. */
  diagnosisReport(name: string): Promise<string | null>;
  /** Counts protocols, conversations and endpoints; `onPart` hears how many frames are counted. `null` if it was stopped, or other frames are shown meanwhile. */
  traffic(scope: FrameScope, onPart: (done: number, total: number) => void): Promise<TrafficView | null>;
  stopTraffic(): void;
  /** Counts the experts' remarks as `pushback show -z expert` does. `onPart` and `null` are as in `traffic`. */
  experts(scope: FrameScope, onPart: (done: number, total: number) => void): Promise<ExpertView | null>;
  stopExperts(): void;
  /** A pcapng file, comments included. */
  exportFrames(scope: FrameScope | readonly number[]): Uint8Array;
  /** An empty text removes the comment. */
  setComment(frame: number, text: string): void;
}
