/**
 * The memory of a server whose store holds much mail: rows of messages alone, and a bounded cache. `PUSHBACK_MAIL_MIB=1024` fills the store
 * with a gibibyte.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openSqliteStore } from "@pushback/store-sqlite";
import { afterAll, expect, it } from "vitest";
import { startClient } from "../testing/mail-client.ts";
import { type RunningServer, startServe, testFolder } from "../testing/serve.ts";

const MIB = 1024 * 1024;
const MAIL_MIB = Number(process.env["PUSHBACK_MAIL_MIB"] ?? 200);
const MESSAGES_PER_MIB = 4;
const INBOX = 4;

/** Limit of the growth of memory: the cache of 32 MiB, garbage from the reads, and heap slack. */
const MAX_GROWTH_MIB = 120;

const folder = testFolder();
afterAll(() => folder.close());

/** Resident memory in mebibytes (proc(5), VmRSS). */
function residentMib({ child }: RunningServer): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
  return Number(kib) / 1024;
}

function fill(data: string): void {
  const store = openSqliteStore(data);
  expect(store.load()).not.toBe(null);
  const attachment = new Uint8Array(MIB / MESSAGES_PER_MIB).fill(0x41);
  const message = (n: number) => ({
    mid: (0x0100000000100000n + BigInt(n)).toString(16).padStart(16, "0"),
    messageClass: "IPM.Note",
    subject: `Message ${n}`,
    body: `${n} `.padEnd(2000, "x"),
    senderName: "Grace",
    submittedMs: n,
    deliveredMs: n,
    modifiedMs: n,
    read: false,
    flags: 0,
    status: 0,
    content: { unsent: false, recipients: [], properties: new Map(), attachments: new Map([[0, new Map([[0x37010102, attachment]])]]) },
  });
  for (let n = 0; n < MAIL_MIB * MESSAGES_PER_MIB; n += 50) {
    const batch = Array.from({ length: 50 }, (_, i) => ({ place: { alias: "ada", folder: INBOX }, message: message(n + i), key: null }));
    expect(store.addMessages(batch, 0x200000)).toBe(true);
  }
  store.close();
}

it.skipIf(process.platform !== "linux")(
  `stays flat with ${MAIL_MIB} MiB of mail, after a restart and while it is read`,
  { timeout: 600_000 },
  async () => {
    const data = join(folder.path, "data");
    const users = folder.file("users.yaml", "users: [{ name: ada, password: secret }]\n");
    const start = () => startServe(["--data", data, "--users", users]);
    let server = await start();
    const empty = residentMib(server);
    expect(await server.stop()).toBe(0);
    fill(data);
    server = await start();
    const restarted = residentMib(server);
    const { client, host, next } = startClient({ port: server.ready.emsmdbPort, alias: "ada", password: "secret" });
    await next("logged-on");
    const mids = client.inbox().map(({ mid }) => mid);
    let most = 0;
    for (let n = 0; n < 60; n++) {
      const mid = mids[Math.floor((n * mids.length) / 60)];
      expect(client.read(mid)).toBe(true);
      const { body } = await next("message-read");
      expect(body).toMatch(/^\d+ x{1000}/);
      most = Math.max(most, residentMib(server));
    }
    host.kill();
    expect(await server.stop()).toBe(0);
    expect(
      { restarted: restarted - empty < MAX_GROWTH_MIB, read: most - empty < MAX_GROWTH_MIB },
      `${empty}, ${restarted}, ${most} MiB`,
    ).toEqual({
      restarted: true,
      read: true,
    });
  },
);
