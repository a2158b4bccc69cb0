/** The page's copy of the recording: events and frame marks received from the worker, in order of time, and queries of the views on them. */

import type { RecordedEvent } from "@pushback/scenario";
import { kindOf } from "./event-kinds.ts";
import type { FrameMark, KeepAliveSetting, LabUpdate } from "./lab-types.ts";

/** The first index whose time is greater than `us`, in anything sorted by `timeOf`. */
function firstAfter<T>(list: readonly T[], us: number, timeOf: (item: T) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeOf(list[middle]) <= us) low = middle + 1;
    else high = middle;
  }
  return low;
}

const eventTime = (e: RecordedEvent) => e.atUs;

/** How long after its event a frame may come: ARP may have to be asked first. */
const FRAME_WITHIN_US = 5_000_000;

export class RecordingView {
  events: RecordedEvent[] = [];
  marks: FrameMark[] = [];
  frameCount = 0;
  nowUs = 0;
  #keepAlives: readonly KeepAliveSetting[] = [];
  /** Times at which the server heard from a connection's other end, by `address:port`. */
  #heard = new Map<string, number[]>();

  add(update: LabUpdate): void {
    if (update.restart) this.clear();
    for (const event of update.events) this.events.push(event);
    for (const mark of update.marks) {
      this.marks.push(mark);
      if (mark.kind !== "tcp") continue;
      const key = `${mark.source}:${mark.srcPort}`;
      const times = this.#heard.get(key);
      if (times) times.push(mark.timeUs);
      else this.#heard.set(key, [mark.timeUs]);
    }
    this.frameCount = update.frameCount;
    this.#keepAlives = update.keepAlives;
    this.nowUs = update.nowUs;
  }

  clear(): void {
    this.events = [];
    this.marks = [];
    this.#heard = new Map();
    this.frameCount = 0;
    this.nowUs = 0;
  }

  /** Number of events up to and including `us`. */
  eventsUntil(us: number): number {
    return firstAfter(this.events, us, eventTime);
  }

  marksUntil(us: number): number {
    return firstAfter(this.marks, us, (mark) => mark.timeUs);
  }

  /** The server's KeepAliveTime at that time; `null` before anything has come. */
  keepAliveUs(us: number): number | null {
    return this.#keepAlives.findLast(({ atUs }) => atUs <= us)?.keepAliveUs ?? null;
  }

  /** Time of the last TCP segment from this address and port, up to `us`; `null` if there is none. */
  lastHeard(address: number, port: number, us: number): number | null {
    const times = this.#heard.get(`${address}:${port}`);
    if (!times) return null;
    const i = firstAfter(times, us, (t) => t);
    return i === 0 ? null : times[i - 1];
  }

  /** Index of the next event after `us` (`direction` 1) or of the last one before it (-1), among events that have a kind; `null` if there is none. */
  neighbour(us: number, direction: 1 | -1): number | null {
    const { events } = this;
    if (direction === 1) {
      for (let i = this.eventsUntil(us); i < events.length; i++) if (kindOf(events[i]) !== null) return i;
      return null;
    }
    for (let i = this.eventsUntil(us - 1) - 1; i >= 0; i--) if (kindOf(events[i]) !== null) return i;
    return null;
  }

  /** The frame that an event became: a push, an ICMP error, a probe. */
  frameOfEvent(index: number): number | null {
    const e = this.events[index];
    if (e === undefined) return null;
    const { event } = e;
    const fits = (mark: FrameMark): boolean => {
      if (event.type === "datagram-sent") return mark.kind === "push" && mark.destination === event.address && mark.dstPort === event.port;
      if (event.type === "icmp-error-sent") return mark.kind === "icmp" && mark.srcPort === event.dstPort && mark.destination === event.to;
      if (event.type === "keepalive-probe-sent")
        return mark.kind === "tcp" && mark.destination === event.remoteAddress && mark.dstPort === event.remotePort;
      return false;
    };
    for (let i = this.marksUntil(e.atUs - 1); i < this.marks.length && this.marks[i].timeUs <= e.atUs + FRAME_WITHIN_US; i++) {
      if (fits(this.marks[i])) return this.marks[i].frame;
    }
    return null;
  }

  /** The latest frame to or from an address, up to `us`. */
  lastMarkOf(address: number, us: number): FrameMark | null {
    for (let i = this.marksUntil(us) - 1; i >= 0; i--) {
      const mark = this.marks[i];
      if (mark.source === address || mark.destination === address) return mark;
    }
    return null;
  }

  markOfFrame(frame: number): FrameMark | null {
    const i = firstAfter(this.marks, frame - 1, (mark) => mark.frame);
    return this.marks[i]?.frame === frame ? this.marks[i] : null;
  }

  /** The event that a frame came from; `null` for a frame of no event. */
  eventOfFrame(frame: number): number | null {
    const mark = this.markOfFrame(frame);
    if (!mark) return null;
    for (let i = this.eventsUntil(mark.timeUs) - 1; i >= 0 && this.events[i].atUs >= mark.timeUs - FRAME_WITHIN_US; i--) {
      if (this.frameOfEvent(i) === frame) return i;
    }
    return null;
  }
}
