/** ROPs on streams (MS-OXCPRPT 3.2.5.11 to 3.2.5.18). */

import { MAPI_ERROR, PR_BODY, PR_MESSAGE_SIZE } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { MAX_DRAFT_BYTES, MAX_HELD_BYTES_PER_SESSION } from "../limits.ts";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";

function openBody(openModeFlags: number, messageMode = 1) {
  const bench = createRopBench();
  const { store, mailbox, one } = bench;
  store.deliver(mailbox, store.prepare({ subject: "Lunch", body: "At noon?", from: "Grace" }), null);
  const messageId = [...mailbox.folder(4).messages.keys()][0];
  const folderId = mailbox.folder(4).fid;
  one({ rop: "OpenMessage", ...opens(1, 2), codePageId: 0x0fff, folderId, openModeFlags: messageMode, messageId });
  const opened = one({ rop: "OpenStream", ...opens(2, 3), tag: PR_BODY, openModeFlags });
  const read = (byteCount: number) => {
    const response = one({ rop: "ReadStream", ...on(3), byteCount });
    return response.rop === "ReadStream" ? new TextDecoder().decode(response.data) : response;
  };
  return { ...bench, opened, read };
}

describe("a stream that is read", () => {
  it("gives a text piece by piece", () => {
    const { opened, read, one } = openBody(0);
    expect(opened).toMatchObject({ rop: "OpenStream", handleIndex: 3, streamSize: 8 });
    expect([read(3), read(100), read(100)]).toEqual(["At ", "noon?", ""]);
    expect(one({ rop: "SeekStream", ...on(3), origin: 2, offset: -5n })).toMatchObject({ newPosition: 3n });
    expect(read(4)).toBe("noon");
    expect(one({ rop: "SeekStream", ...on(3), origin: 0, offset: -1n })).toMatchObject({ returnValue: MAPI_ERROR.ecInvalidParam });
  });

  it("is not written", () => {
    const { one } = openBody(0);
    const refused = { rop: "failure", returnValue: MAPI_ERROR.ecAccessDenied };
    expect(one({ rop: "WriteStream", ...on(3), data: Uint8Array.of(1) })).toMatchObject(refused);
    expect(one({ rop: "SetStreamSize", ...on(3), streamSize: 0n })).toMatchObject(refused);
  });

  it("is refused for numbers", () => {
    const { one } = openBody(0);
    const number = one({ rop: "OpenStream", ...opens(2, 3), tag: PR_MESSAGE_SIZE, openModeFlags: 0 });
    expect(number).toMatchObject({ returnValue: MAPI_ERROR.ecNotSupported });
  });
});

describe("a stream that is written", () => {
  it("becomes the property's value when it is committed", () => {
    const { one, read } = openBody(1);
    one({ rop: "SetStreamSize", ...on(3), streamSize: 3n });
    one({ rop: "SeekStream", ...on(3), origin: 2, offset: 0n });
    expect(one({ rop: "WriteStream", ...on(3), data: new TextEncoder().encode("one") })).toMatchObject({ writtenSize: 3 });
    expect(one({ rop: "CommitStream", ...on(3) })).toMatchObject({ rop: "CommitStream" });
    one({ rop: "OpenStream", ...opens(2, 3), tag: PR_BODY, openModeFlags: 0 });
    expect(read(100)).toBe("At one");
  });

  it("takes its bytes from the session's budget, and gives them back", () => {
    const { one, session } = openBody(1);
    const before = session.budget.used;
    const grow = () => {
      one({ rop: "OpenStream", ...opens(2, 3), tag: PR_BODY, openModeFlags: 2 });
      return one({ rop: "SetStreamSize", ...on(3), streamSize: BigInt(MAX_DRAFT_BYTES) });
    };
    const most = Math.floor((MAX_HELD_BYTES_PER_SESSION - before) / MAX_DRAFT_BYTES);
    for (let i = 0; i < most; i++) expect(grow().rop).toBe("SetStreamSize");
    expect(grow()).toMatchObject({ returnValue: MAPI_ERROR.ecMemory });
    expect(session.budget.used).toBeGreaterThan(most * MAX_DRAFT_BYTES - 1);
    for (const handle of [...session.objects.keys()]) session.release(handle);
    expect(session.budget.used).toBe(0);
  });

  it("ends a text at its NUL, which would shift everything behind it in a row", () => {
    const { one, read } = openBody(1);
    one({ rop: "WriteStream", ...on(3), data: new TextEncoder().encode("At\0") });
    one({ rop: "CommitStream", ...on(3) });
    one({ rop: "OpenStream", ...opens(2, 3), tag: PR_BODY, openModeFlags: 0 });
    expect(read(100)).toBe("At");
  });

  it("has a largest size", () => {
    const { one } = openBody(1);
    expect(one({ rop: "SetStreamSize", ...on(3), streamSize: 1n << 40n })).toMatchObject({ returnValue: MAPI_ERROR.ecTooBig });
  });
});
