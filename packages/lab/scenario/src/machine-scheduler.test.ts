import { Simulation } from "@pushback/sim";
import { describe, expect, it } from "vitest";
import { judgeClaims } from "./claims.ts";
import { MachineScheduler } from "./machine-scheduler.ts";
import { MachineView } from "./machine-view.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";

function scheduler() {
  const simulation = new Simulation({ seed: "1", epochMs: 0 });
  const own = new MachineScheduler(simulation);
  const ran: string[] = [];
  const note = (what: string) => ran.push(`${what} at ${own.nowUs()}`);
  return { simulation, own, ran, note };
}

describe("a scheduler that is suspended", () => {
  it("runs what came due at its resumption, in order, and what is due later at its time", () => {
    const { simulation, own, ran, note } = scheduler();
    for (const us of [10, 30, 20, 90]) own.schedule(us, note, `event ${us}`);
    simulation.runUntil(10);
    own.suspend();
    simulation.runUntil(50);
    own.resume();
    simulation.runUntil(100);
    expect(ran).toEqual(["event 10 at 10", "event 20 at 50", "event 30 at 50", "event 90 at 90"]);
  });

  it("runs nothing that is cancelled before, during or at the end of the suspension", () => {
    const { simulation, own, ran, note } = scheduler();
    const [early, held] = [own.schedule(20, note, "early"), own.schedule(21, note, "held")];
    const last = own.schedule(23, note, "last");
    own.schedule(22, () => own.cancel(last), null);
    own.cancel(early);
    own.suspend();
    simulation.runUntil(50);
    own.cancel(held);
    own.resume();
    own.schedule(5, note, "later");
    simulation.runUntil(100);
    expect(ran).toEqual(["later at 55"]);
  });
});

function record(steps: readonly string[], duration = "3h") {
  const text = `title: T\nduration: ${duration}\nclients: [{ name: pc, platform: windows-95, reconnect: 10s }]\nsteps:\n${steps.map((s) => `  - { ${s} }\n`).join("")}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return runScenario(parsed.scenario, { variants: [], seed: "1" });
}

const eventsOf = (recording: ReturnType<typeof record>, type: string) => [...recording.events].filter(({ event }) => event.type === type);
const MINUTE = 60_000_000;

describe("a machine that is suspended", () => {
  it("hears nothing, and fetches its mail with the first datagram after its resumption", () => {
    const recording = record(["at: 1m, logon: pc", "at: 5m, suspend: pc", "at: 6m, deliver: { to: pc }", "at: 10m30s, resume: pc"], "20m");
    const [heard] = eventsOf(recording, "datagram-received");
    expect(heard.atUs).toBeGreaterThan(11 * MINUTE);
    expect(heard.atUs).toBeLessThan(11 * MINUTE + 10_000_000);
    expect(eventsOf(recording, "new-mail")).toHaveLength(1);
    const view = new MachineView(new RecordingIndex(recording), recording.machines[1]);
    expect(judgeClaims(view, []).filter(({ holds }) => holds === false)).toEqual([]);
  });

  it("loses its session while it sleeps, and finds out by its next call", () => {
    const recording = record(["at: 1m, logon: pc", "at: 5m, suspend: pc", "at: 2h30m, resume: pc"]);
    expect(eventsOf(recording, "session-ended")[0].event).toMatchObject({ cause: "keepalive-timeout" });
    expect(eventsOf(recording, "disconnected")[0]).toMatchObject({ event: { cause: "reset" } });
    expect(eventsOf(recording, "disconnected")[0].atUs).toBeGreaterThanOrEqual(150 * MINUTE);
    expect(eventsOf(recording, "logged-on")).toHaveLength(2);
  });

  it("takes no other step, and says so", () => {
    const recording = record([
      "at: 1m, suspend: pc",
      "at: 2m, logon: pc",
      "at: 3m, reboot: pc",
      "at: 4m, suspend: pc",
      "at: 5m, resume: pc",
      "at: 6m, resume: pc",
    ]);
    const reasons = eventsOf(recording, "step-failed").map(({ event }) => ("reason" in event ? event.reason : ""));
    expect(reasons).toEqual([
      "the machine is suspended",
      "the machine is suspended",
      "the machine is suspended already",
      "the machine is not suspended",
    ]);
  });
});
