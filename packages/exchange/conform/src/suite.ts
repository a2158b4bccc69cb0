/** The conformance suite: what a server that pushes like Exchange Server 4.0 does, case by case. One platform's client at a time. */

import { randomBytes } from "node:crypto";
import { formatHex, formatIpv4 } from "@pushback/bytes";
import { NCA_S_FAULT } from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import { type Case, type ConformSettings, expectCode, NotApplicable, open, type Stage, sessionOf } from "./case.ts";
import { DIRECTORY_CASES } from "./directory-cases.ts";
import { ROP_CASES } from "./rop-cases.ts";
import {
  askEndpointMapper,
  ConformConnection,
  ConformSession,
  codeText,
  type HeardDatagram,
  Listener,
  NotConforming,
  wait,
} from "./session.ts";

/** Result of one case. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Description of a failure, or the reason for a skip; "" for a passed case. */
  readonly why: string;
  readonly seconds: number;
}

const STALE_DATAGRAMS = 6;

/** Within this time a computer has acknowledged what it received: delayed acknowledgments take at most 500 ms (RFC 1122 section 4.2.3.2). */
const ACKNOWLEDGED_MS = 600;

/** Longest wait for a datagram: 5 % above the interval, plus a margin for a busy machine. */
function slackMs(s: Stage): number {
  return s.intervalMs / 20 + Math.min(300, s.intervalMs / 4);
}

/** Texts of a case for a series of datagrams that is wrong: it ended too early, or one came at the wrong time. `number`: its place in the series, from 1. */
interface PaceWords {
  ended(number: number): string;
  came(number: number): string;
}

/**
 * Receives `count` datagrams after `first`, each one interval after the one before it. A busy machine or network may delay one datagram of a series; the
 * ones before and after it must be on schedule, and one more is received where the check needs it. Returns all of them; throws NotConforming otherwise.
 */
async function expectPace(s: Stage, listener: Listener, first: HeardDatagram, count: number, words: PaceWords): Promise<HeardDatagram[]> {
  const heard = [first];
  const next = async (): Promise<void> => {
    const datagram = await listener.next(s.intervalMs * 3);
    if (datagram === null) throw new NotConforming(words.ended(heard.length + 1));
    heard.push(datagram);
  };
  /** Whether the latest datagram came `intervals` intervals after `from`. */
  const isAtTime = (from: HeardDatagram, intervals: number): boolean =>
    Math.abs((heard[heard.length - 1].atUs - from.atUs) / 1000 - intervals * s.intervalMs) <= slackMs(s);
  let wanted = count;
  let wasLate = false;
  while (heard.length <= wanted) {
    const before = heard[heard.length - 1];
    await next();
    if (isAtTime(before, 1)) continue;
    const number = heard.length;
    const ms = (heard[number - 1].atUs - before.atUs) / 1000;
    const wrong = new NotConforming(`${words.came(number)} ${(ms / 1000).toFixed(3)} s, not ${s.intervalMs / 1000} s`);
    // A short interval means that the datagram before was late. Only `first` was not compared with one before it, so only `first` can have been late
    // without notice. After a late datagram, the next one must be on schedule.
    if (wasLate || (ms < s.intervalMs && before !== first)) throw wrong;
    wasLate = true;
    wanted = Math.max(wanted, 2);
    if (ms < s.intervalMs) continue;
    await next();
    if (!isAtTime(before, 2)) throw wrong;
  }
  return heard.slice(1);
}

/** Opens a session that is logged on, subscribed to the Inbox, and registered for push datagrams with a new context and port. */
async function pushedSession(s: Stage, target = s.target) {
  const session = await ConformSession.open(target, s.port);
  s.opened.push(session.connection);
  const listener = await open(s, Listener.open(s.target.host));
  const context = new Uint8Array(randomBytes(s.target.habits.contextBytes));
  const code = await session.register(context, mapi.emitSockaddrIn(s.target.host.address, listener.localPort));
  if (code !== 0) throw new NotConforming(`registration: return value ${codeText(code)}`);
  await session.subscribe();
  return { session, listener, context };
}

async function mustBeSilent(listener: Listener, ms: number, when: string): Promise<void> {
  listener.clear();
  const datagram = await listener.next(ms);
  if (datagram) throw new NotConforming(`a datagram ${when}: ${formatHex(datagram.payload)}`);
}

function sockaddr(s: Stage): Uint8Array {
  return mapi.emitSockaddrIn(s.target.host.address, 40_000);
}

/** A case that registers in a new session, and expects the registration to be refused with the return value `wanted`. */
function refusal(
  id: string,
  title: string,
  wanted: number,
  name: string,
  ask: (s: Stage) => [context: Uint8Array, address: Uint8Array],
): Case {
  return {
    id,
    title,
    needs: ["logon"],
    async run(s) {
      const { session } = sessionOf(s);
      expectCode("return value", await session.register(...ask(s)), wanted, name);
    },
  };
}

const CONTEXT = new Uint8Array(8).fill(0x5a);

const PUSH_CASES: readonly Case[] = [
  {
    id: "endpoint",
    title: "the endpoint mapper names EMSMDB's port",
    needs: [],
    async run(s) {
      s.port = await askEndpointMapper(s.target);
    },
  },
  {
    id: "logon",
    title: "bind, EcDoConnect and RopLogon let the user in",
    needs: ["endpoint"],
    async run(s) {
      const session = await ConformSession.open(s.target, s.port);
      s.opened.push(session.connection);
      s.session = session;
      s.listener = await open(s, Listener.open(s.target.host));
    },
  },
  {
    id: "unknown-user",
    title: "EcDoConnect with an unknown DN fails with ecUnknownUser",
    needs: ["logon"],
    async run(s) {
      const connection = await open(s, ConformConnection.open(s.target, s.port));
      const { returnValue, pcxh } = await connection.connect(s.target, `${s.target.userDn}-unknown`);
      expectCode("return value", returnValue, mapi.MAPI_ERROR.ecUnknownUser, "ecUnknownUser");
      if (pcxh.some((octet) => octet !== 0)) throw new NotConforming("the handle is not null");
    },
  },
  {
    id: "foreign-handle",
    title: "a context handle works on the association that made it alone",
    needs: ["logon"],
    async run(s) {
      const { session } = sessionOf(s);
      const other = await open(s, ConformConnection.open(s.target, s.port));
      const rgb = mapi.emitRopBuffer({ ropsList: new Uint8Array(0), handles: [] });
      const answer = await other.call(mapi.EMSMDB_OP.EcDoRpc, mapi.emitEcDoRpcRequest({ pcxh: session.pcxh, rgb, usSize: 512 }));
      if (typeof answer !== "number") throw new NotConforming("the call was carried out");
      expectCode("fault", answer, NCA_S_FAULT.CONTEXT_MISMATCH, "nca_s_fault_context_mismatch");
    },
  },
  refusal("context-too-big", "a context of 17 bytes is refused with ecTooBig", mapi.MAPI_ERROR.ecTooBig, "ecTooBig", (s) => [
    new Uint8Array(17),
    sockaddr(s),
  ]),
  refusal(
    "wrong-family",
    "an unknown address family is refused with ecInvalidParam",
    mapi.MAPI_ERROR.ecInvalidParam,
    "ecInvalidParam",
    (s) => {
      const address = sockaddr(s);
      address[0] = 99;
      return [CONTEXT, address];
    },
  ),
  refusal(
    "wrong-length",
    "an address of another length is refused with ecInvalidParam",
    mapi.MAPI_ERROR.ecInvalidParam,
    "ecInvalidParam",
    (s) => [CONTEXT, sockaddr(s).slice(0, 12)],
  ),
  {
    id: "register",
    title: "a registration with the platform's context is accepted",
    needs: ["logon"],
    async run(s) {
      const { session, listener } = sessionOf(s);
      s.context = new Uint8Array(randomBytes(s.target.habits.contextBytes));
      expectCode(
        "return value",
        await session.register(s.context, mapi.emitSockaddrIn(s.target.host.address, listener.localPort)),
        0,
        "success",
      );
      await session.subscribe();
    },
  },
  {
    id: "quiet",
    title: "registration alone draws no datagram",
    needs: ["register"],
    async run(s) {
      const { session, listener } = sessionOf(s);
      await session.retrieve();
      await mustBeSilent(listener, Math.min(s.intervalMs, 2000), "without new mail");
    },
  },
  {
    id: "first-datagram",
    title: "new mail draws a datagram at once",
    needs: ["register"],
    async run(s) {
      const { listener } = sessionOf(s);
      await s.deliver();
      const first = await listener.next(s.firstWithinMs);
      if (!first) throw new NotConforming(`none in ${s.firstWithinMs / 1000} s`);
      s.heard.push(first);
    },
  },
  {
    id: "datagram-content",
    title: "the datagram is exactly the client's context",
    needs: ["first-datagram"],
    async run(s) {
      const [{ payload }] = s.heard;
      const [found, wanted] = [formatHex(payload), formatHex(s.context)];
      if (found !== wanted) throw new NotConforming(`${found || "nothing"}, not ${wanted}`);
    },
  },
  {
    id: "interval",
    title: "it is repeated after the notification interval",
    needs: ["first-datagram"],
    async run(s) {
      const words = { ended: () => `none in ${(s.intervalMs * 3) / 1000} s`, came: () => "after" };
      s.heard.push(...(await expectPace(s, sessionOf(s).listener, s.heard[s.heard.length - 1], 1, words)));
    },
  },
  {
    id: "continues",
    title: "it goes on until the mail is retrieved",
    needs: ["first-datagram"],
    async run(s) {
      const { listener } = sessionOf(s);
      for (let n = 1; n <= 2; n++) {
        const next = await listener.next(s.intervalMs * 3);
        if (!next) throw new NotConforming(`it ended after ${s.heard.length} datagrams, with the mail not retrieved`);
        s.heard.push(next);
      }
    },
  },
  {
    id: "retrieval",
    title: "EcDoRpc brings the notification of the new mail",
    needs: ["first-datagram"],
    async run(s) {
      const { session } = sessionOf(s);
      const notifications = await session.retrieve();
      noteMail(s, notifications);
      const found = notifications.some((n) => n.kind === "new-mail" && n.folderId === session.inbox);
      if (!found) throw new NotConforming(`${notifications.length} notifications, none of new mail in the Inbox`);
    },
  },
  {
    id: "stops",
    title: "retrieval ends the datagrams",
    needs: ["retrieval"],
    run: (s) => mustBeSilent(sessionOf(s).listener, s.intervalMs * 2.3, "after retrieval"),
  },
  {
    id: "unclean-end",
    title: "a client that dies without logging off is still pushed to",
    needs: ["first-datagram"],
    async run(s) {
      // The suite keeps the dead client's port open, so that it can count the datagrams.
      const dead = await pushedSession(s);
      await s.deliver();
      for (let n = 1; n <= 2; n++) {
        if (!(await dead.listener.next(Math.max(s.firstWithinMs, s.intervalMs * 3)))) throw new NotConforming(`only ${n - 1} datagrams`);
      }
    },
  },
  {
    id: "one-source",
    title: "every datagram comes from the server's own address",
    needs: ["first-datagram"],
    async run(s) {
      const other = s.heard.find(({ fromAddress }) => fromAddress !== s.target.address);
      if (other) throw new NotConforming(`one came from ${formatIpv4(other.fromAddress)}`);
    },
  },
  {
    id: "endures",
    title: "a client that died gets every datagram at its time, however many there are",
    needs: ["interval"],
    async run(s) {
      const dead = await pushedSession(s);
      await s.deliver();
      const first = await dead.listener.next(s.firstWithinMs);
      if (!first) throw new NotConforming("no datagram to begin with");
      await expectPace(s, dead.listener, first, (s.staleDatagrams ?? STALE_DATAGRAMS) - 1, {
        ended: (number) => `it ended after ${number - 1} datagrams, with the mail not retrieved`,
        came: (number) => `datagram ${number} came after`,
      });
    },
  },
  {
    id: "icmp-ignored",
    title: "ICMP port unreachable does not end the datagrams",
    needs: ["first-datagram"],
    async run(s) {
      const dead = await pushedSession(s);
      await s.deliver();
      if (!(await dead.listener.next(s.firstWithinMs))) throw new NotConforming("no datagram to begin with");
      // Nothing listens for two intervals and more: this computer answers each datagram with ICMP type 3 code 3.
      dead.listener.close();
      await wait(s.target.host, s.intervalMs * 2.5);
      const again = await open(s, Listener.open(s.target.host, dead.listener.localPort));
      if (!(await again.next(s.intervalMs * 3))) throw new NotConforming("none came after the port had been closed for two intervals");
    },
  },
  {
    id: "new-logon",
    title: "a new logon is notified as usual while the stale stream goes on",
    needs: ["first-datagram"],
    async run(s) {
      const dead = await pushedSession(s);
      await s.deliver();
      if (!(await dead.listener.next(s.firstWithinMs))) throw new NotConforming("the first client gets no datagram");
      const alive = await pushedSession(s);
      await s.deliver();
      const datagram = await alive.listener.next(s.firstWithinMs);
      if (!datagram) throw new NotConforming("the new client gets no datagram");
      if ((await alive.session.retrieve()).length === 0) throw new NotConforming("the new client gets no notification");
      dead.listener.clear();
      if (!(await dead.listener.next(s.intervalMs * 3))) throw new NotConforming("the stale stream ended with the new client's retrieval");
    },
  },
  {
    id: "ends-with-session",
    title: "the end of the TCP connection ends the datagrams",
    needs: ["first-datagram"],
    async run(s) {
      const dead = await pushedSession(s);
      await s.deliver();
      if (!(await dead.listener.next(s.firstWithinMs))) throw new NotConforming("no datagram to begin with");
      dead.session.connection.close();
      await wait(s.target.host, 100);
      await mustBeSilent(dead.listener, s.intervalMs * 2.3, "after the end of the connection");
    },
  },
  {
    id: "ends-with-keep-alive",
    title: "the server's keep-alive ends the datagrams to a client that vanished without a packet",
    needs: ["first-datagram"],
    async run(s) {
      if (!s.keepAlive)
        throw new NotApplicable("no time of the server's keep-alive was given, or this computer may not drop a connection silently");
      const vanishing = s.keepAlive.vanishingHost();
      s.opened.push({ close: () => vanishing.kill() });
      // The port stays open, so that the datagrams can be counted.
      const gone = await pushedSession(s, { ...s.target, host: vanishing.host });
      await s.deliver();
      if (!(await gone.listener.next(s.firstWithinMs))) throw new NotConforming("no datagram to begin with");
      // An answer that this computer has not acknowledged yet would be sent again, and meet a reset.
      await wait(s.target.host, ACKNOWLEDGED_MS);
      vanishing.kill();
      gone.listener.clear();
      if (s.keepAlive.endMs > s.intervalMs * 1.2 && !(await gone.listener.next(s.intervalMs * 1.2)))
        throw new NotConforming("they ended at once: the server noticed before its keep-alive");
      await wait(s.target.host, s.keepAlive.endMs);
      await mustBeSilent(gone.listener, s.intervalMs * 2.3, `${s.keepAlive.endMs / 1000} s after the client vanished`);
    },
  },
  {
    id: "ends-with-disconnect",
    title: "EcDoDisconnect ends the datagrams",
    needs: ["first-datagram"],
    async run(s) {
      const client = await pushedSession(s);
      await s.deliver();
      if (!(await client.listener.next(s.firstWithinMs))) throw new NotConforming("no datagram to begin with");
      await client.session.disconnect();
      await mustBeSilent(client.listener, s.intervalMs * 2.3, "after EcDoDisconnect");
    },
  },
];

/** All cases, in the order in which they run. */
const CASES: readonly Case[] = [...PUSH_CASES, ...DIRECTORY_CASES, ...ROP_CASES];

/** Notes which messages the suite has put into the mailbox. */
function noteMail(s: Stage, notifications: readonly mapi.Notification[]): void {
  for (const n of notifications) if (n.kind === "new-mail") s.delivered.add(n.messageId);
}

/** Deletes the suite's mail with the first session, which is notified of all of it. What cannot be deleted stays: the cases have been judged. */
async function removeMail(s: Stage): Promise<void> {
  if (s.session === null) return;
  try {
    noteMail(s, await s.session.seen());
    if (s.delivered.size > 0) await s.session.remove([...s.delivered]);
  } catch (error) {
    if (!(error instanceof NotConforming)) throw error;
  }
}

/**
 * The ids of a run's cases in order: all, or those that begin with one of `only` and those that they need. `null` where no case begins with one
 * of them.
 */
export function caseIds(only: readonly string[] = [""]): readonly string[] | null {
  if (only.some((start) => !CASES.some(({ id }) => id.startsWith(start)))) return null;
  const chosen = new Set<string>();
  const choose = (c: Case) => {
    chosen.add(c.id);
    for (const needed of CASES) if (c.needs.includes(needed.id)) choose(needed);
  };
  for (const c of CASES) if (only.some((start) => c.id.startsWith(start))) choose(c);
  return CASES.map(({ id }) => id).filter((id) => chosen.has(id));
}

async function runCase(s: Stage, c: Case, failed: ReadonlySet<string>): Promise<CaseResult> {
  const { id, title } = c;
  const missing = c.needs.find((need) => failed.has(need));
  if (missing !== undefined) return { id, title, outcome: "skipped", why: `needs ${missing}`, seconds: 0 };
  if (id === "endpoint" && s.target.port !== null) {
    s.port = s.target.port;
    return { id, title, outcome: "skipped", why: "the port was given", seconds: 0 };
  }
  const { host } = s.target;
  const startUs = host.nowUs();
  const seconds = () => Math.round((host.nowUs() - startUs) / 1000) / 1000;
  try {
    await c.run(s);
    return { id, title, outcome: "passed", why: "", seconds: seconds() };
  } catch (error) {
    if (error instanceof NotApplicable) return { id, title, outcome: "skipped", why: error.message, seconds: seconds() };
    if (!(error instanceof NotConforming)) throw error;
    return { id, title, outcome: "failed", why: error.message, seconds: seconds() };
  }
}

/** Runs the cases, one after the other; `onResult` is told each as it ends. RangeError if `only` names none. */
export async function runConformance(settings: ConformSettings, onResult: (result: CaseResult) => void = () => {}): Promise<CaseResult[]> {
  const chosen = caseIds(settings.only);
  if (chosen === null) throw new RangeError(`no case begins with one of ${settings.only?.join(", ")}`);
  const stage: Stage = {
    ...settings,
    directory: null,
    port: 0,
    session: null,
    listener: null,
    context: CONTEXT,
    heard: [],
    delivered: new Set(),
    opened: [],
  };
  const results: CaseResult[] = [];
  const failed = new Set<string>();
  try {
    for (const c of CASES) {
      if (!chosen.includes(c.id)) continue;
      const result = await runCase(stage, c, failed);
      const noPort = c.id === "endpoint" && settings.target.port !== null;
      if (result.outcome !== "passed" && !noPort) failed.add(c.id);
      results.push(result);
      onResult(result);
    }
    await removeMail(stage);
  } finally {
    for (const thing of stage.opened) thing.close();
  }
  return results;
}
