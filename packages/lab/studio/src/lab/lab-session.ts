/**
 * An interactive run: a scenario, plus the actions of a person with their times. An action in the past drops the later actions and replays the run
 * from the beginning; the same actions give the same recording.
 */

import {
  FrameIndexer,
  openScenario,
  type RecordedEvent,
  type Recording,
  type RunOptions,
  type Scenario,
  type ScenarioRun,
  type ScenarioStep,
} from "@pushback/scenario";
import { type EventKind, isOfKind } from "./event-kinds.ts";
import type { FrameMark, KeepAliveSetting, LabUpdate, PersonAction } from "./lab-types.ts";

export class LabSession {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  #run: ScenarioRun;
  #indexer: FrameIndexer;
  #actions: PersonAction[] = [];
  /** How much the caller has received: events, datagrams, errors, segments. */
  #told = { events: 0, datagrams: 0, unreachables: 0, segments: 0, arp: 0 };
  #restarted = false;

  constructor(scenario: Scenario, options: RunOptions, actions: readonly PersonAction[] = []) {
    this.#scenario = scenario;
    this.#options = options;
    this.#run = openScenario(scenario, options);
    this.#indexer = new FrameIndexer(this.#run.recording.frames);
    for (const { atUs, step } of actions) this.#perform(step, atUs);
  }

  get nowUs(): number {
    return this.#run.nowUs;
  }

  get scenario(): Scenario {
    return this.#scenario;
  }

  get durationUs(): number {
    return this.#scenario.duration;
  }

  get recording(): Recording {
    return this.#run.recording;
  }

  get actions(): readonly PersonAction[] {
    return this.#actions;
  }

  /** Runs up to `us`, or up to the scenario's end. Does nothing if that time has passed already. */
  advance(us: number): void {
    const until = Math.min(us, this.durationUs);
    if (until > this.#run.nowUs) this.#run.runUntil(until);
  }

  /**
   * Carries out `step` at `atUs`, or at the first later microsecond without other events: a scenario file runs a step before all other events of its
   * time, so only then a file with the same step gives the same run. Afterwards the clock is at the step's time. Later actions and their consequences
   * are dropped.
   */
  act(step: ScenarioStep, atUs: number): void {
    const at = Math.min(Math.round(atUs), this.durationUs);
    if (at < this.#run.nowUs) this.#replay(at);
    this.advance(at);
    while (this.#hasHappened() && this.#run.nowUs < this.durationUs) this.advance(this.#run.nowUs + 1);
    this.#perform(step, this.#run.nowUs);
  }

  /** Whether anything was recorded at the present time. */
  #hasHappened(): boolean {
    const { nowUs, recording } = this.#run;
    const { events, frames } = recording;
    return events.at(events.length - 1)?.atUs === nowUs || (frames.count > 0 && frames.timeOf(frames.count) === nowUs);
  }

  #perform(step: ScenarioStep, atUs: number): void {
    this.advance(atUs);
    const taken = { ...step, at: atUs };
    this.#run.perform(taken);
    this.#actions.push({ atUs, step: taken });
  }

  /** Runs to the next event of a kind after `fromUs`. Returns its time in microseconds, or `null` if the run has none. */
  runToNext(kind: EventKind, fromUs: number, machine: string | null = null): number | null {
    const run = this.#run;
    let seen = 0;
    const find = (): number | null => {
      const { events } = run.recording;
      for (; seen < events.length; seen++) {
        const e = events.at(seen) as RecordedEvent;
        if (e.atUs > fromUs && isOfKind(e, kind) && (machine === null || e.machine === machine)) return e.atUs;
      }
      return null;
    };
    let found = find();
    while (found === null && run.nextEventUs <= this.durationUs) {
      run.runUntil(run.nextEventUs);
      found = find();
    }
    if (found === null) this.advance(this.durationUs);
    return found;
  }

  /** Events and frames since the last call. */
  update(): LabUpdate {
    const { events, frames } = this.#run.recording;
    this.#indexer.update();
    const { datagrams, unreachables, segments, arp } = this.#indexer;
    const marks: FrameMark[] = [];
    for (const d of datagrams.slice(this.#told.datagrams)) marks.push({ ...endsOf(d), kind: "push", answers: null });
    for (const u of unreachables.slice(this.#told.unreachables)) {
      const { frame, timeUs, source, destination } = u;
      const [srcPort, dstPort] = [u.datagram?.dstPort ?? 0, u.datagram?.srcPort ?? 0];
      marks.push({ frame, timeUs, source, destination, srcPort, dstPort, kind: "icmp", answers: u.datagram?.frame ?? null });
    }
    for (const s of segments.slice(this.#told.segments)) marks.push({ ...endsOf(s), kind: "tcp", answers: null });
    for (const { frame, timeUs, sender, target } of arp.slice(this.#told.arp))
      marks.push({ frame, timeUs, kind: "arp", source: sender, destination: target, srcPort: 0, dstPort: 0, answers: null });
    marks.sort((a, b) => a.frame - b.frame);
    const update: LabUpdate = {
      restart: this.#restarted,
      nowUs: this.#run.nowUs,
      events: events.slice(this.#told.events),
      marks,
      frameCount: frames.count,
      keepAlives: this.#keepAlives(),
    };
    this.#told = {
      events: events.length,
      datagrams: datagrams.length,
      unreachables: unreachables.length,
      segments: segments.length,
      arp: arp.length,
    };
    this.#restarted = false;
    return update;
  }

  /** Keep-alive settings of the server over the run: the initial ones, and each change by a registry step. */
  #keepAlives(): KeepAliveSetting[] {
    const changes = [...this.#scenario.steps, ...this.#actions.map(({ atUs, step }) => ({ ...step, at: atUs }))].flatMap(
      ({ at, registry }) => (registry?.KeepAliveTime === undefined ? [] : [{ atUs: at, keepAliveUs: registry.KeepAliveTime }]),
    );
    return [{ atUs: 0, keepAliveUs: this.#run.recording.keepAliveUs }, ...changes.sort((a, b) => a.atUs - b.atUs)];
  }

  /** Runs everything again from the beginning with these actions, in order of time, up to `untilUs`. */
  rerun(actions: readonly PersonAction[], untilUs: number): void {
    this.#replayWith(actions);
    this.advance(untilUs);
  }

  #replay(untilUs: number): void {
    this.#replayWith(this.#actions.filter((action) => action.atUs <= untilUs));
  }

  #replayWith(kept: readonly PersonAction[]): void {
    this.#run = openScenario(this.#scenario, this.#options);
    this.#indexer = new FrameIndexer(this.#run.recording.frames);
    this.#actions = [];
    this.#told = { events: 0, datagrams: 0, unreachables: 0, segments: 0, arp: 0 };
    this.#restarted = true;
    for (const { atUs, step } of kept) this.#perform(step, atUs);
  }
}

function endsOf(mark: Omit<FrameMark, "kind" | "answers">): Omit<FrameMark, "kind" | "answers"> {
  const { frame, timeUs, source, destination, srcPort, dstPort } = mark;
  return { frame, timeUs, source, destination, srcPort, dstPort };
}
