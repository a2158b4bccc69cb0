/** A custom step with the effect of a built-in step gives the same recording, apart from its own event, and so the same judgements. */

import { describe, expect, it } from "vitest";
import * as z from "zod";
import { createCatalogue, defineStep, encodeCapture, machineNames, parseScenario, runScenario, STEPS, type StepTarget } from "./index.ts";
import { recordingJson } from "./recording.ts";

const HOUR_US = 3_600_000_000;

/** Pairs of a built-in step, as a scenario has it, and a call by which a custom step has the same effect. Steps about mail act on a machine that has mail. */
const TWINS: readonly (readonly [string, (target: StepTarget) => void])[] = [
  ["unplug: pc", ({ machine }) => machine.setPlugged(false)],
  ["plug: pc", ({ machine }) => machine.setPlugged(true)],
  ["suspend: pc", ({ workstation }) => workstation.setSuspended(true)],
  ["clock: { machine: pc, ahead: 1h }", ({ machine }) => machine.setClock(HOUR_US)],
  ["deliver: { to: pc }", (target) => target.deliver({})],
  ["deliver: { to: pc, subject: Budget }", (target) => target.deliver({ subject: "Budget" })],
  ["logon: pc", ({ workstation }) => workstation.logOn()],
  ["logoff: pc", ({ workstation }) => workstation.logOff()],
  ["read: pc", ({ workstation }) => workstation.read()],
  ["mark: { machine: pc, as: unread }", ({ workstation }) => workstation.mark(false)],
  ["delete: { machine: pc }", ({ workstation }) => workstation.delete()],
  [
    "send: { from: pc, to: pc, subject: Lunch }",
    ({ workstation, mailboxesOf }) => workstation.send({ to: mailboxesOf(["pc"]), subject: "Lunch", body: "", answers: null }),
  ],
  ["reboot: pc", ({ machine }) => machine.goDown("unclean", true)],
  ["reboot: pc, how: reset", ({ machine }) => machine.goDown("reset", true)],
  ["shutdown: pc", ({ machine }) => machine.goDown("shutdown", false)],
  ["power-off: pc", ({ machine }) => machine.goDown("power-cut", false)],
  ["power-on: pc", ({ machine }) => machine.powerOn()],
  ["address: { machine: pc, new: true }", (target) => target.setAddress({ new: true })],
  ["registry: { machine: pc, KeepAliveTime: 10m }", ({ machine }) => void machine.setRegistry({ KeepAliveTime: 600_000_000 })],
  ["restart-service: server", ({ server }) => server.restartService()],
  ["unplug: server", ({ server }) => server.setPlugged(false)],
  ["move: { machine: pc, to: branch }", (target) => target.moveTo("branch")],
];

function jsonOf(step: string, own: ((target: StepTarget) => void) | null): string {
  const twin = defineStep({
    name: "twin",
    about: "Does what a built-in step does",
    text: "do the same",
    example: "{ at: 1m, twin: client }",
    schema: machineNames,
    onServer: true,
    ownTime: true,
    companions: { unused: z.boolean() },
    machines: (names) => names,
    run: (target) => own?.(target),
    buttons: { none: "for a test" },
  });
  const machine = /server/.test(step) ? "server" : "pc";
  const taken = own === null ? step : `twin: ${machine}`;
  const text = `title: T
duration: 10m
network:
  segments: [{ name: branch }]
clients:
  - { name: pc, platform: nt-4.0 }
steps:
  - { at: 1m, logon: pc }
  - { at: 2m, deliver: { to: pc, subject: First } }
  - { at: 3m, read: pc }
  # The machine has a clock of its own in both runs.
  - { at: 9m59s, clock: { machine: pc, ahead: 1s } }
  - { at: 5m, ${taken} }
  - { at: 7m, deliver: { to: pc, subject: Last } }
`;
  const parsed = parseScenario("twins", text, createCatalogue({ steps: [...STEPS, twin] }));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
  const { events } = JSON.parse(recordingJson(recording));
  const rest = events.filter(({ event }: { event: { action?: string; type: string } }) => event.action !== "twin");
  expect(rest.length).toBe(events.length - (own === null ? 0 : 1));
  return JSON.stringify({ rest, capture: Buffer.from(encodeCapture(recording)).toString("base64") });
}

describe("a custom step", () => {
  it.each(TWINS)("that does what `%s` does is recorded as that step", (step, own) => {
    expect(jsonOf(step, own)).toBe(jsonOf(step, null));
  });

  it("has a twin here for each built-in step", () => {
    const missing = STEPS.map(({ name }) => name).filter((name) => !TWINS.some(([step]) => step.startsWith(`${name}:`)));
    // `resume` needs a `suspend` before it. `lease-end` also changes the machine's address, so no single call has the same effect.
    expect(missing).toEqual(["resume", "lease-end"]);
  });

  it("can't wait for a time that is no number", () => {
    const wait = (target: StepTarget) => target.after("500ms" as unknown as number, () => {});
    expect(() => jsonOf("plug: pc", wait)).toThrow(/after\(500ms\): takes a number of microseconds/);
  });

  it("can't move a machine to an unknown segment", () => {
    expect(() => jsonOf("move: { machine: pc, to: branch }", (target) => target.moveTo("attic"))).toThrow(/no segment is called "attic"/);
  });
});
