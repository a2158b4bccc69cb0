/** Checks that the steps of the scenario's file are taken at their times. */

import { formatDuration } from "@pushback/host";
import type { Recording } from "../recording.ts";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import type { Subject } from "./subject.ts";

/** How long after its time a step may be taken: on a network with segments, deliveries of one step are spaced. */
const SPREAD_US = 1_000_000;

export function judgeSteps({ scenario, durationUs, clientOf }: Recording, subjects: readonly Subject[], faults: BehaviourFaults): void {
  const present = new Set(["server", ...clientOf.values()]);
  for (const { name, on } of scenario.clients) if (on !== undefined && present.has(on)) present.add(name);
  const taken = new Map<string, number[]>();
  for (const { events } of subjects) {
    for (const { atUs, layer, event } of events) {
      if (layer !== "scenario" || event.type !== "step") continue;
      const times = taken.get(event.action);
      if (times) times.push(atUs);
      else taken.set(event.action, [atUs]);
    }
  }
  for (const step of scenario.steps) {
    const { name } = scenario.catalogue.actionOf(step);
    if (!scenario.catalogue.machinesOf(step).some((machine) => present.has(machine))) continue;
    const lastUs = step.at + (step.stagger ?? 0) + SPREAD_US;
    if (lastUs > durationUs || taken.get(name)?.some((us) => us >= step.at && us <= lastUs)) continue;
    faults.add("the scenario", "takes its steps in time", `\`${name}\` of ${formatDuration(step.at)} was not taken`, step.at);
  }
}
