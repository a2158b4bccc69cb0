/**
 * Frames in any order, dissected as if in order. What a frame's fields owe to earlier frames is its conversation's past alone:
 * the history keeps each frame's place in its conversation, and every so often a copy of the conversation to go on from.
 */

import type { CapturedPacket } from "@pushback/capture";
import { Conversations, isLower, TcpConversation } from "./conversation.ts";
import { FrameDissector } from "./frame.ts";
import { ClassSink, FRAME_CLASSES, type FrameClass } from "./frame-class.ts";
import type { FieldSink } from "./sink.ts";

/** Frames of a TCP conversation from one copy of it to the next: as many are dissected again at most. */
const COPY_EVERY = 64;
/** Conversations that are kept as the latest look left them: rows are looked at one after the other. */
const MAX_LEFT = 256;

export interface FrameStream {
  readonly protocol: "tcp" | "udp";
  /** As `tcp.stream` and `udp.stream` have it. */
  readonly stream: number;
}

interface TcpPath {
  readonly from: TcpConversation | null;
  /** The way leads to the known frame. */
  readonly meets: boolean;
  readonly frames: readonly number[];
  /** It begins with a segment that reuses another conversation's ports. */
  readonly reuses: boolean;
}

/** Takes a capture's frames in order; about fifteen bytes are kept of each. */
export class FrameHistory {
  #count = 0;
  #classes = new Uint8Array(1024);
  /** Twice the stream's number, and one more for UDP; -1 without. */
  #streams = new Int32Array(1024);
  /** The frame before in the same stream; 0 for the first. */
  #previous = new Int32Array(1024);
  readonly #last: number[][] = [[], []];
  readonly #lengths: number[] = [];
  /** TCP conversations as they were after a frame. */
  readonly #copies = new Map<number, TcpConversation>();
  /** Frames that began a conversation where there had been another between the same ports. */
  readonly #reusing = new Set<number>();
  readonly #sink = new ClassSink();
  readonly #conversations = new Conversations();
  readonly #dissector = new FrameDissector(this.#sink, this.#conversations);

  get count(): number {
    return this.#count;
  }

  /** The next frame. */
  add(p: CapturedPacket): void {
    const sink = this.#sink;
    sink.begin(p.bytes, p.at);
    this.#dissector.dissect(p);
    sink.end();
    if (this.#count === this.#classes.length) this.#grow();
    const i = this.#count++;
    this.#classes[i] = FRAME_CLASSES.indexOf(sink.frameClass);
    this.#streams[i] = -1;
    if (sink.tcpStream >= 0) this.#addTcp(i, sink.tcpStream);
    else if (sink.udpStream >= 0) this.#link(i, 1, sink.udpStream);
  }

  #addTcp(i: number, stream: number): void {
    this.#link(i, 0, stream);
    const length = (this.#lengths[stream] ?? 0) + 1;
    this.#lengths[stream] = length;
    if (length === 1 && this.#conversations.marks.reusedPorts) this.#reusing.add(i + 1);
    const { conversation } = this.#dissector;
    if (length % COPY_EVERY === 0 && conversation) this.#copies.set(i + 1, conversation.copy());
  }

  #link(i: number, kind: 0 | 1, stream: number): void {
    this.#streams[i] = stream * 2 + kind;
    this.#previous[i] = this.#last[kind][stream] ?? 0;
    this.#last[kind][stream] = i + 1;
  }

  classOf(frame: number): FrameClass {
    return FRAME_CLASSES[this.#classes[frame - 1]];
  }

  /** For whoever knows what a datagram is from elsewhere than its registration. */
  markPush(frame: number): void {
    if (this.classOf(frame) === "udp") this.#classes[frame - 1] = FRAME_CLASSES.indexOf("push");
  }

  /** `null` for a frame that belongs to none. An ICMP error belongs to the datagrams that it quotes one of. */
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
   * How a TCP frame's conversation is reached: from a copy of it, or from nothing, by the frames since. `known` is an earlier frame
   * after which somebody has the conversation; with it, `from` is `null` and `frames` those after it, where the way leads there.
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

/** What one frame is dissected with: the stream that it is known to belong to. */
class KnownConversation extends Conversations {
  stream = -1;
  tcpConversation: TcpConversation | null = null;
  /** The next segment is the first of a conversation that reuses another's ports. */
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
  ): { conversation: TcpConversation; side: 0 | 1 } {
    this.marks.reusedPorts = this.reuses;
    this.reuses = false;
    this.tcpConversation ??= new TcpConversation(this.stream, timeUs);
    return { conversation: this.tcpConversation, side: isLower(source, srcPort, destination, dstPort) ? 0 : 1 };
  }
}

const SILENT: FieldSink = {
  wants: () => false,
  wantsTcp: () => true,
  open: () => {},
  close: () => {},
  number: () => {},
  text: () => {},
  bytes: () => {},
};

/** Dissects the frames of a history into one sink, in any order. */
export class FrameRecall {
  readonly #history: FrameHistory;
  readonly #packetOf: (frame: number) => CapturedPacket;
  readonly #conversations = new KnownConversation();
  readonly #silent = new FrameDissector(SILENT, this.#conversations);
  readonly #dissector: FrameDissector;
  /** By stream: the conversation, and the frame after which it is so. */
  readonly #left = new Map<number, { readonly frame: number; readonly conversation: TcpConversation }>();

  /** `packetOf` gives any frame of the history; a packet is done with before the next one is asked for. */
  constructor(history: FrameHistory, packetOf: (frame: number) => CapturedPacket, sink: FieldSink) {
    this.#history = history;
    this.#packetOf = packetOf;
    this.#dissector = new FrameDissector(sink, this.#conversations);
  }

  dissect(frame: number): void {
    const conversations = this.#conversations;
    const stream = this.#history.streamOf(frame);
    conversations.stream = stream?.stream ?? -1;
    if (stream?.protocol === "tcp") {
      const left = this.#left.get(stream.stream);
      const { from, meets, frames, reuses } = this.#history.pathTo(frame, left?.frame ?? 0);
      conversations.tcpConversation = meets && left ? left.conversation : (from?.copy() ?? null);
      conversations.reuses = reuses;
      for (const earlier of frames) this.#silent.dissect(this.#packetOf(earlier));
    }
    const firstUs = this.#packetOf(1).timeUs;
    const previousUs = frame > 1 ? this.#packetOf(frame - 1).timeUs : -1;
    this.#dissector.resume(frame > 1 ? firstUs : -1, previousUs);
    this.#dissector.dissect(this.#packetOf(frame));
    const { tcpConversation } = conversations;
    if (stream?.protocol !== "tcp" || !tcpConversation) return;
    if (this.#left.size >= MAX_LEFT) this.#left.clear();
    this.#left.set(stream.stream, { frame, conversation: tcpConversation });
  }
}
