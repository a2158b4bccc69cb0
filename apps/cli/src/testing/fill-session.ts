/** Test support: requests that fill what a session may hold, repeated until the server refuses one. */

import { formatHex, putU64le } from "@pushback/bytes";
import * as mapi from "@pushback/mapi";
import type { RawSession } from "./raw-session.ts";

const { ecNone } = mapi.MAPI_ERROR;
export const MIB = 1 << 20;

export const AT_LOGON = { logonId: 0, inputHandleIndex: 0, outputHandleIndex: 3 };
export const AT_INBOX = { logonId: 0, inputHandleIndex: 1, outputHandleIndex: 3 };
export const ON_OPENED = { logonId: 0, inputHandleIndex: 2 };

export async function newMessage(session: RawSession): Promise<{ code: number; opened: number }> {
  return session.one({ rop: "CreateMessage", ...AT_LOGON, codePageId: 0x0fff, folderId: session.inboxId, associated: false });
}

/** Opens a stream on a message's body and sets its length to `size` bytes. Returns the server's error code, 0 for success. */
export async function stream(session: RawSession, message: number, size: number): Promise<number> {
  const opened = await session.one({ rop: "OpenStream", ...ON_OPENED, outputHandleIndex: 3, tag: mapi.PR_BODY, openModeFlags: 2 }, message);
  if (opened.code) return opened.code;
  return (await session.one({ rop: "SetStreamSize", ...ON_OPENED, streamSize: BigInt(size) }, opened.opened)).code;
}

/** Opens streams of 4 MiB in one session until the server refuses one. Returns the number opened, and the error code of the refusal. */
export async function fill(session: RawSession): Promise<{ streams: number; code: number }> {
  const { opened } = await newMessage(session);
  for (let streams = 0; ; streams++) {
    const code = await stream(session, opened, 4 * MIB);
    if (code) return { streams, code };
  }
}

/** Repeats a request until the server refuses it. Returns how often it succeeded, and the error code of the refusal. */
export async function untilRefused(what: () => Promise<{ code: number }>, most = 5000): Promise<{ done: number; code: number }> {
  for (let done = 0; done < most; done++) {
    const { code } = await what();
    if (code) return { done, code };
  }
  return { done: most, code: ecNone };
}

export const set = (session: RawSession, message: number, tag: number, value: mapi.PropertyValue) =>
  session.one({ rop: "SetProperties", ...ON_OPENED, values: [{ tag, value }] }, message).then(({ response }) => ({
    code: response.rop === "SetProperties" ? (response.problems[0]?.errorCode ?? ecNone) : -1,
  }));

export async function newestMessage(session: RawSession): Promise<string> {
  const { opened } = await session.one({ rop: "GetContentsTable", ...AT_INBOX, tableFlags: 0 });
  await session.one({ rop: "SetColumns", ...ON_OPENED, flags: 0, tags: [mapi.PR_MID] }, opened);
  const { responses } = await session.rops(
    [{ rop: "QueryRows", logonId: 0, inputHandleIndex: 0, flags: 0, forwardRead: 1, rowCount: 1 }],
    [opened],
    [mapi.PR_MID],
  );
  const [rows] = responses;
  if (rows.rop !== "QueryRows") throw new Error("no rows");
  const id = new Uint8Array(8);
  putU64le(id, 0, rows.rows[0][0] as bigint);
  return formatHex(id);
}
