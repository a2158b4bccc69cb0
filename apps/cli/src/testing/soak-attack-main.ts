/**
 * Attackers of every kind, all at once, until SIGTERM: each repeats its attack from loopback addresses of its own. `SOAK` in the environment is an
 * AttackPlan. After each attack the program prints how often each attack was made.
 */

import { connect, type Socket } from "node:net";
import * as mapi from "@pushback/mapi";
import { offerBySmtp, openSmtpDialogue } from "./delivery-senders.ts";
import { createRawHost, RawAssociation, type RawSession } from "./raw-session.ts";

export interface AttackPlan {
  readonly port: number;
  readonly epmPort: number;
  readonly smtpPort: number;
  /** An account that may log on. */
  readonly account: string;
}

const plan = JSON.parse(process.env["SOAK"] ?? "{}") as AttackPlan;
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
const counts: Record<string, number> = {};

function open(port: number, address: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", localAddress: address });
  socket.on("error", () => {});
  socket.on("data", () => {});
  return new Promise((done) => {
    socket.once("connect", () => done(socket));
    socket.once("close", () => done(socket));
  });
}

function closed(socket: Socket, withinMs: number): Promise<void> {
  if (socket.destroyed) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(() => {
      socket.destroy();
      done();
    }, withinMs);
    socket.once("close", () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** How often the server gave each answer to the mail of an attack. */
const answers: Record<string, Record<string, number>> = {};

async function mail(name: string, address: string, body: string): Promise<void> {
  const dialogue = await openSmtpDialogue(plan.smtpPort, address);
  const code = (await offerBySmtp(dialogue, ["junk@x"], body)) ?? "closed";
  answers[name] ??= {};
  answers[name][code] = (answers[name][code] ?? 0) + 1;
  dialogue.end();
}

const html = (text: string) => `Content-Type: text/html\r\n\r\n${text}`;
const lines = (text: string) => text.replace(/(.{900})/g, "$1\r\n");

/** Logs on from an address, runs the attack, and closes the connection in any case. */
async function withSession(address: number, attack: (session: RawSession) => Promise<void>, password = "secret"): Promise<void> {
  const host = createRawHost(address);
  try {
    const session = await new RawAssociation(host, plan.port, { account: plan.account, password }).connect(plan.account);
    if (typeof session !== "number") await attack(session);
  } finally {
    host.kill();
  }
}

const AT_LOGON = { logonId: 0, inputHandleIndex: 0, outputHandleIndex: 3 };
const AT_INBOX = { logonId: 0, inputHandleIndex: 1, outputHandleIndex: 3 };
const ON_OPENED = { logonId: 0, inputHandleIndex: 2 };

const ATTACKS: Record<string, () => Promise<void>> = {
  "HTML of 400 KB of <": () => mail("HTML of 400 KB of <", "127.0.1.1", html(lines("<".repeat(400_000)))),
  "HTML of unclosed scripts": () => mail("HTML of unclosed scripts", "127.0.1.2", html(lines("<script".repeat(60_000)))),
  "mail over the limit": () => mail("mail over the limit", "127.0.1.3", lines("x".repeat(11 << 20))),
  "80 nested parts": () =>
    mail(
      "80 nested parts",
      "127.0.1.4",
      Array.from({ length: 80 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\r\n\r\n--b${n}\r\n`).join(""),
    ),
  "1,100 attachments": () =>
    mail(
      "1,100 attachments",
      "127.0.1.5",
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\nContent-Type: a/b\r\n\r\n1\r\n".repeat(1100)}`,
    ),
  "mail to a full mailbox": () => mail("mail to a full mailbox", "127.0.1.6", `Subject: x\r\n\r\n${lines("y".repeat(200_000))}`),
  "SMTP byte by byte": async () => {
    const socket = await open(plan.smtpPort, `127.0.1.${10 + Math.floor(Math.random() * 5)}`);
    for (const octet of "EHLO slow and slower\r\nMAIL FROM:<a@b>\r\n".repeat(50)) {
      if (socket.destroyed) return;
      socket.write(octet);
      await pause(1000);
    }
  },
  "SMTP line without end": async () => {
    const socket = await open(plan.smtpPort, "127.0.1.20");
    socket.write("A".repeat(2 << 20));
    await closed(socket, 5000);
  },
  "SMTP connections": async () => {
    const sockets = await Promise.all(Array.from({ length: 40 }, () => open(plan.smtpPort, "127.0.1.21")));
    await pause(2000);
    for (const socket of sockets) socket.destroy();
  },
  "streams of 4 MiB": () =>
    withSession(0x7f000201, async (session) => {
      const created = await session.one({
        rop: "CreateMessage",
        ...AT_LOGON,
        codePageId: 0x0fff,
        folderId: session.inboxId,
        associated: false,
      });
      for (let n = 0; n < 60; n++) {
        const stream = await session.one(
          { rop: "OpenStream", ...ON_OPENED, outputHandleIndex: 3, tag: 0x1000001e, openModeFlags: 2 },
          created.opened,
        );
        await session.one({ rop: "SetStreamSize", ...ON_OPENED, streamSize: 4n << 20n }, stream.opened);
      }
    }),
  "tables of a full folder": () =>
    withSession(0x7f000202, async (session) => {
      for (let n = 0; n < 200; n++) {
        const table = await session.one({ rop: "GetContentsTable", ...AT_INBOX, tableFlags: 0 });
        await session.one({ rop: "SetColumns", ...ON_OPENED, flags: 0, tags: [mapi.PR_MID, mapi.PR_BODY] }, table.opened);
        await session.one(
          {
            rop: "SortTable",
            ...ON_OPENED,
            flags: 0,
            categoryCount: 0,
            expandedCount: 0,
            sortOrders: [{ tag: mapi.PR_SUBJECT, order: 0 }],
          },
          table.opened,
        );
        await session.rops(
          [{ rop: "QueryRows", ...ON_OPENED, flags: 0, forwardRead: 1, rowCount: 5 }],
          [0, 0, table.opened],
          [mapi.PR_MID, mapi.PR_BODY],
        );
      }
    }),
  "answers that are not read": () =>
    withSession(0x7f000203, async (session) => {
      const { rpc } = session.association;
      for (let n = 0; n < 3000; n++) rpc.call(mapi.EMSMDB_OP.EcDummyRpc, new Uint8Array(0), () => {});
      await pause(1000);
    }),
  "wrong passwords": () => withSession(0x7f000204, async () => {}, "guess"),
  "garbage to EMSMDB": async () => {
    const socket = await open(plan.port, "127.0.2.5");
    socket.write(Buffer.from(Array.from({ length: 5000 }, () => Math.floor(Math.random() * 256))));
    await closed(socket, 3000);
  },
  "a bind with a made-up group, and other versions": async () => {
    const bind = Buffer.from(
      "05000b0310000000480000000100000016d016d034120000010000000000010000dbf1a447ca6710b31f00dd010662da00005100045d888aeb1cc9119fe808002b10486002000000",
      "hex",
    );
    for (const version of [5, 4, 9]) {
      bind[0] = version;
      const socket = await open(plan.port, "127.0.2.6");
      socket.write(bind);
      await closed(socket, 1000);
    }
  },
  "a PDU drop by drop": async () => {
    const socket = await open(plan.port, "127.0.2.7");
    for (let n = 0; n < 40 && !socket.destroyed; n++) {
      socket.write(Buffer.of(n === 0 ? 5 : 0));
      await pause(1000);
    }
    socket.destroy();
  },
  "connections that never bind": async () => {
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(plan.port, "127.0.2.8")));
    await Promise.all(sockets.map((socket) => closed(socket, 40_000)));
  },
  "garbage to the endpoint mapper": async () => {
    const socket = await open(plan.epmPort, "127.0.2.9");
    socket.write(Buffer.from(`05000b03${"ff".repeat(2000)}`, "hex"));
    await closed(socket, 1000);
  },
};

let stopped = false;
const report = () => `${JSON.stringify({ made: counts, answers })}\n`;
process.once("SIGTERM", () => {
  stopped = true;
  process.stdout.write(report(), () => process.exit(0));
});
process.stdout.write("ready\n");
for (const [name, attack] of Object.entries(ATTACKS)) {
  counts[name] = 0;
  void (async () => {
    while (!stopped) {
      // An attacker whose connection is refused tries again.
      await attack().catch(() => {});
      counts[name]++;
      process.stdout.write(report());
      await pause(200);
    }
  })();
}
