/**
 * Dissects frames in any order as if in the capture's order. A frame's fields depend on earlier frames of its conversation only, so the
 * history keeps each frame's place in its conversation and, at intervals, a copy of the conversation to continue from.
 */

import type { CapturedPacket } from "@pushback/capture";
import { Conversations, isLower, TcpConversation } from "./conversation.ts";
import { ClassSink } from "./frame-class.ts";
import { FRAME_CLASSES, type FrameClass } from "./frame-class-names.ts";
import { FrameDissector } from "./frame-dissector.ts";
import { STANDARD_PROTOCOLS } from "./protocols/protocol-list.ts";
import { TCP } from "./protocols/tcp.ts";
import { TCP_FIELDS } from "./protocols/tcp-fields.ts";
import type { Protocols } from "./protocols.ts";
import type { FieldSink } from "./sink.ts";
import { TCP_MARKS } from "./tcp-analysis.ts";

/** A conversation's state is copied after this many frames, so at most this many are dissected again to show one frame. */
const COPY_EVERY = 64;
/** Most conversations kept in the state in which the latest frame left them: the packet list asks for one row after the other. */
const MAX_LEFT = 256;

const NO_FRAMES: readonly number[] = [];

/** Identifies a TCP or UDP conversation of a capture. */
export interface FrameStream {
  readonly protocol: "tcp" | "udp";
  /** Number of the conversation, the value of `tcp.stream` or `udp.stream`. */
  readonly stream: number;
}

interface TcpPath {
  readonly from: TcpConversation | null;
  /** The path begins behind the known frame. */
  readonly meets: boolean;
  readonly frames: readonly number[];
  /** The path begins with a segment that reuses another conversation's ports. */
  readonly reuses: boolean;
}

/** Indexes a capture's frames, given in order; keeps about fifteen bytes of each. */
export class FrameHistory {
  #count = 0;
  #classes = new Uint8Array(1024);
  /** Twice the stream index, plus one for UDP; -1 for frames outside any stream. */
  #streams = new Int32Array(1024);
  /** Number of the previous frame in the same stream; 0 for the first. */
  #previous = new Int32Array(1024);
  readonly #last: number[][] = [[], []];
  readonly #lengths: number[] = [];
  /** TCP conversations as they were after a frame. */
  readonly #copies = new Map<number, TcpConversation>();
  /** Frames that began a conversation between ports that an earlier conversation had used. */
  readonly #reusing = new Set<number>();
  /** Frames that complete a datagram: the frames of its fragments, the frame itself among them. */
  readonly #fragments = new Map<number, readonly number[]>();
  readonly protocols: Protocols;
  readonly #sink: ClassSink;
  readonly #conversations = new Conversations();
  readonly #dissector: FrameDissector;

  constructor(protocols: Protocols = STANDARD_PROTOCOLS) {
    this.protocols = protocols;
    this.#sink = new ClassSink(protocols);
    this.#dissector = new FrameDissector(this.#sink, { protocols, conversations: this.#conversations });
  }

  /** Number of frames added so far. */
  get count(): number {
    return this.#count;
  }

  /** Adds the next frame. */
  add(p: CapturedPacket): void {
    const sink = this.#sink;
    const { fragments } = this.#conversations;
    fragments.lastFrames = NO_FRAMES;
    sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    sink.end();
    if (this.#count === this.#classes.length) this.#grow();
    const i = this.#count++;
    if (fragments.lastFrames.length > 0) this.#fragments.set(i + 1, fragments.lastFrames);
    this.#classes[i] = FRAME_CLASSES.indexOf(sink.frameClass);
    this.#streams[i] = -1;
    if (sink.tcpStream >= 0) this.#addTcp(i, sink.tcpStream);
    else if (sink.udpStream >= 0) this.#link(i, 1, sink.udpStream);
  }

  /** The frames, in order, whose fragments are to be seen before the frame: empty unless it completes a datagram. */
  fragmentsBefore(frame: number): readonly number[] {
    return this.#fragments.get(frame)?.filter((other) => other !== frame) ?? NO_FRAMES;
  }

  #addTcp(i: number, stream: number): void {
    this.#link(i, 0, stream);
    const length = (this.#lengths[stream] ?? 0) + 1;
    this.#lengths[stream] = length;
    if (length === 1 && this.#conversations.analysis.has(TCP_MARKS.reusedPorts)) this.#reusing.add(i + 1);
    const { conversation } = this.#dissector;
    if (length % COPY_EVERY === 0 && conversation) this.#copies.set(i + 1, conversation.copy());
  }

  #link(i: number, kind: 0 | 1, stream: number): void {
    this.#streams[i] = stream * 2 + kind;
    this.#previous[i] = this.#last[kind][stream] ?? 0;
    this.#last[kind][stream] = i + 1;
  }

  /** The class of a frame. Frame numbers start at 1. */
  classOf(frame: number): FrameClass {
    return FRAME_CLASSES[this.#classes[frame - 1]];
  }

  /** Marks a datagram as a push whose registration is not in the capture. */
  markPush(frame: number): void {
    if (this.classOf(frame) === "udp") this.#classes[frame - 1] = FRAME_CLASSES.indexOf("push");
  }

  /** The stream of a frame; `null` if it belongs to none. An ICMP error belongs to the stream of the datagram that it quotes. */
  streamOf(frame: number): FrameStream | null {
    const stream = this.#streams[frame - 1];
    return stream < 0 ? null : { protocol: stream & 1 ? "udp" : "tcp", stream: stream >> 1 };
  }

  /** The stream's frames in order. */
  framesOf({ protocol, stream }: FrameStream): number[] {
    const frames: number[] = [];
    let frame = this.#last[protocol === "udp" ? 1 : 0][stream] ?? 0;
    for (; frame > 0; frame = this.#previous[frame - 1]) frames.push(frame);
    return frames.reverse();
  }

  /**
   * How to rebuild the conversation as it was before a TCP frame: start from the copy `from` (or from nothing if `null`) and dissect
   * `frames`. `known` is an earlier frame after which the caller has the conversation; if the path reaches it, `meets` is true and
   * `frames` are those behind it.
   */
  pathTo(frame: number, known: number): TcpPath {
    const frames: number[] = [];
    let before = this.#previous[frame - 1];
    for (; before > 0 && before !== known && !this.#copies.has(before); before = this.#previous[before - 1]) frames.push(before);
    const first = frames.at(-1) ?? frame;
    const meets = before > 0 && before === known;
    const from = meets ? null : (this.#copies.get(before) ?? null);
    return { from, meets, frames: frames.reverse(), reuses: before === 0 && this.#reusing.has(first) };
  }

  #grow(): void {
    const capacity = this.#classes.length * 2;
    const classes = new Uint8Array(capacity);
    classes.set(this.#classes);
    this.#classes = classes;
    const streams = new Int32Array(capacity);
    streams.set(this.#streams);
    this.#streams = streams;
    const previous = new Int32Array(capacity);
    previous.set(this.#previous);
    this.#previous = previous;
  }
}

/** Conversations for dissecting one frame whose stream is already known. */
class KnownConversation extends Conversations {
  stream = -1;
  tcpConversation: TcpConversation | null = null;
  /** Whether the next segment is the first of a conversation that reuses another's ports. */
  reuses = false;

  override udpStream(): number {
    return this.stream;
  }

  override tcp(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    _flags: number,
    _seq: number,
    timeUs: number,
    timeNs: number,
  ): { conversation: TcpConversation; side: 0 | 1 } {
    this.analysis.marks = this.reuses ? TCP_MARKS.reusedPorts : 0;
    this.reuses = false;
    this.tcpConversation ??= new TcpConversation(this.stream, timeUs, timeNs);
    return { conversation: this.tcpConversation, side: isLower(source, srcPort, destination, dstPort) ? 0 : 1 };
  }
}

/** Follows TCP conversations and their acknowledgments, and collects no fields. */
const SILENT: FieldSink = {
  wants: (field) => field === TCP.field || field === TCP_FIELDS.acksFrame,
  open: () => {},
  close: () => {},
  number: () => {},
  text: () => {},
  bytes: () => {},
};

/** Dissects the frames of a history, in any order, into one sink. */
export class FrameRecall {
  readonly #history: FrameHistory;
  readonly #packetOf: (frame: number) => CapturedPacket;
  readonly #conversations = new KnownConversation();
  readonly #silent: FrameDissector;
  readonly #dissector: FrameDissector;
  /** By stream: the conversation, and the frame that left it in this state. */
  readonly #left = new Map<number, { readonly frame: number; readonly conversation: TcpConversation }>();

  /** `packetOf` returns any frame of the history; the result is not used after the next call. */
  constructor(history: FrameHistory, packetOf: (frame: number) => CapturedPacket, sink: FieldSink) {
    this.#history = history;
    this.#packetOf = packetOf;
    const options = { protocols: history.protocols, conversations: this.#conversations };
    this.#silent = new FrameDissector(SILENT, options);
    this.#dissector = new FrameDissector(sink, options);
  }

  /**
   * Dissects a frame into the sink. First dissects, without output, those earlier frames of its stream that the result depends on. Frame numbers start at 1.
   */
  dissect(frame: number): void {
    const conversations = this.#conversations;
    const stream = this.#history.streamOf(frame);
    conversations.stream = stream?.stream ?? -1;
    if (stream?.protocol === "tcp") {
      const left = this.#left.get(stream.stream);
      const { from, meets, frames, reuses } = this.#history.pathTo(frame, left?.frame ?? 0);
      conversations.tcpConversation = meets && left ? left.conversation : (from?.copy() ?? null);
      conversations.reuses = reuses;
      for (const earlier of frames) {
        this.#seeFragments(earlier);
        this.#silent.dissect(this.#packetOf(earlier));
      }
    }
    this.#seeFragments(frame);
    // A packet is valid until the next call only.
    this.#dissector.setFirst(frame > 1 ? this.#packetOf(1) : null);
    this.#dissector.setPrevious(frame > 1 ? this.#packetOf(frame - 1) : null);
    this.#dissector.dissect(this.#packetOf(frame));
    const { tcpConversation } = conversations;
    if (stream?.protocol !== "tcp" || !tcpConversation) return;
    if (this.#left.size >= MAX_LEFT) this.#left.clear();
    this.#left.set(stream.stream, { frame, conversation: tcpConversation });
  }

  /** Replaces the fragments that wait by the earlier fragments of the datagram that this frame completes. */
  #seeFragments(frame: number): void {
    this.#conversations.fragments.clear();
    for (const earlier of this.#history.fragmentsBefore(frame)) this.#silent.dissect(this.#packetOf(earlier));
  }
}
