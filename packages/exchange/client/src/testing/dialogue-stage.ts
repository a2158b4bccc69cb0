/** Test support: the mail client and a server on a network in memory. */

import type { MailHabits } from "@pushback/host";
import type { MailServerSettings } from "@pushback/server";
import { expect } from "vitest";
import { createMailClient, type MailClient, type MailClientEvent, type MailClientSettings } from "../index.ts";
import { HABITS as RAW_HABITS, SECOND, SERVER, type ServedNetwork, servedNetwork } from "./stage.ts";

export const HOUR = 3600 * SECOND;

/** Habits of a client that registers for push and looks up names in a directory. */
export const HABITS: MailHabits = { ...RAW_HABITS, directory: true, hostNameLimit: 15 };

export const MAIL = { subject: "Lunch", body: "At noon?", from: "Grace Hopper" };

/** A served network whose machine has the mail client. */
export interface Stage extends ServedNetwork {
  readonly client: MailClient;
  readonly events: MailClientEvent[];
  readonly dn: string;
}

export interface StageOptions {
  readonly habits?: Partial<MailHabits>;
  readonly name?: string;
  readonly server?: Partial<MailServerSettings>;
  readonly client?: Partial<MailClientSettings>;
}

export function stage(options: StageOptions = {}): Stage {
  const served = servedNetwork(options.server, options.name);
  const { network, machine, server } = served;
  const dn = server.addMailbox({ alias: "ada", displayName: "Ada Lovelace" }) ?? "";
  const events: MailClientEvent[] = [];
  const settings = { serverAddress: SERVER, habits: { ...HABITS, ...options.habits }, userDn: dn, ...options.client };
  const client = createMailClient(machine.host(), settings, (event) => events.push(event));
  network.runUntil(SECOND);
  return { ...served, client, events, dn };
}

export function loggedOn(options: StageOptions = {}): Stage {
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
