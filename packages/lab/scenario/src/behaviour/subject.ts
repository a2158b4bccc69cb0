/** A machine of a run as its behaviour is judged: the facts that hold for it, its own events, and where it was. */

import { type BootModel, type GoingDown, type MailHabits, type Personality, valuesOf } from "@pushback/host";
import { presentSpans, type Span } from "../presence.ts";
import type { RecordedEvent, RecordedMachine } from "../recorded-event.ts";
import type { Recording } from "../recording.ts";
import { withRegistry } from "../registry-parameters.ts";
import { SERVER_SEGMENT } from "../scenario-base.ts";
import { applySettings } from "../variant-settings.ts";

export interface Subject {
  readonly machine: RecordedMachine;
  /** Hardware address, 48 bits. */
  readonly mac: number;
  readonly boot: BootModel;
  readonly goingDown: GoingDown;
  readonly mail: MailHabits;
  /** `null` if a step changes the machine's registry: then the personality differs from boot to boot. */
  readonly personality: Personality | null;
  /** Microseconds after which the machine's mail client tries to log on again by itself; `null` if it does not. */
  readonly reconnectUs: number | null;
  /** The events of all layers of the machine. */
  readonly events: readonly RecordedEvent[];
  /** Times at which the machine began to boot, in microseconds. */
  readonly bootsUs: readonly number[];
  /** Times at which the machine's stack was loaded, in microseconds. */
  readonly loadsUs: readonly number[];
  /** Intervals in which the machine's stack was up and its cable plugged in. */
  readonly spans: readonly Span[];
  /** Whether the machine is on the analyzed segment all the time. */
  readonly isAnalyzed: boolean;
  /** Whether the machine keeps its first address and stays on its first segment during the whole run. */
  readonly isSettled: boolean;
  /** Whether the machine's timers run all the time, because no step suspends it. */
  readonly isTimed: boolean;
}

function macOf({ mac }: RecordedMachine): number {
  return Number.parseInt(mac.replaceAll(":", ""), 16);
}

/** Whether a step of this kind was taken on the machine, by the scenario's file or by hand. */
export function hadStep(events: readonly RecordedEvent[], ...actions: readonly string[]): boolean {
  return events.some(({ layer, event }) => layer === "scenario" && event.type === "step" && actions.includes(event.action));
}

/** Times of the events that are the first ones of a boot. */
function bootsOf(events: readonly RecordedEvent[]): number[] {
  const bootsUs: number[] = [];
  let isOff = true;
  for (const { atUs, layer, event } of events) {
    if (layer !== "machine") continue;
    if (event.type === "machine-off") isOff = true;
    else if (isOff && (event.type === "boot-phase" || event.type === "stack-up" || event.type === "machine-ready")) {
      bootsUs.push(atUs);
      isOff = false;
    }
  }
  return bootsUs;
}

/** The server and the clients of a recording, without fleets and the router. */
export function findSubjects(recording: Recording): Subject[] {
  const { scenario, machines, clientOf } = recording;
  const events = new Map<string, RecordedEvent[]>(machines.map(({ name }) => [name, []]));
  for (const e of recording.events) events.get(e.machine)?.push(e);
  return machines.flatMap((machine) => {
    const isServer = machine.role === "server";
    const variant = scenario.catalogue.findVariant(machine.variant);
    if (!variant || !(isServer || machine.role === "compared" || machine.role === "other")) return [];
    const name = isServer ? "server" : (clientOf.get(machine.name) ?? machine.name);
    const client = scenario.clients.find((c) => c.name === name);
    const facts = applySettings(variant, client?.set ?? {}).variant;
    const boot = valuesOf(facts.boot);
    const personality = valuesOf(facts.personality);
    const own = events.get(machine.name) ?? [];
    // The server's services use TCP/IP from the end of the boot on, so the stack is loaded even on a platform that loads it on demand.
    const isLoadedByServices = isServer && boot.stack.kind === "on-demand";
    return {
      machine,
      mac: macOf(machine),
      boot: isLoadedByServices ? { ...boot, stack: { kind: "after-phase", phase: "" } } : boot,
      goingDown: valuesOf(facts.goingDown),
      mail: valuesOf(facts.mail),
      personality: hadStep(own, "registry") ? null : isServer ? withRegistry(personality, scenario.server) : personality,
      reconnectUs: client?.reconnect ?? null,
      events: own,
      bootsUs: bootsOf(own),
      loadsUs: own.flatMap(({ atUs, event }) => (event.type === "stack-up" ? [atUs] : [])),
      spans: presentSpans(own),
      isAnalyzed: (isServer || client?.segment === undefined || client.segment === SERVER_SEGMENT) && !hadStep(own, "move"),
      isSettled: !hadStep(own, "move") && !own.some(({ event }) => event.type === "address-changed"),
      isTimed: !hadStep(own, "suspend"),
    };
  });
}

/** Whether the machine was on the network all the time from `fromUs` to `toUs`. */
export function wasPresent({ spans }: Subject, fromUs: number, toUs: number): boolean {
  return spans.some((span) => span.fromUs <= fromUs && toUs < span.toUs);
}

/** The latest of these times that is not after `us`; 0 if there is none. */
export function latestUs(timesUs: readonly number[], us: number): number {
  return timesUs.findLast((atUs) => atUs <= us) ?? 0;
}

/** Whether the machine had the same stack at both times, and did not load it again in between. */
export function isSameLoad({ loadsUs }: Subject, fromUs: number, toUs: number): boolean {
  return latestUs(loadsUs, fromUs) === latestUs(loadsUs, toUs);
}
