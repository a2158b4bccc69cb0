/** Checks how a machine boots and goes down: the phases of its boot model in their order, each as long as it says, and the stack up when it says. */

import { type BootPhase, formatDuration } from "@pushback/host";
import type { BehaviourFaults } from "./behaviour-faults.ts";
import { hadStep, type Subject } from "./subject.ts";

/** Rounding of a phase's length. */
const ROUNDING_US = 1;

export function judgeBoots({ machine, boot, goingDown, events, isTimed }: Subject, durationUs: number, faults: BehaviourFaults): void {
  // A machine that has lost its address stays without a stack until its next boot.
  if (!isTimed || hadStep(events, "lease-end")) return;
  const { phases, stack, jitter } = boot;
  /** The phase under way, by its place, and when it began; `null`: it is not booting. */
  let phase: number | null = null;
  let sinceUs = 0;
  let isUp = false;
  let isReady = false;
  let offAtUs: number | null = null;
  const fault = (finding: string, atUs: number) => void faults.add(machine.name, "boots as its platform", finding, atUs);
  /** Whether this moment may be the end of the phase under way. */
  const mayEnd = (atUs: number) => {
    const { durationUs: us = 0 } = phases[phase ?? -1] ?? {};
    return Math.abs(atUs - sinceUs - us) <= us * jitter + ROUNDING_US;
  };
  const lengthOf = ({ title, durationUs: us }: BootPhase, atUs: number) =>
    `"${title}" had taken ${formatDuration(atUs - sinceUs)}, it takes ${formatDuration(us)}`;

  for (const { atUs, layer, event } of events) {
    if (layer !== "machine") continue;
    switch (event.type) {
      case "boot-phase": {
        const next: number = phase === null ? 0 : phase + 1;
        if (event.phase.id !== phases[next]?.id) fault(`phase "${event.phase.id}" came, due was "${phases[next]?.id ?? "none"}"`, atUs);
        else if (phase !== null && !mayEnd(atUs)) fault(lengthOf(phases[phase], atUs), atUs);
        phase = next;
        sinceUs = atUs;
        break;
      }
      case "stack-up":
        isUp = true;
        if (stack.kind === "on-demand") {
          if (!isReady) fault("the stack was up before a program could open it", atUs);
        } else if (phase !== null && phases.length > 0) {
          const due = stack.phase === "" ? phases.length - 1 : phases.findIndex(({ id }) => id === stack.phase);
          if (phase !== due || !mayEnd(atUs)) fault(`the stack came up in phase "${phases[phase]?.id}"`, atUs);
        }
        break;
      case "machine-ready":
        if (phase !== null && (phase !== phases.length - 1 || !mayEnd(atUs)))
          fault(`it was ready in phase "${phases[phase]?.id}", ${formatDuration(atUs - sinceUs)} after that began`, atUs);
        if (stack.kind === "after-phase" && !isUp) fault("it was ready without its stack", atUs);
        phase = null;
        isReady = true;
        break;
      case "stack-down":
        isUp = false;
        break;
      case "machine-going-down":
        phase = null;
        isReady = false;
        offAtUs = atUs + goingDown[event.way].takesUs;
        break;
      case "machine-off":
        if (offAtUs !== null && atUs !== offAtUs) fault(`it was off, due was ${formatDuration(offAtUs)}`, atUs);
        isUp = false;
        break;
    }
  }
  const last = phases[phase ?? -1];
  if (last !== undefined && durationUs - sinceUs > last.durationUs * (1 + jitter) + ROUNDING_US)
    fault(lengthOf(last, durationUs), durationUs);
}
