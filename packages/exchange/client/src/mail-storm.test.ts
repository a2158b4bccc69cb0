import { READ_FLAG, type RopRequest } from "@pushback/mapi";
import { createMailServer } from "@pushback/server";
import { describe, expect, it } from "vitest";
import { createMailClient, type MailClientEvent } from "./index.ts";
import { ROWS_READ_AGAIN } from "./mailbox-session.ts";
import { HABITS } from "./testing/dialogue-stage.ts";
import { CLIENT, connect, logOn as connectSession, openInbox, PORT, rops, SECOND, SERVER, type Stage } from "./testing/stage.ts";
import { TestNetwork } from "./testing/test-network.ts";

/** A server with one mailbox, and a way to start clients of it. */
function office() {
  const network = new TestNetwork(500);
  const serverMachine = network.machine("EXCHANGE1", SERVER);
  const server = createMailServer(serverMachine.host(), { emsmdbPort: PORT });
  const userDn = server.addMailbox({ alias: "ada" }) ?? "";
  network.runUntil(SECOND);
  let machines = 0;
  const logOn = (watchesInbox = false) => {
    const events: MailClientEvent[] = [];
    const machine = network.machine(`DESK${++machines}`, CLIENT + machines);
    const client = createMailClient(
      machine.host(),
      { serverAddress: SERVER, habits: watchesInbox ? { ...HABITS, watches: "inbox" } : HABITS, userDn },
      (event) => events.push(event),
    );
    client.logOn();
    network.runFor(SECOND);
    expect(client.state).toBe("logged-on");
    return { client, events };
  };
  const deliver = (subject: string) => {
    server.deliver("ada", { subject, body: "", from: "Grace" });
    network.runFor(SECOND);
  };
  const fill = (count: number) => {
    for (let i = 1; i <= count; i++) server.deliver("ada", { subject: `Message ${i}`, body: "", from: "Grace" });
    network.runFor(SECOND);
  };
  /** Carries out ROPs on the Inbox in another session of the same user, from another machine. */
  const call = (requests: (on: { logonId: number; inputHandleIndex: number }) => RopRequest[]) => {
    const machine = network.machine("ROBOT", CLIENT);
    const dn = new TextEncoder().encode(userDn);
    const s: Stage = { network, machine, server, serverMachine, events: [], dn, rpc: connect(network, machine) };
    const pcxh = connectSession(s);
    const { handles } = openInbox(s, pcxh);
    rops(s, pcxh, requests({ logonId: 0, inputHandleIndex: 0 }), [handles[1]]);
  };
  /** Deletes a message. */
  const remove = (messageId: string) =>
    call((on) => [{ rop: "DeleteMessages", ...on, wantAsync: 0, notifyNonRead: 0, messageIds: [messageId] }]);
  /** Marks one message unread and another one read, so that no count changes. */
  const exchangeReadFlags = (unread: string, read: string) =>
    call((on) => [
      { rop: "SetReadFlags", ...on, wantAsync: 0, readFlags: READ_FLAG.CLEAR_READ, messageIds: [unread] },
      { rop: "SetReadFlags", ...on, wantAsync: 0, readFlags: 0, messageIds: [read] },
    ]);
  return { network, server, logOn, deliver, fill, remove, exchangeReadFlags };
}

function readStates(client: { inbox(): readonly { subject: string; read: boolean }[] }): string[] {
  return client.inbox().flatMap(({ subject, read }) => (read ? [subject] : []));
}

describe("the Inbox of a client that is logged on", () => {
  it("costs the same bytes for each message, however many it holds", () => {
    const { network, logOn, deliver } = office();
    const { client, events } = logOn();
    const bytesOf = (count: number) => {
      const before = network.sent.reduce((sum, { bytes }) => sum + bytes.length, 0);
      for (let i = 0; i < count; i++) deliver("Lunch");
      return (network.sent.reduce((sum, { bytes }) => sum + bytes.length, 0) - before) / count;
    };
    bytesOf(2 * ROWS_READ_AGAIN);
    const early = bytesOf(100);
    bytesOf(400);
    expect(bytesOf(100)).toBeLessThan(1.02 * early);
    expect(client.inbox()).toHaveLength(650);
    expect(events.filter(({ type }) => type === "new-mail")).toHaveLength(650);
  });

  it("tells of a change without the rows that stay", () => {
    const { logOn, deliver, fill } = office();
    fill(100);
    const { client } = logOn();
    expect(client.takeInboxChange()).toMatchObject({ kept: 0, rows: { length: 100 } });
    expect(client.takeInboxChange()).toBeNull();
    deliver("Lunch");
    expect(client.takeInboxChange()).toMatchObject({ kept: 100, rows: [{ subject: "Lunch" }] });
  });

  it("keeps an array that a caller has got", () => {
    const { logOn, deliver } = office();
    const { client } = logOn();
    deliver("Lunch");
    const before = client.inbox();
    deliver("Tea");
    expect(before.map(({ subject }) => subject)).toEqual(["Lunch"]);
    expect(client.inbox().map(({ subject }) => subject)).toEqual(["Lunch", "Tea"]);
  });

  it("follows old messages that another client reads", () => {
    const { logOn, deliver, fill, network } = office();
    fill(100);
    const [a, b] = [logOn(), logOn()];
    const [oldest] = b.client.inbox();
    b.client.read(oldest.mid);
    network.runFor(SECOND);
    deliver("Lunch");
    expect(readStates(a.client)).toEqual(["Message 1"]);
    expect(readStates(b.client)).toEqual(["Message 1"]);
    expect(a.client.inbox()).toEqual(b.client.inbox());
  });

  it("follows one old message that is marked read and another one that is marked unread, if it asks for every change", () => {
    const { logOn, fill, network, exchangeReadFlags } = office();
    fill(100);
    const { client } = logOn(true);
    const [first, second] = client.inbox();
    client.read(first.mid);
    network.runFor(SECOND);
    exchangeReadFlags(first.mid, second.mid);
    network.runFor(SECOND);
    expect(readStates(client)).toEqual(["Message 2"]);
  });

  it.each([3, 97])("follows the deletion of message %d of 100", (number) => {
    const { logOn, deliver, fill, remove } = office();
    fill(100);
    const { client, events } = logOn();
    remove(client.inbox()[number - 1].mid);
    deliver("Lunch");
    const subjects = client.inbox().map(({ subject }) => subject);
    expect(subjects).toHaveLength(100);
    expect(subjects).not.toContain(`Message ${number}`);
    expect(subjects.at(-1)).toBe("Lunch");
    expect(events.flatMap((e) => (e.type === "new-mail" ? [e.subject] : []))).toEqual(["Lunch"]);
  });

  it("has the right rows after messages were deleted at any time while all rows are read again", () => {
    for (let afterUs = 1000; afterUs < 5000; afterUs += 250) {
      const { network, server, logOn, fill, remove } = office();
      fill(700);
      const { client, events } = logOn();
      const { length } = events;
      const mids = client.inbox().map(({ mid }) => mid);
      remove(mids[0]);
      server.deliver("ada", { subject: "Lunch", body: "", from: "Grace" });
      network.runFor(afterUs);
      for (const mid of [mids[1], mids[2], mids[400], mids[699]]) client.delete(mid);
      network.runFor(SECOND);
      const [first, second] = client.inbox().map(({ subject }) => subject);
      expect([first, second, client.inbox().length], `${afterUs} µs`).toEqual(["Message 4", "Message 5", 696]);
      const after = events.slice(length);
      expect(after.filter(({ type }) => type === "messages-deleted")).toHaveLength(4);
      expect(after.flatMap((e) => (e.type === "new-mail" ? [e.subject] : []))).toEqual(["Lunch"]);
    }
  });

  it("opens the newest message, and an old one by its id", () => {
    const { logOn, fill, deliver, network } = office();
    fill(60);
    const { client, events } = logOn();
    deliver("Lunch");
    client.read("newest");
    network.runFor(SECOND);
    client.read(client.inbox()[2].mid);
    network.runFor(SECOND);
    expect(events.flatMap((e) => (e.type === "message-read" ? [e.subject] : []))).toEqual(["Lunch", "Message 3"]);
    expect(readStates(client)).toEqual(["Message 3", "Lunch"]);
  });

  it("has all messages of a burst that takes many answers, and those that came meanwhile", () => {
    const { logOn, fill, server, network } = office();
    fill(40);
    const { client, events } = logOn();
    for (let i = 0; i < 3000; i++) network.schedule(50 * i, () => server.deliver("ada", { subject: "Burst", body: "", from: "" }));
    network.runFor(10 * SECOND);
    expect(client.inbox()).toHaveLength(3040);
    expect(events.filter(({ type }) => type === "new-mail")).toHaveLength(3000);
  });
});
