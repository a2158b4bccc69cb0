/** Sends deliveries by SMTP, by the control socket and through a Maildir until they are acknowledged, the server is gone, or the caller stops. */

import { existsSync, renameSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";

export const WAYS = ["smtp", "maildir", "deliver"] as const;
export type Way = (typeof WAYS)[number];

/** One message to deliver; by SMTP it goes to ada and bob, by the other ways to ada. */
export interface CrashDelivery {
  readonly way: Way;
  /** Subject, which no other delivery has. */
  readonly subject: string;
  readonly body: string;
  /** Mailbox for deliveries through the control socket; "ada" if left out. */
  readonly to?: string;
}

/** The deliveries that are still to be made, and those that the server acknowledged. */
export interface Load {
  /** In order of being asked for; a delivery stays here until it is acknowledged. */
  readonly left: Readonly<Record<Way, Map<string, CrashDelivery>>>;
  readonly acknowledged: Map<string, CrashDelivery>;
  /** Large messages that took the last room of a full disk, and were acknowledged. */
  readonly fillers: Map<string, CrashDelivery>;
  /** Number of acknowledged deliveries at which the senders pause. */
  allowed: number;
  /** Number of deliveries that the server refused because the disk was full. */
  refusals: number;
}

export function createLoad(): Load {
  const left = { smtp: new Map(), maildir: new Map(), deliver: new Map() };
  return { left, acknowledged: new Map(), fillers: new Map(), allowed: Number.POSITIVE_INFINITY, refusals: 0 };
}

interface Stop {
  readonly stopped: boolean;
}

/** Requests and files that are under way at a time. */
const AT_ONCE = 8;
const LOOK_MS = 5;
/** After a refusal: the disk is full, and asking at once again would only fill the log. */
const REFUSED_MS = 50;

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

function acknowledge(load: Load, delivery: CrashDelivery): void {
  load.left[delivery.way].delete(delivery.subject);
  load.acknowledged.set(delivery.subject, delivery);
}

/** Waits until the run allows further deliveries, then returns up to `count` of them; an empty list if none are left or the run stops. */
async function next(load: Load, way: CrashDelivery["way"], stop: Stop, count: number): Promise<CrashDelivery[]> {
  while (!stop.stopped && load.left[way].size > 0 && load.acknowledged.size >= load.allowed) await pause(LOOK_MS);
  return stop.stopped ? [] : [...load.left[way].values()].slice(0, count);
}

/** Reads lines; `null` when the connection has ended. */
function lineReader(socket: Socket): () => Promise<string | null> {
  const lines: string[] = [];
  let text = "";
  let ended = false;
  let wake = () => {};
  socket.setEncoding("utf8");
  socket.on("data", (chunk) => {
    text += chunk;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      lines.push(text.slice(0, end).trimEnd());
      text = text.slice(end + 1);
    }
    wake();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    ended = true;
    wake();
  });
  return async () => {
    while (lines.length === 0 && !ended)
      await new Promise<void>((done) => {
        wake = done;
      });
    return lines.shift() ?? null;
  };
}

interface SmtpDialogue {
  /** Sends a command, or nothing for "", and gives the code of the answer; `null` when the server is gone. */
  ask(command: string | Uint8Array): Promise<string | null>;
  end(): void;
}

/** A dialogue that waits for each answer, as SMTP wants it. */
export async function openSmtpDialogue(port: number, localAddress = "127.0.0.1"): Promise<SmtpDialogue> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  const line = lineReader(socket);
  const ask = async (command: string | Uint8Array): Promise<string | null> => {
    // In one piece: two small writes would wait for an acknowledgement between them.
    if (command.length > 0) socket.write(Buffer.concat([Buffer.from(command), Buffer.from("\r\n")]));
    for (;;) {
      const answer = await line();
      if (answer === null || answer[3] !== "-") return answer?.slice(0, 3) ?? null;
    }
  };
  await ask("");
  await ask("EHLO peer");
  return { ask, end: () => socket.destroy() };
}

/** One message to these addresses; the code of the last answer, `null` when the server is gone. */
export async function offerBySmtp({ ask }: SmtpDialogue, to: readonly string[], message: string | Uint8Array): Promise<string | null> {
  let code: string | null = "";
  for (const command of ["MAIL FROM:<g@x>", ...to.map((address) => `RCPT TO:<${address}>`), "DATA"]) {
    if (code !== null) code = await ask(command);
  }
  if (code !== "354") return code;
  const bytes = Buffer.from(message);
  return ask(Buffer.concat([bytes, Buffer.from("\r\n.")]));
}

/** Each message to ada and bob, with a Message-ID, so that sending it again doubles nothing. */
export async function sendBySmtp(port: number, load: Load, stop: Stop): Promise<void> {
  const dialogue = await openSmtpDialogue(port);
  for (;;) {
    const [delivery] = await next(load, "smtp", stop, 1);
    if (!delivery) break;
    const { subject, body } = delivery;
    const message = `Message-ID: <${subject.replace(" ", ".")}@crash>\r\nSubject: ${subject}\r\n\r\n${body.replace(/(.{900})/g, "$1\r\n")}`;
    const code = await offerBySmtp(dialogue, ["ada@x", "bob@x"], message);
    if (code === null) break;
    if (code === "250") acknowledge(load, delivery);
    else {
      load.refusals++;
      await dialogue.ask("RSET");
      await pause(REFUSED_MS);
    }
  }
  dialogue.end();
}

function controlRequest({ subject, body, to = "ada" }: CrashDelivery): string {
  return `${JSON.stringify({ op: "deliver", to, subject, from: "Grace", body, key: subject })}\n`;
}

/** Offers one delivery over the control socket. Resolves to whether the server accepted it. Throws if the server ends before it answers. */
export async function offerByControl(path: string, delivery: CrashDelivery): Promise<boolean> {
  const socket = connect(path);
  const line = lineReader(socket);
  socket.write(controlRequest(delivery));
  const answer = await line();
  socket.destroy();
  if (answer === null) throw new Error("the server went away without an answer");
  return (JSON.parse(answer) as { ok: boolean }).ok;
}

/** Several requests at a time on one connection of the control socket. */
export async function sendByControl(path: string, load: Load, stop: Stop): Promise<void> {
  const socket = connect(path);
  const line = lineReader(socket);
  for (let batch = await next(load, "deliver", stop, AT_ONCE); batch.length > 0; batch = await next(load, "deliver", stop, AT_ONCE)) {
    for (const delivery of batch) socket.write(controlRequest(delivery));
    for (const delivery of batch) {
      const answer = await line();
      if (answer === null) return;
      if ((JSON.parse(answer) as { ok: boolean }).ok) acknowledge(load, delivery);
      else {
        load.refusals++;
        await pause(REFUSED_MS);
      }
    }
  }
  socket.destroy();
}

/** A file of a Maildir is acknowledged when it has left `new`. */
export async function sendByMaildir(folder: string, load: Load, stop: Stop): Promise<void> {
  for (let batch = await next(load, "maildir", stop, AT_ONCE); batch.length > 0; batch = await next(load, "maildir", stop, AT_ONCE)) {
    for (const { subject, body } of batch) {
      const name = subject.replace(" ", ".");
      if (existsSync(join(folder, "new", name))) continue;
      writeFileSync(join(folder, "tmp", name), `Subject: ${subject}\n\n${body}\n`);
      renameSync(join(folder, "tmp", name), join(folder, "new", name));
    }
    while (!stop.stopped && batch.some(({ subject }) => existsSync(join(folder, "new", subject.replace(" ", "."))))) await pause(LOOK_MS);
    for (const delivery of batch) if (!existsSync(join(folder, "new", delivery.subject.replace(" ", ".")))) acknowledge(load, delivery);
  }
}
