/** Intervals in which a machine was on the network: its stack was up and its cable plugged in. */

import { cableAfterBoot, cableAfterStep, PLUGGED_IN } from "./cable.ts";
import type { RecordedEvent } from "./recorded-event.ts";

/** An interval from `fromUs` (inclusive) to `toUs` (exclusive), in microseconds. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Whether this event of a machine may change whether it is on the network. */
export function changesPresence({ layer, event }: RecordedEvent): boolean {
  if (layer === "machine") return MACHINE_EVENTS.has(event.type);
  return layer === "scenario" && STEPS.has(event.action);
}

const MACHINE_EVENTS: ReadonlySet<string> = new Set(["stack-up", "stack-down", "machine-off", "boot-phase"]);
const STEPS: ReadonlySet<string> = new Set(["plug", "unplug", "move", "suspend", "resume"]);

/** Whether the event reports that a step failed, or is the step about which the next event reports this. */
function isFailed({ atUs, event }: RecordedEvent, next: RecordedEvent | undefined): boolean {
  if (event.type === "step-failed") return true;
  return event.type === "step" && next?.event.type === "step-failed" && next.atUs === atUs && next.event.action === event.action;
}

/** When the machine of these events was on the network. Other events among them change nothing. */
export function presentSpans(events: Iterable<RecordedEvent>): Span[] {
  const spans: Span[] = [];
  let isUp = false;
  let cable = PLUGGED_IN;
  let isSuspended = false;
  /** Whether a boot has begun since the machine was off. */
  let isBooted = false;
  let fromUs = 0;
  const changes = [...events].filter(changesPresence);
  for (const [i, e] of changes.entries()) {
    if (e.layer === "scenario" && isFailed(e, changes[i + 1])) continue;
    const was = isUp && cable.plugged && !isSuspended;
    const action = e.layer === "scenario" && e.event.type === "step" ? e.event.action : null;
    if (action === "suspend" || action === "resume") isSuspended = action === "suspend";
    else if (action !== null) cable = cableAfterStep(cable, action);
    else if (e.event.type === "boot-phase") {
      if (!isBooted) cable = cableAfterBoot(cable);
      isBooted = true;
    } else {
      isUp = e.event.type === "stack-up";
      if (e.event.type === "machine-off") isBooted = false;
    }
    const is = isUp && cable.plugged && !isSuspended;
    if (is && !was) fromUs = e.atUs;
    else if (was && !is) spans.push({ fromUs, toUs: e.atUs });
  }
  if (isUp && cable.plugged && !isSuspended) spans.push({ fromUs, toUs: Number.POSITIVE_INFINITY });
  return spans;
}

/** Intersection of two lists of intervals. */
export function spansOfBoth(some: readonly Span[], others: readonly Span[]): Span[] {
  return some.flatMap((a) =>
    others.flatMap((b) => {
      const span = { fromUs: Math.max(a.fromUs, b.fromUs), toUs: Math.min(a.toUs, b.toUs) };
      return span.fromUs < span.toUs ? [span] : [];
    }),
  );
}
