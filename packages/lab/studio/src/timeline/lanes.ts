/** What each lane shows: spans of boots and sessions, and marks. Grown from the recording as it grows; rebuilt when the past has changed. */

import type { RecordedEvent } from "@pushback/scenario";
import { kindOf } from "../lab/event-kinds.ts";
import type { FrameMark, LabMachine } from "../lab/lab-types.ts";

export type MarkKind = "push" | "icmp" | "tcp" | "arp" | "mail" | "read" | "logon" | "probe" | "end" | "down" | "ready" | "failed";

export interface LaneMark {
  readonly atUs: number;
  readonly kind: MarkKind;
  /** Index in the recording's events; `null` for a frame of no event. */
  readonly event: number | null;
  readonly frame: number | null;
  /** For a push datagram: time and frame of its ICMP error; `null` if there is none. */
  answer: { readonly atUs: number; readonly frame: number } | null;
}

export interface LaneSpan {
  readonly kind: "boot" | "stack" | "session" | "off";
  readonly startUs: number;
  endUs: number | null;
  readonly label: string;
  readonly event: number;
}

export interface Lane {
  readonly name: string;
  readonly title: string;
  readonly marks: LaneMark[];
  readonly spans: LaneSpan[];
}

/** Most lanes that are shown; of a larger fleet only the first machines have one. */
const MAX_LANES = 40;

const EVENT_MARKS: Readonly<Record<string, MarkKind>> = {
  ready: "ready",
  down: "down",
  logon: "logon",
  mail: "mail",
  read: "read",
  probe: "probe",
  end: "end",
  failed: "failed",
};

export class LaneBuilder {
  readonly lanes: readonly Lane[];
  readonly #byName: ReadonlyMap<string, Lane>;
  readonly #byAddress: ReadonlyMap<number, string>;
  readonly #serverAddress: number;
  readonly #pushes = new Map<number, LaneMark>();
  readonly #associations = new Map<number, number>();
  readonly #sessions = new Map<number, { readonly machine: string; readonly span: LaneSpan }>();
  #events = 0;
  #marks = 0;

  constructor(machines: readonly LabMachine[]) {
    const shown = machines.filter((m) => m.role !== "router").slice(0, MAX_LANES);
    this.lanes = shown.map(({ name, title, role }) => ({
      name,
      title: role === "server" ? "Server" : role === "compared" ? title : `${name}, ${title}`,
      marks: [],
      spans: [],
    }));
    this.#byName = new Map(this.lanes.map((lane) => [lane.name, lane]));
    this.#byAddress = new Map(shown.map((m) => [m.address, m.name]));
    this.#serverAddress = machines[0].address;
  }

  /** Adds the events and frames since the last update, merged in order of time. */
  update(events: readonly RecordedEvent[], marks: readonly FrameMark[]): void {
    while (this.#events < events.length || this.#marks < marks.length) {
      const event = events[this.#events];
      const mark = marks[this.#marks];
      if (mark === undefined || (event !== undefined && event.atUs <= mark.timeUs)) this.#addEvent(event, this.#events++);
      else {
        this.#addFrame(mark);
        this.#marks++;
      }
    }
  }

  #open(lane: Lane, kind: LaneSpan["kind"], startUs: number, label: string, event: number): LaneSpan {
    const span: LaneSpan = { kind, startUs, endUs: null, label, event };
    lane.spans.push(span);
    return span;
  }

  #close(lane: Lane, kind: LaneSpan["kind"], us: number): void {
    const span = lane.spans.findLast((s) => s.kind === kind && s.endUs === null);
    if (span) span.endUs = us;
  }

  #addEvent(e: RecordedEvent, index: number): void {
    const { event, atUs } = e;
    if (e.layer === "server") this.#addSession(e, index);
    const owner =
      event.type === "delivered" ? event.mailbox : event.type === "session-ended" ? this.#sessions.get(event.session)?.machine : null;
    const lane = this.#byName.get(owner ?? e.machine) ?? this.#byName.get(e.machine);
    if (!lane) return;
    if (event.type === "boot-phase") {
      this.#close(lane, "boot", atUs);
      this.#close(lane, "off", atUs);
      this.#open(lane, "boot", atUs, event.phase.title, index);
    } else if (event.type === "stack-up") this.#open(lane, "stack", atUs, "TCP/IP is up", index);
    else if (event.type === "stack-down") this.#close(lane, "stack", atUs);
    else if (event.type === "machine-ready") this.#close(lane, "boot", atUs);
    else if (event.type === "machine-off") {
      this.#close(lane, "boot", atUs);
      this.#open(lane, "off", atUs, "off", index);
    }
    const kind = EVENT_MARKS[kindOf(e) ?? ""];
    if (kind === undefined) return;
    lane.marks.push({ atUs, kind, event: index, frame: null, answer: null });
    // An event of the server about a machine has a mark on both lanes.
    const own = this.#byName.get(e.machine);
    if (own !== undefined && own !== lane) own.marks.push({ atUs, kind, event: index, frame: null, answer: null });
  }

  #addSession(e: Extract<RecordedEvent, { layer: "server" }>, index: number): void {
    const { event, atUs } = e;
    if (event.type === "association-opened") this.#associations.set(event.association, event.remoteAddress);
    else if (event.type === "connect") {
      const machine = this.#byAddress.get(this.#associations.get(event.association) ?? 0);
      const lane = machine === undefined ? undefined : this.#byName.get(machine);
      if (!lane || machine === undefined) return;
      this.#sessions.set(event.session, { machine, span: this.#open(lane, "session", atUs, `session ${event.session}`, index) });
    } else if (event.type === "session-ended") {
      const session = this.#sessions.get(event.session);
      if (session) session.span.endUs = atUs;
    }
  }

  #addFrame(mark: FrameMark): void {
    const machine = this.#byAddress.get(mark.source === this.#serverAddress ? mark.destination : mark.source);
    const lane = machine === undefined ? undefined : this.#byName.get(machine);
    if (!lane) return;
    if (mark.kind === "icmp" && mark.answers !== null) {
      const push = this.#pushes.get(mark.answers);
      if (push) push.answer = { atUs: mark.timeUs, frame: mark.frame };
    }
    const shown: LaneMark = { atUs: mark.timeUs, kind: mark.kind, event: null, frame: mark.frame, answer: null };
    if (mark.kind === "push") this.#pushes.set(mark.frame, shown);
    lane.marks.push(shown);
  }
}
