/**
 * ROPs on per-user information: a mailbox's read state of public folders (MS-OXCSTOR 2.2.1.10 to 2.2.1.13). The server stores it as opaque
 * bytes, keyed by the folder's long-term id, with the GUID of the folder's database.
 */

import { formatHex, parseHex } from "@pushback/bytes";
import { MAPI_ERROR, type RopResponse } from "@pushback/mapi";
import { MAX_PER_USER_BYTES } from "../limits.ts";
import { entryKey, type Mailbox } from "../mail-store/mailbox.ts";
import { failure, logonAt, type Request, type RopContext } from "../session/rop-context.ts";

const AREA = "per-user";

interface PerUserEntry {
  /** GUID in hexadecimal. */
  readonly databaseGuid: string;
  readonly data: string;
}

/** RopId, index, return value, HasFinished and size before the data. */
const READ_HEAD = 9;

/** Bytes of one read where the client asks for no number (assumed). */
const USUAL_READ_BYTES = 4096;

function privateAt(c: RopContext, index: number): Mailbox | number {
  const mailbox = logonAt(c, index);
  if (!mailbox) return MAPI_ERROR.ecNullObject;
  return mailbox.kind === "public" ? MAPI_ERROR.ecNotSupported : mailbox;
}

function entryOf(c: RopContext, mailbox: Mailbox, longTermId: Uint8Array): PerUserEntry | null {
  const text = c.store.folders.entry(mailbox, AREA, formatHex(longTermId));
  return text === null ? null : (JSON.parse(text) as PerUserEntry);
}

/** RopId, index, return value, count; and each id. */
const IDS_HEAD = 8;
const ID_BYTES = 24;

export function getPerUserLongTermIds(c: RopContext, q: Request<"GetPerUserLongTermIds">): RopResponse {
  const mailbox = privateAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  const guid = formatHex(q.databaseGuid);
  const prefix = entryKey(AREA, "");
  const longTermIds: Uint8Array[] = [];
  for (const [key, value] of mailbox.entries) {
    if (!key.startsWith(prefix) || (JSON.parse(value) as PerUserEntry).databaseGuid !== guid) continue;
    if (IDS_HEAD + ID_BYTES * (longTermIds.length + 1) > c.room) break;
    longTermIds.push(parseHex(key.slice(prefix.length)));
  }
  return { rop: "GetPerUserLongTermIds", handleIndex: q.inputHandleIndex, longTermIds };
}

export function getPerUserGuid(c: RopContext, q: Request<"GetPerUserGuid">): RopResponse {
  const mailbox = privateAt(c, q.inputHandleIndex);
  if (typeof mailbox === "number") return failure(q, mailbox);
  const entry = entryOf(c, mailbox, q.longTermId);
  if (!entry) return failure(q, MAPI_ERROR.ecNotFound);
  return { rop: "GetPerUserGuid", handleIndex: q.inputHandleIndex, databaseGuid: parseHex(entry.databaseGuid) };
}

/** A folder without per-user information: an empty, finished response. */
export function readPerUserInformation(c: RopContext, q: Request<"ReadPerUserInformation">): RopResponse {
  const mailbox = logonAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  const data = parseHex(entryOf(c, mailbox, q.folderId)?.data ?? "");
  if (q.dataOffset > data.length) return failure(q, MAPI_ERROR.ecInvalidParam);
  const len = Math.min(q.maxDataSize || USUAL_READ_BYTES, Math.max(0, c.room - READ_HEAD));
  const part = data.subarray(q.dataOffset, q.dataOffset + len);
  const hasFinished = q.dataOffset + part.length === data.length;
  return { rop: "ReadPerUserInformation", handleIndex: q.inputHandleIndex, hasFinished, data: part };
}

/** Pieces must be consecutive; the value is stored with the last piece. */
export function writePerUserInformation(c: RopContext, q: Request<"WritePerUserInformation">): RopResponse {
  const mailbox = logonAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  const key = formatHex(q.folderId);
  const { perUser } = c.session;
  const isFirst = q.dataOffset === 0;
  const begun = !isFirst && perUser?.mailbox === mailbox && perUser.key === key ? perUser : null;
  if (!isFirst && begun?.data.length !== q.dataOffset) return failure(q, MAPI_ERROR.ecInvalidParam);
  const data = joined(begun?.data ?? new Uint8Array(0), q.data);
  if (data.length > MAX_PER_USER_BYTES) return failure(q, MAPI_ERROR.ecTooBig);
  const databaseGuid = begun?.databaseGuid ?? formatHex(q.replGuid ?? mailbox.databaseGuid);
  c.session.perUser = q.hasFinished ? null : { mailbox, key, databaseGuid, data };
  if (q.hasFinished) {
    const entry: PerUserEntry = { databaseGuid, data: formatHex(data) };
    const outcome = c.store.folders.setEntry(mailbox, AREA, key, data.length === 0 ? null : JSON.stringify(entry));
    if (outcome !== "saved") return failure(q, outcome === "quota" ? MAPI_ERROR.ecQuotaExceeded : MAPI_ERROR.ecAccessDenied);
  }
  return { rop: "WritePerUserInformation", handleIndex: q.inputHandleIndex };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const b = new Uint8Array(first.length + second.length);
  b.set(first);
  b.set(second, first.length);
  return b;
}
