import { type AuthVerifier, connectLevelVerifier } from "@pushback/dcerpc";
import { createMailServer, type MailServerEvent } from "@pushback/server";
import { describe, expect, it } from "vitest";
import { createMailClient, type MailClientEvent } from "./index.ts";
import { HABITS, HOUR, loggedOn, MAIL, sentAt, stage, types } from "./testing/dialogue-stage.ts";
import { CLIENT, DELAY, SECOND, SERVER } from "./testing/stage.ts";
import { TestNetwork } from "./testing/test-network.ts";

describe("logging on", () => {
  it("asks the mapper, connects, registers and subscribes", () => {
    const s = loggedOn();
    expect(types(s.events)).toEqual(["connecting", "logged-on"]);
    expect(types(s.serverEvents)).toEqual([
      "listening",
      "association-opened", // ept_map
      "association-opened", // no port: the server has no directory
      "association-closed",
      "association-opened", // ept_map
      "association-closed",
      "connect",
      "registered",
    ]);
    const [view] = s.server.sessions();
    expect(view).toMatchObject({ id: 1, user: "ada", clientVersion: [4, 837, 0], pendingCount: 0, datagramsSent: 0 });
    const on = s.events[1];
    expect(on.type === "logged-on" && on.callbackPort).toBe(view.callback?.port);
    expect(on.type === "logged-on" && on.contextHex).toBe(view.callback?.contextHex);
    expect(view.callback?.contextHex).toHaveLength(16);
    expect(s.network.datagrams).toEqual([]);
  });

  it("sees the mail that is there already, without announcing it", () => {
    const s = stage();
    s.server.deliver("ada", { ...MAIL, subject: "Grüße – früh" });
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.client.inbox()).toMatchObject([{ subject: "Grüße – früh", from: "Grace Hopper", read: false, deliveredMs: 868_000_001_000 }]);
    expect(types(s.events)).not.toContain("new-mail");
  });

  it("reads a folder that takes many answers", () => {
    const s = stage();
    for (let i = 0; i < 2500; i++) s.server.deliver("ada", { ...MAIL, subject: `Message ${i}` });
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.client.inbox()).toHaveLength(2500);
    expect(s.client.inbox()[2499].subject).toBe("Message 2499");
  });

  it("fails for a user whom the server does not know", () => {
    const s = stage({ client: { userDn: "/o=Pushback/ou=Lab/cn=Recipients/cn=nobody" } });
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.events.slice(1)).toEqual([
      { type: "error", what: "connect", code: 0x3eb },
      { type: "disconnected", cause: "closed" },
    ]);
    expect(s.client.state).toBe("disconnected");
    expect(s.serverEvents).toContainEqual(expect.objectContaining({ type: "connect-refused", code: 0x3eb }));
  });

  it("fails where nothing listens, and where nothing is", () => {
    const s = stage({ server: { endpointMapperPort: null } });
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.events.at(-1)).toEqual({ type: "disconnected", cause: "refused" });
    s.serverMachine.kill();
    s.client.logOn();
    s.network.runFor(30 * SECOND);
    expect(s.events.at(-1)).toEqual({ type: "disconnected", cause: "connect-timeout" });
  });

  it("goes straight to a port that it is told", () => {
    const s = loggedOn({ server: { endpointMapperPort: null, emsmdbPort: 5000 }, client: { serverPort: 5000 } });
    expect(s.serverEvents[0]).toMatchObject({ type: "listening", epmPort: null, emsmdbPort: 5000 });
  });

  it("can be broken off", () => {
    const s = stage();
    s.client.logOn();
    s.network.runFor(3 * DELAY);
    s.client.logOff();
    s.network.runFor(SECOND);
    expect(types(s.events)).toEqual(["connecting", "logged-off"]);
    expect(s.machine.connections.size).toBe(0);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.client.state).toBe("logged-on");
  });
});

describe("authentication", () => {
  const token = (text: string) => ({ authType: 10, authLevel: 2, authContextId: 1, value: new TextEncoder().encode(text) });
  const text = (verifier: AuthVerifier) => new TextDecoder().decode(verifier.value);

  function secured(password: string) {
    return {
      server: {
        createAuthenticator: () => ({
          account: "ada",
          challenge: (t: AuthVerifier) => (text(t) === "negotiate" ? token("challenge") : null),
          complete: (t: AuthVerifier) => text(t) === "secret",
          level: 2,
          unprotect: (pdu: Uint8Array) => pdu,
          protect: () => {},
          callVerifier: () => connectLevelVerifier(1),
        }),
      },
      client: {
        createAuthenticator: () => ({
          bindVerifier: () => token("negotiate"),
          answer: (t: AuthVerifier) => (text(t) === "challenge" ? token(password) : null),
          callVerifier: () => connectLevelVerifier(1),
        }),
      },
    };
  }

  it("takes three tokens, then a verifier in every call", () => {
    const s = loggedOn(secured("secret"));
    const call = s.network.sent.at(-1)?.bytes ?? new Uint8Array(0);
    expect([...call.slice(-24)]).toEqual([10, 2, call.at(-22), 0, 1, 0, 0, 0, 1, ...new Array(15).fill(0)]);
  });

  it.each([
    ["a wrong answer", secured("guess"), "connect", 5],
    ["none at all", { server: secured("").server }, "bind", 8],
    ["a server that has none", { client: secured("secret").client }, "bind", 8],
  ])("refuses a client with %s", (_, options, what, code) => {
    const s = stage(options);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.events.slice(1)).toEqual([
      { type: "error", what, code },
      { type: "disconnected", cause: "closed" },
    ]);
    expect(s.server.sessions()).toEqual([]);
  });
});

describe("a push", () => {
  it("goes out at once with exactly the context, draws a poll, and stops when that has fetched the notification", () => {
    const s = loggedOn();
    s.network.runUntil(10 * SECOND);
    const mid = s.server.deliver("ada", MAIL);
    s.network.runUntil(300 * SECOND);
    expect(sentAt(s)).toEqual([10 * SECOND]);
    const [datagram] = s.network.datagrams;
    const registered = s.serverEvents.find((event) => event.type === "registered");
    expect([...datagram.payload].map((octet) => octet.toString(16).padStart(2, "0")).join("")).toBe(registered?.contextHex);
    expect(datagram.toPort).toBe(registered?.port);
    expect(s.events.slice(2)).toEqual([
      { type: "datagram-received", fromAddress: SERVER, fromPort: datagram.fromPort },
      { type: "polled", why: "datagram", notifications: 1 },
      { type: "new-mail", mid, subject: "Lunch" },
    ]);
    expect(s.serverEvents.slice(-3)).toEqual([
      { type: "delivered", mailbox: "ada", mid },
      { type: "datagram-sent", session: 1, number: 1, address: CLIENT, port: datagram.toPort, localPort: datagram.fromPort },
      { type: "notifications-retrieved", session: 1, count: 1, remaining: 0 },
    ]);
  });

  it("is repeated every 60 s to a machine that died, until the server's connection ends", () => {
    const s = loggedOn();
    s.machine.kill();
    s.network.runUntil(10 * SECOND);
    s.server.deliver("ada", MAIL);
    s.network.runUntil(200 * SECOND);
    expect(sentAt(s)).toEqual([10, 70, 130, 190].map((t) => t * SECOND));
    s.serverMachine.endConnections("keepalive-timeout");
    s.network.runUntil(2 * HOUR);
    expect(sentAt(s)).toHaveLength(4);
    expect(s.serverEvents.at(-1)).toEqual({ type: "session-ended", session: 1, how: "rundown", cause: "keepalive-timeout" });
    expect(s.server.sessions()).toEqual([]);
  });

  it("follows the interval that the administrator sets", () => {
    const s = loggedOn({ server: { notificationIntervalUs: 5 * SECOND } });
    s.machine.kill();
    s.network.runUntil(10 * SECOND);
    s.server.deliver("ada", MAIL);
    s.network.runUntil(11 * SECOND);
    s.server.setNotificationInterval(20 * SECOND);
    s.network.runUntil(60 * SECOND);
    expect(sentAt(s)).toEqual([10, 15, 35, 55].map((t) => t * SECOND));
    expect(() => s.server.setNotificationInterval(0)).toThrow(RangeError);
  });

  it("asks every accepted connection for keep-alive, and the client's only when told to", () => {
    const s = loggedOn();
    expect([...s.serverMachine.connections].map((c) => c.keepAlive)).toEqual([true]);
    expect([...s.machine.connections].map((c) => c.keepAlive)).toEqual([false]);
    const other = loggedOn({ client: { keepAlive: "machine" } });
    expect([...other.machine.connections].map((c) => c.keepAlive)).toEqual([true]);
  });

  it("is sent once for mail that comes in the same instant, and again for mail that comes later", () => {
    const s = loggedOn();
    s.network.runUntil(10 * SECOND);
    s.server.deliver("ada", MAIL);
    s.server.deliver("ada", { ...MAIL, subject: "Tea" });
    s.network.runUntil(20 * SECOND);
    s.server.deliver("ada", { ...MAIL, subject: "Supper" });
    s.network.runUntil(100 * SECOND);
    expect(sentAt(s)).toEqual([10 * SECOND, 20 * SECOND]);
    expect(s.events.filter((e) => e.type === "new-mail").map((e) => e.subject)).toEqual(["Lunch", "Tea", "Supper"]);
    expect(s.client.inbox()).toHaveLength(3);
  });

  it("is heard during a logon that reads many rows, and draws a poll when the logon is complete", () => {
    const s = stage();
    for (let i = 0; i < 2500; i++) s.server.deliver("ada", { ...MAIL, subject: `Message ${i}` });
    s.client.logOn();
    // Mail is pending from the subscription on, and the rows of the Inbox take some more calls.
    while (s.network.datagrams.length === 0 && s.client.state === "connecting") {
      s.server.deliver("ada", MAIL);
      s.network.runFor(DELAY);
    }
    expect(s.client.state).toBe("connecting");
    s.network.runFor(SECOND);
    const order = types(s.events).filter((type) => type !== "new-mail");
    expect(order.slice(0, 4)).toEqual(["connecting", "datagram-received", "logged-on", "polled"]);
    expect(s.events.find((event) => event.type === "polled")).toMatchObject({ why: "datagram" });
    expect(s.server.sessions()[0].pendingCount).toBe(0);
  });

  it("draws one poll where two datagrams come before the call is made", () => {
    const s = loggedOn();
    const [view] = s.server.sessions();
    const context = Uint8Array.from((view.callback?.contextHex ?? "").match(/../g) ?? [], (octet) => Number.parseInt(octet, 16));
    const socket = s.serverMachine.host().openUdp(0, { onDatagram: () => {} });
    s.network.runFor(SECOND);
    for (let i = 0; i < 3; i++) socket.send(context, CLIENT, view.callback?.port ?? 0);
    s.network.runFor(SECOND);
    expect(types(s.events).slice(2)).toEqual(["datagram-received", "datagram-received", "datagram-received", "polled"]);
  });

  it("does not touch the session of a client that came back on the same port", () => {
    const s = loggedOn();
    s.machine.kill();
    s.network.runUntil(10 * SECOND);
    s.server.deliver("ada", MAIL);
    s.network.runUntil(20 * SECOND);
    s.machine.start();
    const events: MailClientEvent[] = [];
    // Advances the random generator: otherwise the client would choose the same context as before the reboot.
    for (let i = 0; i < 10; i++) s.machine.randomU32();
    const again = createMailClient(s.machine.host(), { serverAddress: SERVER, habits: HABITS, userDn: s.dn }, (event) =>
      events.push(event),
    );
    again.logOn();
    s.network.runUntil(75 * SECOND);
    expect(again.state).toBe("logged-on");
    const stale = s.network.datagrams[1];
    expect(stale.atUs).toBe(70 * SECOND);
    expect(stale.heard).toBe(true);
    expect(types(events)).toEqual(["connecting", "logged-on", "foreign-datagram"]);
    s.server.deliver("ada", { ...MAIL, subject: "Back again" });
    s.network.runUntil(80 * SECOND);
    expect(types(events).slice(3)).toEqual(["datagram-received", "polled", "new-mail"]);
    expect(s.server.sessions().map((v) => [v.id, v.pendingCount, v.datagramsSent])).toEqual([
      [1, 2, 2],
      [2, 0, 1],
    ]);
  });

  it("goes to each of two sessions by itself", () => {
    const s = loggedOn();
    const other = s.network.machine("DESK2", 0x0a000003);
    const events: MailClientEvent[] = [];
    createMailClient(other.host(), { serverAddress: SERVER, habits: HABITS, userDn: s.dn }, (event) => events.push(event)).logOn();
    s.network.runUntil(10 * SECOND);
    s.server.deliver("ada", MAIL);
    s.network.runUntil(100 * SECOND);
    expect(s.network.datagrams.map((d) => [d.atUs, d.toAddress])).toEqual([
      [10 * SECOND, CLIENT],
      [10 * SECOND, 0x0a000003],
    ]);
    expect(types(events)).toContain("new-mail");
    expect(types(s.events)).toContain("new-mail");
  });
});

describe("polling", () => {
  it("is hourly for a client that is pushed, counted from the last call", () => {
    const s = loggedOn();
    s.network.runUntil(1000 * SECOND);
    s.server.deliver("ada", MAIL);
    s.network.runUntil(3 * HOUR);
    const polls = s.events.filter((event) => event.type === "polled").map((event) => event.why);
    expect(polls).toEqual(["datagram", "idle", "idle"]);
  });

  it.each([
    ["a name of sixteen characters", { name: "DESK-WITH-A-NAME" }],
    ["no habit of push", { habits: { push: false } }],
  ])("replaces push every 60 s with %s", (_, options) => {
    const s = loggedOn(options);
    expect(s.events[1]).toMatchObject({ type: "logged-on", callbackPort: null, contextHex: null });
    s.server.deliver("ada", MAIL);
    s.network.runUntil(185 * SECOND);
    expect(s.network.datagrams).toEqual([]);
    expect(s.events.slice(2).map((e) => (e.type === "polled" ? `${e.why} ${e.notifications}` : e.type))).toEqual([
      "fallback 1",
      "new-mail",
      "fallback 0",
      "fallback 0",
    ]);
  });

  it("keeps push with a name of fifteen characters", () => {
    expect(loggedOn({ name: "DESK-FIFTEEN-CH" }).events[1]).toMatchObject({ callbackPort: expect.any(Number) });
  });
});

describe("reading", () => {
  it("fetches the text in the platform's characters and marks the message read", () => {
    const s = loggedOn({ habits: { codePage: 10000 } });
    const mid = s.server.deliver("ada", { subject: "Café", body: "“À bientôt”", from: "Blaise" });
    s.network.runFor(SECOND);
    expect(s.client.read("newest")).toBe(true);
    s.network.runFor(SECOND);
    expect(s.events.at(-1)).toEqual({ type: "message-read", mid, subject: "Café", body: "“À bientôt”" });
    expect(s.client.inbox()[0].read).toBe(true);
  });

  it("takes a text that needs several fragments and more room than the client first gave", () => {
    const s = loggedOn();
    const body = "0123456789".repeat(5000);
    s.server.deliver("ada", { ...MAIL, body });
    s.network.runFor(SECOND);
    s.client.read("newest");
    s.network.runFor(SECOND);
    const last = s.events.at(-1);
    expect(last?.type === "message-read" && last.body).toBe(body);
  });

  it("is refused where there is nothing to read", () => {
    const s = stage();
    expect(s.client.read("newest")).toBe(false);
    s.client.logOn();
    s.network.runFor(SECOND);
    expect(s.client.read("newest")).toBe(false);
    expect(s.client.read("0100000000ffffff")).toBe(true);
    s.network.runFor(SECOND);
    expect(s.events.at(-1)).toEqual({ type: "error", what: "read", code: 0x8004010f });
  });
});

describe("the end of a session", () => {
  it("logs off in order: the server forgets the session, the datagrams stop, all is closed", () => {
    const s = loggedOn();
    s.network.runUntil(10 * SECOND);
    s.client.logOff();
    expect(s.client.state).toBe("logging-off");
    s.network.runFor(SECOND);
    expect(s.client.state).toBe("logged-off");
    expect(s.events.at(-1)).toEqual({ type: "logged-off" });
    expect(types(s.serverEvents).slice(-3)).toEqual(["disconnect", "session-ended", "association-closed"]);
    s.server.deliver("ada", MAIL);
    s.network.runFor(HOUR);
    expect(s.network.datagrams).toEqual([]);
    expect(s.machine.sockets.size + s.machine.connections.size + s.serverMachine.connections.size).toBe(0);
  });

  it("tells when the server resets the connection, and can log on again", () => {
    const s = loggedOn();
    s.serverMachine.kill();
    s.machine.endConnections("reset");
    expect(s.events.at(-1)).toEqual({ type: "disconnected", cause: "reset" });
    expect(s.client.state).toBe("disconnected");
    expect(s.machine.sockets.size).toBe(0);
  });

  it("runs sessions down with the connection that held them", () => {
    const s = loggedOn();
    s.serverMachine.endConnections("keepalive-reset");
    expect(s.serverEvents.slice(-2)).toEqual([
      { type: "association-closed", association: 3, cause: "keepalive-reset" },
      { type: "session-ended", session: 1, how: "rundown", cause: "keepalive-reset" },
    ]);
  });

  it("closes every connection when the server closes", () => {
    const s = loggedOn();
    s.server.close();
    s.network.runFor(SECOND);
    expect(s.events.at(-1)).toEqual({ type: "disconnected", cause: "closed" });
    expect(s.serverMachine.connections.size + s.serverMachine.listeners.size + s.serverMachine.sockets.size).toBe(0);
  });
});

describe("a push port that moves (Q264035)", () => {
  const NOTIFY = { movesPushPort: true, notificationIntervalUs: 10 * SECOND };

  it("serves the datagrams of one second, and the next ones leave from another", () => {
    const s = loggedOn({ server: NOTIFY });
    s.machine.kill();
    s.server.deliver("ada", MAIL);
    s.network.runUntil(35 * SECOND);
    const ports = s.network.datagrams.map(({ fromPort }) => fromPort);
    expect(sentAt(s)).toEqual([2, 12, 22, 32].map((at) => at * SECOND));
    expect(new Set(ports).size).toBe(4);
    expect(s.serverMachine.sockets.size).toBe(1);
    s.server.close();
    expect(s.serverMachine.sockets.size).toBe(0);
    s.network.runUntil(60 * SECOND);
    expect(s.serverMachine.sockets.size).toBe(0);
  });

  it("stays where the machine has no other port", () => {
    const network = new TestNetwork(DELAY);
    const host = network.machine("EXCHANGE1", SERVER).host();
    let asked = 0;
    const openUdp: typeof host.openUdp = (port, handlers) => {
      if (++asked === 1) return host.openUdp(port, handlers);
      host.setTimer(0, () => handlers.onFailed?.("no-free-port"));
      return { send: () => expect.unreachable("a socket that is not open"), close: () => {} };
    };
    const serverEvents: MailServerEvent[] = [];
    const server = createMailServer({ ...host, openUdp }, NOTIFY, (event) => serverEvents.push(event));
    const userDn = server.addMailbox({ alias: "ada" }) ?? "";
    const machine = network.machine("DESK1", CLIENT);
    const client = createMailClient(machine.host(), { serverAddress: SERVER, habits: HABITS, userDn }, () => {});
    network.runUntil(SECOND);
    client.logOn();
    network.runUntil(2 * SECOND);
    machine.kill();
    server.deliver("ada", MAIL);
    network.runUntil(35 * SECOND);
    expect(network.datagrams).toHaveLength(4);
    expect(new Set(network.datagrams.map(({ fromPort }) => fromPort)).size).toBe(1);
    expect(asked).toBe(5);
    expect(types(serverEvents)).not.toContain("open-failed");
  });
});
