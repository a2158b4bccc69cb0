/** Carries out the ROPs of one EcDoRpc (MS-OXCROPS 3.2.5.1) and appends what is pending. */

import { ByteWriter } from "@pushback/bytes";
import {
  emitRopBuffer,
  MAPI_ERROR,
  type ParsedRopRequests,
  parseRopBuffer,
  parseRopRequests,
  putRopResponse,
  ROP_SET,
  ROP_SIZE_BYTES,
  RopCodecError,
  type RopFailure,
  type RopRequest,
  type RopResponse,
  type RopSet,
  responseHandleIndex,
} from "@pushback/mapi";
import { ContentUnreadable, MessageGone } from "../mail-store/message-content.ts";
import type { InformationStore } from "../mail-store/store.ts";
import { BudgetExceeded } from "../session/memory-budget.ts";
import type { RopContext } from "../session/rop-context.ts";
import type { AnyHandler, RopFault } from "../session/served-rop.ts";
import type { Session } from "../session/session.ts";
import { denialOf } from "./folder-access.ts";
import type { RopService } from "./rop-handlers.ts";

/** A response record of a built-in ROP or of one that was added. */
type AnswerRecord = { readonly rop: string };

/** RopId and SessionIndex. */
const ROP_PENDING_BYTES = 3;

export interface RopOutcome {
  /** Return value of the whole call; the response buffer is empty unless it is 0. */
  readonly returnValue: number;
  readonly rgb: Uint8Array;
  /** Number of notifications in the response. */
  readonly retrieved: number;
}

/** Receives the exceptions of ROPs that fail alone. */
type OnFault = (fault: RopFault) => void;

/** Calls the handler, and turns the exceptions of a full budget and of an unreadable disk into the error code of the ROP. */
function carryOut(handler: AnyHandler, c: RopContext, q: RopRequest): AnswerRecord | number | null {
  try {
    return handler(c, q);
  } catch (error) {
    if (error instanceof MessageGone) return MAPI_ERROR.ecObjectDeleted;
    if (error instanceof ContentUnreadable) return MAPI_ERROR.ecDiskError;
    if (error instanceof BudgetExceeded) return MAPI_ERROR.ecMemory;
    throw error;
  }
}

function isFailure(answer: AnswerRecord | null): answer is RopFailure {
  return answer?.rop === "failure";
}

/** The response of a ROP that failed. For ecDstNullObject it names the index of the missing destination. */
function refusal(service: RopService, q: RopRequest, returnValue: number): RopFailure {
  const ropId = service.rops.byName.get(q.rop)?.id ?? 0;
  const failed: RopFailure = { rop: "failure", ropId, handleIndex: responseHandleIndex(q), returnValue };
  return returnValue === MAPI_ERROR.ecDstNullObject && "destHandleIndex" in q ? { ...failed, destHandleIndex: q.destHandleIndex } : failed;
}

/**
 * Carries out one request. A ROP without a handler fails with MAPI_E_NO_SUPPORT, in the form that its response has; the other ROPs of the buffer are carried
 * out.
 */
function perform(service: RopService, c: RopContext, q: RopRequest): AnswerRecord | null {
  const isJudged = c.session.others.size > 0 || c.session.usesPublicStore;
  const denied = isJudged ? denialOf(c, q, service.added.get(q.rop) ?? null) : MAPI_ERROR.ecNone;
  if (denied) return refusal(service, q, denied);
  const handler = service.handlers.get(q.rop);
  const answer = handler ? carryOut(handler, c, q) : MAPI_ERROR.ecNotSupported;
  if (typeof answer !== "number") return isFailure(answer) ? refusal(service, q, answer.returnValue) : answer;
  return refusal(service, q, answer);
}

function encode(response: RopResponse | AnswerRecord, rops: RopSet = ROP_SET): Uint8Array {
  const w = new ByteWriter(64);
  putRopResponse(w, response, rops);
  return w.toBytes();
}

/** Undoes a ROP whose response does not fit or cannot be written: closes the objects that it opened, and restores the handle table. */
function undo(c: RopContext, before: readonly number[]): void {
  for (let i = 0; i < before.length; i++) {
    if (c.handles[i] === before[i]) continue;
    c.session.release(c.handles[i]);
    c.handles[i] = before[i];
  }
}

/** Carries out one request and encodes its response; `null` if it has none. A ROP that throws fails alone. */
function answerTo(service: RopService, c: RopContext, q: RopRequest, before: readonly number[], onFault: OnFault): Uint8Array | null {
  try {
    const response = perform(service, c, q);
    return response && encode(response, service.rops);
  } catch (error) {
    undo(c, before);
    const failed = refusal(service, q, MAPI_ERROR.ecError);
    onFault({ rop: q.rop, ropId: failed.ropId, error });
    return encode(failed, service.rops);
  }
}

/** Microseconds after which a call returns the ROPs done so far, so that one call does not delay the datagrams of other sessions. */
const MAX_CALL_US = 200_000;

/**
 * Executes the ROPs in order until a response does not fit or the call takes too long; RopBufferTooSmall then returns the remaining
 * requests.
 * `false` if not even RopBufferTooSmall fits.
 */
function performAll(
  service: RopService,
  c: RopContext,
  parsed: ParsedRopRequests,
  ropsList: Uint8Array,
  w: ByteWriter,
  limit: number,
  nowUs: () => number,
  onFault: OnFault,
): boolean {
  const beganUs = nowUs();
  /** Returns the requests from the one at `i` on, to be sent again. */
  const returnRest = (i: number, sizeNeeded: number): boolean => {
    const requestBuffers = ropsList.subarray(parsed.offsets[i]);
    const note = encode({ rop: "BufferTooSmall", sizeNeeded: Math.min(0xffff, sizeNeeded), requestBuffers });
    if (note.length > c.room) return false;
    w.bytes(note);
    return true;
  };
  for (let i = 0; i < parsed.requests.length; i++) {
    c.room = limit - w.length;
    if (i > 0 && nowUs() - beganUs > MAX_CALL_US) return returnRest(i, ropsList.length);
    const before = [...c.handles];
    const bytes = answerTo(service, c, parsed.requests[i], before, onFault);
    if (!bytes) continue;
    if (bytes.length <= c.room) {
      w.bytes(bytes);
      continue;
    }
    undo(c, before);
    return returnRest(i, w.length + bytes.length + ROP_SIZE_BYTES + 4 * c.handles.length);
  }
  return true;
}

/**
 * Appends the pending notifications that fit. RopPending ends every response that contains or leaves notifications, as measured on an
 * Exchange 5.5 server, and names the linked sessions that have pending notifications.
 */
function appendPending(session: Session, w: ByteWriter, limit: number): number {
  let taken = 0;
  for (const { handle, logonId, notification } of session.pending) {
    const bytes = encode({ rop: "Notify", notificationHandle: handle, logonId, notification });
    if (w.length + bytes.length + ROP_PENDING_BYTES > limit) break;
    w.bytes(bytes);
    taken++;
  }
  const had = session.pending.length > 0;
  if (taken > 0) session.dropPending(taken);
  for (const other of session.linked ?? [session]) {
    const tells = other === session ? had : other.pending.length > 0;
    if (tells && w.length + ROP_PENDING_BYTES <= limit) w.bytes(encode({ rop: "Pending", sessionIndex: other.sessionIndex }));
  }
  return taken;
}

function refused(returnValue: number): RopOutcome {
  return { returnValue, rgb: new Uint8Array(0), retrieved: 0 };
}

/** The requests of the list; `null` if it is malformed, "codec-failed" if a codec threw an exception. */
function parse(service: RopService, session: Session, ropsList: Uint8Array, onFault: OnFault): ParsedRopRequests | null | "codec-failed" {
  try {
    return parseRopRequests(ropsList, service.rops, (logonId) => session.logons.get(logonId)?.kind === "public");
  } catch (error) {
    if (!(error instanceof RopCodecError)) throw error;
    onFault({ rop: error.rop, ropId: error.ropId, error: error.cause });
    return "codec-failed";
  }
}

/**
 * Carries out the ROPs of `rgb`, a plain ROP buffer; `usSize` is the most bytes that the response's buffer may have. A buffer that does
 * not parse, or has a reserved RopId (MS-OXCROPS 2.2.2), fails as a whole with ecRpcFormat: none of its ROPs is carried out, and the
 * session goes on. A ROP that the server does not support is refused alone. A ROP whose handler or codec throws fails alone with ecError, or with the
 * whole buffer if its request could not be read; `onFault` gets the exception. Without `onFault` it is thrown.
 */
export function processRops(
  service: RopService,
  store: InformationStore,
  session: Session,
  rgb: Uint8Array,
  usSize: number,
  wallClockMs: number,
  nowUs: () => number = () => 0,
  onFault: OnFault = ({ error }) => {
    throw error;
  },
): RopOutcome {
  const buffer = parseRopBuffer(rgb);
  const parsed = buffer && parse(service, session, buffer.ropsList, onFault);
  if (!buffer || parsed === null) return refused(MAPI_ERROR.ecRpcFormat);
  if (parsed === "codec-failed") return refused(MAPI_ERROR.ecError);
  const handles = [...buffer.handles];
  const limit = usSize - ROP_SIZE_BYTES - 4 * handles.length;
  if (limit < 0) return refused(MAPI_ERROR.ecBufferTooSmall);
  const c: RopContext = { session, store, wallClockMs, handles, room: limit };
  const w = new ByteWriter(256);
  if (!performAll(service, c, parsed, buffer.ropsList, w, limit, nowUs, onFault)) {
    undo(c, buffer.handles);
    return refused(MAPI_ERROR.ecBufferTooSmall);
  }
  const retrieved = appendPending(session, w, limit);
  return { returnValue: MAPI_ERROR.ecNone, rgb: emitRopBuffer({ ropsList: w.toBytes(), handles }), retrieved };
}
