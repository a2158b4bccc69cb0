/** Test support: mail servers with limits of the test's choice in this process, and connections to them; all end with the test. */

import { connect, type Socket } from "node:net";
import { createKernelHost, type KernelHost } from "@pushback/live";
import { createMailParser, openSmtp } from "@pushback/mail-intake";
import { SMTP_LIMITS } from "@pushback/mail-intake/limits";
import * as core from "@pushback/server";
import { afterAll, afterEach, beforeEach } from "vitest";
import { createRawHost, RawAssociation, type RawSession } from "./raw-session.ts";

export interface LimitedServer {
  readonly server: core.MailServer;
  readonly port: number;
  readonly smtpPort: number;
}

/** A connection of the test itself, without a client's protocol. */
export interface RawConnection {
  readonly socket: Socket;
  /** Resolves when the connection ends, to the error's code or "closed". */
  readonly ended: Promise<string>;
  /** What the server has sent. */
  readonly text: () => string;
}

/** For one test file: functions that start servers and connect to them. */
export function limitedServers() {
  const parser = createMailParser();
  afterAll(() => parser.close());
  let endings: (() => void)[] = [];
  let client: KernelHost;
  let resets = 0;
  beforeEach(() => {
    client = createRawHost();
    resets = 0;
    endings = [() => client.kill()];
  });
  afterEach(() => {
    for (const end of endings.reverse()) end();
  });

  /** A server in this process, with mailboxes box0 to box9; clients need no account. */
  async function start(
    limits: Partial<core.ServerLimits> = {},
    smtp: Partial<typeof SMTP_LIMITS> = {},
    mailParser = parser,
  ): Promise<LimitedServer> {
    const host = createKernelHost({ address: 0x7f000001, bindAddress: 0x7f000001 });
    const settings = { endpointMapperPort: null, allowAnonymous: true, limits: { ...core.LIVE_LIMITS, ...limits } };
    let server: core.MailServer | null = null;
    const port = await new Promise<number>((done) => {
      server = core.createMailServer(host, settings, (event) => {
        if (event.type === "listening") done(event.emsmdbPort);
        if (event.type === "fault" && event.what === "answers are not taken") resets++;
      });
    });
    if (!server) throw new Error("no server");
    const opened: core.MailServer = server;
    for (let n = 0; n < 10; n++) opened.addMailbox({ alias: `box${n}` });
    const smtpSettings = { host: "127.0.0.1", port: 0, domains: [], postmaster: null, limits: { ...SMTP_LIMITS, ...smtp } };
    const smtpServer = await openSmtp(opened, mailParser, smtpSettings, () => {});
    endings.push(
      () => host.kill(),
      () => smtpServer.close(),
    );
    return { server: opened, port, smtpPort: smtpServer.port };
  }

  async function logOn(port: number, box = 0, association = new RawAssociation(client, port, null)): Promise<RawSession> {
    const session = await association.connect(`box${box}`);
    if (typeof session === "number") throw new Error(`refused: ${session.toString(16)}`);
    return session;
  }

  /** A connection that sends bytes and then does nothing; resolves when the server ends it. */
  function raw(port: number, bytes: Uint8Array, localAddress = "127.0.0.1", reads = true): RawConnection {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    let text = "";
    if (reads) socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    else socket.pause();
    socket.write(bytes);
    const ended = new Promise<string>((done) => {
      socket.on("error", (error: NodeJS.ErrnoException) => done(error.code ?? "error"));
      socket.on("close", () => done("closed"));
    });
    endings.push(() => socket.destroy());
    return { socket, ended, text: () => text };
  }

  /** Number of connections that the server reset because their responses were not read. */
  const resetCount = (): number => resets;
  return { start, logOn, raw, resetCount };
}
