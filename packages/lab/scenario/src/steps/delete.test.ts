/** Messages that are moved into Deleted Items, on the wire, at the server and in the next session. */

import { describe, expect, it } from "vitest";
import { judgeClaims } from "../claims.ts";
import { describeEvent } from "../event-text.ts";
import { MachineView } from "../machine-view.ts";
import { RecordingIndex } from "../recording-index.ts";
import { runScenario } from "../run.ts";
import { parseScenario } from "../scenario-file.ts";

function run(steps: readonly string[], client = "{ name: anna, platform: windows-95 }") {
  const text = `title: T\nduration: 20m\nclients:\n  - ${client}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join("")}`;
  const parsed = parseScenario("t", text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const recording = runScenario(parsed.scenario, { variants: [], seed: "1" });
  const events = [...recording.events];
  const index = new RecordingIndex(recording);
  const views = recording.machines.filter(({ role }) => role !== "server").map((machine) => new MachineView(index, machine));
  let inbox: readonly string[] = [];
  for (const { event } of events)
    if (event.type === "inbox-shown") inbox = [...inbox.slice(0, event.kept), ...event.rows.map(({ subject }) => subject)];
  const failed = judgeClaims(views[0], views).filter(({ holds }) => holds === false);
  const texts = events.flatMap((e) => (e.machine === "anna" && e.layer !== "machine" ? (describeEvent(e) ?? []) : []));
  return { events, inbox, texts, failed: failed.map(({ id }) => id) };
}

const THREE_MAILS = [
  "{ at: 1s, logon: anna }",
  "{ at: 1m, deliver: { to: anna, subject: Lunch } }",
  "{ at: 2m, deliver: { to: anna, subject: Minutes } }",
  "{ at: 3m, deliver: { to: anna, subject: Budget } }",
];

describe("delete", () => {
  it("deletes the newest message, one by its place, or all", () => {
    const after = (...steps: readonly string[]) => run([...THREE_MAILS, ...steps]);
    const newest = after("{ at: 4m, delete: { machine: anna } }");
    expect(newest).toMatchObject({ inbox: ["Lunch", "Minutes"], failed: [] });
    expect(newest.texts.at(-1)).toBe("deletes a message");
    const placed = after("{ at: 4m, delete: { machine: anna, message: 2 } }", "{ at: 5m, delete: { machine: anna, message: 2 } }");
    expect(placed).toMatchObject({ inbox: ["Lunch"], failed: [] });
    const all = after("{ at: 4m, delete: { machine: anna, message: all } }");
    expect(all).toMatchObject({ inbox: [], failed: [] });
    expect(all.texts.at(-1)).toBe("deletes 3 messages");
  });

  it.each(["{ name: anna, platform: windows-95 }", "{ name: anna, platform: windows-95, watches: inbox }"])(
    "stays deleted in the next session, is no news to its own client, and later mail is told as before: %s",
    (client) => {
      const { events, inbox, failed } = run(
        [
          ...THREE_MAILS,
          "{ at: 4m, read: anna, message: 1 }",
          "{ at: 245s, delete: { machine: anna, message: 1 } }",
          "{ at: 5m, logoff: anna }",
          "{ at: 6m, logon: anna }",
          "{ at: 7m, delete: { machine: anna, message: all } }",
          "{ at: 8m, deliver: { to: anna, subject: Tea } }",
        ],
        client,
      );
      expect(inbox).toEqual(["Tea"]);
      expect(failed).toEqual([]);
      expect(events.filter(({ event }) => event.type === "datagram-sent")).toHaveLength(4);
      expect(events.flatMap(({ event }) => (event.type === "messages-deleted" ? [event.mids.length] : []))).toEqual([1, 2]);
    },
  );

  it("ends the datagrams of a message that comes while the others are deleted", () => {
    const { events, inbox, failed } = run([
      ...THREE_MAILS,
      "{ at: 4m, deliver: { to: anna, subject: Tea } }",
      "{ at: 4m, delete: { machine: anna, message: all } }",
    ]);
    expect(inbox).toEqual(["Tea"]);
    expect(failed).toEqual([]);
    expect(events.flatMap(({ event }) => (event.type === "new-mail" ? [event.subject] : []))).toEqual([
      "Lunch",
      "Minutes",
      "Budget",
      "Tea",
    ]);
    expect(events.filter(({ event }) => event.type === "datagram-sent")).toHaveLength(4);
  });

  it("fails where there is no such message, and without a user", () => {
    const { texts } = run([
      "{ at: 1s, delete: { machine: anna } }",
      "{ at: 2s, logon: anna }",
      "{ at: 2m, delete: { machine: anna } }",
      "{ at: 3m, delete: { machine: anna, message: 3 } }",
    ]);
    expect(texts.filter((text) => text.startsWith("cannot"))).toEqual([
      "cannot delete mail: no user is logged on",
      "cannot delete mail: the Inbox is empty",
      "cannot delete mail: there is no message 3 in the Inbox",
    ]);
  });
});
