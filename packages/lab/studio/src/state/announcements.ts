/** What a screen reader is told while the clock runs: reboots, new mail, first ICMP errors and ends of sessions, by machine. */

import type { RecordedEvent } from "@pushback/scenario";

/** Kinds of announcements in the order in which they are spoken; each value is the text before the names of the machines. */
const KINDS = {
  reboot: "Going down without logging off",
  shutdown: "Shutting down",
  mail: "New mail",
  error: "First ICMP error",
  end: "Session ended",
} as const;
type Kind = keyof typeof KINDS;

/** More machines than this are counted. */
const MOST_NAMES = 5;

/** A run and its events. */
export interface AnnouncedRun {
  /** Identity of the run; another run has another one. */
  readonly info: unknown;
  /** How often the run was replayed from its start, with another past. */
  readonly restarts: number;
  readonly events: readonly RecordedEvent[];
  /** Number of events up to a time in microseconds. */
  eventsUntil(us: number): number;
}

/** Follows a playhead through the events of a run. Each event is told once, however far one step goes. */
export class Announcements {
  #info: unknown = null;
  #restarts = 0;
  /** Position of the playhead at the last step, in microseconds. */
  #readUs = 0;
  #count = 0;
  /** Machines that have sent an ICMP error since they last started. */
  readonly #pushingBack = new Set<string>();
  /** Machines by kind since the last `take`. */
  readonly #found = new Map<Kind, Set<string>>();

  /**
   * Follows the playhead to `readUs`. The events up to it are not told of a run that was opened. A run that was replayed, after an action, has the same
   * events up to the place where the playhead was before: those are not told again, but what came after them is told even if the playhead has passed it.
   */
  follow(run: AnnouncedRun, readUs: number, sessionMachine: (session: number) => string): void {
    const isOther = run.info !== this.#info;
    if (isOther || run.restarts !== this.#restarts) {
      this.reset();
      this.moveTo(run.events, run.eventsUntil(isOther ? readUs : Math.min(this.#readUs, readUs)), sessionMachine);
      this.#found.clear();
    }
    this.#info = run.info;
    this.#restarts = run.restarts;
    this.#readUs = readUs;
    this.moveTo(run.events, run.eventsUntil(readUs), sessionMachine);
  }

  /** Moves to the position after the first `count` of `events`, and collects announcements for the events passed. Moving back announces nothing. */
  moveTo(events: readonly RecordedEvent[], count: number, sessionMachine: (session: number) => string): void {
    const isBack = count < this.#count;
    if (isBack) this.reset();
    for (let i = this.#count; i < count; i++) this.#add(events[i], sessionMachine);
    if (isBack) this.#found.clear();
    this.#count = count;
  }

  /** Forgets everything, because another run was opened. */
  reset(): void {
    this.#count = 0;
    this.#pushingBack.clear();
    this.#found.clear();
  }

  #add(e: RecordedEvent, sessionMachine: (session: number) => string): void {
    const { event, machine } = e;
    switch (event.type) {
      case "machine-going-down":
        this.#tell(event.way === "shutdown" ? "shutdown" : "reboot", machine);
        break;
      case "boot-phase":
        this.#pushingBack.delete(machine);
        break;
      case "new-mail":
        this.#tell("mail", machine);
        break;
      case "icmp-error-sent":
        if (!this.#pushingBack.has(machine)) this.#tell("error", machine);
        this.#pushingBack.add(machine);
        break;
      case "session-ended":
        this.#tell("end", sessionMachine(event.session));
        break;
    }
  }

  #tell(kind: Kind, machine: string): void {
    const machines = this.#found.get(kind);
    if (machines) machines.add(machine);
    else this.#found.set(kind, new Set([machine]));
  }

  /** One text for all that has happened since the last call, of bounded length; `null` for nothing. `titleOf` names a machine. */
  take(titleOf: (machine: string) => string): string | null {
    if (this.#found.size === 0) return null;
    const parts = (Object.keys(KINDS) as Kind[]).flatMap((kind) => {
      const machines = this.#found.get(kind);
      return machines ? [`${KINDS[kind]}: ${namesOf([...machines].map(titleOf))}.`] : [];
    });
    this.#found.clear();
    return parts.join(" ");
  }
}

function namesOf(titles: readonly string[]): string {
  return titles.length > MOST_NAMES ? `${titles.length} machines` : titles.join(", ");
}
