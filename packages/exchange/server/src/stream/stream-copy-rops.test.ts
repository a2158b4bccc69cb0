/** ROPs that copy, clone and lock streams (MS-OXCPRPT 3.2.5.19 to 3.2.5.24). */

import { LOGON_FOLDER, MAPI_ERROR, PR_BODY, type RopRequest } from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

const text = (s: string) => new TextEncoder().encode(s);

/** A message in slot 2 and, after these requests, what they were answered; slots 3 to 5 are free. */
function onMessage(requests: readonly RopRequest[]) {
  const { ask, handles, mailbox } = createRopBench();
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const create: RopRequest = { rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false };
  return ask([create, ...requests], [...handles, ...new Array<number>(4).fill(0xffffffff)]).responses.slice(1);
}

const open = (into: number, tag = PR_BODY, openModeFlags = 2): RopRequest => ({ rop: "OpenStream", ...opens(2, into), tag, openModeFlags });
const write = (at: number, s: string): RopRequest => ({ rop: "WriteStream", ...on(at), data: text(s) });
const start = (at: number): RopRequest => ({ rop: "SeekStream", ...on(at), origin: 0, offset: 0n });
const read = (at: number): RopRequest => ({ rop: "ReadStream", ...on(at), byteCount: 100 });

it("copies from one position to the other, as much as there is", () => {
  const copy = { rop: "CopyToStream", logonId: 0, inputHandleIndex: 3, destHandleIndex: 4, byteCount: 100n } as const;
  const seek: RopRequest = { rop: "SeekStream", ...on(3), origin: 0, offset: 2n };
  const answers = onMessage([
    open(3),
    open(4, 0x8000001e),
    write(3, "abcdef"),
    seek,
    copy,
    start(4),
    read(4),
    read(3),
    { ...copy, destHandleIndex: 2 },
  ]);
  expect(answers[4]).toMatchObject({ readByteCount: 4n, writtenByteCount: 4n });
  expect(answers[6]).toMatchObject({ data: text("cdef") });
  expect(answers[7]).toMatchObject({ data: text("") });
  expect(answers[8]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecDstNullObject, destHandleIndex: 2 });
});

it("a clone stands where the original stood, and moves by itself", () => {
  const answers = onMessage([open(3), write(3, "abc"), start(3), { rop: "CloneStream", ...opens(3, 4) }, read(4), read(3)]);
  expect(answers[3]).toEqual({ rop: "CloneStream", handleIndex: 4 });
  expect(answers.slice(4)).toMatchObject([{ data: text("abc") }, { data: text("abc") }]);
});

it("WriteAndCommitStream makes what was written the property's value", () => {
  const tags = [PR_BODY];
  const property: RopRequest = { rop: "GetPropertiesSpecific", ...on(2), propertySizeLimit: 0, wantUnicode: 0, tags };
  const { ask, handles, mailbox } = createRopBench();
  const folderId = mailbox.folderIds[LOGON_FOLDER.INBOX];
  const create: RopRequest = { rop: "CreateMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, associated: false };
  const { responses } = ask(
    [create, open(3, PR_BODY, 0), open(3), { rop: "WriteAndCommitStream", ...on(3), data: text("Hi") }, property],
    [...handles, 0xffffffff, 0xffffffff],
    tags,
  );
  // Opening a read-only stream on an empty body fails with ecNotFound.
  expect(responses[1]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecNotFound });
  expect(responses[3]).toMatchObject({ writtenSize: 2 });
  expect(responses[4]).toMatchObject({ cells: [text("Hi")] });
});

it("a locked region is closed to other streams on the property, and to none once it is unlocked", () => {
  const region = { regionOffset: 0n, regionSize: 4n } as const;
  const lock = (at: number, lockFlags: number): RopRequest => ({ rop: "LockRegionStream", ...on(at), ...region, lockFlags });
  const unlock: RopRequest = { rop: "UnlockRegionStream", ...on(3), ...region, lockFlags: 0 };
  const answers = onMessage([
    open(3),
    open(4),
    lock(3, 1),
    write(4, "x"),
    lock(4, 0),
    write(3, "mine"),
    unlock,
    unlock,
    write(4, "x"),
    lock(3, 0),
    start(4),
    read(4),
  ]);
  expect(answers[3]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied });
  expect(answers[4]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecLockViolation });
  expect(answers[5]).toMatchObject({ writtenSize: 4 });
  expect(answers[6]).toMatchObject({ rop: "UnlockRegionStream" });
  expect(answers[7]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecLockViolation });
  expect(answers[8]).toMatchObject({ writtenSize: 1 });
  expect(answers[11]).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied });
});
