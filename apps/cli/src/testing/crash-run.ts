/**
 * Deliveries by all three ways while the server is killed and its disk is full. After each kill the store is judged: what was acknowledged is
 * there, nothing is there twice, and a message to two mailboxes is in both or in neither. `crash-main.ts` runs the long form.
 */

import { spawnSync } from "node:child_process";
import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createLoad, type Load, offerByControl, sendByControl, sendByMaildir, sendBySmtp, WAYS, type Way } from "./delivery-senders.ts";
import { type RunningServer, startServe } from "./serve.ts";

export interface CrashPlan {
  readonly deliveries: number;
  readonly kills: number;
  /** Number of times that the disk is filled. This needs root, because the data folder is on a small separate file system; 0 without root. */
  readonly fullDisks: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

export interface CrashOutcome {
  readonly acknowledged: Readonly<Record<Way, number>>;
  readonly kills: number;
  readonly fullDisks: number;
  /** Starts on a full disk: the server came up, or ended with exit code 2 and one line. */
  readonly startsOnFullDisk: number;
  readonly refusals: number;
  /** Subjects, with the round after which the fault was seen. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly partial: readonly string[];
}

const DISK_MIB = 256;
const FILLER_BYTES = 1 << 20;
const ALL_MS = 600_000;

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Mounts a small file system at the folder; `false` where this process may not. */
export function mountSmallDisk(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${DISK_MIB}m,mode=700`, "pushback-crash", folder]).status === 0;
}

export function unmountSmallDisk(folder: string): void {
  spawnSync("umount", [folder]);
}

/** Writes until there is no byte left; gives the file that took the room. */
function fillDisk(folder: string): string {
  const path = join(folder, "ballast");
  const file = openSync(path, "w");
  for (let chunk = 1 << 20; chunk >= 1; chunk >>= 4) {
    const bytes = new Uint8Array(chunk);
    try {
      for (;;) writeSync(file, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
  closeSync(file);
  return path;
}

function loadOf(count: number): Load {
  const load = createLoad();
  for (let n = 0; n < count; n++) {
    const way = WAYS[n % WAYS.length];
    const subject = `delivery ${n}`;
    load.left[way].set(subject, { way, subject, body: "x".repeat(n % 97 === 0 ? 60_000 : (n * 37) % 3000) });
  }
  return load;
}

/** Counts of each subject in each mailbox, read from a copy of the files: the server must recover them itself. */
export function readStore(data: string, scratch: string): Map<string, { ada: number; bob: number }> {
  const copy = join(scratch, "judged.sqlite");
  for (const part of ["", "-wal", "-shm", "-journal"]) {
    rmSync(`${copy}${part}`, { force: true });
    if (existsSync(join(data, `store.sqlite${part}`))) copyFileSync(join(data, `store.sqlite${part}`), `${copy}${part}`);
  }
  const db = new DatabaseSync(copy);
  const counts = new Map<string, { ada: number; bob: number }>();
  for (const row of db.prepare("SELECT alias, subject FROM message JOIN mailbox ON mailbox.number = mailbox").iterate()) {
    const subject = String(row["subject"]);
    const count = counts.get(subject) ?? { ada: 0, bob: 0 };
    count[row["alias"] as "ada" | "bob"]++;
    counts.set(subject, count);
  }
  db.close();
  return counts;
}

export class Judge {
  readonly lost: string[] = [];
  readonly doubled: string[] = [];
  readonly partial: string[] = [];

  check(round: string, counts: ReadonlyMap<string, { ada: number; bob: number }>, load: Load): void {
    for (const { way, subject } of [...load.acknowledged.values(), ...load.fillers.values()]) {
      const count = counts.get(subject) ?? { ada: 0, bob: 0 };
      if (count.ada < 1 || (way === "smtp" && count.bob < 1)) this.lost.push(`${subject} by ${way}, ${round}`);
    }
    for (const [subject, { ada, bob }] of counts) {
      if (ada > 1 || bob > 1) this.doubled.push(`${subject}, ${round}`);
      if (load.left.smtp.has(subject) && ada !== bob) this.partial.push(`${subject}, ${round}`);
    }
  }
}

export async function runCrashes(plan: CrashPlan): Promise<CrashOutcome> {
  const servers = new Set<RunningServer>();
  try {
    return await deliverAndCrash(plan, servers);
  } finally {
    for (const server of servers) server.child.kill("SIGKILL");
  }
}

async function deliverAndCrash(plan: CrashPlan, servers: Set<RunningServer>): Promise<CrashOutcome> {
  const { folder, say } = plan;
  const data = join(folder, "data");
  const maildir = join(folder, "maildir");
  const control = join(folder, "control.sock");
  const users = join(folder, "users.yaml");
  writeFileSync(users, "users: [{ name: ada, password: a }, { name: bob, password: b }]\n");
  for (const part of ["tmp", "new", "cur"]) mkdirSync(join(maildir, part), { recursive: true });
  mkdirSync(data, { recursive: true });
  const load = loadOf(plan.deliveries);
  const judge = new Judge();
  const start = async () => {
    const server = await startServe(["--data", data, "--users", users, "--control", control, "--smtp", "0", "--maildir", `ada=${maildir}`]);
    servers.add(server);
    server.child.on("close", () => servers.delete(server));
    return server;
  };
  let startsOnFullDisk = 0;
  let fullDisks = 0;

  /** Starts the senders; gives the function that ends them. */
  function send({ ready }: RunningServer): () => Promise<void> {
    const state = { stopped: false };
    const senders = [sendBySmtp(ready.smtpPort, load, state), sendByControl(control, load, state), sendByMaildir(maildir, load, state)];
    return async () => {
      state.stopped = true;
      await Promise.all(senders);
    };
  }

  async function until(holds: () => boolean, what: string, timeoutMs = ALL_MS): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`${what}: did not come in ${timeoutMs / 1000} s`);
      await pause(2);
    }
  }

  /** Fills the disk and waits until a delivery is refused. Then makes room again, or leaves it full for the kill. */
  async function meetFullDisk(leaveFull: boolean): Promise<string> {
    const before = load.refusals;
    const ballast = fillDisk(data);
    fullDisks++;
    load.allowed = load.acknowledged.size + 10;
    // The log of the database has room left for some messages that are written over older ones.
    while (load.refusals === before) {
      const filler = { way: "deliver", subject: `filler ${fullDisks}.${load.fillers.size}`, body: "x".repeat(FILLER_BYTES) } as const;
      if (await offerByControl(control, filler)) load.fillers.set(filler.subject, filler);
      else load.refusals++;
    }
    if (leaveFull) return ballast;
    rmSync(ballast);
    const acknowledged = load.acknowledged.size;
    load.allowed = acknowledged + 10;
    await until(() => load.acknowledged.size > acknowledged, "a delivery after the disk had room again", 60_000);
    return ballast;
  }

  /** The server may start on a full disk, or end in one line. */
  async function startOnFullDisk(): Promise<void> {
    startsOnFullDisk++;
    try {
      await (await start()).stop("SIGKILL");
    } catch (error) {
      if (!/^serve ended with 2: pushback: [^\n]+\n$/.test((error as Error).message)) throw error;
    }
  }

  for (let kill = 0; kill < plan.kills; kill++) {
    const share = Math.floor(((kill + Math.random()) / plan.kills) * plan.deliveries);
    load.allowed = share;
    const server = await start();
    const stop = send(server);
    await until(() => load.acknowledged.size >= share, "deliveries");
    const isFull =
      plan.fullDisks > 0 && Math.floor(((kill + 1) * plan.fullDisks) / plan.kills) > Math.floor((kill * plan.fullDisks) / plan.kills);
    const leaveFull = fullDisks % 2 === 1;
    const ballast = isFull ? await meetFullDisk(leaveFull) : null;
    // Deliveries are under way when the server is killed.
    load.allowed = Math.ceil(((kill + 2) / plan.kills) * plan.deliveries);
    await pause(Math.random() * 20);
    await server.stop("SIGKILL");
    await stop();
    if (ballast !== null && leaveFull) {
      await startOnFullDisk();
      rmSync(ballast);
    }
    judge.check(`after kill ${kill + 1}`, readStore(data, folder), load);
    if ((kill + 1) % 20 === 0)
      say(`${kill + 1} kills, ${fullDisks} full disks, ${load.acknowledged.size} acknowledged, ${load.refusals} refused`);
  }

  load.allowed = plan.deliveries;
  const server = await start();
  const stop = send(server);
  await until(() => load.acknowledged.size >= plan.deliveries, "the last deliveries");
  await stop();
  await server.stop();
  judge.check("at the end", readStore(data, folder), load);
  const acknowledged = { smtp: 0, maildir: 0, deliver: 0 };
  for (const { way } of load.acknowledged.values()) acknowledged[way]++;
  const { lost, doubled, partial } = judge;
  return { acknowledged, kills: plan.kills, fullDisks, startsOnFullDisk, refusals: load.refusals, lost, doubled, partial };
}
