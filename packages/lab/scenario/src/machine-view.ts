/** One machine's part of a recording: its sessions as the server saw them, its datagrams, ICMP errors and TCP segments. */

import type { DatagramFrame, RouterErrorFrame, SegmentFrame, UnreachableFrame } from "./frame-index.ts";
import type { MetricView } from "./metrics/metric.ts";
import type { RecordedEvent, RecordedMachine } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";
import type { RecordingIndex } from "./recording-index.ts";
import { findSessions, type SessionView } from "./session-view.ts";

/** A frame belongs to the program's event that caused it if it follows within this time: delays of the wire and ARP retries included. */
const SETTLE_US = 5_000_000;

/** The part of a recording that concerns one machine: the input of metrics and claims. */
export class MachineView implements MetricView {
  readonly recording: Recording;
  readonly machine: RecordedMachine;
  readonly server: RecordedMachine;
  /** Events of the machine itself, and those about datagrams to its address at a machine that took over the address. */
  readonly events: readonly RecordedEvent[];
  /** The server's events about this machine. */
  readonly serverEvents: readonly RecordedEvent[];
  /** The machine's sessions as the server saw them, in order of their start. */
  readonly sessions: readonly SessionView[];
  /** Push datagrams to this machine. */
  readonly datagrams: readonly DatagramFrame[];
  /** Port unreachables that this machine sent. */
  readonly unreachables: readonly UnreachableFrame[];
  /** Errors of the router about datagrams to this machine. */
  readonly routerErrors: readonly RouterErrorFrame[];
  /** Times of mail deliveries to this machine's mailbox. */
  readonly deliveriesUs: readonly number[];
  readonly index: RecordingIndex;
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
    this.routerErrors = share.routerErrors;
    this.deliveriesUs = share.serverEvents.filter((e) => e.layer === "server" && e.event.type === "delivered").map((e) => e.atUs);
    this.index = index;
    this.#segments = share.segments;
  }

  /** Time at which the machine first went down with an open session; if it never did, the time at which it first went down, or `null`. */
  get downAtUs(): number | null {
    const downs = this.events.filter((e) => e.layer === "machine" && e.event.type === "machine-going-down").map((e) => e.atUs);
    const isOpen = (us: number) => this.sessions.some((s) => s.startUs <= us && (s.endUs === null || s.endUs >= us));
    return downs.find(isOpen) ?? downs[0] ?? null;
  }

  /** When the machine's stack first came up after `us`; `null` if it never did. */
  stackUpAfter(us: number): number | null {
    return this.events.find((e) => e.layer === "machine" && e.event.type === "stack-up" && e.atUs > us)?.atUs ?? null;
  }

  /** The session that was open when the machine first went down; without that, the first. */
  get staleSession(): SessionView | null {
    const down = this.downAtUs;
    if (down === null) return this.sessions[0] ?? null;
    return this.sessions.find((s) => s.startUs <= down && (s.endUs === null || s.endUs >= down)) ?? null;
  }

  /** Sessions that were open when the machine went down and did not log off, each with that time. */
  get staleSessions(): { readonly session: SessionView; readonly downUs: number }[] {
    const downs = this.events.filter((e) => e.layer === "machine" && e.event.type === "machine-going-down").map((e) => e.atUs);
    return downs.flatMap((downUs) =>
      this.sessions
        .filter(({ startUs, endUs, how }) => startUs <= downUs && (endUs === null || (endUs >= downUs && how !== "disconnect")))
        .map((session) => ({ session, downUs })),
    );
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

  /** Whether the server sent the machine a segment after `fromUs`, at `toUs` at the latest. */
  hasSegmentFromServer(fromUs: number, toUs: number): boolean {
    return this.#segments.some(({ source, timeUs }) => source === this.server.address && timeUs > fromUs && timeUs <= toUs);
  }

  /** Whether the machine sent a segment to the server after `fromUs`, at `toUs` at the latest. */
  hasSegmentFromMachine(fromUs: number, toUs: number): boolean {
    return this.#segments.some(({ source, timeUs }) => source !== this.server.address && timeUs > fromUs && timeUs <= toUs);
  }

  /**
   * Whether the machine may have asked for a hardware address at `us`, and what it sent then had to wait for the reply. The analyzer does not see the
   * question where the machine may be on another segment than the server.
   */
  hasAskedAt(us: number): boolean {
    const { arp, routerAddress } = this.index;
    return (
      routerAddress !== 0 || arp.some(({ isRequest, sender, timeUs }) => isRequest && sender === this.machine.address && timeUs === us)
    );
  }

  /** Segments of the session's connection, from its start to its end. */
  segmentsOf(session: SessionView): SegmentFrame[] {
    const { startUs, endUs, remoteAddress, remotePort } = session;
    const { emsmdb } = this.index.portsAt(startUs);
    return this.#segments.filter((s) => {
      const fromClient = s.source !== this.server.address;
      if ((fromClient ? s.source : s.destination) !== remoteAddress) return false;
      const clientPort = fromClient ? s.srcPort : s.dstPort;
      const serverPort = fromClient ? s.dstPort : s.srcPort;
      const ours = clientPort === remotePort && serverPort === emsmdb;
      return ours && s.timeUs >= startUs - SETTLE_US && (endUs === null || s.timeUs <= endUs);
    });
  }
}
