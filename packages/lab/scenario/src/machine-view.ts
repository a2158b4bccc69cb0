/** One machine's part of a recording, put in order: its sessions as the server saw them, its datagrams, errors and TCP segments. */

import type { DatagramFrame, SegmentFrame, UnreachableFrame } from "./frame-index.ts";
import type { RecordedEvent, RecordedMachine } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import type { RecordingIndex } from "./recording-index.ts";

/** One logon session at the server. Times are microseconds. */
export interface SessionView {
  readonly id: number;
  readonly startUs: number;
  /** The client's end of its TCP connection. */
  readonly remotePort: number;
  /** What it registered last. */
  callbackPort: number | null;
  contextHex: string | null;
  endUs: number | null;
  how: "disconnect" | "rundown" | null;
  cause: string | null;
  /** When the server had handed out its pending notifications. */
  readonly retrievedUs: number[];
}

/** The wire carries and delays: a frame belongs to the event of its program when it follows within this time, ARP's retries included. */
export const SETTLE_US = 5_000_000;

export class MachineView {
  readonly recording: Recording;
  readonly machine: RecordedMachine;
  readonly server: RecordedMachine;
  readonly events: readonly RecordedEvent[];
  /** The server's events about this machine. */
  readonly serverEvents: readonly RecordedEvent[];
  readonly sessions: readonly SessionView[];
  /** Push datagrams to this machine. */
  readonly datagrams: readonly DatagramFrame[];
  /** Port unreachables that this machine sent. */
  readonly unreachables: readonly UnreachableFrame[];
  /** When mail was delivered to this machine's mailbox. */
  readonly deliveriesUs: readonly number[];
  readonly #serverPort: number;
  readonly #segments: readonly SegmentFrame[];

  constructor(index: RecordingIndex, machine: RecordedMachine) {
    const share = index.shareOf(machine);
    this.recording = index.recording;
    this.machine = machine;
    this.server = index.server;
    this.events = share.events;
    this.serverEvents = share.serverEvents;
    this.sessions = findSessions(share.serverEvents);
    this.datagrams = share.datagrams;
    this.unreachables = share.unreachables;
    this.deliveriesUs = share.serverEvents.filter((e) => e.layer === "server" && e.event.type === "delivered").map((e) => e.atUs);
    this.#serverPort = index.serverPort;
    this.#segments = share.segments;
  }

  /** When the machine first went down; `null` if it never did. */
  get downAtUs(): number | null {
    return this.events.find((e) => e.layer === "machine" && e.event.type === "machine-going-down")?.atUs ?? null;
  }

  /** When a stack of its first came up after `us`. */
  stackUpAfter(us: number): number | null {
    return this.events.find((e) => e.layer === "machine" && e.event.type === "stack-up" && e.atUs > us)?.atUs ?? null;
  }

  /** The session that was open when the machine first went down; without that, the first. */
  get staleSession(): SessionView | null {
    const down = this.downAtUs;
    if (down === null) return this.sessions[0] ?? null;
    return this.sessions.find((s) => s.startUs <= down && (s.endUs === null || s.endUs >= down)) ?? null;
  }

  /** The first session that began after the machine went down. */
  get nextSession(): SessionView | null {
    const down = this.downAtUs;
    return down === null ? null : (this.sessions.find((s) => s.startUs > down) ?? null);
  }

  /** Datagrams that carry the context of `session`. */
  datagramsOf(session: SessionView): DatagramFrame[] {
    return this.datagrams.filter((d) => d.payloadHex === session.contextHex);
  }

  /** Segments of the session's connection, from its start to its end. */
  segmentsOf(session: SessionView): SegmentFrame[] {
    const { startUs, endUs, remotePort } = session;
    return this.#segments.filter((s) => {
      const fromClient = s.source !== this.server.address;
      const clientPort = fromClient ? s.srcPort : s.dstPort;
      const serverPort = fromClient ? s.dstPort : s.srcPort;
      const ours = clientPort === remotePort && serverPort === this.#serverPort;
      return ours && s.timeUs >= startUs - SETTLE_US && (endUs === null || s.timeUs <= endUs);
    });
  }
}

function findSessions(serverEvents: readonly RecordedEvent[]): SessionView[] {
  const ports = new Map<number, number>();
  const sessions = new Map<number, SessionView>();
  for (const e of serverEvents) {
    if (e.layer !== "server") continue;
    const { event } = e;
    if (event.type === "association-opened") ports.set(event.association, event.remotePort);
    if (event.type === "connect") {
      sessions.set(event.session, {
        id: event.session,
        startUs: e.atUs,
        remotePort: ports.get(event.association) ?? 0,
        callbackPort: null,
        contextHex: null,
        endUs: null,
        how: null,
        cause: null,
        retrievedUs: [],
      });
    }
    const session = "session" in event ? sessions.get(event.session) : undefined;
    if (!session) continue;
    if (event.type === "registered") Object.assign(session, { callbackPort: event.port, contextHex: event.contextHex });
    else if (event.type === "session-ended") Object.assign(session, { endUs: e.atUs, how: event.how, cause: event.cause });
    else if (event.type === "notifications-retrieved") session.retrievedUs.push(e.atUs);
  }
  return [...sessions.values()];
}
