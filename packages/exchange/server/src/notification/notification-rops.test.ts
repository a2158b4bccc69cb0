/** RegisterNotification, and what becomes pending (MS-OXCNOTIF 3.1.5). */

import { emitRopBuffer, MAPI_ERROR, NOTIFICATION_TYPE, NULL_OBJECT_ID, parseRopBuffer, parseRopResponses } from "@pushback/mapi";
import { expect, it } from "vitest";
import { createRopBench, opens } from "../testing/rop-bench.ts";

const WHOLE_STORE = { wantWholeStore: true, folderId: NULL_OBJECT_ID, messageId: NULL_OBJECT_ID };

function subscribed(notificationTypes: number) {
  const bench = createRopBench();
  bench.one({ rop: "RegisterNotification", ...opens(0, 2), notificationTypes, ...WHOLE_STORE });
  const deliver = () => bench.store.deliver(bench.mailbox, bench.store.prepare({ subject: "a", body: "", from: "Grace" }), null);
  const poll = () => {
    const buffer = parseRopBuffer(bench.raw(emitRopBuffer({ ropsList: new Uint8Array(0), handles: [] })).rgb);
    return parseRopResponses(buffer?.ropsList ?? new Uint8Array(0), () => null) ?? [];
  };
  return { ...bench, deliver, poll };
}

it("tells of new mail once, in the answer to the next call", () => {
  const { deliver, poll } = subscribed(NOTIFICATION_TYPE.NEW_MAIL);
  expect(poll()).toEqual([]);
  deliver();
  const [notify, pending] = poll();
  expect(notify).toMatchObject({ rop: "Notify", notification: { kind: "new-mail", messageClass: "IPM.Note" } });
  expect(pending).toEqual({ rop: "Pending", sessionIndex: 1 });
  expect(poll()).toEqual([]);
});

it("tells nothing of events that were not registered for", () => {
  const { deliver, poll } = subscribed(NOTIFICATION_TYPE.OBJECT_DELETED);
  deliver();
  expect(poll()).toEqual([]);
});

it("has a limit of 64 registrations in a session", () => {
  const { one } = createRopBench();
  const register = () => one({ rop: "RegisterNotification", ...opens(0, 2), notificationTypes: 2, ...WHOLE_STORE });
  for (let i = 0; i < 64; i++) expect(register()).toMatchObject({ rop: "RegisterNotification" });
  expect(register()).toMatchObject({ rop: "failure", returnValue: MAPI_ERROR.ecMemory });
});
