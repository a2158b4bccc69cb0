/** How other commands talk to a running `pushback serve`: one JSON object a line, over a socket that only its owner can open. */

import { lstatSync, statSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";
import { MAX_MAIL_BYTES } from "@pushback/mail-intake/limits";
import { systemReason, UsageError } from "@pushback/usage-error";
import * as z from "zod";
import { printNote } from "../shared/printable.ts";
import { DN_SCHEMA, NAME_PATTERN } from "./users-file.ts";

/** Characters of a text given with `--body`; a longer one comes as a mail message. */
const MAX_BODY_CHARACTERS = 4 * 1024 * 1024;

/** A request, with its line end. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;

const name = z.string().regex(NAME_PATTERN);
/** NUL ends a string on the wire: it is refused here. Other control characters would break a line. */
const header = z
  .string()
  .max(1000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  .regex(/^[^\u0000-\u001f\u007f]*$/, "takes text on one line, without control characters");
const body = z
  .string()
  .max(MAX_BODY_CHARACTERS)
  .refine((value) => !value.includes("\0"), "takes text without NUL");
/** Delivery key: requests with the same key deliver one message. */
const key = z.string().min(1).max(200);
const hash = z.string().regex(/^[0-9a-f]{32}$/);

export const CONTROL_REQUEST = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("deliver"),
    to: name,
    subject: header,
    body,
    from: header,
    recipients: z
      .array(z.strictObject({ type: z.enum(["to", "cc"]), text: header }))
      .max(250)
      .default([]),
    key,
  }),
  /** A mail message (RFC 5322) in base64. */
  z.strictObject({ op: z.literal("deliver-mail"), to: name, mail: z.base64().max(Math.ceil(MAX_MAIL_BYTES / 3) * 4), key }),
  z.strictObject({
    op: z.literal("mailbox-add"),
    alias: name,
    displayName: header.optional(),
    dn: DN_SCHEMA.optional(),
    ntHash: hash.optional(),
    opens: z.array(name).max(100).default([]),
  }),
  z.strictObject({ op: z.literal("mailbox-remove"), alias: name }),
  z.strictObject({ op: z.literal("mailbox-password"), alias: name, ntHash: hash }),
  z.strictObject({ op: z.literal("mailbox-list") }),
  z.strictObject({ op: z.literal("status") }),
]);

export type ControlRequest = z.input<typeof CONTROL_REQUEST>;

/** `no`: understood, and the answer is a negative one. `bad`: not understood. */
export type ControlAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly kind: "no" | "bad"; readonly message: string };

/** Longest path of a Unix socket: `sun_path` has 108 bytes, including a NUL. */
const MAX_SOCKET_PATH_BYTES = 107;

/**
 * Path of a server's control socket: the option `control`, otherwise in the data folder, otherwise in XDG_RUNTIME_DIR or a folder of the user. Throws a
 * UsageError if the path is too long.
 */
export function controlPath(options: { readonly control?: string | undefined; readonly data?: string | undefined }): string {
  if (process.platform === "win32") return `\\\\.\\pipe\\pushback-${(options.control ?? options.data ?? "serve").replace(/\W/g, "-")}`;
  const own = process.env["XDG_RUNTIME_DIR"] ?? join(tmpdir(), `pushback-${userInfo().uid}`);
  const path = resolve(options.control ?? join(options.data ?? join(own, "pushback"), "control.sock"));
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw new UsageError(`${path}: too long for a socket's name; name a shorter one with --control`);
  return path;
}

const STICKY = 0o1000;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Throws a UsageError unless only this user (and root) can have put something into the socket's folder: another user's socket there would
 * receive password hashes. A sticky folder, such as /tmp, is enough for a socket that is this user's own.
 */
export function checkControlFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = dirname(path);
  const status = statSync(folder, { throwIfNoEntry: false });
  if (!status) return;
  const { uid } = userInfo();
  const mine = status.uid === uid || status.uid === 0;
  if (!mine || (status.mode & WRITABLE_BY_OTHERS && !(status.mode & STICKY)))
    throw new UsageError(`${folder}: belongs to another user, or others can write there; name a folder of yours with --control`);
}

/** Throws a UsageError unless the socket is this user's, or root's, in a folder where no other user can have put it. */
function checkControlSocket(path: string): void {
  if (process.platform === "win32") return;
  checkControlFolder(path);
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status) return;
  if (!status.isSocket()) throw new UsageError(`${path}: not a socket`);
  if (status.uid !== userInfo().uid && status.uid !== 0) throw new UsageError(`${path}: belongs to another user; nothing was sent`);
}

/** Sends one request to the server at `path`. Rejects with a UsageError if no server listens there or it does not answer. */
function askServer(path: string, request: ControlRequest): Promise<ControlAnswer> {
  return new Promise((done, fail) => {
    let text = "";
    const socket = createConnection(path);
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) return;
      socket.destroy();
      done(JSON.parse(text.slice(0, end)) as ControlAnswer);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      const none = error.code === "ENOENT" || error.code === "ECONNREFUSED";
      const hint = "start one with pushback serve, or say which with --data or --control";
      fail(new UsageError(none ? `no server at ${path}; ${hint}` : `${path}: ${systemReason(error)}`));
    });
    socket.on("close", () => fail(new UsageError(`${path}: the server went away without an answer`)));
  });
}

/** The answer's result; prints a negative one and gives `null`. Throws a UsageError for a request that was not understood. */
export async function askOrSay(path: string, request: ControlRequest): Promise<unknown> {
  checkControlSocket(path);
  const answer = await askServer(path, request);
  if (answer.ok) return answer.result;
  if (answer.kind === "bad") throw new UsageError(answer.message);
  printNote(answer.message);
  return null;
}
