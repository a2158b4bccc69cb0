/** A flow: the UDP datagrams from one sender to one port (if small, with the same payload), and the polls and ICMP errors that followed them. */

import { formatHex, getU32be, putU32be } from "@pushback/bytes";
import { type FrameRef, NEVER_US } from "./frame-ref.ts";
import type { Connection, Registration } from "./mail-sessions.ts";
import { AFTER_END_US, DUPLICATE_US, RECENT_DATAGRAMS as RECENT } from "./push-times.ts";

/** Payloads of at most this many bytes are part of a flow's identity: 16 is the largest context of a registration (MS-OXCRPC). */
const CONTEXT_BYTES = 16;
/** A recent datagram takes two words: IP identification and flags (HEARD, REFUSED), then UDP checksum and source port. */
const RECENT_WORDS = 2 * RECENT;
/**
 * Numbers kept for each flow (eight doubles, one cache line), by index: times in microseconds of its latest datagram and error, its usual gap, the
 * times when the latest two rounds of the ring of recent datagrams began, and the network card that sent the latest error taken as genuine. Negative: not
 * known yet.
 */
const NUMBERS = 8;
const LAST = 0;
const LAST_ERROR = 1;
const INTERVAL = 2;
const ROUND_BEGAN = 3;
const ROUND_BEFORE = 4;
const ERROR_CARD = 5;
const REFUSED = 0x10000;
const HEARD = 0x20000;
const ID_MASK = 0xffff;
/** Microseconds. Datagrams are fast if all recent ones came within this time. Then an error may quote a datagram that is no longer among the recent ones. */
const FAST_US = 10_000_000;
/** Two identical errors without an IP identification that are closer than this are copies of one frame: a sender is not that fast. */
const COPY_US = 2_000;
/** Frames kept as evidence at the start of a flow. */
const SAMPLE = 3;
/** The server's default interval between datagrams (Q159302), and the time by which the wire may shift a datagram; both in microseconds. */
const MINUTE_US = 60_000_000;
const TOLERANCE_US = 1_000_000;

/** Properties of an ICMP error from which its sender's platform is guessed. */
export interface ErrorTraits {
  readonly ttl: number;
  /** Bytes of the offending datagram after the quoted IP header. */
  readonly quotedBytes: number;
  /** Whether the quote contains the whole datagram. */
  readonly quotedWhole: boolean;
  readonly quotedChecksumZero: boolean;
  readonly dontFragment: boolean;
  readonly tos: number;
}

/** Refused datagrams of a flow that answer queries of their destination. */
export interface RefusedAnswers {
  /** Number of answers that came a plausible timeout or more after the query. */
  late: number;
  /** Number of answers that came sooner. */
  early: number;
  /** The same counts for answers to queries to a multicast or broadcast address. */
  groupLate: number;
  groupEarly: number;
  /** Number of answers to a query to the same port of another address. */
  stray: number;
  /** The shortest and the longest time from a query to its refused answer, in microseconds. */
  minUs: number;
  maxUs: number;
  /** The latest query whose answer was refused, and the address to which that query went. */
  query: FrameRef;
  queriedAddress: number;
}

/** Whether a gap is about one default interval, or a whole multiple of it because datagrams between are missing. */
export function isOnTheMinute(gapUs: number): boolean {
  return gapUs > MINUTE_US / 2 && Math.abs(gapUs - Math.round(gapUs / MINUTE_US) * MINUTE_US) <= TOLERANCE_US;
}

/** State that each datagram changes, of all flows of a table in two arrays: `RECENT_WORDS` and `NUMBERS` entries for each flow. */
export class FlowMemory {
  readonly recent: Int32Array;
  readonly numbers: Float64Array;

  constructor(places: number) {
    this.recent = new Int32Array(places * RECENT_WORDS);
    this.numbers = new Float64Array(places * NUMBERS);
  }

  /** A copy of the numbers of one place. */
  copyOf(place: number): FlowMemory {
    const copy = new FlowMemory(1);
    copy.recent.set(this.recent.subarray(place * RECENT_WORDS, (place + 1) * RECENT_WORDS));
    copy.numbers.set(this.numbers.subarray(place * NUMBERS, (place + 1) * NUMBERS));
    return copy;
  }
}

/** Fields that each datagram reads come first, so that they share cache lines: a capture with thousands of flows is as slow as its memory. */
export class DatagramFlow {
  readonly source: number;
  readonly destination: number;
  readonly dstPort: number;
  readonly payloadLen: number;
  /** Whether all datagrams have the same payload of at most CONTEXT_BYTES. */
  #constant: boolean;
  readonly #word0: number;
  readonly #word1: number;
  readonly #word2: number;
  readonly #word3: number;
  /** Set when the flow is used; cleared by the clock hand of the table. */
  touched = true;
  /** Whether the flow is one of very many single datagrams of one sender: it is then counted with its sender, and evicted first. */
  isOneOfMany = false;
  /** The connection whose session registered this destination, port and payload. */
  connection: Connection | null = null;
  count = 0;
  minTtl = 255;
  /** Gaps between one datagram and the next: whole minutes, and others. */
  gapsOnMinute = 0;
  gapsOff = 0;
  #next = 0;
  #lastFrame = 0;
  /** Whether neither a poll nor an error has followed the latest datagram yet. */
  #open = false;
  #votes = 0;
  #intervalOnMinute = false;
  /** IP identification and ICMP checksum of the latest error: they come once more where a frame was captured twice. */
  #errorId = -1;
  #errorSum = -1;
  #recent: Int32Array;
  #numbers: Float64Array;
  /** Index of the flow's first entry in `#recent` and in `#numbers`. */
  #recentAt: number;
  #numbersAt: number;
  /** The flow's place in the table. */
  readonly place: number;

  readonly srcPort: number;
  readonly first: FrameRef;

  /** Port unreachables from the destination itself, at most one per datagram. */
  errors = 0;
  firstError: FrameRef | null = null;
  errorTraits: ErrorTraits | null = null;
  /** Errors of other kinds or from other hosts, and the first of them; type × 256 + code. */
  otherErrors = 0;
  firstOtherError: (FrameRef & { readonly from: number; readonly typeAndCode: number }) | null = null;
  /** Errors that contradict the capture: a second error for one datagram, or an error for a datagram that the client received. */
  doubtfulErrors = 0;
  firstDoubtful: (FrameRef & { readonly why: string }) | null = null;
  /** The refused datagrams that answer a query in the capture; `null` while there is none. */
  answers: RefusedAnswers | null = null;

  /** The registration that `connection` carried. */
  registration: Registration | null = null;
  /** Datagrams after the end of that connection. */
  afterEnd = 0;
  firstAfterEnd: FrameRef | null = null;
  /** Datagrams that were followed by a poll. */
  heard = 0;
  lastHeardUs = NEVER_US;
  /** Number of datagrams that neither a poll nor an error followed, and the times of the first and the last of them. */
  silent = 0;
  firstSilentUs = NEVER_US;
  lastSilentUs = NEVER_US;

  /** Datagrams after the first one. */
  #sample: readonly FrameRef[] = [];
  /** An error's quote had the UDP checksum of a datagram as captured: checksums are real here, not left to a network card. */
  #checksumsTell = false;

  constructor(
    source: number,
    destination: number,
    srcPort: number,
    dstPort: number,
    b: Uint8Array,
    at: number,
    len: number,
    wholeLen: number,
    first: FrameRef,
    place: number,
    memory: FlowMemory,
  ) {
    this.source = source;
    this.destination = destination;
    this.srcPort = srcPort;
    this.dstPort = dstPort;
    this.payloadLen = wholeLen;
    this.first = first;
    this.place = place;
    this.#recent = memory.recent;
    this.#numbers = memory.numbers;
    this.#recentAt = place * RECENT_WORDS;
    this.#numbersAt = place * NUMBERS;
    this.#recent.fill(-1, this.#recentAt, this.#recentAt + RECENT_WORDS);
    this.#numbers.fill(NEVER_US, this.#numbersAt, this.#numbersAt + NUMBERS);
    this.#constant = wholeLen <= CONTEXT_BYTES && len === wholeLen;
    this.#word0 = this.#constant ? word(b, at, len, 0) : 0;
    this.#word1 = this.#constant ? word(b, at, len, 4) : 0;
    this.#word2 = this.#constant ? word(b, at, len, 8) : 0;
    this.#word3 = this.#constant ? word(b, at, len, 12) : 0;
  }

  /** The payload where it is small enough to be a context and the same in all datagrams; else `null`. */
  get payloadHex(): string | null {
    if (!this.#constant) return null;
    const bytes = new Uint8Array(CONTEXT_BYTES);
    putU32be(bytes, 0, this.#word0);
    putU32be(bytes, 4, this.#word1);
    putU32be(bytes, 8, this.#word2);
    putU32be(bytes, 12, this.#word3);
    return formatHex(bytes, 0, this.payloadLen);
  }

  get isConstant(): boolean {
    return this.#constant;
  }

  /** Frames of the first few datagrams. */
  get sample(): readonly FrameRef[] {
    return [this.first, ...this.#sample];
  }

  /** Time of the latest datagram. */
  get lastUs(): number {
    return this.#numbers[this.#numbersAt + LAST];
  }

  /** Time of the latest error; negative before the first. */
  get lastErrorUs(): number {
    return this.#numbers[this.#numbersAt + LAST_ERROR];
  }

  /** The gap that most of the others resemble; negative before there is one. */
  get intervalUs(): number {
    return this.#numbers[this.#numbersAt + INTERVAL];
  }

  /** The network card that its latest believed error came from, as a 48-bit integer; negative where that is unknown. */
  get errorCard(): number {
    return this.#numbers[this.#numbersAt + ERROR_CARD];
  }

  set errorCard(card: number) {
    this.#numbers[this.#numbersAt + ERROR_CARD] = card;
  }

  get last(): FrameRef {
    return { frame: this.#lastFrame, timeUs: this.lastUs };
  }

  /** Time of the latest datagram if neither a poll nor an error has followed it yet; otherwise -1. */
  get openSinceUs(): number {
    return this.#open ? this.lastUs : -1;
  }

  /** Copies the flow's numbers out of the shared memory, because another flow gets its place there. */
  leave(memory: FlowMemory): void {
    const { recent, numbers } = memory.copyOf(this.place);
    this.#recent = recent;
    this.#numbers = numbers;
    this.#recentAt = 0;
    this.#numbersAt = 0;
  }

  isFrom(source: number, destination: number, dstPort: number): boolean {
    return this.source === source && this.destination === destination && this.dstPort === dstPort;
  }

  /** Whether a datagram with this payload belongs to the flow: its context equals the flow's constant one, or the payloads of the flow vary anyway. */
  carries(b: Uint8Array, at: number, len: number, wholeLen: number): boolean {
    if (!this.#constant) return len > CONTEXT_BYTES || len < wholeLen || this.payloadLen <= CONTEXT_BYTES;
    return (
      len === this.payloadLen &&
      len === wholeLen &&
      this.#word0 === word(b, at, len, 0) &&
      this.#word1 === word(b, at, len, 4) &&
      this.#word2 === word(b, at, len, 8) &&
      this.#word3 === word(b, at, len, 12)
    );
  }

  /** Drops the payload from the flow's identity, because its datagrams carry data: from now on it takes datagrams with any payload. */
  takeAnything(): void {
    this.#constant = false;
  }

  /** Adds a datagram. `sum`: UDP checksum in the upper 16 bits, source port in the lower. `ipId` is 0 for a datagram without an identification. */
  add(frame: number, timeUs: number, ipId: number, sum: number, ttl: number): void {
    const numbers = this.#numbers;
    const numbersAt = this.#numbersAt;
    this.touched = true;
    if (this.count > 0) {
      const gapUs = timeUs - numbers[numbersAt + LAST];
      if (gapUs >= 0 && gapUs < (ipId === 0 ? COPY_US : DUPLICATE_US) && this.isLatest(ipId, sum)) return;
      this.#gap(gapUs);
    }
    this.settle();
    this.count++;
    this.#lastFrame = frame;
    numbers[numbersAt + LAST] = timeUs;
    this.#open = true;
    if (this.count > 1 && this.count <= SAMPLE) this.#sample = [...this.#sample, { frame, timeUs }];
    if (ttl < this.minTtl) this.minTtl = ttl;
    if (this.#next === 0) {
      numbers[numbersAt + ROUND_BEFORE] = numbers[numbersAt + ROUND_BEGAN];
      numbers[numbersAt + ROUND_BEGAN] = timeUs;
    }
    const slot = this.#recentAt + 2 * this.#next;
    this.#recent[slot] = ipId;
    this.#recent[slot + 1] = sum;
    this.#next = (this.#next + 1) & (RECENT - 1);
    const end = this.connection?.end;
    if (end && timeUs - end.timeUs > AFTER_END_US) {
      this.afterEnd++;
      this.firstAfterEnd ??= { frame, timeUs };
    }
  }

  #gap(gapUs: number): void {
    const { intervalUs } = this;
    // Fast path for a constant interval: most datagrams of a long capture.
    if (gapUs === intervalUs) {
      if (this.#intervalOnMinute) this.gapsOnMinute++;
      else this.gapsOff++;
      this.#votes++;
      return;
    }
    if (isOnTheMinute(gapUs)) this.gapsOnMinute++;
    else this.gapsOff++;
    if (Math.abs(gapUs - intervalUs) <= Math.min(TOLERANCE_US, gapUs >> 3)) this.#votes++;
    else if (--this.#votes < 0) {
      this.#numbers[this.#numbersAt + INTERVAL] = gapUs;
      this.#intervalOnMinute = isOnTheMinute(gapUs);
      this.#votes = 1;
    }
  }

  /** Counts a poll that followed the latest datagram. */
  hear(frame: number, timeUs: number): void {
    const slot = this.#latestSlot();
    const recent = this.#recent[slot];
    if (recent < 0 || recent & HEARD) return;
    this.#recent[slot] = recent | HEARD;
    if (recent & REFUSED) this.#takeBack(frame, timeUs);
    this.heard++;
    this.lastHeardUs = this.lastUs;
    this.#open = false;
  }

  /** Counts the error about the latest datagram as doubtful, because the client has received the datagram. */
  #takeBack(frame: number, timeUs: number): void {
    this.#doubt(frame, timeUs, "the client fetches right after a datagram that an error calls undeliverable");
    if (--this.errors > 0) return;
    this.firstError = null;
    this.errorTraits = null;
  }

  /** Whether the error is a copy of the latest one: a frame that was captured twice. Call it before counting the error. */
  isSameError(errorId: number, errorSum: number, timeUs: number): boolean {
    const same = errorId === this.#errorId && errorSum === this.#errorSum;
    return same && timeUs - this.lastErrorUs < (errorId === 0 ? COPY_US : DUPLICATE_US);
  }

  /**
   * Counts an error of the destination that quotes a datagram with this IP identification and `sum` (as in `add`; -1 if the quote ends before the UDP
   * checksum). Returns false if the error is not to be believed.
   */
  refuse(frame: number, timeUs: number, ipId: number, sum: number, errorId: number, errorSum: number): boolean {
    // Most errors quote the latest datagram, so the search is usually not needed.
    let slot = this.#latestSlot();
    let matches = 1;
    const latest = this.#recent[slot];
    if (ipId === 0 || latest < 0 || (latest & ID_MASK) !== ipId || latest & REFUSED) {
      matches = this.#match(ipId, sum);
      slot = this.#matched;
    }
    this.#errorId = errorId;
    this.#errorSum = errorSum;
    this.#numbers[this.#numbersAt + LAST_ERROR] = timeUs;
    const wasRefused = slot >= 0 && (this.#recent[slot] & REFUSED) !== 0;
    // A second error for one datagram can be proved only if the quoted identification is unique among the recent datagrams.
    const isSecond = wasRefused && matches === 1 && ipId !== 0;
    if (isSecond || (this.errors >= this.count && (wasRefused || slot < 0))) {
      this.#doubt(frame, timeUs, "a second error for a datagram that has drawn one");
      return false;
    }
    if (slot >= 0) {
      const recent = this.#recent[slot];
      this.#recent[slot] = recent | REFUSED;
      if (recent & HEARD) {
        this.#doubt(frame, timeUs, "an error for a datagram that the client has heard");
        return false;
      }
    }
    this.errors++;
    this.firstError ??= { frame, timeUs };
    if (slot < 0 || slot === this.#latestSlot()) this.#open = false;
    return true;
  }

  #doubt(frame: number, timeUs: number, why: string): void {
    this.doubtfulErrors++;
    this.firstDoubtful ??= { frame, timeUs, why };
  }

  /** Counts an error as doubtful, because it comes from a network card that is not the destination's. */
  doubtCard(frame: number, timeUs: number): void {
    this.#doubt(frame, timeUs, "the error comes from a network card that ARP never showed to have that address");
  }

  /** Counts the latest datagram as unanswered, if neither a poll nor an error has followed it. */
  settle(): void {
    if (!this.#open) return;
    const { lastUs } = this;
    if (this.firstSilentUs < 0) this.firstSilentUs = lastUs;
    this.lastSilentUs = lastUs;
    this.silent++;
    this.#open = false;
  }

  #latestSlot(): number {
    return this.#recentAt + 2 * ((this.#next + RECENT - 1) & (RECENT - 1));
  }

  /** Whether the latest datagram has this IP identification, or without one, this checksum and source port. */
  isLatest(ipId: number, sum: number): boolean {
    const slot = this.#latestSlot();
    const recent = this.#recent[slot];
    return recent >= 0 && (recent & ID_MASK) === ipId && (ipId !== 0 || this.#recent[slot + 1] === sum);
  }

  /** Slot chosen by the last call of `#match`: the oldest match without an error, otherwise the latest match; -1 if nothing matched. */
  #matched = -1;

  /**
   * Number of recent datagrams that a quote may belong to. If neither has an identification, checksum and source port decide (RFC 6864 permits
   * datagrams without a meaningful identification).
   */
  #match(ipId: number, sum: number): number {
    const exact = this.#matchBy(ipId, sum, true);
    if (exact > 0 || this.#checksumsTell) return exact;
    return this.#matchBy(ipId, sum, false);
  }

  #matchBy(ipId: number, sum: number, byChecksum: boolean): number {
    const base = this.#recentAt;
    let matches = 0;
    let isFree = false;
    this.#matched = -1;
    for (let i = 0; i < RECENT; i++) {
      const slot = base + 2 * ((this.#next + i) & (RECENT - 1));
      const recent = this.#recent[slot];
      if (recent < 0) continue;
      const id = recent & ID_MASK;
      if (id !== 0 && ipId !== 0) {
        // Some stacks quote the identification with its bytes swapped (xprobe2.conf, "icmp_unreach_ipid").
        if (id !== ipId && id !== (((ipId & 255) << 8) | (ipId >>> 8))) continue;
      } else if (sum !== -1) {
        const own = this.#recent[slot + 1];
        if (((own ^ sum) & ID_MASK) !== 0) continue;
        if (byChecksum && own !== sum) continue;
        if (byChecksum) this.#checksumsTell = true;
      }
      matches++;
      if (isFree) continue;
      this.#matched = slot;
      isFree = (recent & REFUSED) === 0;
    }
    return matches;
  }

  /** Whether a quote may belong to one of the recent datagrams. */
  hasRecent(ipId: number, sum: number): boolean {
    return this.#match(ipId, sum) > 0;
  }

  /** Whether datagrams come so fast that an error may quote one that is no longer among the recent ones. */
  isFast(timeUs: number): boolean {
    const roundBeforeUs = this.#numbers[this.#numbersAt + ROUND_BEFORE];
    return roundBeforeUs >= 0 && timeUs - roundBeforeUs < FAST_US;
  }
}

/** Four bytes of a payload of `len` bytes as a signed 32-bit integer (a small integer needs no allocation), padded with zeros at the payload's end. */
function word(b: Uint8Array, at: number, len: number, from: number): number {
  if (len >= from + 4) return getU32be(b, at + from) | 0;
  let value = 0;
  for (let i = from; i < from + 4; i++) value = (value << 8) | (i < len ? b[at + i] : 0);
  return value;
}
