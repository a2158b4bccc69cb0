/** Directs a tour: it sets the speed of the clock, slow at the moments of the run and fast between them. The playhead says which moment is shown. */

import { create } from "zustand";
import type { LabInfo } from "../lab/lab-types.ts";
import type { TourMoment } from "../lab/tour-moments.ts";
import { arrivalOf, momentAt, planTour, speedAt, stretchEnd } from "../lab/tour-plan.ts";
import { labRemote } from "../worker/client.ts";
import { ownSpeed, useLab } from "./lab-view.ts";
import { useStudio } from "./studio-store.ts";
import { theLab } from "./the-lab.ts";

interface TourState {
  /** In order of time; empty where there is no tour. */
  readonly moments: readonly TourMoment[];
  /** Whether the tour sets the speed: not after the user has chosen one, or has acted. */
  readonly steers: boolean;
  /** Index of the moment that the user went to with the tour's buttons; `null` once the user has the clock. */
  readonly steppedTo: number | null;
}

export const useTour = create<TourState>()(() => ({ moments: [], steers: false, steppedTo: null }));

let plan: ReturnType<typeof planTour> = [];

/** How often the user has chosen a speed, or acted. */
let choices = 0;

/** Call before a run is opened: a speed that the user chooses while it opens is kept. */
export function speedChoices(): number {
  return choices;
}

/** Sets the speed of a run that was just opened, unless the user has chosen one after `since`, a result of {@link speedChoices}. */
export function suggestSpeed(speed: number, since: number): void {
  if (choices === since) useLab.setState({ speed });
}

function steer(): void {
  if (!useTour.getState().steers) return;
  const speed = speedAt(plan, useStudio.getState().timeUs);
  if (useLab.getState().speed !== speed) useLab.setState({ speed });
}

/** Finds the moments of the open run; `null` if another one was opened meanwhile. */
async function findMoments(): Promise<readonly TourMoment[] | null> {
  const { info } = useLab.getState();
  const moments = await (await labRemote()).tour();
  if (info === null || useLab.getState().info !== info) return null;
  plan = planTour(moments, info.durationUs);
  return moments;
}

/** The run of a tour that begins: its moments are being found. */
let beginning: LabInfo | null = null;

/** Whether a tour of the open run is about to be shown. */
export const isTourBeginning = (): boolean => beginning !== null && beginning === useLab.getState().info;

async function beginTour(): Promise<readonly TourMoment[] | null> {
  const { info } = useLab.getState();
  beginning = info;
  try {
    return await findMoments();
  } finally {
    if (beginning === info) beginning = null;
  }
}

/** Shows the captions of a tour of the open run; the clock stands until the tour is continued. */
export async function offerTour(): Promise<void> {
  const moments = await beginTour();
  if (moments !== null) useTour.setState({ moments, steers: false, steppedTo: null });
}

/** Finds the moments of the open run and lets the tour go on from the playhead. Without moments the clock runs at `otherwise`. */
export async function steerTour(otherwise: number, since = choices): Promise<void> {
  const moments = await beginTour();
  if (moments === null) return;
  useTour.setState({ moments, steers: moments.length > 0 && choices === since });
  if (moments.length === 0) suggestSpeed(otherwise, since);
  steer();
  theLab.play();
}

/** The user has the clock; the captions stay. */
export function leaveTourClock(): void {
  choices++;
  const { steers, steppedTo } = useTour.getState();
  if (steers || steppedTo !== null) useTour.setState({ steers: false, steppedTo: null });
}

export function endTour(): void {
  useTour.setState({ moments: [], steers: false, steppedTo: null });
}

/** Goes to the next or previous moment. The clock runs on if it ran. */
export function stepTour(direction: 1 | -1): void {
  const { moments } = useTour.getState();
  const { playing } = useLab.getState();
  const at = momentAt(moments, useStudio.getState().timeUs) ?? -1;
  const steppedTo = Math.max(0, at + direction);
  const moment = moments[steppedTo];
  if (moment === undefined) return;
  useTour.setState({ steppedTo });
  theLab.jump(arrivalOf(moment));
  if (playing) theLab.play();
}

/** To be called when a control of a machine is pressed: a fast clock would go on for minutes before the press has an effect. */
export function takeOver(): void {
  leaveTourClock();
  theLab.slowDown();
}

/**
 * After an action of the user the run goes on differently: replaces the captions by those of the run as it is now. If they can't be found, the tour ends,
 * because its captions are about another run, and the user is told. A worker that does not answer at all is reported by its watchdog.
 */
async function renewMoments(): Promise<void> {
  const { info } = useLab.getState();
  // The user may end the tour meanwhile, or open another run.
  const isWanted = (): boolean => useTour.getState().moments.length > 0 && useLab.getState().info === info;
  if (!isWanted()) return;
  try {
    const moments = await findMoments();
    if (moments === null || !isWanted()) return;
    useTour.setState({ moments });
    steer();
  } catch (error) {
    if (!isWanted()) return;
    endTour();
    const why = error instanceof Error ? error.message : String(error);
    const text = `The tour has ended: its captions could not be renewed after your action (${why}).`;
    const again = (): void => void offerTour().catch(() => useStudio.getState().set({ notice: { text, kind: "error" } }));
    useStudio.getState().set({ notice: { text, kind: "error", action: { label: "Try again", run: again } } });
  }
}

/** Waits this long after an action, in ms, before the run is simulated to its end for new captions: actions in quick succession need it once. */
const RENEW_AFTER_MS = 700;

/** Follows the playhead and the run. The returned function ends it. */
export function directTour(): () => void {
  let renewal: ReturnType<typeof setTimeout> | undefined;
  theLab.beforeAction = leaveTourClock;
  theLab.stopAfter = (us) => (useTour.getState().steers ? stretchEnd(plan, us) : Number.POSITIVE_INFINITY);
  const endTime = useStudio.subscribe((state, before) => {
    if (state.timeUs !== before.timeUs) steer();
  });
  const endRun = useLab.subscribe((lab, before) => {
    if (lab.info === before.info && lab.actions === before.actions) return;
    clearTimeout(renewal);
    if (lab.info !== before.info) {
      // The speed was that of a moment of the tour. A run that is opened to be played suggests another one.
      if (useTour.getState().steers && lab.info !== null) useLab.setState({ speed: ownSpeed(lab.info.settings) });
      endTour();
    } else renewal = setTimeout(() => void renewMoments(), RENEW_AFTER_MS);
  });
  return () => {
    clearTimeout(renewal);
    endTime();
    endRun();
    endTour();
  };
}
