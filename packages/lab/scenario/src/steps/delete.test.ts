/** Messages that are moved into Deleted Items, on the wire, at the server and in the next session. */

import { describe, expect, it } from "vitest";
import { runInbox } from "../testing/inbox-run.ts";

function run(...args: Parameters<typeof runInbox>) {
  const { events, inbox, texts, claims } = runInbox(...args);
  const failed = [...claims].flatMap(([id, holds]) => (holds === false ? [id] : []));
  return { events, inbox: inbox.map(({ subject }) => subject), texts, failed };
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
