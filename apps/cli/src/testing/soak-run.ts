/**
 * The server under load and attack at once: sessions, mail that must all arrive, strangers of every kind, and a push stream whose lateness is
 * measured beside that of a bare timer. `soak-main.ts` runs the long form. Attackers have a lower priority than the server, as they would have
 * processors of their own; on a computer that others use, `nice -n -15 npm run soak` gives both the server and the timer precedence.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, constants, loadavg, setPriority } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Judge, readStore } from "./crash-run.ts";
import { type CrashDelivery, createLoad, offerByControl, sendBySmtp } from "./delivery-senders.ts";
import { createRawHost, RawAssociation, type RawSession } from "./raw-session.ts";
import { startServe } from "./serve.ts";
import type { ProbePlan, ProbeReport } from "./soak-probe-main.ts";

export interface SoakPlan {
  /** Least time of the run; it goes on until the attackers have made `leastAttacks`. */
  readonly seconds: number;
  readonly leastAttacks: number;
  readonly sessions: number;
  readonly streams: number;
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** How often each attack was made, and how often the server gave each answer to its mail. */
interface AttackReport {
  readonly made: Readonly<Record<string, number>>;
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface SoakOutcome {
  readonly seconds: number;
  /** Sessions that were logged on at the end, of those that were opened. */
  readonly sessions: number;
  readonly sessionsLost: number;
  readonly attacks: AttackReport;
  readonly acknowledged: number;
  /** Subjects of acknowledged messages that are not there, are there twice, or are in one of two mailboxes. */
  readonly mail: Readonly<Record<"lost" | "doubled" | "partial", readonly string[]>>;
  readonly push: ProbeReport;
  /** Resident memory of the server in MiB, a sample for each twentieth of the run. */
  readonly residentMib: readonly number[];
  /** Load average at the end and number of processors: a loaded computer explains late datagrams. */
  readonly load: number;
  readonly processors: number;
}

const BOXES = 20;
const INTERVAL_MS = 1000;
const SAMPLES = 20;
/** Messages of the folder whose tables are attacked. */
const ATTACKED_MESSAGES = 300;
const CALL_EVERY_MS = 20_000;
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

interface Helper {
  readonly child: ChildProcess;
  /** The last line that the process printed. */
  last(): string;
  stop(): Promise<string>;
}

/** Starts a program of this folder with a process priority (`null`: the priority of this process); resolves when it is ready. */
function startHelper(name: string, plan: object, priority: number | null): Promise<Helper> {
  const path = fileURLToPath(new URL(`./${name}-main.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--conditions=pushback-source", path], {
    env: { ...process.env, SOAK: JSON.stringify(plan), NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (child.pid !== undefined && priority !== null) setPriority(child.pid, priority);
  let last = "";
  const ended = new Promise<string>((done) => child.on("close", () => done(last)));
  return new Promise((started, fail) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line === "ready")
        started({
          child,
          last: () => last,
          stop() {
            child.kill();
            return ended;
          },
        });
      else last = line;
    });
    void ended.then(() => fail(new Error(`${name} ended before it was ready`)));
  });
}

function residentMib(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

/** Opens sessions a few at a time; each makes a call now and then until the end. */
async function openSessions(port: number, count: number): Promise<RawSession[]> {
  const host = createRawHost();
  const sessions: RawSession[] = [];
  while (sessions.length < count) {
    const batch = Array.from({ length: Math.min(20, count - sessions.length) }, async (_, n) => {
      const account = `box${(sessions.length + n) % BOXES}`;
      const session = await new RawAssociation(host, port, { account, password: "secret" }).connect(account);
      if (typeof session === "number") throw new Error(`session refused: ${session}`);
      return session;
    });
    sessions.push(...(await Promise.all(batch)));
  }
  return sessions;
}

function attacksMade(lastLine: string): number {
  if (lastLine === "") return 0;
  return Object.values((JSON.parse(lastLine) as AttackReport).made).reduce((sum, count) => sum + count, 0);
}

export async function runSoak(plan: SoakPlan): Promise<SoakOutcome> {
  const { folder, say } = plan;
  const names = [...Array.from({ length: BOXES }, (_, n) => `box${n}`), "push", "junk", "mallory", "ada", "bob"];
  const users = join(folder, "users.yaml");
  writeFileSync(users, `users:\n${names.map((name) => `  - { name: ${name}, password: secret }\n`).join("")}`);
  const server = await startServe([
    ...["--users", users, "--data", join(folder, "data"), "--smtp", "0", "--interval", `${INTERVAL_MS}ms`, "--quota", "20"],
    ...["--max-per-address", `${plan.sessions + 200}`],
  ]);
  const endings: (() => Promise<unknown> | undefined)[] = [() => server.stop("SIGKILL")];
  try {
    const { emsmdbPort: port, epmPort, smtpPort, control } = server.ready;
    const sessions = await openSessions(port, plan.sessions);
    say(`${sessions.length} sessions are logged on`);
    const probePlan: ProbePlan = { port, account: "push", streams: plan.streams, intervalMs: INTERVAL_MS };
    const probe = await startHelper("soak-probe", probePlan, null);
    endings.push(() => probe.stop());
    const first: CrashDelivery = { way: "deliver", subject: "wakes the pushes", body: "", to: "push" };
    if (!(await offerByControl(control, first))) throw new Error("the first message was not taken");
    for (let n = 0; n < ATTACKED_MESSAGES; n++)
      await offerByControl(control, { way: "deliver", subject: `message ${n}`, body: "x".repeat(10_000), to: "mallory" });
    const attack = await startHelper("soak-attack", { port, epmPort, smtpPort, account: "mallory" }, constants.priority.PRIORITY_LOW);
    endings.push(() => attack.stop());

    // A message to two mailboxes by SMTP and one by the control socket, a few times a second.
    const load = createLoad();
    const lost = new Set<RawSession>();
    const residents: number[] = [];
    const began = Date.now();
    const endsAt = began + 1000 * plan.seconds;
    let nextCall = 0;
    for (let n = 0; Date.now() < endsAt || attacksMade(attack.last()) < plan.leastAttacks; n++) {
      load.left.smtp.set(`soak ${n}`, { way: "smtp", subject: `soak ${n}`, body: "x".repeat(500) });
      await sendBySmtp(smtpPort, load, { stopped: false });
      const told: CrashDelivery = { way: "deliver", subject: `told ${n}`, body: "x" };
      if (await offerByControl(control, told)) load.acknowledged.set(told.subject, told);
      const quota = Math.ceil((sessions.length * 1000) / CALL_EVERY_MS);
      for (let i = 0; i < quota; i++) {
        const session = sessions[nextCall++ % sessions.length];
        session.rops([], []).catch(() => lost.add(session));
      }
      if ((Date.now() - began) / (1000 * plan.seconds) >= residents.length / SAMPLES) {
        residents.push(Math.round(residentMib(server.child.pid)));
        say(
          `${Math.round((Date.now() - began) / 1000)} s: ${residents.at(-1)} MiB, ${load.acknowledged.size} acknowledged, load ${loadavg()[0].toFixed(1)}`,
        );
      }
      await pause(Math.max(0, began + (n + 1) * 1000 - Date.now()));
    }
    const attacks = JSON.parse(await attack.stop()) as AttackReport;
    const push = JSON.parse(await probe.stop()) as ProbeReport;
    for (const session of sessions) await session.rops([], []).catch(() => lost.add(session));
    await server.stop();
    const judge = new Judge();
    judge.check("at the end", readStore(join(folder, "data"), folder), load);
    return {
      seconds: plan.seconds,
      sessions: sessions.length,
      sessionsLost: lost.size,
      attacks,
      acknowledged: load.acknowledged.size,
      mail: { lost: judge.lost, doubled: judge.doubled, partial: judge.partial },
      push,
      residentMib: residents,
      load: loadavg()[0],
      processors: availableParallelism(),
    };
  } finally {
    for (const end of endings.reverse()) await end();
  }
}

/** Whether memory stays flat: the peak of the second half is at most 15 % and 16 MiB above the peak of the second quarter (heap slack). */
export function isFlat(residentMib: readonly number[]): boolean {
  const half = Math.floor(residentMib.length / 2);
  const before = Math.max(...residentMib.slice(Math.floor(half / 2), half));
  return Math.max(...residentMib.slice(half)) <= before * 1.15 + 16;
}
