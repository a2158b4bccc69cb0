/** One mailbox on two machines, and two mailboxes on one machine. */

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

describe("a second mail program on a machine", () => {
  const parsed = parse(
    `${DESK}  - { name: boss, platform: same, on: desk }\n  - { name: all, platform: each }\n  - { name: aide, platform: same, on: all }\n`,
    `  - { at: 1m, logon: [desk, boss, aide] }
  - { at: 2m, deliver: { to: boss, subject: Lunch } }
  - { at: 3m, deliver: { to: [desk, aide], subject: Tea } }
  - { at: 4m, logoff: boss }
  - { at: 5m, deliver: { to: boss, subject: Late } }
  - { at: 6m, logon: boss }
  - { at: 8m, reboot: desk }
  - { at: 9m, deliver: { to: [desk, boss], subject: Gone } }
`,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: ["nt-4.0", "windows-95"], seed: "1" });
  const index = new RecordingIndex(recording);
  const viewOf = (name: string) =>
    new MachineView(index, recording.machines.find((machine) => machine.name === name) as (typeof recording.machines)[0]);

  it("has a session, a port and a mailbox of its own, and its machine's address", () => {
    expect(recording.machines.map(({ name, programs }) => [name, programs])).toEqual([
      ["server", undefined],
      ["desk", ["boss"]],
      ["windows-nt", ["windows-nt.aide"]],
      ["windows-9x", ["windows-9x.aide"]],
    ]);
    const users = [...recording.events].flatMap(({ event }) => (event.type === "connect" ? [event.user] : []));
    expect(users.filter((user) => ["desk", "boss"].includes(user)).sort()).toEqual(["boss", "boss", "desk"]);
    const { sessions } = viewOf("desk");
    expect(new Set(sessions.map(({ remoteAddress }) => remoteAddress)).size).toBe(1);
    expect(new Set(sessions.map(({ callbackPort }) => callbackPort)).size).toBe(3);
  });

  it("is notified of its own mail, while it is logged on", () => {
    const view = viewOf("desk");
    const subjects = view.events.flatMap(({ event }) => (event.type === "new-mail" ? [event.subject] : []));
    expect(subjects).toEqual(["Lunch", "Tea"]);
    // One each for Lunch and Tea; after the reboot one a minute for either session, from the ninth minute to the twentieth.
    expect(view.serverEvents.filter(({ event }) => event.type === "datagram-sent")).toHaveLength(2 + 2 * 12);
    expect(viewOf("windows-nt").events.filter(({ event }) => event.type === "new-mail")).toHaveLength(1);
  });

  it("is judged with its machine", () => {
    for (const name of ["desk", "windows-nt", "windows-9x"])
      expect(judgeClaims(viewOf(name), []).filter(({ holds }) => holds === false)).toEqual([]);
  });

  it.each([
    ["  - { name: boss, platform: same, on: nobody }\n", "", 'names no client above that has a machine of its own: "nobody"'],
    ["  - { name: boss, platform: nt-4.0, on: desk }\n", "", "write `platform: same`"],
    ["  - { name: boss, platform: same, on: desk, off: true }\n", "", "a second program has no `off` of its own"],
    ["  - { name: boss, platform: same, on: desk, mailbox: desk }\n", "", "a second program has no `mailbox` of its own"],
    [
      "  - { name: boss, platform: same, on: desk }\n",
      "  - { at: 2m, reboot: boss }\n",
      '"boss" is a mail program on "desk": name that machine',
    ],
  ])("is refused: %s%s", (client, step, message) => {
    const refused = parse(`${DESK}${client}`, `  - { at: 1m, logon: desk }\n${step}`);
    expect(refused.ok ? [] : refused.faults.map((fault) => fault.message)).toContainEqual(expect.stringContaining(message));
  });
});
