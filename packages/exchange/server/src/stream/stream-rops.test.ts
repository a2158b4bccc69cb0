/** ROPs on streams (MS-OXCPRPT 3.2.5.13 to 3.2.5.20). */

import { MAPI_ERROR, PR_BODY, PR_MESSAGE_SIZE } from "@pushback/mapi";
import { describe, expect, it } from "vitest";
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

  it("has a largest size", () => {
    const { one } = openBody(1);
    expect(one({ rop: "SetStreamSize", ...on(3), streamSize: 1n << 40n })).toMatchObject({ returnValue: MAPI_ERROR.ecTooBig });
  });
});
