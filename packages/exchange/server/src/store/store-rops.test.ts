/** ROPs on logons (MS-OXCSTOR 3.2.5). */

import { MAPI_ERROR } from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, on } from "../testing/rop-bench.ts";

it("logs on to the session's own mailbox only", () => {
  const { one } = createRopBench();
  const logOn = (alias: string, logonFlags: number) => {
    const essdn = new TextEncoder().encode(`/o=Pushback/ou=Lab/cn=Recipients/cn=${alias}`);
    return one({ rop: "Logon", logonId: 0, outputHandleIndex: 2, logonFlags, openFlags: 0, storeState: 0, essdn });
  };
  const own = logOn("ada", 1);
  expect(own.rop === "Logon" && own.reply.folderIds.length).toBe(13);
  expect(logOn("grace", 1)).toMatchObject({ returnValue: MAPI_ERROR.ecLoginPerm });
  expect(logOn("nobody", 1)).toMatchObject({ returnValue: MAPI_ERROR.ecUnknownUser });
});

it("translates an id to its long-term form and back", () => {
  const { one, mailbox } = createRopBench();
  const objectId = mailbox.folder(4).fid;
  const long = one({ rop: "LongTermIdFromId", ...on(0), objectId });
  const longTermId = long.rop === "LongTermIdFromId" ? long.longTermId : new Uint8Array(24);
  expect(one({ rop: "IdFromLongTermId", ...on(0), longTermId })).toMatchObject({ objectId });
  expect(one({ rop: "IdFromLongTermId", ...on(0), longTermId: new Uint8Array(24) })).toMatchObject({ returnValue: MAPI_ERROR.ecNotFound });
});

it("delivers mail of class IPM into the Inbox", () => {
  const { one, mailbox } = createRopBench();
  const folderId = mailbox.folder(4).fid;
  const ask = (messageClass: string) => one({ rop: "GetReceiveFolder", ...on(0), messageClass });
  expect(ask("IPM.Note")).toMatchObject({ folderId, explicitMessageClass: "IPM" });
  expect(ask("IPMX")).toMatchObject({ folderId, explicitMessageClass: "" });
});
