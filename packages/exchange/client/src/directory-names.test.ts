/** The client's questions to the directory before the logon, against this project's server on a network in memory. */

import { type AuthVerifier, connectLevelVerifier } from "@pushback/dcerpc";
import type { MailServerSettings } from "@pushback/server";
import { describe, expect, it } from "vitest";
import type { MailClientSettings } from "./index.ts";
import { stage as clientStage, type StageOptions } from "./testing/dialogue-stage.ts";
import { CLIENT, SECOND } from "./testing/stage.ts";

const DIRECTORY_PORT = 5001;
const MAPPER_PORT = 135;

function stage(options: StageOptions = {}) {
  const s = clientStage({ ...options, server: { directoryPort: DIRECTORY_PORT, ...options.server } });
  /** Ports of the server in the order in which the client first sent to each connection. */
  const visited = (): number[] => {
    const seen = new Map<number, number>();
    for (const { fromAddress, fromPort, toPort } of s.network.sent) if (fromAddress === CLIENT) seen.set(fromPort, toPort);
    return [...seen.values()];
  };
  return { ...s, visited };
}

function logOn(s: ReturnType<typeof stage>): void {
  s.client.logOn();
  s.network.runFor(SECOND);
}

function emsmdbPort(s: ReturnType<typeof stage>): number {
  const event = s.serverEvents.find((e) => e.type === "listening");
  return event?.type === "listening" ? event.emsmdbPort : 0;
}

const verifier = (text: string): AuthVerifier => ({ authType: 10, authLevel: 2, authContextId: 1, value: new TextEncoder().encode(text) });
const textOf = (one: AuthVerifier) => new TextDecoder().decode(one.value);
const SECURED_SERVER: Partial<MailServerSettings> = {
  createAuthenticator: () => ({
    account: "ada",
    challenge: (one: AuthVerifier) => (textOf(one) === "negotiate" ? verifier("challenge") : null),
    complete: (one: AuthVerifier) => textOf(one) === "secret",
    level: 2,
    unprotect: (pdu: Uint8Array) => pdu,
    protect: () => {},
    callVerifier: () => connectLevelVerifier(1),
  }),
};
const securedClient = (password: string): Partial<MailClientSettings> => ({
  createAuthenticator: () => ({
    bindVerifier: () => verifier("negotiate"),
    answer: (one: AuthVerifier) => (textOf(one) === "challenge" ? verifier(password) : null),
    callVerifier: () => connectLevelVerifier(1),
  }),
});

describe("the names before the logon", () => {
  it("asks the mapper for the directory, the directory, the mapper for the store, and logs on", () => {
    const s = stage();
    logOn(s);
    expect(s.events.map((event) => event.type)).toEqual(["connecting", "logged-on"]);
    expect(s.visited()).toEqual([MAPPER_PORT, DIRECTORY_PORT, MAPPER_PORT, emsmdbPort(s)]);
    expect(s.server.sessions()).toHaveLength(1);
    expect(s.machine.connections.size).toBe(1);
  });

  it("opens the mailbox with the DN as the directory writes it", () => {
    const s = stage();
    const other = stage({ client: { userDn: s.dn.toUpperCase() } });
    logOn(other);
    expect(other.client.state).toBe("logged-on");
    const sent = Buffer.concat(other.network.sent.filter((one) => one.toPort === emsmdbPort(other)).map((one) => one.bytes)).toString(
      "latin1",
    );
    expect(sent).toContain(s.dn);
    expect(sent).not.toContain(s.dn.toUpperCase());
  });

  it("binds without credentials, is refused, and binds again with them", () => {
    const s = stage({ server: SECURED_SERVER, client: securedClient("secret") });
    logOn(s);
    expect(s.client.state).toBe("logged-on");
    expect(s.visited()).toEqual([MAPPER_PORT, DIRECTORY_PORT, DIRECTORY_PORT, MAPPER_PORT, emsmdbPort(s)]);
  });

  it("says that the directory refuses a wrong password", () => {
    const s = stage({ server: SECURED_SERVER, client: securedClient("guess") });
    logOn(s);
    expect(s.events[1]).toMatchObject({ type: "error", what: "directory" });
    expect(s.client.state).toBe("disconnected");
    expect(s.machine.connections.size).toBe(0);
  });

  it.each<[string, Parameters<typeof stage>[0]]>([
    ["a server that has no directory", { server: { directoryPort: null } }],
    ["a user whom the directory does not have", { client: { userDn: "/o=Pushback/ou=Lab/cn=Recipients/cn=nobody" } }],
  ])("goes on to the store with %s", (_, options) => {
    const s = stage(options);
    logOn(s);
    expect(s.visited().at(-1)).toBe(emsmdbPort(s));
  });

  it("asks no directory where the platform's client has no such habit, or the store's port is told alone", () => {
    const s = stage({ habits: { directory: false } });
    logOn(s);
    expect(s.visited()).toEqual([MAPPER_PORT, emsmdbPort(s)]);
    const told = stage({ server: { emsmdbPort: 5000 }, client: { serverPort: 5000 } });
    logOn(told);
    expect(told.visited()).toEqual([5000]);
  });

  it("ends the logon if the connection ends while the directory is asked, at every step", () => {
    let asked = 0;
    for (let us = 0; ; us += 500) {
      const s = stage();
      s.client.logOn();
      s.network.runFor(us);
      if (s.server.sessions().length > 0) break;
      if (s.machine.connections.size === 0) continue;
      asked++;
      s.serverMachine.kill();
      s.machine.endConnections("reset");
      s.network.runFor(SECOND);
      expect(s.events.at(-1)).toEqual({ type: "disconnected", cause: "reset" });
      expect(s.events.filter((event) => event.type === "disconnected")).toHaveLength(1);
    }
    expect(asked).toBeGreaterThan(10);
  });

  it("can be broken off at every step, and leaves no connection open", () => {
    for (let us = 0; ; us += 500) {
      const s = stage();
      s.client.logOn();
      s.network.runFor(us);
      if (s.client.state === "logged-on") break;
      s.client.logOff();
      s.network.runFor(SECOND);
      expect(s.events.map((event) => event.type)).toEqual(["connecting", "logged-off"]);
      expect(s.machine.connections.size).toBe(0);
    }
  });
});
