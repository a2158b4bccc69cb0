/** Replies and forwarded messages, from the client's command to the Inboxes of the recipients. */

import { createMailServer } from "@pushback/server";
import { expect, it } from "vitest";
import { createMailClient, type MailClientEvent } from "./index.ts";
import { HABITS, SECOND, SERVER } from "./testing/stage.ts";
import { TestNetwork } from "./testing/test-network.ts";

/** Users with a client each; every one is logged on. */
function stage(aliases: readonly string[]) {
  const network = new TestNetwork();
  const server = createMailServer(network.machine("EXCHANGE1", SERVER).host(), {}, () => {});
  const dns = aliases.map((alias) => server.addMailbox({ alias, displayName: alias.toUpperCase() }) ?? "");
  const users = aliases.map((alias, i) => {
    const events: MailClientEvent[] = [];
    const host = network.machine(`DESK${i}`, SERVER + 1 + i).host();
    const client = createMailClient(host, { serverAddress: SERVER, habits: HABITS, userDn: dns[i] }, (event) => events.push(event));
    return { alias, client, events };
  });
  network.runFor(SECOND);
  for (const { client } of users) client.logOn();
  network.runFor(SECOND);
  const subjects = (i: number) => users[i].client.inbox().map(({ subject }) => subject);
  const bodyOfNewest = (i: number): string => {
    users[i].client.read("newest");
    network.runFor(SECOND);
    const read = users[i].events.findLast((event) => event.type === "message-read");
    return read?.type === "message-read" ? read.body : "";
  };
  return { network, server, users, subjects, bodyOfNewest };
}

it("replies go to the sender, with the prefix once and the text quoted", () => {
  const s = stage(["ada", "bob", "eve"]);
  s.users[0].client.send("bob", "Grüße", "At noon?");
  s.network.runFor(SECOND);
  expect(s.users[1].client.answer("reply", "newest", "Yes.")).toBe(true);
  s.network.runFor(SECOND);
  expect([s.subjects(0), s.subjects(1), s.subjects(2)]).toEqual([["RE: Grüße"], ["Grüße"], []]);
  const lines = s.bodyOfNewest(0).split("\r\n");
  expect(lines[0]).toBe("Yes.");
  expect(lines).toContain("At noon?");
  expect(lines).toContain("Subject: Grüße");
  s.users[0].client.answer("reply", "newest", "Good.");
  s.network.runFor(SECOND);
  expect(s.subjects(1)).toEqual(["Grüße", "RE: Grüße"]);
  s.users[1].client.answer("forward", "newest", "", ["eve"]);
  s.network.runFor(SECOND);
  expect(s.subjects(2)).toEqual(["FW: Grüße"]);
  expect(s.bodyOfNewest(2)).toContain("At noon?");
});

it("a message from outside is addressed to the mailbox's owner unless it names others", () => {
  const s = stage(["ada", "bob"]);
  const message = { subject: "News", body: "", from: "Grace" };
  const headerOf = (to: string): string | undefined =>
    s
      .bodyOfNewest(1)
      .split("\r\n")
      .find((line) => line.startsWith(to));
  const forwarded = (): string | undefined => {
    s.network.runFor(SECOND);
    s.users[0].client.answer("forward", "newest", "", ["bob"]);
    s.network.runFor(SECOND);
    return headerOf("To:");
  };
  s.server.deliver("ada", message);
  expect(forwarded()).toMatch(/^To:\s+ADA$/);
  const eve = { type: 1, addressType: "SMTP", address: "eve@example.org", displayName: "Eve" };
  const content = { unsent: false, recipients: [eve], properties: new Map(), attachments: new Map() };
  s.server.deliver("ada", { ...message, content });
  expect(forwarded()).toMatch(/^To:\s+Eve$/);
});

it("replies to all go to the sender and to every recipient but the user", () => {
  const s = stage(["ada", "bob", "eve", "grace"]);
  s.users[0].client.send("bob", "Plan", "One");
  s.network.runFor(SECOND);
  // Forwarded to three, so that the message has three recipients.
  s.users[1].client.answer("forward", "newest", "See below", ["ada", "eve", "grace"]);
  s.network.runFor(SECOND);
  expect(s.subjects(2)).toEqual(["FW: Plan"]);
  s.users[2].client.answer("reply-all", "newest", "Fine");
  s.network.runFor(SECOND);
  expect([0, 1, 2, 3].map((i) => s.subjects(i).filter((subject) => subject === "RE: Plan").length)).toEqual([1, 1, 0, 1]);
});

it("a message without a sender's address, and an empty Inbox, cannot be answered", () => {
  const s = stage(["ada"]);
  const [{ client, events }] = s.users;
  expect(client.answer("reply", "newest", "?")).toBe(false);
  s.server.deliver("ada", { subject: "Note", body: "", from: "Somebody" });
  s.network.runFor(SECOND);
  expect(client.answer("reply", "newest", "?")).toBe(true);
  s.network.runFor(SECOND);
  expect(events.at(-1)).toMatchObject({ type: "error", what: "send" });
  expect(client.answer("reply", "0100000000ffffff", "?")).toBe(true);
  s.network.runFor(SECOND);
  expect(events.at(-1)).toEqual({ type: "error", what: "read", code: 0x8004010f });
  expect(client.state).toBe("logged-on");
});
