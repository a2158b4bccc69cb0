/** Messages of the Inbox that the user marks or deletes. */

import { describe, expect, it } from "vitest";
import { loggedOn, MAIL, type Stage, stage } from "./testing/dialogue-stage.ts";
import { SECOND } from "./testing/stage.ts";

describe("marking", () => {
  it("marks a message unread and read again, without opening it", () => {
    const s = loggedOn();
    const first = s.server.deliver("ada", MAIL) ?? "";
    const second = s.server.deliver("ada", MAIL) ?? "";
    s.network.runFor(SECOND);
    const before = s.events.length;
    const flags = () => s.client.inbox().map(({ read }) => read);
    expect(s.client.mark("all", true)).toBe(true);
    s.network.runFor(SECOND);
    expect(flags()).toEqual([true, true]);
    expect(s.client.mark(first, false)).toBe(true);
    s.network.runFor(SECOND);
    expect(flags()).toEqual([false, true]);
    s.client.mark("newest", false);
    s.network.runFor(SECOND);
    expect(flags()).toEqual([false, false]);
    expect(s.events.slice(before).filter(({ type }) => type !== "polled" && type !== "datagram-received")).toEqual([
      { type: "messages-marked", mids: [first, second], read: true },
      { type: "messages-marked", mids: [first], read: false },
      { type: "messages-marked", mids: [second], read: false },
    ]);
    // The server has it too: the next session reads the same rows.
    s.client.mark(second, true);
    s.network.runFor(SECOND);
    s.client.logOff();
    s.network.runFor(SECOND);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(flags()).toEqual([false, true]);
  });

  it("is refused where there is nothing to mark, and fails for a message that is gone", () => {
    const s = stage();
    expect(s.client.mark("newest", true)).toBe(false);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect([s.client.mark("newest", true), s.client.mark("all", false)]).toEqual([false, false]);
    expect(s.client.mark("0100000000ffffff", true)).toBe(true);
    s.network.runFor(SECOND);
    expect(s.events).toContainEqual({ type: "error", what: "mark", code: 0x8004010f });
  });
});

describe("deleting", () => {
  const subjects = (s: Stage) => s.client.inbox().map(({ subject }) => subject);
  const deliver = (s: Stage, ...names: readonly string[]) =>
    names.map((subject) => {
      const mid = s.server.deliver("ada", { ...MAIL, subject }) ?? "";
      s.network.runFor(SECOND);
      return mid;
    });

  it("moves messages into Deleted Items: they leave the Inbox here, at the server and for the next session", () => {
    const s = loggedOn();
    const [first, second, third, fourth] = deliver(s, "One", "Two", "Three", "Four");
    const before = s.serverEvents.length;
    const from = s.events.length;
    expect(s.client.delete(second)).toBe(true);
    s.network.runFor(SECOND);
    expect(subjects(s)).toEqual(["One", "Three", "Four"]);
    expect(s.client.delete("newest")).toBe(true);
    s.network.runFor(SECOND);
    expect(subjects(s)).toEqual(["One", "Three"]);
    s.client.read("newest");
    s.network.runFor(SECOND);
    expect(s.events.at(-1)).toMatchObject({ type: "message-read", subject: "Three" });
    s.client.logOff();
    s.network.runFor(SECOND);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(subjects(s)).toEqual(["One", "Three"]);
    expect(s.client.delete("all")).toBe(true);
    s.network.runFor(SECOND);
    expect(subjects(s)).toEqual([]);
    expect(s.events.slice(from).filter(({ type }) => type === "messages-deleted" || type === "error")).toEqual([
      { type: "messages-deleted", mids: [second] },
      { type: "messages-deleted", mids: [fourth] },
      { type: "messages-deleted", mids: [first, third] },
    ]);
    // Moved messages have new ids.
    const moved = s.serverEvents.slice(before).flatMap((e) => (e.type === "inbox-changed" && e.change === "moved" ? [e.mid] : []));
    expect(moved).toHaveLength(4);
    expect(new Set([...moved, first, second, third, fourth]).size).toBe(8);
  });

  it("is told of what comes afterwards, once, and of nothing that it did itself", () => {
    for (const watches of ["new-mail", "inbox"] as const) {
      const s = loggedOn({ habits: { watches } });
      deliver(s, "One", "Two");
      s.client.delete("all");
      s.network.runFor(2 * 60 * SECOND);
      expect(s.network.datagrams, watches).toHaveLength(2);
      deliver(s, "Three");
      expect(s.network.datagrams, watches).toHaveLength(3);
      expect(subjects(s)).toEqual(["Three"]);
      expect(s.events.flatMap((e) => (e.type === "new-mail" ? [e.subject] : []))).toEqual(["One", "Two", "Three"]);
    }
  });

  it("is refused where there is nothing to delete, and fails for a message that is gone", () => {
    const s = stage();
    expect(s.client.delete("newest")).toBe(false);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect([s.client.delete("newest"), s.client.delete("all")]).toEqual([false, false]);
    deliver(s, "One");
    expect(s.client.delete("0100000000ffffff")).toBe(true);
    s.network.runFor(SECOND);
    expect(s.events).toContainEqual({ type: "error", what: "delete", code: 0x8004010f });
    expect(subjects(s)).toEqual(["One"]);
  });
});
