/** One machine's part of a recording, put in order: its sessions as the server saw them, its datagrams, errors and TCP segments. */

import type { DatagramFrame, FrameIndex, SegmentFrame, UnreachableFrame } from "./frame-index.ts";
import type { RecordedEvent, RecordedMachine, Recording } from "./recording.ts";

/** One logon session at the server. Times are microseconds. */
export interface SessionView {
  readonly id: number;
  readonly startUs: number;
  /** The client's end of its TCP connection, and the server's. */
  readonly remotePort: number;
  readonly serverPort: number;
  /** What it registered last. */
  callbackPort: number | null;
  contextHex: string | null;
  endUs: number | null;
  how: "disconnect" | "rundown" | null;
  cause: string | null;
}

/** The wire carries and delays: a frame belongs to the event of its program when it follows within this time, ARP's retries included. */
export const SETTLE_US = 5_000_000;

export class MachineView {
  readonly recording: Recording;
  readonly machine: RecordedMachine;
  readonly server: RecordedMachine;
  readonly events: readonly RecordedEvent[];
  readonly serverEvents: readonly RecordedEvent[];
  readonly sessions: readonly SessionView[];
  /** Push datagrams to this machine. */
  readonly datagrams: readonly DatagramFrame[];
  /** Port unreachables that this machine sent. */
  readonly unreachables: readonly UnreachableFrame[];
  /** TCP between this machine and the server. */
  readonly segments: readonly SegmentFrame[];

  constructor(recording: Recording, index: FrameIndex, machine: RecordedMachine) {
    this.recording = recording;
    this.machine = machine;
    this.server = recording.machines[0];
    this.events = recording.events.filter((e) => e.machine === machine.name);
    this.serverEvents = recording.events.filter((e) => e.machine === this.server.name);
    this.sessions = findSessions(this.serverEvents, machine.address);
    this.datagrams = index.datagrams.filter((d) => d.destination === machine.address && d.source === this.server.address);
    this.unreachables = index.unreachables.filter((u) => u.source === machine.address);
    this.segments = index.segments.filter(
      (s) =>
        (s.source === machine.address && s.destination === this.server.address) ||
        (s.destination === machine.address && s.source === this.server.address),
    );
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
    const { startUs, endUs, remotePort, serverPort } = session;
    return this.segments.filter((s) => {
      const ours =
        s.source === this.machine.address
          ? s.srcPort === remotePort && s.dstPort === serverPort
          : s.dstPort === remotePort && s.srcPort === serverPort;
      return ours && s.timeUs >= startUs - SETTLE_US && (endUs === null || s.timeUs <= endUs);
    });
  }

  /** Frames of a kind that programs sent themselves count from here. */
  serverEventsOf(session: SessionView, type: "datagram-sent" | "notifications-retrieved"): RecordedEvent[] {
    return this.serverEvents.filter((e) => e.layer === "server" && e.event.type === type && e.event.session === session.id);
  }

  /** When mail was delivered to this machine's mailbox. */
  get deliveriesUs(): number[] {
    return this.serverEvents
      .filter((e) => e.layer === "server" && e.event.type === "delivered" && e.event.mailbox === this.machine.name)
      .map((e) => e.atUs);
  }
}

function findSessions(serverEvents: readonly RecordedEvent[], address: number): SessionView[] {
  const ports = new Map<number, number>();
  const sessions = new Map<number, SessionView>();
  let serverPort = 0;
  for (const e of serverEvents) {
    if (e.layer !== "server") continue;
    const { event } = e;
    switch (event.type) {
      case "listening":
        serverPort = event.emsmdbPort;
        break;
      case "association-opened":
        if (event.remoteAddress === address) ports.set(event.association, event.remotePort);
        break;
      case "connect": {
        const remotePort = ports.get(event.association);
        if (remotePort === undefined) break;
        sessions.set(event.session, {
          id: event.session,
          startUs: e.atUs,
          remotePort,
          serverPort,
          callbackPort: null,
          contextHex: null,
          endUs: null,
          how: null,
          cause: null,
        });
        break;
      }
      case "registered": {
        const session = sessions.get(event.session);
        if (session) Object.assign(session, { callbackPort: event.port, contextHex: event.contextHex });
        break;
      }
      case "session-ended": {
        const session = sessions.get(event.session);
        if (session) Object.assign(session, { endUs: e.atUs, how: event.how, cause: event.cause });
        break;
      }
    }
  }
  return [...sessions.values()];
}
