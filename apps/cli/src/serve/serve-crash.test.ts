/** `kill -9` at random moments: what was acknowledged is there once, and pushing goes on for clients that log on again. */

import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, it } from "vitest";
import { pushback } from "../testing/command.ts";
import { startClient } from "../testing/mail-client.ts";
import { type RunningServer, startServe, testFolder } from "../testing/serve.ts";

const MESSAGES = 1000;
/** Messages that a server is asked for before it goes down. */
const BATCH = 200;
const KILLS = 6;

const folder = testFolder();
afterAll(() => folder.close());

/** Asks for the deliveries one after the other, several under way at a time, until they are all answered or the server is gone. */
function deliver(control: string, keys: readonly string[], onAcknowledged: (key: string, duplicate: boolean) => void): Promise<void> {
  return new Promise((done) => {
    const socket = connect(control);
    socket.on("error", () => {});
    socket.on("close", () => done());
    let answered = 0;
    const lines = createInterface({ input: socket });
    lines.on("error", () => {});
    lines.on("line", (line) => {
      const answer = JSON.parse(line) as { ok: boolean; result: { duplicate: boolean } };
      expect(answer.ok).toBe(true);
      onAcknowledged(keys[answered++], answer.result.duplicate);
      if (answered === keys.length) socket.end();
    });
    for (const key of keys) {
      socket.write(`${JSON.stringify({ op: "deliver", to: "ada", subject: key, from: "Grace", body: "x".repeat(500), key })}\n`);
    }
  });
}

it("loses no acknowledged message, duplicates none, and pushes to clients that log on again", async () => {
  const data = join(folder.path, "data");
  const users = folder.file("users.yaml", "users: [{ name: ada, password: secret }]\n");
  const start = () => startServe(["--data", data, "--users", users, "--interval", "1s"]);
  const keys = Array.from({ length: MESSAGES }, (_, i) => `message ${i}`);
  const acknowledged = new Set<string>();
  const extra: string[] = [];
  let server: RunningServer = await start();
  for (let kills = 0; acknowledged.size < MESSAGES; ) {
    const logon = startClient({ port: server.ready.emsmdbPort, alias: "ada", password: "secret" });
    await logon.next("logged-on");
    const left = keys.filter((key) => !acknowledged.has(key)).slice(0, BATCH);
    extra.push(`for round ${extra.length}`);
    await deliver(server.ready.control, extra.slice(-1), () => {});
    await logon.next("datagram-received", 1000);
    let killing: NodeJS.Timeout | undefined;
    const enough = acknowledged.size + Math.ceil(Math.random() * left.length);
    await deliver(server.ready.control, left, (key) => {
      acknowledged.add(key);
      // The kill comes at a random moment while the server works on the next deliveries, which are in its socket already.
      if (acknowledged.size === enough && kills < KILLS) killing = setTimeout(() => server.child.kill("SIGKILL"), Math.random() * 10);
    });
    logon.host.kill();
    clearTimeout(killing);
    // The server may have been killed after its last acknowledgment.
    if (acknowledged.size === MESSAGES && !server.child.killed) break;
    kills++;
    await server.stop("SIGKILL");
    server = await start();
  }
  // All deliveries are repeated; the server recognizes each as a duplicate.
  let duplicates = 0;
  await deliver(server.ready.control, keys, (_, duplicate) => {
    duplicates += Number(duplicate);
  });
  expect(duplicates).toBe(MESSAGES);
  expect(extra.length).toBeGreaterThanOrEqual(MESSAGES / BATCH);
  await server.stop("SIGKILL");

  server = await start();
  const again = startClient({ port: server.ready.emsmdbPort, alias: "ada", password: "secret", version: 1 });
  await again.next("logged-on");
  expect(again.client.inbox()).toHaveLength(MESSAGES + extra.length);
  expect(pushback(["deliver", "ada", "--subject", "After all", "--data", data]).code).toBe(0);
  await again.next("datagram-received", 1000);
  expect((await again.next("new-mail")).subject).toBe("After all");
  again.host.kill();
  expect(await server.stop()).toBe(0);

  const db = new DatabaseSync(join(data, "store.sqlite"), { readOnly: true });
  const subjects = db.prepare("SELECT subject FROM message ORDER BY number").all();
  expect(subjects).toHaveLength(MESSAGES + extra.length + 1);
  expect(new Set(subjects.map((row) => row["subject"])).size).toBe(MESSAGES + extra.length + 1);
  db.close();
});
