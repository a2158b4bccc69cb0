/**
 * The page's side of the lab: the playhead moves, the worker runs the machines up to it, and what is shown is folded from what the
 * worker sent. Going back needs no worker; acting does.
 */

import type { ScenarioStep } from "@pushback/scenario";
import { create } from "zustand";
import { askForDocument, useStudio } from "../app/store.ts";
import { type LabState, StateHistory } from "../bench/machine-state.ts";
import { labRemote, workerRemote } from "../worker/client.ts";
import { type EventKind, isOfKind, kindOf } from "./event-kinds.ts";
import type { LabInfo, LabSettings, LabUpdate } from "./lab-types.ts";
import { RecordingView } from "./recording-view.ts";

/** Virtual seconds per second; Infinity is as fast as it goes. */
export const SPEEDS = [1, 10, 60, 600, 3600, Number.POSITIVE_INFINITY] as const;
export const ARTICLE_SPEED = 600;

/** What a frame of the screen asks of the worker when there is no limit: as much as takes about so long, so that the picture goes on. */
const FLAT_OUT_MS = 20;
const FLAT_OUT_MIN_US = 1_000_000;
const FLAT_OUT_MAX_US = 1_800_000_000;
let flatOutUs = 60_000_000;

export interface LabView {
  readonly info: LabInfo | null;
  /** Grows with everything that the worker sends; views that read `recording` depend on it. */
  readonly version: number;
  /** How many times the frames have become others. */
  readonly restarts: number;
  readonly playing: boolean;
  readonly speed: number;
  /** How far the machines have run. */
  readonly simulatedUs: number;
  /** At the playhead. */
  readonly state: LabState | null;
  readonly bookmarks: readonly { readonly atUs: number; readonly label: string }[];
  readonly failure: string | null;
}

export const useLab = create<LabView>()(() => ({
  info: null,
  version: 0,
  restarts: 0,
  playing: false,
  speed: 1,
  simulatedUs: 0,
  state: null,
  bookmarks: [],
  failure: null,
}));

export const recording = new RecordingView();

let history: StateHistory | null = null;
let frameRequest = 0;
let lastFrameMs = 0;
/** One question to the worker at a time. */
let busy = false;
let generation = 0;
/** Whoever moves the playhead has the next number: a late answer to an older one moves it no more. */
let move = 0;
/** Steps and acts, one after the other: each begins where the one before has ended. */
let turn: Promise<unknown> = Promise.resolve();

function inTurn(run: () => Promise<void>): Promise<void> {
  const mine = generation;
  const done = turn.then(() => (mine === generation ? run() : undefined)).catch(fail);
  turn = done;
  return done;
}

/** Whether the recording has grown since views were told. */
let grew = false;

function take(update: LabUpdate): void {
  if (update.restart) history?.clear();
  grew ||= update.restart || update.events.length > 0 || update.marks.length > 0;
  recording.add(update);
  if (update.restart) useLab.setState(({ restarts }) => ({ restarts: restarts + 1 }));
  if (update.restart || !useLab.getState().playing) tellViews();
}

function tellViews(): void {
  const { version, simulatedUs } = useLab.getState();
  if (grew || simulatedUs !== recording.nowUs) useLab.setState({ simulatedUs: recording.nowUs, version: version + Number(grew) });
  grew = false;
}

/** Between two readings of the clock and of the screens while time goes on; what flies along the wire has every picture. */
const READ_EVERY_MS = 50;
let readMs = 0;

/** Moves the playhead within what has been run. */
function showTime(us: number): void {
  const timeUs = Math.max(0, Math.min(us, recording.nowUs));
  const nowMs = performance.now();
  if (useLab.getState().playing && nowMs - readMs < READ_EVERY_MS) {
    useStudio.getState().set({ timeUs });
    return;
  }
  readMs = nowMs;
  tellViews();
  useStudio.getState().set({ timeUs, readUs: timeUs });
  if (!history) return;
  const state = history.after(recording.events, recording.eventsUntil(timeUs));
  if (state !== useLab.getState().state) useLab.setState({ state });
}

/**
 * Opens a run: machines switched on; with `free` at the time when they are ready. Whether it is what is looked at now: not where it
 * can't be opened, and not where somebody has opened something else meanwhile.
 */
export async function openLab(settings: LabSettings): Promise<boolean> {
  pause();
  const isWanted = askForDocument();
  const mine = ++generation;
  const lab = await labRemote();
  const result = await lab.open(settings);
  if (mine !== generation) return false;
  if (!result.ok) {
    useStudio.getState().set({ notice: { text: result.message, kind: "error" } });
    return false;
  }
  const { info } = result;
  recording.clear();
  history = new StateHistory(info.machines);
  useStudio.getState().set({ selectedEvent: null });
  if (isWanted()) useStudio.getState().set({ selectedFrame: null, document: "lab", captureName: null });
  const startUs = settings.play === "free" ? info.readyUs : 0;
  const [update] = await Promise.all([lab.advance(startUs), isWanted() ? workerRemote().showLab() : null]);
  if (mine !== generation) return false;
  useLab.setState(({ restarts }) => ({ info, bookmarks: [], simulatedUs: 0, state: null, failure: null, restarts: restarts + 1 }));
  take(update);
  showTime(startUs);
  return isWanted();
}

export function play(speed?: number): void {
  if (speed !== undefined) useLab.setState({ speed });
  const { info, playing } = useLab.getState();
  if (!info || playing) return;
  if (useStudio.getState().timeUs >= info.durationUs) return;
  useLab.setState({ playing: true });
  lastFrameMs = performance.now();
  frameRequest = requestAnimationFrame(onFrame);
}

/** The clock stops at what is shown. */
export function pause(): void {
  move++;
  stopClock();
}

function stopClock(): void {
  cancelAnimationFrame(frameRequest);
  if (!useLab.getState().playing) return;
  useLab.setState({ playing: false });
  showTime(useStudio.getState().timeUs);
}

function onFrame(nowMs: number): void {
  const { info, speed, playing } = useLab.getState();
  if (!info || !playing) return;
  frameRequest = requestAnimationFrame(onFrame);
  // After a pause of the page (another tab) time does not leap.
  const elapsedMs = Math.min(100, Math.max(0, nowMs - lastFrameMs));
  lastFrameMs = nowMs;
  if (busy) return;
  const from = useStudio.getState().timeUs;
  const stepUs = Number.isFinite(speed) ? elapsedMs * 1000 * speed : flatOutUs;
  const target = Math.min(info.durationUs, Math.round(from + stepUs));
  if (target <= recording.nowUs) showTime(target);
  else void advanceTo(target);
  if (target >= info.durationUs) stopClock();
}

async function advanceTo(us: number): Promise<void> {
  const mine = generation;
  const myMove = ++move;
  busy = true;
  const askedMs = performance.now();
  try {
    const update = await (await labRemote()).advance(us);
    if (performance.now() - askedMs > FLAT_OUT_MS) flatOutUs = Math.max(FLAT_OUT_MIN_US, flatOutUs / 2);
    else if (!Number.isFinite(useLab.getState().speed)) flatOutUs = Math.min(FLAT_OUT_MAX_US, flatOutUs * 1.5);
    if (mine !== generation) return;
    take(update);
    if (myMove === move) showTime(us);
  } catch (error) {
    fail(error);
  } finally {
    busy = false;
  }
}

function fail(error: unknown): void {
  pause();
  useLab.setState({ failure: error instanceof Error ? error.message : String(error) });
}

/** Moves the playhead anywhere in the run; the machines run on where it is beyond them. */
async function seek(us: number): Promise<void> {
  const { info } = useLab.getState();
  if (!info) return;
  const target = Math.max(0, Math.min(Math.round(us), info.durationUs));
  if (target > recording.nowUs) await advanceTo(target);
  else {
    move++;
    showTime(target);
  }
}

/** Stops the clock, and moves the playhead. */
export function jump(us: number): void {
  pause();
  turn = Promise.all([turn, seek(us)]);
}

/** A step waits for what is under way, but not for the clock. */
function stopPlaying(): void {
  if (useLab.getState().playing) pause();
}

export type ScenarioStepWithoutTime = Omit<ScenarioStep, "at">;

/** What a person does at the playhead. What was done after it before is forgotten. Time goes on, so that it can be seen. */
export function act(step: ScenarioStepWithoutTime): Promise<void> {
  return inTurn(async () => {
    const { timeUs } = useStudio.getState();
    const { info } = useLab.getState();
    if (!info) return;
    if (timeUs >= info.durationUs) {
      useStudio.getState().set({ notice: { text: "The run is over here: go back in time, or start again.", kind: "info" } });
      return;
    }
    const mine = generation;
    move++;
    const update = await (await labRemote()).act({ ...step, at: Math.round(timeUs) } as ScenarioStep, timeUs);
    if (mine !== generation) return;
    take(update);
    showTime(recording.nowUs);
    play();
  });
}

/** Runs to the next event of a kind, or to the end where there is none. */
export function runToNext(kind: EventKind, machine: string | null = null): Promise<void> {
  stopPlaying();
  return inTurn(() => toNext(kind, machine));
}

async function toNext(kind: EventKind, machine: string | null): Promise<void> {
  const from = useStudio.getState().timeUs;
  const mine = generation;
  const myMove = ++move;
  const { atUs, update } = await (await labRemote()).runToNext(kind, from, machine);
  if (mine !== generation) return;
  take(update);
  if (myMove !== move) return;
  showTime(atUs ?? recording.nowUs);
  const first = recording.eventsUntil((atUs ?? 0) - 1);
  const index = recording.events.findIndex((e, i) => i >= first && isOfKind(e, kind));
  if (atUs !== null) useStudio.getState().set({ selectedEvent: index, selectedFrame: recording.frameOfEvent(index) });
  else useStudio.getState().set({ notice: { text: "There is no such event before the end of the run.", kind: "info" } });
}

/** To the event after the playhead, or before it. */
export function stepEvent(direction: 1 | -1): Promise<void> {
  stopPlaying();
  return inTurn(async () => {
    const { timeUs, set } = useStudio.getState();
    const index = recording.neighbour(timeUs, direction);
    if (index === null) {
      if (direction === 1) await toNext("any", null);
      else await seek(0);
      return;
    }
    await seek(recording.events[index].atUs);
    set({ selectedEvent: index, selectedFrame: recording.frameOfEvent(index) });
  });
}

/** By a length of time. */
export function stepTime(lengthUs: number, direction: 1 | -1): Promise<void> {
  stopPlaying();
  return inTurn(() => seek(useStudio.getState().timeUs + direction * lengthUs));
}

export function addBookmark(): void {
  const { timeUs } = useStudio.getState();
  useLab.setState(({ bookmarks }) =>
    bookmarks.some((b) => b.atUs === timeUs)
      ? { bookmarks: bookmarks.filter((b) => b.atUs !== timeUs) }
      : { bookmarks: [...bookmarks, { atUs: timeUs, label: `Bookmark ${bookmarks.length + 1}` }].sort((a, b) => a.atUs - b.atUs) },
  );
}

/** Selects an event: playhead, machine and frame with it. */
export function selectEvent(index: number): void {
  const e = recording.events[index];
  if (!e) return;
  jump(e.atUs);
  useStudio.getState().set({ selectedEvent: index, selectedMachine: e.machine, selectedFrame: recording.frameOfEvent(index) });
}

/** Selects a frame of the lab: its event, its machine, and the playhead where it stands still. */
export function selectFrame(frame: number): void {
  const mark = recording.markOfFrame(frame);
  const { info, playing } = useLab.getState();
  const selectedEvent = recording.eventOfFrame(frame);
  const ends = mark === null ? [] : [mark.source, mark.destination];
  const machine = info?.machines.find((m) => m.role !== "server" && ends.includes(m.address));
  useStudio.getState().set({ selectedFrame: frame, selectedEvent, ...(machine && { selectedMachine: machine.name }) });
  if (mark && !playing) jump(mark.timeUs);
}

/** Selects a machine, and the latest that it has done or has been sent: its event and its frame. */
export function selectMachine(name: string): void {
  const { timeUs, selectedEvent, selectedFrame, set } = useStudio.getState();
  const isItsOwn = (index: number): boolean => {
    const e = recording.events[index];
    return e !== undefined && e.machine === name && kindOf(e) !== null;
  };
  set({ selectedMachine: name });
  const isChosen = selectedEvent !== null && isItsOwn(selectedEvent);
  if (isChosen && selectedFrame !== null) return;
  let index = isChosen ? selectedEvent : recording.eventsUntil(timeUs) - 1;
  while (index >= 0 && !isItsOwn(index)) index--;
  const address = useLab.getState().info?.machines.find((machine) => machine.name === name)?.address;
  const mark = address === undefined ? null : recording.lastMarkOf(address, timeUs);
  set({
    selectedEvent: index < 0 ? null : index,
    selectedFrame: (index < 0 ? null : recording.frameOfEvent(index)) ?? mark?.frame ?? null,
  });
}
