/** Test support: the mail client and a server on a network in memory. */

import type { MailHabits } from "@pushback/host";
import { createMailServer, type MailServer, type MailServerEvent, type MailServerSettings } from "@pushback/server";
import { expect } from "vitest";
import { createMailClient, type MailClient, type MailClientEvent, type MailClientSettings } from "../index.ts";
import { CLIENT, SECOND, SERVER } from "./stage.ts";
import { type TestMachine, TestNetwork } from "./test-network.ts";

export const HOUR = 3600 * SECOND;
/** Network delay in microseconds: from sending a datagram to its arrival, and from a call to its response. */
export const DELAY = 500;

export const HABITS: MailHabits = {
  push: true,
  directory: true,
  hostNameLimit: 15,
  idlePollUs: HOUR,
  fallbackPollUs: 60 * SECOND,
  watches: "new-mail",
  ntlmResponses: "lm-and-nt",
  contextBytes: 8,
  codePage: 1252,
  locale: 0x409,
  clientVersion: [4, 837, 0],
};

export const MAIL = { subject: "Lunch", body: "At noon?", from: "Grace Hopper" };

export interface Stage {
  readonly network: TestNetwork;
  readonly machine: TestMachine;
  readonly serverMachine: TestMachine;
  readonly server: MailServer;
  readonly serverEvents: MailServerEvent[];
  readonly client: MailClient;
  readonly events: MailClientEvent[];
  readonly dn: string;
}

export function stage(
  options: { habits?: Partial<MailHabits>; name?: string; server?: Partial<MailServerSettings>; client?: Partial<MailClientSettings> } = {},
): Stage {
  const network = new TestNetwork(DELAY);
  const serverMachine = network.machine("EXCHANGE1", SERVER);
  const machine = network.machine(options.name ?? "DESK1", CLIENT);
  const serverEvents: MailServerEvent[] = [];
  const server = createMailServer(serverMachine.host(), options.server, (event) => serverEvents.push(event));
  const dn = server.addMailbox({ alias: "ada", displayName: "Ada Lovelace" }) ?? "";
  const events: MailClientEvent[] = [];
  const settings = { serverAddress: SERVER, habits: { ...HABITS, ...options.habits }, userDn: dn, ...options.client };
  const client = createMailClient(machine.host(), settings, (event) => events.push(event));
  network.runUntil(SECOND);
  return { network, machine, serverMachine, server, serverEvents, client, events, dn };
}

export function loggedOn(options: Parameters<typeof stage>[0] = {}): Stage {
  const s = stage(options);
  s.client.logOn();
  s.network.runUntil(2 * SECOND);
  expect(s.client.state).toBe("logged-on");
  return s;
}

export function types(events: readonly { readonly type: string }[]): string[] {
  return events.map((event) => event.type);
}

export function sentAt(s: Stage): number[] {
  return s.network.datagrams.map((d) => d.atUs);
}
