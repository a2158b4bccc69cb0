/** One mailbox on two machines. */

import { describe, expect, it } from "vitest";
import { judgeClaims } from "./claims.ts";
import { MachineView } from "./machine-view.ts";
import { RecordingIndex } from "./recording-index.ts";
import { runScenario } from "./run.ts";
import { parseScenario } from "./scenario-file.ts";

const HEAD = "title: T\nduration: 20m\n";

function parse(clients: string, steps: string) {
  return parseScenario("t", `${HEAD}clients:\n${clients}steps:\n${steps}`);
}

const DESK = "  - { name: desk, platform: nt-4.0 }\n";
const LAPTOP = "  - { name: laptop, platform: windows-95, mailbox: desk }\n";

describe("one mailbox on two machines", () => {
  const parsed = parse(
    `${DESK}${LAPTOP}  - { name: other, platform: nt-4.0 }\n`,
    `  - { at: 1m, logon: [desk, laptop, other] }
  - { at: 2m, deliver: { to: laptop, subject: Lunch } }
  - { at: 3m, read: desk }
  - { at: 5m, reboot: laptop }
  - { at: 6m, deliver: { to: desk, subject: Tea } }
`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
  const index = new RecordingIndex(recording);
  const views = recording.machines.slice(1).map((machine) => new MachineView(index, machine));
  const newMail = (name: string) =>
    [...recording.events].flatMap(({ machine, event }) => (machine === name && event.type === "new-mail" ? [event.subject] : []));

  it("has one mailbox at the server, whichever machine a step names", () => {
    const delivered = [...recording.events].flatMap(({ event }) => (event.type === "delivered" ? [event.mailbox] : []));
    expect(delivered).toEqual(["desk", "desk"]);
    expect(recording.machines.map(({ name, mailbox }) => [name, mailbox])).toEqual([
      ["server", undefined],
      ["desk", undefined],
      ["laptop", "desk"],
      ["other", undefined],
    ]);
  });

  it("notifies each session of each message, and a stale one goes on", () => {
    expect(newMail("desk")).toEqual(["Lunch", "Tea"]);
    expect(newMail("laptop")).toEqual(["Lunch"]);
    expect(newMail("other")).toEqual([]);
    const datagrams = views.map((view) => [...view.serverEvents].filter(({ event }) => event.type === "datagram-sent").length);
    expect(datagrams).toEqual([2, 1 + 15, 0]);
  });

  it("is judged by machine", () => {
    for (const view of views) expect(judgeClaims(view, []).filter(({ holds }) => holds === false)).toEqual([]);
    const claims = judgeClaims(views[1], []);
    expect(claims.find(({ id }) => id === "continue-after-reboot")?.holds).toBe(true);
  });
});

describe("a client with the mailbox of another", () => {
  it.each([
    ["of a client below it", `${LAPTOP}${DESK}`, '"mailbox" names no client above: "desk"'],
    ["of a client without one", `${DESK}${LAPTOP}  - { name: third, platform: nt-4.0, mailbox: laptop }\n`, 'name "desk"'],
    [
      "of several machines",
      "  - { name: desk, platform: each }\n  - { name: laptop, platform: nt-4.0, mailbox: desk }\n",
      "may stand for several machines",
    ],
    [
      "of a fleet",
      "  - { name: desk, platform: nt-4.0, count: 3 }\n  - { name: laptop, platform: nt-4.0, mailbox: desk }\n",
      "several machines",
    ],
    ["as a fleet", `${DESK}  - { name: laptops, platform: nt-4.0, count: 3, mailbox: desk }\n`, "mailboxes of their own"],
  ])("is refused: %s", (_what, clients, message) => {
    const parsed = parse(clients, "  - { at: 1m, logon: desk }\n");
    expect(parsed.ok ? [] : parsed.faults.map((fault) => fault.message)).toContainEqual(expect.stringContaining(message));
  });
});
