/** Sorts a recording's events and frames by machine, in one pass: views of single machines are then cheap, however many there are. */

import type { MachineEvent, RouterEvent } from "@pushback/stack";
import {
  type ArpFrame,
  type DatagramFrame,
  indexFrames,
  type RouterErrorFrame,
  type SegmentFrame,
  type UnreachableFrame,
} from "./frame-index.ts";
import { NatHolders } from "./nat-holders.ts";
import { changesPresence, presentSpans, type Span } from "./presence.ts";
import type { RecordedEvent, RecordedMachine } from "./recorded-event.ts";
import type { Recording } from "./recording.ts";

/** The server's TCP port for EMSMDB, and its UDP port that push datagrams come from, from `fromUs` on. */
interface ServicePorts {
  readonly fromUs: number;
  readonly emsmdb: number;
  readonly notifier: number;
}

/** When a UDP port of the server was open; `Infinity`: to the end of the run. */
interface OpenSpan {
  readonly fromUs: number;
  toUs: number;
}

function notePort(ports: Map<number, OpenSpan[]>, atUs: number, event: MachineEvent | RouterEvent): void {
  if ((event.type !== "port-opened" && event.type !== "port-closed") || event.protocol !== "udp") return;
  const spans = ports.get(event.port) ?? [];
  const last = spans.at(-1);
  if (event.type === "port-opened") {
    ports.set(event.port, spans);
    spans.push({ fromUs: atUs, toUs: Number.POSITIVE_INFINITY });
  } else if (last) last.toUs = atUs;
}

/** A message that a mail client sent. */
export interface SentMessage {
  /** Time at which the client learned that the server has accepted the message. */
  readonly atUs: number;
  readonly subject: string;
  /** DNs and Internet addresses. */
  readonly addresses: readonly string[];
}

/** How the event changes the number of messages that a machine's mail clients sent and got no answer to. */
function changeOfUnanswered({ layer, event }: RecordedEvent): -1 | 0 | 1 {
  if (layer === "scenario") return event.action !== "send" ? 0 : event.type === "step" ? 1 : -1;
  if (layer !== "client") return 0;
  return event.type === "message-sent" || (event.type === "error" && event.what === "send") ? -1 : 0;
}

/** The events and frames of one client machine. */
export interface MachineShare {
  /** Events of the machine itself, and those about datagrams to its address at a machine that took over the address. */
  readonly events: RecordedEvent[];
  /** Events of the server about the machine: associations, sessions, mail, ended connections, probes and errors. */
  readonly serverEvents: RecordedEvent[];
  /** UDP datagrams from the server to the machine. */
  readonly datagrams: DatagramFrame[];
  /** Port unreachables that the machine sent. */
  readonly unreachables: UnreachableFrame[];
  /** Errors of the router about datagrams to the machine. */
  readonly routerErrors: RouterErrorFrame[];
  /** TCP segments between the machine and the server. */
  readonly segments: SegmentFrame[];
}

/** A recording with an index that is built at the first access and shared by all views. */
export interface IndexedRecording {
  readonly recording: Recording;
  readonly index: RecordingIndex;
}

/** Indexes a finished recording at its first use. */
export function indexed(recording: Recording): IndexedRecording {
  let index: RecordingIndex | null = null;
  return {
    recording,
    get index() {
      index ??= new RecordingIndex(recording);
      return index;
    },
  };
}

/** Index of a recording by machine, port, session and time. It is computed once and shared by all views. */
export class RecordingIndex {
  readonly recording: Recording;
  readonly server: RecordedMachine;
  /** The ports of each start of the mail service, in order. */
  readonly #services: readonly ServicePorts[];
  /** Intervals in which each UDP port of the server was open, in order of `fromUs`. */
  readonly #udpPorts: ReadonlyMap<number, readonly OpenSpan[]>;
  /** Intervals in which the server's stack was up and its cable plugged in. */
  readonly serverSpans: readonly Span[];
  /** Address resolutions of the server's stack that failed. */
  readonly serverStack: readonly RecordedEvent[];
  /** Whether a machine took an address that another one had before, or had at the same time. */
  readonly sharesAddresses: boolean;
  /** Whether a step set the server's clock. */
  readonly isServerClockSet: boolean;
  /** Messages that the mail clients of all machines sent. */
  readonly sent: readonly SentMessage[];
  /** Number of messages whose senders never learned whether the server has accepted them: their sessions ended first, or the run. */
  readonly sentUnconfirmed: number;
  readonly arp: readonly ArpFrame[];
  /** The server's UDP datagrams to all machines. */
  readonly pushes: readonly DatagramFrame[];
  /** Where the server's datagrams for the machines of other segments go; 0 without a router. */
  readonly routerAddress: number;
  readonly #shares = new Map<RecordedMachine, MachineShare>();

  constructor(recording: Recording) {
    this.recording = recording;
    this.server = recording.machines[0];
    const byAddress = new Map<number, MachineShare>();
    const byName = new Map<string, MachineShare>();
    /** The machines that open a mailbox. */
    const byMailbox = new Map<string, MachineShare[]>();
    for (const machine of recording.machines) {
      const share: MachineShare = { events: [], serverEvents: [], datagrams: [], unreachables: [], routerErrors: [], segments: [] };
      this.#shares.set(machine, share);
      byAddress.set(machine.address, share);
      byName.set(machine.name, share);
      for (const mailbox of [machine.mailbox ?? machine.name, ...(machine.programs ?? [])]) {
        const sharers = byMailbox.get(mailbox);
        if (sharers) sharers.push(share);
        else byMailbox.set(mailbox, [share]);
      }
    }

    // Frames to and from an address belong to the machine that had it first; a session belongs to the machine that has the address at that time.
    const holders = new Map(byAddress);
    const translated = new NatHolders<MachineShare>();
    const byAssociation = new Map<number, MachineShare | undefined>();
    /** For a machine that took over an address: the machine that had it before, whose datagrams it now gets. */
    const successors = new Map<MachineShare, MachineShare | undefined>();
    const bySession = new Map<number, MachineShare | undefined>();
    const services: ServicePorts[] = [];
    const udpPorts = new Map<number, OpenSpan[]>();
    const ofServer: RecordedEvent[] = [];
    /** The client machine that an event of the server is about. */
    const concerned = (e: RecordedEvent): MachineShare | undefined => {
      if (e.layer === "machine") {
        if (e.event.type === "keepalive-probe-sent" || e.event.type === "tcp-ended") {
          const { remoteAddress, remotePort } = e.event;
          return translated.find(remoteAddress, remotePort, e.atUs) ?? byAddress.get(remoteAddress);
        }
        return e.event.type === "icmp-error-received" ? byAddress.get(e.event.from) : undefined;
      }
      if (e.layer !== "server") return undefined;
      const { event } = e;
      if (event.type === "listening") {
        services.push({ fromUs: e.atUs, emsmdb: event.emsmdbPort, notifier: event.notifierPort });
      }
      if (event.type === "association-opened") {
        const { association, remoteAddress, remotePort } = event;
        byAssociation.set(association, translated.find(remoteAddress, remotePort, e.atUs) ?? holders.get(remoteAddress));
      } else if (event.type === "connect") bySession.set(event.session, byAssociation.get(event.association));
      if ("session" in event) return bySession.get(event.session);
      return "association" in event ? byAssociation.get(event.association) : undefined;
    };
    const serverStack: RecordedEvent[] = [];
    const sent: SentMessage[] = [];
    /** Number of messages that each machine's mail clients sent and got no answer to. */
    const unanswered = new Map<string, number>();
    let sharesAddresses = false;
    let isServerClockSet = false;
    for (const e of recording.events) {
      if (e.event.type === "address-changed" || e.event.type === "arp-conflict") sharesAddresses = true;
      if (e.event.type === "arp-resolve-failed" && e.machine === this.server.name) serverStack.push(e);
      if (e.machine === this.server.name) {
        if (e.layer === "server" && (e.event.type === "delivered" || e.event.type === "inbox-changed"))
          for (const share of byMailbox.get(e.event.mailbox) ?? []) share.serverEvents.push(e);
        else concerned(e)?.serverEvents.push(e);
        if (changesPresence(e)) ofServer.push(e);
        if (e.event.type === "step" && e.event.action === "clock") isServerClockSet = true;
        if (e.layer === "machine") notePort(udpPorts, e.atUs, e.event);
      }
      if (e.event.type === "nat-bound") translated.add(e.atUs, e.event, holders.get(e.event.address));
      const own = byName.get(e.machine);
      if (own === undefined) continue;
      if (e.layer === "client" && e.event.type === "message-sent")
        sent.push({ atUs: e.atUs, subject: e.event.subject, addresses: e.event.addresses });
      const begun = changeOfUnanswered(e);
      if (begun !== 0) unanswered.set(e.machine, (unanswered.get(e.machine) ?? 0) + begun);
      if (e.layer === "machine" && e.event.type === "address-changed") {
        if (!byAddress.has(e.event.to)) byAddress.set(e.event.to, own);
        holders.set(e.event.to, own);
        successors.set(own, byAddress.get(e.event.to));
      }
      const isAtClosedPort = e.layer === "machine" && (e.event.type === "udp-no-port" || e.event.type === "icmp-error-sent");
      ((isAtClosedPort ? successors.get(own) : undefined) ?? own).events.push(e);
    }
    this.serverStack = serverStack;
    this.sharesAddresses = sharesAddresses;
    this.isServerClockSet = isServerClockSet;
    this.sent = sent;
    this.sentUnconfirmed = [...unanswered.values()].reduce((sum, count) => sum + Math.max(count, 0), 0);
    this.#services = services;
    this.#udpPorts = udpPorts;
    this.serverSpans = presentSpans(ofServer);
    this.routerAddress = recording.machines.find(({ role }) => role === "router")?.address ?? 0;

    const frames = indexFrames(recording.frames);
    const server = this.server.address;
    this.arp = frames.arp;
    this.pushes = frames.datagrams.filter(({ source }) => source === server);
    for (const d of this.pushes) byAddress.get(d.destination)?.datagrams.push(d);
    for (const u of frames.unreachables) byAddress.get(u.source)?.unreachables.push(u);
    for (const e of frames.routerErrors) if (e.source === this.routerAddress) byAddress.get(e.quotedDestination)?.routerErrors.push(e);
    for (const s of frames.segments) {
      const [address, port] = s.source === server ? [s.destination, s.dstPort] : [s.source, s.srcPort];
      if (s.source === server || s.destination === server)
        (translated.find(address, port, s.timeUs) ?? byAddress.get(address))?.segments.push(s);
    }
  }

  /** The ports of the mail service that ran at `us`, or ran last before that. */
  portsAt(us: number): ServicePorts {
    return this.#services.findLast(({ fromUs }) => fromUs <= us) ?? this.#services[0] ?? { fromUs: 0, emsmdb: 0, notifier: 0 };
  }

  /** Whether the server had this UDP port open at `us`. */
  hadUdpPort(port: number, us: number): boolean {
    return this.#udpPorts.get(port)?.some(({ fromUs, toUs }) => fromUs <= us && us <= toUs) === true;
  }

  /** Whether the server's stack was up with its cable in at all times from `fromUs` to `toUs`. */
  isServerPresent(fromUs: number, toUs: number): boolean {
    return this.serverSpans.some((span) => span.fromUs <= fromUs && toUs < span.toUs);
  }

  /** The events and frames of `machine`. Throws a RangeError if it is not in the recording. */
  shareOf(machine: RecordedMachine): MachineShare {
    const share = this.#shares.get(machine);
    if (!share) throw new RangeError(`${machine.name} is not in this recording`);
    return share;
  }
}
