/** Recipients that a user names become rows of the message. */

import type { MailServer } from "@pushback/server";
import { expect, it } from "vitest";
import { recipientRows } from "./named-recipients.ts";

const mailbox = (alias: string, displayName: string) => ({ alias, dn: `/cn=${alias}`, displayName, messages: 0, unread: 0 });
const server = { mailboxes: () => [mailbox("ada", "Ada Lovelace"), mailbox("bob", "Bob")] } as unknown as MailServer;

it("an alias is a mailbox of the server, other texts are addresses as in a mail's header", () => {
  const named = [
    { type: "to", text: "BOB" },
    { type: "to", text: "Eve <eve@example.org>, mallory@example.org" },
    { type: "cc", text: "ada" },
  ] as const;
  expect(recipientRows(server, named)).toEqual([
    { type: 1, addressType: "EX", address: "/cn=bob", displayName: "Bob" },
    { type: 1, addressType: "SMTP", address: "eve@example.org", displayName: "Eve" },
    { type: 1, addressType: "SMTP", address: "mallory@example.org", displayName: "mallory@example.org" },
    { type: 2, addressType: "EX", address: "/cn=ada", displayName: "Ada Lovelace" },
  ]);
});

it("has no row where nothing is named, and gives back what is no recipient", () => {
  expect(recipientRows(server, [])).toEqual([]);
  for (const text of ["nobody", "", "bob, eve@example.org", "<>"]) expect(recipientRows(server, [{ type: "to", text }])).toBe(text);
});
