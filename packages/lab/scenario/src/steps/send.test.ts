/** Mail that one client of a scenario sends to another. */

import { describe, expect, it } from "vitest";
import { judgeClaims } from "../claims.ts";
import { compareScenario } from "../compare.ts";
import { MachineView } from "../machine-view.ts";
import type { Recording } from "../recording.ts";
import { RecordingIndex } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";

const TWO = "clients:\n  - { name: anna, platform: nt-4.0 }\n  - { name: boris, platform: windows-95 }\n";

function run(steps: readonly string[], clients = TWO) {
  const logons = "  - { at: 1s, logon: [anna, boris] }\n";
  const text = `title: T\nduration: 20m\n${clients}steps:\n${logons}${steps.map((step) => `  - ${step}\n`).join("")}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
  return { recording, events: [...recording.events] };
}

/** Whether the claim `notify` holds, for each client. */
function notifyHolds(recording: Recording): (boolean | null | undefined)[] {
  const index = new RecordingIndex(recording);
  const views = recording.machines.filter(({ role }) => role !== "server").map((machine) => new MachineView(index, machine));
  return views.map((view) => judgeClaims(view, views).find(({ id }) => id === "notify")?.holds);
}

const faultsOf = (text: string) => {
  const parsed = parseScenario("t", `title: T\nduration: 5m\n${TWO}steps:\n  - { at: 1m, send: ${text} }\n`);
  return parsed.ok ? [] : parsed.faults.map(({ message }) => message);
};

describe("send", () => {
  it("reaches the other client's Inbox, which is notified by a datagram and fetches it", () => {
    const { recording, events } = run([
      "{ at: 2m, send: { from: anna, to: boris, subject: Lunch, body: Noon? } }",
      "{ at: 4m, read: boris }",
    ]);
    const of = (machine: string, type: string) => events.filter((e) => e.machine === machine && e.event.type === type);
    expect(of("anna", "message-sent")).toMatchObject([{ event: { to: "boris", subject: "Lunch" } }]);
    expect(of("boris", "datagram-received")).toHaveLength(1);
    expect(of("boris", "new-mail")).toMatchObject([{ event: { subject: "Lunch" } }]);
    expect(of("boris", "message-read")).toMatchObject([{ event: { subject: "Lunch", body: "Noon?" } }]);
    // Anna gets no mail.
    expect(notifyHolds(recording)).toEqual([null, true]);
  });

  it("replies to a message's sender, and forwards a message to the named recipients", () => {
    const { recording, events } = run([
      "{ at: 2m, send: { from: anna, to: [boris, anna], subject: Lunch, body: Noon? } }",
      "{ at: 4m, send: { from: boris, answers: reply, message: 1, body: Gladly } }",
      "{ at: 6m, send: { from: boris, answers: forward, to: boris } }",
    ]);
    const shown = events.flatMap(({ machine, event }) => (event.type === "new-mail" ? [`${machine} ${event.subject}`] : []));
    expect(shown.sort()).toEqual(["anna Lunch", "anna RE: Lunch", "boris FW: Lunch", "boris Lunch"]);
    expect(notifyHolds(recording)).toEqual([true, true]);
  });

  it("goes to the machine beside the sender where the names stand for one of every platform: alone and together are the same", () => {
    const parsed = parseScenario(
      "pairs",
      "title: T\nduration: 20m\nclients:\n  - { name: anna, platform: each }\n  - { name: boris, platform: same, beside: anna }\nsteps:\n" +
        "  - { at: 1m, logon: [anna, boris] }\n  - { at: 5m, send: { from: anna, to: [anna, boris], subject: Lunch } }\n" +
        "  - { at: 10m, send: { from: boris, answers: reply } }\n",
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    const { comparison } = compareScenario(parsed.scenario, { variants: ["network-client-3.0", "nt-4.0", "mactcp"], seed: "1" });
    expect(comparison.together.differences).toEqual([]);
    // One datagram, for the reply: the sender learns of its own copy in the response to the call that sent it.
    expect(comparison.platforms.map(({ datagramsSent }) => datagramsSent)).toEqual([1, 1, 1]);
    // A window of one segment opens at once, and no rule of behaviour takes that for an early acknowledgment.
    expect(comparison.expectations.filter(({ met }) => !met)).toEqual([]);
  });

  it("fails where no user is logged on, and where there is no message to answer", () => {
    const { events } = run([
      "{ at: 1m, logoff: boris }",
      "{ at: 2m, send: { from: boris, to: anna } }",
      "{ at: 3m, send: { from: anna, answers: reply } }",
      "{ at: 4m, send: { from: anna, answers: reply, message: 7 } }",
    ]);
    const reasons = events.flatMap(({ event }) => (event.type === "step-failed" ? [event.reason] : []));
    expect(reasons).toEqual(["no user is logged on", "the Inbox is empty", "there is no message 7 in the Inbox"]);
  });

  it("is refused with a recipient that is no client, and with keys that contradict each other", () => {
    expect(faultsOf("{ from: anna, to: server }")).toEqual(['`to`: no client is called "server"']);
    expect(faultsOf("{ from: anna, to: clara }")).toEqual(['`to`: no client is called "clara"']);
    expect(faultsOf("{ from: anna }")).toEqual(["`send` needs `to`: the clients that get the message"]);
    expect(faultsOf("{ from: anna, answers: reply, to: boris }")).toHaveLength(1);
    expect(faultsOf("{ from: anna, answers: forward, to: boris, subject: Mine }")).toHaveLength(1);
    expect(faultsOf("{ from: anna, to: boris, message: 2 }")).toHaveLength(1);
    expect(faultsOf("{ from: anna, answers: forward, to: boris, message: 2 }")).toEqual([]);
  });
});
