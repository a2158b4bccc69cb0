/** Rules on mail that comes, set by RopModifyRules as a client does; conditions and actions as literal bytes (MS-OXORULE 2.2.5, MS-OXCDATA 2.12). */

import { encodeText, formatHex, parseHex } from "@pushback/bytes";
import { LOGON_FOLDER, PR_AUTO_FORWARDED, RULE_STATE } from "@pushback/mapi";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PropertyData } from "../mail-store/message-content.ts";
import { userEntryId } from "../session/entry-ids.ts";
import { MemoryPersistence } from "../testing/memory-persistence.ts";
import { createRopBench, type RopBench } from "../testing/rop-bench.ts";
import {
  actions,
  DELETE,
  folderData,
  forwardData,
  GRACE,
  lengthOf,
  MARK_AS_READ,
  NOTHING,
  SUBJECT_LUNCH,
  setRules,
  toGrace,
} from "../testing/rules.ts";
import { applyRules } from "./apply-rules.ts";
import { textOfRules } from "./stored-rules.ts";

function deliver(bench: RopBench, subject: string, body = "x") {
  return bench.store.deliver(bench.mailbox, bench.store.prepare({ subject, body, from: "Eve" }), null);
}

/** Subjects by the index of their folder, with a star on those that are read. */
function mail({ store }: RopBench, alias = "ada"): Record<string, string[]> {
  const folders = store.findByAlias(alias)?.folders ?? [];
  const all = folders.map(({ index, messages }) => [index, [...messages.values()].map((m) => `${m.subject}${m.read ? "*" : ""}`)] as const);
  return Object.fromEntries(all.filter(([, subjects]) => subjects.length > 0));
}

const INBOX = LOGON_FOLDER.INBOX;
const SENT = LOGON_FOLDER.SENT_ITEMS;

const { ENABLED, ONLY_WHEN_OOF, EXIT_LEVEL } = RULE_STATE;

describe("rules", () => {
  it("move what meets their condition to a folder, and nothing else", () => {
    const bench = createRopBench();
    const to = bench.mailbox.folder(SENT);
    setRules(bench, { condition: SUBJECT_LUNCH, actions: actions([0x01, folderData(to.fid)]) });
    bench.session.pending.length = 0;
    deliver(bench, "Lunch at noon");
    deliver(bench, "Dinner");
    expect(mail(bench)).toEqual({ [INBOX]: ["Dinner"], [SENT]: ["Lunch at noon"] });
  });

  it("copy, mark as read, and set properties", () => {
    const bench = createRopBench();
    const to = bench.mailbox.folder(SENT);
    // PR_IMPORTANCE 2.
    const important = parseHex("03001700 02000000");
    setRules(bench, { actions: actions([0x02, folderData(to.fid)], [0x0b, NOTHING], [0x09, important]) });
    deliver(bench, "Plans");
    expect(mail(bench)).toEqual({ [INBOX]: ["Plans*"], [SENT]: ["Plans"] });
    const [message] = bench.mailbox.folder(INBOX).messages.values();
    expect(message.content?.properties.get(0x00170003)).toBe(2);
    expect(bench.mailbox.folder(INBOX).unread).toBe(0);
  });

  it("delete, and the delivery is a success", () => {
    const bench = createRopBench();
    setRules(bench, { condition: SUBJECT_LUNCH, actions: DELETE });
    expect(deliver(bench, "LUNCH")).toMatchObject({ ok: true, duplicate: false });
    expect(mail(bench)).toEqual({});
    expect(bench.mailbox.bytes).toBeGreaterThan(0);
  });

  it("forward once to a mailbox of this server, by its DN, address or entry id, and never in a circle", () => {
    const bench = createRopBench();
    const grace = bench.as("grace");
    const adas = encodeText(1252, `${bench.mailbox.dn}\0`);
    setRules(grace, { actions: actions([0x07, forwardData([0x3003001e, adas])]) });
    const entryId = userEntryId(GRACE);
    for (const [n, data] of [
      toGrace(),
      forwardData([0x3002001e, encodeText(1252, "SMTP\0")], [0x3003001e, encodeText(1252, "grace@lab.example\0")]),
      forwardData([0x0fff0102, Uint8Array.from([...lengthOf(entryId.length), ...entryId])]),
      forwardData([0x3003001e, encodeText(1252, "/cn=nobody\0")]),
    ].entries()) {
      setRules(bench, { actions: actions([0x07, data]) });
      deliver(bench, `Mail ${n}`);
    }
    expect(mail(bench)).toEqual({ [INBOX]: ["Mail 0", "Mail 1", "Mail 2", "Mail 3"] });
    expect(mail(bench, "grace")).toEqual({ [INBOX]: ["Mail 0", "Mail 1", "Mail 2"] });
    const [first] = grace.mailbox.folder(INBOX).messages.values();
    expect(first.content?.properties.get(PR_AUTO_FORWARDED)).toBe(true);
  });

  it("run in the order of their sequence, until one says that it is the last, and not when they are off", () => {
    const bench = createRopBench();
    const to = bench.mailbox.folder(SENT);
    setRules(
      bench,
      { actions: DELETE, sequence: 3 },
      { actions: MARK_AS_READ, sequence: 2, state: ENABLED | EXIT_LEVEL },
      { actions: actions([0x02, folderData(to.fid)]), sequence: 1 },
      { actions: DELETE, sequence: 0, state: 0 },
      { actions: DELETE, sequence: 0, state: ENABLED | ONLY_WHEN_OOF },
    );
    deliver(bench, "Plans");
    expect(mail(bench)).toEqual({ [INBOX]: ["Plans*"], [SENT]: ["Plans"] });
  });

  it("read texts of a condition in the code page of the session that set it", () => {
    const bench = createRopBench();
    setRules(bench, { condition: "03 0000 0100 1e003700 1e003700 ccc8f000", actions: DELETE });
    deliver(bench, "\u00cc\u00c8\u00f0");
    expect(mail(bench)).toEqual({});
  });

  it("with a folder or a template that is gone leave the mail where it comes", () => {
    const bench = createRopBench();
    setRules(bench, { actions: actions([0x01, folderData("0100ffffffffffff")], [0x03, new Uint8Array(32)], [0x04, new Uint8Array(32)]) });
    deliver(bench, "Plans");
    expect(mail(bench)).toEqual({ [INBOX]: ["Plans"] });
  });

  it("and the messages that they moved and forwarded are kept over a restart", () => {
    const persistence = new MemoryPersistence();
    const bench = createRopBench([], persistence);
    const to = bench.mailbox.folder(SENT);
    setRules(bench, { condition: SUBJECT_LUNCH, actions: actions([0x01, folderData(to.fid)], [0x07, toGrace()]) });
    deliver(bench, "Lunch");
    const again = createRopBench([], persistence);
    deliver(again, "Lunch again");
    expect(mail(again)).toEqual({ [SENT]: ["Lunch", "Lunch again"] });
    expect(mail(again, "grace")).toEqual({ [INBOX]: ["Lunch", "Lunch again"] });
  });

  it("never stop a delivery, whatever bytes their conditions and actions have", () => {
    const bench = createRopBench();
    const inbox = bench.mailbox.folder(INBOX);
    const known = [actions([0x01, folderData(inbox.fid)]), actions([0x07, toGrace()]), actions([0x09, parseHex("03001700 02000000")])];
    let delivered = 0;
    fc.assert(
      fc.property(fc.constantFrom(...known), fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 4 }), (base, changes) => {
        const b = base.slice();
        for (const [at, octet] of changes) if (at >= 2 && at < b.length) b[at] = octet;
        const properties = new Map<number, PropertyData>([
          [0x66770003, ENABLED],
          [0x668000fe, b],
          [0x667900fd, b.subarray(0, changes.length)],
        ]);
        bench.mailbox.setEntry("rules", String(inbox.index), textOfRules(2, [{ properties, codePage: 1252 }]));
        expect(deliver(bench, `Mail ${delivered++}`).ok).toBe(true);
        expect(applyRules(inbox, bench.store.prepare({ subject: "x", body: "", from: "" }))).not.toBe(null);
      }),
      { numRuns: 300 },
    );
    expect(formatHex(actions([0x0a, NOTHING]))).toBe("010009000a0000000000000000");
  });
});
