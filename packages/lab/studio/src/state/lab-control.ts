/**
 * The page's side of the lab. The worker runs the machines and sends what they do; this class keeps the recording, moves the playhead
 * within it, and asks the worker to run on when the playhead goes beyond it. Going back needs no worker; acting does.
 */

import type { ScenarioStep } from "@pushback/scenario";
import { type EventKind, isOfKind } from "../lab/event-kinds.ts";
import type { LabInfo, LabSettings, LabUpdate, PersonAction } from "../lab/lab-types.ts";
import { StateHistory } from "../lab/machine-state.ts";
import { RecordingView } from "../lab/recording-view.ts";
import type { LabRemote } from "../worker/client.ts";
import { FlatOutPace } from "./flat-out-pace.ts";
import { type LabView, useLab } from "./lab-view.ts";
import { askForDocument, useStudio } from "./studio-store.ts";

export type ScenarioStepWithoutTime = Omit<ScenarioStep, "at">;

/** The functions of the page and the worker that the control uses. */
export interface LabSurroundings {
  /** The parts of the lab in the worker that are asked here. */
  lab(): Promise<Pick<LabRemote, "open" | "advance" | "act" | "rerun" | "runToNext">>;
  nowMs(): number;
  requestFrame(run: (nowMs: number) => void): number;
  cancelFrame(request: number): void;
}

/** What was done in a run before it is opened, and where its playhead stood. */
export interface EarlierWork {
  readonly actions: readonly PersonAction[];
  readonly bookmarks: LabView["bookmarks"];
  readonly timeUs: number;
  /** Lists of actions that undo and redo restore. Default: undo removes the actions one by one. */
  readonly undos?: LabView["undos"] | undefined;
  readonly redos?: LabView["redos"] | undefined;
}

/** A run that is open. */
interface OpenRun {
  readonly info: LabInfo;
  readonly history: StateHistory;
}

/**
 * What the control does, one thing at a time. Entering another state aborts the request of the one before: its response still joins the
 * recording, but does not move the playhead.
 */
type Activity =
  /** The clock is stopped. */
  | { readonly kind: "still" }
  /** A run is being opened; nothing else may start. */
  | { readonly kind: "opening"; readonly abort: AbortController }
  /** The playhead moves with the clock, and at most one request is under way. */
  | { readonly kind: "playing"; readonly abort: AbortController; frame: number; lastFrameMs: number; isWaiting: boolean; readMs: number }
  /** A request is under way whose response moves the playhead. With `thenPlay`, the clock runs afterwards. */
  | { readonly kind: "moving"; readonly abort: AbortController; thenPlay: boolean };

/** Undo goes back this many actions. */
const MAX_UNDOS = 100;

/** Undo lists for a run that is opened with these actions: each undo removes the last action. */
function undosOf(actions: readonly PersonAction[]): (readonly PersonAction[])[] {
  return actions.map((_, i) => actions.slice(0, i)).slice(-MAX_UNDOS);
}

/**
 * Outcome of opening a run. `shown`: it is on the screen. `behind`: it is open, but a capture that was opened meanwhile covers it. `refused`: it can't
 * be opened. `overtaken`: opening another run replaced the request.
 */
export type OpenOutcome = "shown" | "behind" | "refused" | "overtaken";

const tellError = (text: string): void => useStudio.getState().set({ notice: { text, kind: "error" } });

const STILL: Activity = { kind: "still" };

/** While the clock runs, times and screens are refreshed this often; the wire is drawn with every frame of the screen. */
const READ_EVERY_MS = 50;
/** Acting leaves a clock alone that is not faster than this, in virtual seconds per second. */
const SLOW_ENOUGH = 10;
/** Longest time between two frames of the screen that counts: after the page was hidden, the playhead does not leap. */
const MAX_FRAME_MS = 100;

export class LabControl {
  readonly recording = new RecordingView();
  readonly #around: LabSurroundings;
  readonly #pace = new FlatOutPace();
  #run: OpenRun | null = null;
  #activity: Activity = STILL;
  /** The latest of the queued steps and actions: each begins when the one before has finished. */
  #turn: Promise<unknown> = Promise.resolve();
  /** Whether the recording has grown since the views were last updated. */
  #hasGrown = false;

  /** The time after `us` at which the speed changes: one frame of the screen does not lead beyond it. */
  stopAfter: (us: number) => number = () => Number.POSITIVE_INFINITY;
  /** Called when the user asks for an action, or to undo or redo one, before it is carried out. */
  beforeAction: () => void = () => {};

  constructor(around: LabSurroundings) {
    this.#around = around;
  }

  #enter(activity: Activity): void {
    const before = this.#activity;
    if (before.kind === "playing") this.#around.cancelFrame(before.frame);
    this.#activity = activity;
    if (before.kind !== "still") before.abort.abort();
    const playing = activity.kind === "playing" || (activity.kind === "moving" && activity.thenPlay);
    if (useLab.getState().playing !== playing) useLab.setState({ playing });
  }

  /**
   * Opens a run: with `play: "free"` at the time when the machines are ready, otherwise at its start. If it can't be opened, `refuse` is called with one
   * line that says why. `earlier` restores the actions and the playhead of a stored run.
   */
  async open(
    settings: LabSettings,
    earlier: EarlierWork | null = null,
    refuse: (message: string) => void = tellError,
  ): Promise<OpenOutcome> {
    // Steps of the run before may wait for a worker that no longer answers.
    this.#turn = Promise.resolve();
    this.pause();
    const isWanted = askForDocument();
    const abort = new AbortController();
    this.#enter({ kind: "opening", abort });
    try {
      const lab = await this.#around.lab();
      const result = await lab.open(settings, earlier?.actions ?? []);
      if (!result.ok) {
        refuse(result.message);
        return abort.signal.aborted ? "overtaken" : "refused";
      }
      if (abort.signal.aborted) return "overtaken";
      const { info } = result;
      const run: OpenRun = { info, history: new StateHistory(info.machines) };
      this.#run = run;
      this.recording.clear();
      useStudio.getState().set({ selectedEvent: null, selectedFrame: null, ...(isWanted() && { current: null }) });
      const startUs = earlier?.timeUs ?? (settings.play === "free" ? info.readyUs : 0);
      const update = await lab.advance(startUs);
      if (abort.signal.aborted) return "overtaken";
      useLab.setState(({ restarts }) => ({
        info,
        actions: earlier?.actions ?? [],
        undos: earlier?.undos ?? undosOf(earlier?.actions ?? []),
        redos: earlier?.redos ?? [],
        bookmarks: earlier?.bookmarks ?? [],
        simulatedUs: 0,
        state: null,
        failure: null,
        restarts: restarts + 1,
      }));
      this.#take(run, update);
      this.#showTime(run, startUs);
      return isWanted() ? "shown" : "behind";
    } finally {
      if (!abort.signal.aborted) this.#enter(STILL);
    }
  }

  /** Lets the clock run from the playhead on; does nothing at the end of the run. */
  play(): void {
    const activity = this.#activity;
    if (activity.kind === "moving") {
      activity.thenPlay = true;
      useLab.setState({ playing: true });
    } else if (activity.kind === "still") this.#startClock();
  }

  #startClock(): void {
    if (!this.#run || useStudio.getState().timeUs >= this.#run.info.durationUs) return;
    const frame = this.#around.requestFrame(this.#onFrame);
    const lastFrameMs = this.#around.nowMs();
    this.#enter({ kind: "playing", abort: new AbortController(), frame, lastFrameMs, isWaiting: false, readMs: 0 });
  }

  /** Slows a fast clock down to real time after an action, so that its consequences can be watched. */
  slowDown(): void {
    const { speed } = useLab.getState();
    if (speed <= SLOW_ENOUGH) return;
    useLab.setState({ speed: 1 });
    useStudio.getState().set({ notice: { text: "The clock runs in real time again, so that you see what follows.", kind: "info" } });
  }

  /** Stops the clock at the time shown, and drops a move of the playhead that is under way. */
  pause(): void {
    const { kind } = this.#activity;
    if (kind !== "playing" && kind !== "moving") return;
    this.#enter(STILL);
    if (kind === "playing" && this.#run) this.#showTime(this.#run, useStudio.getState().timeUs);
  }

  readonly #onFrame = (nowMs: number): void => {
    const activity = this.#activity;
    const run = this.#run;
    if (activity.kind !== "playing" || !run) return;
    activity.frame = this.#around.requestFrame(this.#onFrame);
    const elapsedMs = Math.min(MAX_FRAME_MS, Math.max(0, nowMs - activity.lastFrameMs));
    activity.lastFrameMs = nowMs;
    if (activity.isWaiting) return;
    const { speed } = useLab.getState();
    const stepUs = Number.isFinite(speed) ? elapsedMs * 1000 * speed : this.#pace.us;
    const { timeUs } = useStudio.getState();
    const target = Math.min(run.info.durationUs, this.stopAfter(timeUs), Math.round(timeUs + stepUs));
    const isEnd = target >= run.info.durationUs;
    if (target <= this.recording.nowUs) {
      this.#showTime(run, target);
      if (isEnd) this.pause();
    } else if (isEnd) void this.#moveTo(run, target);
    else void this.#playTo(run, activity, target);
  };

  /** Requests the simulation up to `us` from the worker while the clock runs. */
  async #playTo(run: OpenRun, clock: Extract<Activity, { kind: "playing" }>, us: number): Promise<void> {
    clock.isWaiting = true;
    try {
      const update = await this.#advance(us);
      if (run !== this.#run) return;
      this.#take(run, update);
      if (!clock.abort.signal.aborted) this.#showTime(run, us);
    } catch (error) {
      this.#fail(error);
    } finally {
      clock.isWaiting = false;
    }
  }

  /** Moves the playhead to `us`, which is later than the simulated time: the worker simulates up to it first. */
  #moveTo(run: OpenRun, us: number): Promise<void> {
    return this.#move(
      run,
      false,
      () => this.#advance(us),
      (update) => update,
      () => this.#showTime(run, us),
    );
  }

  async #advance(us: number): Promise<LabUpdate> {
    const lab = await this.#around.lab();
    const askedMs = this.#around.nowMs();
    const update = await lab.advance(us);
    this.#pace.measured(this.#around.nowMs() - askedMs, !Number.isFinite(useLab.getState().speed));
    return update;
  }

  /** Asks the worker, adds its response to the recording and, unless another activity has begun, calls `show` to move the playhead. */
  async #move<T>(
    run: OpenRun,
    thenPlay: boolean,
    ask: () => Promise<T>,
    updateOf: (response: T) => LabUpdate,
    show: (response: T) => void,
  ): Promise<void> {
    const moving: Activity = { kind: "moving", abort: new AbortController(), thenPlay };
    this.#enter(moving);
    try {
      const response = await ask();
      if (run !== this.#run) return;
      this.#take(run, updateOf(response));
      if (this.#activity === moving) show(response);
      // Another activity controls the playhead, so it stays. But the response may have changed the recording before it, so the views are drawn again.
      else if (this.#activity.kind === "still") this.#showTime(run, useStudio.getState().timeUs);
    } catch (error) {
      this.#fail(error);
    } finally {
      if (this.#activity === moving) {
        this.#enter(STILL);
        if (moving.thenPlay) this.#startClock();
      }
    }
  }

  #fail(error: unknown): void {
    this.pause();
    useLab.setState({ failure: error instanceof Error ? error.message : String(error) });
  }

  /** Adds the events and frames of a worker's response to the recording. */
  #take(run: OpenRun, update: LabUpdate): void {
    if (update.restart) run.history.clear();
    this.#hasGrown ||= update.restart || update.events.length > 0 || update.marks.length > 0;
    this.recording.add(update);
    if (update.restart) useLab.setState(({ restarts }) => ({ restarts: restarts + 1 }));
    if (update.restart || this.#activity.kind !== "playing") this.#tellViews();
  }

  #tellViews(): void {
    const { version, simulatedUs } = useLab.getState();
    const { nowUs } = this.recording;
    if (this.#hasGrown || simulatedUs !== nowUs) useLab.setState({ simulatedUs: nowUs, version: version + Number(this.#hasGrown) });
    this.#hasGrown = false;
  }

  /** Moves the playhead within what has been run. */
  #showTime(run: OpenRun, us: number): void {
    const timeUs = Math.max(0, Math.min(us, this.recording.nowUs));
    const activity = this.#activity;
    if (activity.kind === "playing") {
      const nowMs = this.#around.nowMs();
      if (nowMs - activity.readMs < READ_EVERY_MS) {
        useStudio.getState().set({ timeUs });
        return;
      }
      activity.readMs = nowMs;
    }
    this.#tellViews();
    useStudio.getState().set({ timeUs, readUs: timeUs });
    const state = run.history.after(this.recording.events, this.recording.eventsUntil(timeUs));
    if (state !== useLab.getState().state) useLab.setState({ state });
  }

  /** Moves the playhead anywhere in the run; the machines run on if it is beyond them. */
  async #seek(us: number): Promise<void> {
    const run = this.#run;
    if (!run || this.#activity.kind === "opening") return;
    const target = Math.max(0, Math.min(Math.round(us), run.info.durationUs));
    if (target > this.recording.nowUs) await this.#moveTo(run, target);
    else {
      this.pause();
      this.#showTime(run, target);
    }
  }

  /** Stops the clock and moves the playhead. Steps that follow wait for it. */
  jump(us: number): void {
    this.pause();
    this.#turn = Promise.all([this.#turn, this.#seek(us)]);
  }

  /** Runs `step` after the steps before it; drops it if another run was opened meanwhile. */
  #inTurn(step: (run: OpenRun) => Promise<void>): Promise<void> {
    const run = this.#run;
    const done = this.#turn
      .then(() => (run && run === this.#run && this.#activity.kind !== "opening" ? step(run) : undefined))
      .catch((error: unknown) => this.#fail(error));
    this.#turn = done;
    return done;
  }

  /** Steps wait for a request that is under way, but stop the clock. */
  #stopClock(): void {
    if (this.#activity.kind === "playing") this.pause();
  }

  /** Carries out a step at the playhead. Later actions are dropped, and the clock runs on so that the consequences can be watched. */
  act(step: ScenarioStepWithoutTime): Promise<void> {
    this.beforeAction();
    this.slowDown();
    return this.#inTurn(async (run) => {
      const { timeUs, set } = useStudio.getState();
      if (timeUs >= run.info.durationUs) {
        set({ notice: { text: "The run is over here: go back in time, or start again.", kind: "info" } });
        return;
      }
      await this.#move(
        run,
        true,
        async () => {
          const at = Math.round(timeUs);
          const update = await (await this.#around.lab()).act({ ...step, at } as ScenarioStep, at);
          if (run !== this.#run) return update;
          const { actions, undos } = useLab.getState();
          const kept = actions.filter((action) => action.atUs <= at);
          // `nowUs` is the step's time, which may be some microseconds after the playhead (`LabSession.act`).
          const taken: PersonAction = { atUs: update.nowUs, step: { ...step, at: update.nowUs } as ScenarioStep };
          useLab.setState({ actions: [...kept, taken], undos: [...undos, actions].slice(-MAX_UNDOS), redos: [] });
          return update;
        },
        (update) => update,
        () => this.#showTime(run, this.recording.nowUs),
      );
    });
  }

  /** Takes back the latest action, or the latest drop of later actions; the playhead goes to where they differ. */
  undo(): Promise<void> {
    return this.#bringBack("undos", "redos");
  }

  redo(): Promise<void> {
    return this.#bringBack("redos", "undos");
  }

  #bringBack(from: "undos" | "redos", to: "undos" | "redos"): Promise<void> {
    if (useLab.getState()[from].length > 0) this.beforeAction();
    this.#stopClock();
    return this.#inTurn(async (run) => {
      const lab = useLab.getState();
      const wanted = lab[from].at(-1);
      if (wanted === undefined) return;
      const i = wanted.findIndex((action, k) => action !== lab.actions[k]);
      const different = [...wanted.slice(i < 0 ? wanted.length : i), ...lab.actions.slice(i < 0 ? wanted.length : i)];
      const atUs = Math.min(...different.map((action) => action.atUs));
      await this.#move(
        run,
        false,
        async () => {
          const update = await (await this.#around.lab()).rerun(wanted, atUs);
          if (run === this.#run)
            useLab.setState({ actions: wanted, [from]: lab[from].slice(0, -1), [to]: [...lab[to], lab.actions].slice(-MAX_UNDOS) });
          return update;
        },
        (update) => update,
        () => this.#showTime(run, atUs),
      );
    });
  }

  /** Runs to the next event of a kind, or to the end of the run if there is none. */
  runToNext(kind: EventKind, machine: string | null = null): Promise<void> {
    this.#stopClock();
    return this.#inTurn((run) => this.#toNext(run, kind, machine));
  }

  #toNext(run: OpenRun, kind: EventKind, machine: string | null): Promise<void> {
    const from = useStudio.getState().timeUs;
    return this.#move(
      run,
      false,
      async () => (await this.#around.lab()).runToNext(kind, from, machine),
      ({ update }) => update,
      ({ atUs }) => {
        this.#showTime(run, atUs ?? this.recording.nowUs);
        if (atUs === null) {
          useStudio.getState().set({ notice: { text: "There is no such event before the end of the run.", kind: "info" } });
          return;
        }
        const first = this.recording.eventsUntil(atUs - 1);
        const index = this.recording.events.findIndex((e, i) => i >= first && isOfKind(e, kind));
        useStudio.getState().set({ selectedEvent: index, selectedFrame: this.recording.frameOfEvent(index) });
      },
    );
  }

  /** Moves to the next event after the playhead, or the last one before it. */
  stepEvent(direction: 1 | -1): Promise<void> {
    this.#stopClock();
    return this.#inTurn(async (run) => {
      const { timeUs, set } = useStudio.getState();
      const index = this.recording.neighbour(timeUs, direction);
      if (index === null) {
        if (direction === 1) await this.#toNext(run, "any", null);
        else await this.#seek(0);
        return;
      }
      await this.#seek(this.recording.events[index].atUs);
      set({ selectedEvent: index, selectedFrame: this.recording.frameOfEvent(index) });
    });
  }

  /** Moves the playhead by a duration in microseconds. */
  stepTime(lengthUs: number, direction: 1 | -1): Promise<void> {
    this.#stopClock();
    return this.#inTurn(() => this.#seek(useStudio.getState().timeUs + direction * lengthUs));
  }
}
