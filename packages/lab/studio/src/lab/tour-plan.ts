/** How fast a tour's clock runs: slow at its moments, fast between them. */

import type { TourMoment } from "./tour-moments.ts";

/** A stretch of virtual time with one speed, in virtual seconds per second. */
interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
  readonly speed: number;
}

/** When a tour arrives at a moment: the clock is slow from here on. */
export function arrivalOf({ atUs, leadUs }: TourMoment): number {
  return Math.max(0, atUs - leadUs);
}

/** Time to read a caption aloud and to look, in seconds. */
export function readingS(caption: string): number {
  return 3 + 0.36 * caption.split(/\s+/).length;
}

/** Real seconds for the clock's way over `us` microseconds between two moments: a longer way takes longer, but less than in proportion. */
function travelS(us: number): number {
  return 1 + 3.5 * Math.log10(Math.max(1, us / 10_000_000));
}

/** Divides a whole run into stretches with a speed each, without gaps. Moments in close succession are shown more slowly than their declared speed. */
export function planTour(moments: readonly TourMoment[], durationUs: number): Stretch[] {
  const plan: Stretch[] = [];
  const travel = (fromUs: number, toUs: number) => {
    if (toUs > fromUs) plan.push({ fromUs, toUs, speed: (toUs - fromUs) / 1_000_000 / travelS(toUs - fromUs) });
  };
  let hereUs = 0;
  moments.forEach((moment, i) => {
    const fromUs = Math.max(hereUs, arrivalOf(moment));
    const nextUs = i + 1 < moments.length ? Math.max(fromUs + 1, arrivalOf(moments[i + 1])) : durationUs;
    const seconds = readingS(moment.caption);
    const toUs = Math.round(Math.min(nextUs, fromUs + moment.speed * seconds * 1_000_000));
    travel(hereUs, fromUs);
    if (toUs > fromUs) plan.push({ fromUs, toUs, speed: (toUs - fromUs) / 1_000_000 / seconds });
    hereUs = Math.max(hereUs, toUs);
  });
  travel(hereUs, durationUs);
  return plan;
}

/** Speed at a time of the plan; real time beyond its end. */
export function speedAt(plan: readonly Stretch[], timeUs: number): number {
  return plan.find(({ toUs }) => timeUs < toUs)?.speed ?? 1;
}

/** The end of the stretch at a time: no step goes beyond it. */
export function stretchEnd(plan: readonly Stretch[], timeUs: number): number {
  return plan.find(({ toUs }) => timeUs < toUs)?.toUs ?? Number.POSITIVE_INFINITY;
}

/** Real seconds that the whole plan takes. */
export function lengthS(plan: readonly Stretch[]): number {
  return plan.reduce((sum, { fromUs, toUs, speed }) => sum + (toUs - fromUs) / 1_000_000 / speed, 0);
}

/** Index of the moment whose caption is shown at that time: the latest at which the tour has arrived; `null` before the first. */
export function momentAt(moments: readonly TourMoment[], timeUs: number): number | null {
  const index = moments.findLastIndex((moment) => arrivalOf(moment) <= timeUs);
  return index < 0 ? null : index;
}
