/** Messages that are marked as read or unread, on the wire, at the server and in the next session. */

import { describe, expect, it } from "vitest";
import { runInbox } from "../testing/inbox-run.ts";

function run(steps: readonly string[]) {
  const { events, inbox, claims } = runInbox(steps);
  return { events, notify: claims.get("notify"), inbox: inbox.map(({ subject, read }) => `${subject}: ${read ? "read" : "unread"}`) };
}

const TWO_MAILS = [
  "{ at: 1s, logon: anna }",
  "{ at: 1m, deliver: { to: anna, subject: Lunch } }",
  "{ at: 2m, deliver: { to: anna, subject: Minutes } }",
];

describe("mark", () => {
  it("marks the newest message, one by its place, or all", () => {
    expect(run([...TWO_MAILS, "{ at: 3m, mark: { machine: anna, as: read } }"]).inbox).toEqual(["Lunch: unread", "Minutes: read"]);
    expect(run([...TWO_MAILS, "{ at: 3m, mark: { machine: anna, as: read, message: 1 } }"]).inbox).toEqual([
      "Lunch: read",
      "Minutes: unread",
    ]);
    const both = [
      "{ at: 3m, mark: { machine: anna, as: read, message: all } }",
      "{ at: 4m, mark: { machine: anna, as: unread, message: 2 } }",
    ];
    expect(run([...TWO_MAILS, ...both]).inbox).toEqual(["Lunch: read", "Minutes: unread"]);
  });

  it("stays in the mailbox for the next session, and opens no message", () => {
    const { events, inbox } = run([
      ...TWO_MAILS,
      "{ at: 3m, mark: { machine: anna, as: read, message: 1 } }",
      "{ at: 4m, logoff: anna }",
      "{ at: 5m, logon: anna }",
    ]);
    expect(inbox).toEqual(["Lunch: read", "Minutes: unread"]);
    expect(events.filter(({ event }) => event.type === "message-read")).toEqual([]);
    expect(events.flatMap(({ event }) => (event.type === "messages-marked" ? [event.read] : []))).toEqual([true]);
  });

  it("of an opened message as unread is not judged as a fault", () => {
    const { notify, inbox } = run([
      ...TWO_MAILS,
      "{ at: 3m, read: anna }",
      "{ at: 190s, mark: { machine: anna, as: unread } }",
      "{ at: 5m, deliver: { to: anna, subject: Budget } }",
      "{ at: 6m, read: anna }",
    ]);
    expect(inbox).toEqual(["Lunch: unread", "Minutes: unread", "Budget: read"]);
    expect(notify).toBe(true);
  });

  it("fails where there is no such message, and without a user", () => {
    const { events } = run([
      "{ at: 1s, mark: { machine: anna, as: read } }",
      "{ at: 2s, logon: anna }",
      "{ at: 2m, mark: { machine: anna, as: read } }",
      "{ at: 3m, mark: { machine: anna, as: unread, message: 3 } }",
    ]);
    expect(events.flatMap(({ event }) => (event.type === "step-failed" ? [`${event.action}: ${event.reason}`] : []))).toEqual([
      "mark: no user is logged on",
      "mark: the Inbox is empty",
      "mark: there is no message 3 in the Inbox",
    ]);
  });
});
