/** What each machine's screen and the server's window show at one time: folded from the recording's events, in order. */

import { CATALOGUE, type Cable, cableAfterBoot, cableAfterStep, describeEvent, PLUGGED_IN, type RecordedEvent } from "@pushback/scenario";
import { isClient, type LabMachine } from "./lab-types.ts";

type EventOf<L extends RecordedEvent["layer"]> = Extract<RecordedEvent, { layer: L }>["event"];
type InboxRows = Extract<EventOf<"client">, { type: "inbox-shown" }>["rows"];

export interface PhaseState {
  /** Unique among the phases of the machine's boot. */
  readonly id: string;
  readonly title: string;
  readonly screen: readonly string[];
  readonly startUs: number;
}

interface SentMessage {
  readonly to: string;
  readonly subject: string;
  readonly atUs: number;
}

export interface MachineState extends Cable {
  readonly name: string;
  readonly power: "off" | "booting" | "ready" | "going-down";
  readonly wayDown: string | null;
  /** Whether the current or last boot followed a restart or power cut without an orderly shutdown. */
  readonly isUncleanBoot: boolean;
  /** Phases of the current boot, or of the last one. */
  readonly phases: readonly PhaseState[];
  readonly stackUp: boolean;
  readonly address: number;
  readonly mail: "closed" | "waiting" | "connecting" | "logged-on" | "logging-off" | "logged-off" | "disconnected";
  readonly callbackPort: number | null;
  readonly localTcpPort: number | null;
  readonly inbox: InboxRows;
  /** Messages that its mail client sent, the oldest first. */
  readonly sent: readonly SentMessage[];
  /** Messages that its mail client moved into Deleted Items, in this order. */
  readonly deleted: InboxRows;
  readonly message: { readonly mid: InboxRows[number]["mid"]; readonly subject: string; readonly body: string } | null;
  readonly newMail: boolean;
  /** Text of the latest failure; cleared by the next success. */
  readonly problem: string | null;
  readonly icmpSent: number;
  readonly datagramsHeard: number;
  readonly foreignDatagrams: number;
}

export interface SessionState {
  readonly id: number;
  /** The machine that had the address when the connection came. */
  readonly machine: string;
  readonly mailbox: string;
  readonly remoteAddress: number;
  readonly remotePort: number;
  readonly startUs: number;
  readonly callbackPort: number | null;
  readonly pending: number;
  readonly datagrams: number;
  /** Number of the latest keep-alive probe, and its time. `isProbing` says whether it is still unanswered. */
  readonly probes: number;
  readonly probedAtUs: number;
  readonly endUs: number | null;
  readonly cause: string | null;
}

interface ServerState {
  readonly epmPort: number | null;
  readonly emsmdbPort: number | null;
  readonly sessions: readonly SessionState[];
  readonly delivered: number;
  /** ICMP errors received, as counted by the server's TCP/IP stack. The mail server program is not notified of them. */
  readonly icmpReceived: number;
}

export interface LabState {
  readonly machines: Readonly<Record<string, MachineState>>;
  readonly server: ServerState;
  /** Endpoints of associations, by number. */
  readonly associations: Readonly<Record<number, { readonly address: number; readonly port: number }>>;
}

function initialState(machines: readonly LabMachine[]): LabState {
  const clients = machines.filter(isClient);
  return {
    machines: Object.fromEntries(clients.map(({ name, address }) => [name, switchedOff(name, address)])),
    server: { epmPort: null, emsmdbPort: null, sessions: [], delivered: 0, icmpReceived: 0 },
    associations: {},
  };
}

function switchedOff(name: string, address: number): MachineState {
  return {
    name,
    address,
    power: "off",
    wayDown: null,
    isUncleanBoot: false,
    phases: [],
    stackUp: false,
    ...PLUGGED_IN,
    inbox: [],
    sent: [],
    deleted: [],
    icmpSent: 0,
    datagramsHeard: 0,
    foreignDatagrams: 0,
    ...CLOSED_MAIL,
  };
}

/** State without a running mail client; the client's state is lost with its machine. */
const CLOSED_MAIL = { mail: "closed", callbackPort: null, localTcpPort: null, message: null, newMail: false, problem: null } as const;

/** The state after one more event; the same object where nothing that is shown has changed. */
function applyEvent(state: LabState, e: RecordedEvent): LabState {
  if (e.layer === "server") return applyServer(state, e.event, e.atUs);
  if (e.machine === "server") {
    if (e.layer !== "machine") return state;
    if (e.event.type === "machine-off") return { ...state, server: { ...state.server, epmPort: null, emsmdbPort: null } };
    if (e.event.type === "icmp-error-received") {
      return { ...state, server: { ...state.server, icmpReceived: state.server.icmpReceived + 1 } };
    }
    if (e.event.type !== "keepalive-probe-sent") return state;
    const { remoteAddress, remotePort, probe } = e.event;
    return withSessions(state, (s) =>
      s.endUs === null && s.remoteAddress === remoteAddress && s.remotePort === remotePort
        ? { ...s, probes: probe, probedAtUs: e.atUs }
        : s,
    );
  }
  const old = state.machines[e.machine];
  if (old === undefined) return state;
  const changed =
    e.layer === "machine" ? applyMachine(old, e.event, e.atUs) : e.layer === "client" ? applyClient(old, e) : applyStep(old, e.event);
  return changed === old ? state : { ...state, machines: { ...state.machines, [e.machine]: changed } };
}

function applyStep(m: MachineState, event: EventOf<"scenario">): MachineState {
  if (event.type === "step-failed") {
    return {
      ...m,
      problem: `${stepTitle(event.action)}: ${event.reason}`,
      mail: m.mail === "waiting" ? "closed" : m.mail,
    };
  }
  switch (event.action) {
    case "unplug":
    case "plug":
    case "move":
      return { ...m, ...cableAfterStep(m, event.action) };
    case "logon":
      return m.mail === "closed" || m.mail === "logged-off" || m.mail === "disconnected" ? { ...m, mail: "waiting", problem: null } : m;
    case "logoff":
      return m.mail === "logged-on" ? { ...m, mail: "logging-off", problem: null } : m;
    default:
      return m;
  }
}

/** Title of a step for headings, such as "Log on". */
function stepTitle(action: string): string {
  const text = CATALOGUE.steps.find(({ name }) => name === action)?.text ?? action;
  return text[0].toUpperCase() + text.slice(1);
}

function applyMachine(m: MachineState, event: EventOf<"machine">, atUs: number): MachineState {
  switch (event.type) {
    case "boot-phase": {
      const { id, title, screen } = event.phase;
      const phase = { id, title, screen, startUs: atUs };
      return m.power === "booting"
        ? { ...m, phases: [...m.phases, phase] }
        : {
            ...m,
            ...CLOSED_MAIL,
            inbox: [],
            power: "booting",
            ...cableAfterBoot(m),
            isUncleanBoot: m.wayDown !== null && m.wayDown !== "shutdown",
            wayDown: null,
            phases: [phase],
          };
    }
    case "stack-up":
      return { ...m, stackUp: true };
    case "stack-down":
      return { ...m, stackUp: false };
    case "machine-ready":
      return { ...m, power: "ready" };
    case "machine-going-down":
      return { ...m, power: "going-down", wayDown: event.way };
    case "machine-off":
      return { ...m, ...CLOSED_MAIL, inbox: [], power: "off", stackUp: false };
    case "address-changed":
      return { ...m, address: event.to };
    case "icmp-error-sent":
      return { ...m, icmpSent: m.icmpSent + 1 };
    default:
      return m;
  }
}

function applyClient(m: MachineState, e: Extract<RecordedEvent, { layer: "client" }>): MachineState {
  const { event } = e;
  switch (event.type) {
    case "connecting":
      return { ...m, mail: "connecting", problem: null, message: null, newMail: false };
    case "logged-on":
      return { ...m, mail: "logged-on", callbackPort: event.callbackPort, localTcpPort: event.localTcpPort, problem: null };
    case "inbox-shown":
      return { ...m, inbox: m.inbox.slice(0, event.kept).concat(event.rows) };
    case "new-mail":
      return { ...m, newMail: true, message: null };
    case "message-read":
      return { ...m, message: { mid: event.mid, subject: event.subject, body: event.body }, newMail: false, problem: null };
    case "messages-marked":
      return { ...m, newMail: m.newMail && !event.read, problem: null };
    case "messages-deleted": {
      const mids = new Set(event.mids);
      const gone = m.inbox.filter(({ mid }) => mids.has(mid));
      const hasNews = m.newMail && m.inbox.some(({ mid, read }) => !read && !mids.has(mid));
      const message = m.message !== null && mids.has(m.message.mid) ? null : m.message;
      return { ...m, deleted: [...m.deleted, ...gone], message, newMail: hasNews, problem: null };
    }
    case "message-sent":
      return { ...m, sent: [...m.sent, { to: event.to, subject: event.subject, atUs: e.atUs }], problem: null };
    case "datagram-received":
      return { ...m, datagramsHeard: m.datagramsHeard + 1 };
    case "foreign-datagram":
      return { ...m, foreignDatagrams: m.foreignDatagrams + 1 };
    case "logged-off":
      return { ...m, mail: "logged-off", callbackPort: null, localTcpPort: null, message: null, newMail: false };
    case "disconnected": {
      // A client that cannot log on tells the reason as an error, then closes the connection.
      const hasReason = m.mail === "connecting" && event.cause === "closed" && m.problem !== null;
      const problem = hasReason ? m.problem : describeEvent(e);
      return { ...m, mail: "disconnected", callbackPort: null, localTcpPort: null, problem };
    }
    case "error":
      return { ...m, problem: describeEvent(e) };
    default:
      return m;
  }
}

/** Whether the latest keep-alive probe of the session is unanswered; `heardUs` is when the server last heard a segment of its connection. */
export function isProbing(session: Pick<SessionState, "probes" | "probedAtUs">, heardUs: number): boolean {
  return session.probes > 0 && heardUs <= session.probedAtUs;
}

function withSessions(state: LabState, change: (session: SessionState) => SessionState): LabState {
  return { ...state, server: { ...state.server, sessions: state.server.sessions.map(change) } };
}

/** The machine that has the address now, or had it last. */
function holderOf(state: LabState, address: number): string {
  return Object.values(state.machines).find((m) => m.address === address)?.name ?? "";
}

function applyServer(state: LabState, event: EventOf<"server">, atUs: number): LabState {
  const { server } = state;
  switch (event.type) {
    case "listening":
      return { ...state, server: { ...server, epmPort: event.epmPort, emsmdbPort: event.emsmdbPort } };
    case "association-opened": {
      const end = { address: event.remoteAddress, port: event.remotePort };
      return { ...state, associations: { ...state.associations, [event.association]: end } };
    }
    case "connect": {
      const end = state.associations[event.association] ?? { address: 0, port: 0 };
      const session: SessionState = {
        id: event.session,
        machine: holderOf(state, end.address),
        mailbox: event.user,
        remoteAddress: end.address,
        remotePort: end.port,
        startUs: atUs,
        callbackPort: null,
        pending: 0,
        datagrams: 0,
        probes: 0,
        probedAtUs: 0,
        endUs: null,
        cause: null,
      };
      return { ...state, server: { ...server, sessions: [...server.sessions, session] } };
    }
    case "registered":
      return withSessions(state, (s) => (s.id === event.session ? { ...s, callbackPort: event.port } : s));
    case "unregistered":
    case "registration-withdrawn":
      return withSessions(state, (s) => (s.id === event.session ? { ...s, callbackPort: null } : s));
    case "delivered": {
      const next = withSessions(state, (s) => (s.endUs === null && s.mailbox === event.mailbox ? { ...s, pending: s.pending + 1 } : s));
      return { ...next, server: { ...next.server, delivered: server.delivered + 1 } };
    }
    case "datagram-sent":
      return withSessions(state, (s) => (s.id === event.session ? { ...s, datagrams: event.number } : s));
    case "notifications-retrieved":
      return withSessions(state, (s) => (s.id === event.session ? { ...s, pending: event.remaining } : s));
    case "session-ended":
      return withSessions(state, (s) =>
        s.id === event.session ? { ...s, endUs: atUs, pending: 0, cause: event.how === "disconnect" ? "logoff" : event.cause } : s,
      );
    default:
      return state;
  }
}

/** Snapshots of the state at regular intervals, so that seeking backward is as fast as forward. */
const CHECKPOINT_EVERY = 256;

/** States of a recording by number of events; events before a number must not change without `clear`. */
export class StateHistory {
  #checkpoints: LabState[];
  #current: { count: number; state: LabState };
  readonly #start: LabState;

  constructor(machines: readonly LabMachine[]) {
    this.#start = initialState(machines);
    this.#checkpoints = [this.#start];
    this.#current = { count: 0, state: this.#start };
  }

  clear(): void {
    this.#checkpoints = [this.#start];
    this.#current = { count: 0, state: this.#start };
  }

  /** The state after the first `count` of `events`. */
  after(events: readonly RecordedEvent[], count: number): LabState {
    let { count: at, state } = this.#current;
    if (count < at) {
      const checkpoint = Math.floor(count / CHECKPOINT_EVERY);
      at = checkpoint * CHECKPOINT_EVERY;
      state = this.#checkpoints[checkpoint];
    }
    while (at < count) {
      state = applyEvent(state, events[at++]);
      if (at % CHECKPOINT_EVERY === 0) this.#checkpoints[at / CHECKPOINT_EVERY] ??= state;
    }
    this.#current = { count: at, state };
    return state;
  }
}
