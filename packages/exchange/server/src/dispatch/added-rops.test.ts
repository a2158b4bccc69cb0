/** Custom ROPs that fail or misuse their interface, and the rights that they need. The server, its sessions and the other ROPs go on. */

import { ByteWriter, formatHex, getU32le, parseHex } from "@pushback/bytes";
import {
  createRopSet,
  defineRop,
  emitRopBuffer,
  FOLDER_RIGHT,
  field,
  type Layout,
  LOGON_FOLDER,
  MAPI_ERROR,
  NO_HANDLE,
  ON_OBJECT,
  parseRopBuffer,
  putRopRequest,
  ROP_SET,
} from "@pushback/mapi";
import { describe, expect, it } from "vitest";
import { userEntryId } from "../session/entry-ids.ts";
import { openInto, type RopContext } from "../session/rop-context.ts";
import { type RopFault, type ServedRop, serveRop } from "../session/served-rop.ts";
import { startDirectServer } from "../testing/direct-connection.ts";
import { createRopBench, on, opens } from "../testing/rop-bench.ts";
import { createRopService } from "./rop-handlers.ts";
import { processRops } from "./rop-processor.ts";

const { u8, u16le, counted, bytes, list } = field;

/** The ROP 0xe1 with this response; `handler` may return values of wrong types, as in JavaScript. */
function mine(response: Layout, handler: (c: RopContext) => unknown, request: Layout = {}): ServedRop {
  const definition = defineRop("Mine", 0xe1, { request: { ...ON_OBJECT, ...request }, response });
  return serveRop(definition, handler as (c: RopContext) => never);
}

const boom = () => {
  throw new TypeError("boom");
};

const throwText = () => {
  const thrown: unknown = "boom";
  throw thrown;
};

/** GetStoreState before and after the ROP under test. */
const BETWEEN = "7b0000 e10001 7b0000";
const STATE = "7b000000000000000000";
const FAILED = "e10105400080";

function send(rop: ServedRop, request = BETWEEN) {
  const bench = createRopBench([rop]);
  const { returnValue, rgb } = bench.raw(emitRopBuffer({ ropsList: parseHex(request.replaceAll(" ", "")), handles: bench.handles }));
  const buffer = parseRopBuffer(rgb);
  return { returnValue, responses: formatHex(buffer?.ropsList ?? new Uint8Array(0)), handles: buffer?.handles, bench };
}

describe("a custom ROP", () => {
  it.each<[string, ServedRop, string]>([
    ["throws", mine({}, boom), "TypeError: boom"],
    ["throws what is no Error", mine({}, throwText), "boom"],
    ["returns nothing", mine({}, () => undefined), "TypeError: its function returned undefined"],
    ["returns text", mine({}, () => "hello"), "TypeError: its function returned hello"],
    ["returns a promise", mine({}, async () => ({})), "TypeError: its function returned a promise: ROPs are carried out at once"],
    ["returns 0 for a failure", mine({}, () => 0), "RangeError: 0 is not the return value of a failure"],
    ["returns a failure of more than 32 bits", mine({}, () => 2 ** 40), "RangeError: 1099511627776 is not the return value"],
    ["leaves a field out", mine({ x: u8 }, () => ({})), 'FieldError: field "x": undefined is not a whole number from 0 to 0xff'],
    ["gives a number too large", mine({ x: u8 }, () => ({ x: 300 })), 'FieldError: field "x": 300 is not'],
    ["gives too many bytes", mine({ x: counted(u8) }, () => ({ x: new Uint8Array(300) })), 'FieldError: field "x": 300 is not'],
    ["gives too few bytes", mine({ x: bytes(4) }, () => ({ x: new Uint8Array(2) })), 'FieldError: field "x": 2 bytes in place of 4'],
    ["gives too many items", mine({ x: list(u8, u8) }, () => ({ x: Array(300).fill(1) })), 'FieldError: field "x": 300 is not'],
    ["has a codec that throws when it writes", mine({ x: { read: () => 0, put: boom } }, () => ({ x: 1 })), 'field "x": boom'],
  ])("that %s fails alone with ecError, and is reported", (_, rop, error) => {
    const { responses, bench } = send(rop);
    expect(responses).toBe(STATE + FAILED + STATE);
    expect(bench.faults).toMatchObject([{ rop: "Mine", ropId: 0xe1 }]);
    expect(String(bench.faults[0].error)).toContain(error);
  });

  it("has the bytes after the return value that the declaration promises, when it fails", () => {
    const definition = defineRop("Mine", 0xe1, { request: ON_OBJECT, response: { done: u16le }, failureBytes: 2 });
    expect(send(serveRop(definition, boom)).responses).toBe(`${STATE + FAILED}0000${STATE}`);
  });

  it("leaves nothing in the handle table when it fails after it opened an object", () => {
    const rop = mine({ x: u8 }, (c) => {
      openInto(c, 1, { kind: "folder", folder: c.session.mailbox.folders[0] });
      return { x: 300 };
    });
    const { handles, bench } = send(rop);
    expect(handles).toEqual(bench.handles);
    expect(bench.session.objects.size).toBe(2);
  });

  it("whose request a codec fails to read makes its buffer fail with ecError: nothing of it is carried out", () => {
    const { returnValue, bench } = send(
      mine({}, () => ({}), { x: { read: boom, put: () => {} } }),
      "7b0000 e10001 01",
    );
    expect(returnValue).toBe(MAPI_ERROR.ecError);
    expect(bench.faults).toMatchObject([{ rop: "Mine", ropId: 0xe1, error: new TypeError("boom") }]);
  });

  it("cannot take the name or handle index of its response from its function", () => {
    expect(send(mine({}, () => ({ rop: "Logon", handleIndex: 7 }))).responses).toBe(`${STATE}e10100000000${STATE}`);
  });
});

it("a built-in ROP that throws fails alone, too", () => {
  const { store, session, handles } = createRopBench();
  const service = createRopService([]);
  const broken = { ...service, handlers: new Map([...service.handlers, ["LongTermIdFromId", boom]]) };
  const faults: RopFault[] = [];
  const rgb = emitRopBuffer({ ropsList: parseHex("7b00004300010000000000000001 7b0000".replaceAll(" ", "")), handles });
  const outcome = processRops(
    broken,
    store,
    session,
    rgb,
    1000,
    0,
    () => 0,
    (fault) => faults.push(fault),
  );
  expect(formatHex(parseRopBuffer(outcome.rgb)?.ropsList ?? new Uint8Array(0))).toBe(`${STATE}430105400080${STATE}`);
  expect(faults).toEqual([{ rop: "LongTermIdFromId", ropId: 0x43, error: new TypeError("boom") }]);
  expect(() => processRops(broken, store, session, rgb, 1000, 0)).toThrow("boom");
});

describe("a custom ROP that throws, over a connection", () => {
  it("leaves the session, the other sessions and the server as they were", () => {
    const broken = mine({}, boom);
    const { server, events, open } = startDirectServer({ rops: [broken] });
    const dn = server.addMailbox({ alias: "ada" }) ?? "";
    const [connection, other] = [open(), open()];
    const pcxh = connection.connect(dn);
    const otherPcxh = other.connect(dn);
    const essdn = formatHex(new TextEncoder().encode(dn));
    const size = (essdn.length / 2 + 1).toString(16).padStart(2, "0");
    const logon = parseHex(`fe0000010000000000000000${size}00${essdn}00`);
    const logOn = (one: typeof connection, handle: Uint8Array) => {
      const buffer = parseRopBuffer(one.rops(handle, emitRopBuffer({ ropsList: logon, handles: [NO_HANDLE] })).rgb);
      expect(formatHex(buffer?.ropsList.subarray(0, 6) ?? new Uint8Array(0))).toBe("fe0000000000");
      return buffer?.handles ?? [];
    };
    const handles = logOn(connection, pcxh);
    const response = connection.rops(pcxh, emitRopBuffer({ ropsList: parseHex("7b0000e100007b0000"), handles }));
    expect(response.returnValue).toBe(0);
    expect(formatHex(parseRopBuffer(response.rgb)?.ropsList ?? new Uint8Array(0))).toBe(`${STATE}e10005400080${STATE}`);
    const failures = events.filter((event) => event.type === "rop-failed");
    expect(failures).toMatchObject([{ association: 1, session: 1, rop: "Mine", ropId: 0xe1, code: MAPI_ERROR.ecError }]);
    expect(failures[0].reason).toMatch(/^TypeError: boom \(at .*added-rops\.test\.ts/);
    // The same session, another session, and a new connection are served.
    const state = emitRopBuffer({ ropsList: parseHex("7b0000"), handles });
    expect(formatHex(parseRopBuffer(connection.rops(pcxh, state).rgb)?.ropsList ?? new Uint8Array(0))).toBe(STATE);
    logOn(other, otherPcxh);
    expect(open().connect(dn)).toHaveLength(20);
    expect(server.sessions()).toHaveLength(3);
  });
});

describe("a custom ROP in the mailbox of another user", () => {
  const GRACE = "/o=Pushback/ou=Lab/cn=Recipients/cn=grace";
  /** Slots of the guest: own logon, own Inbox, the owner's logon, Inbox, and objects opened from them. */
  const [OWN_LOGON, OWN_INBOX, LOGON, INBOX, TABLE, PERMISSIONS] = [0, 1, 2, 3, 4, 5];
  const definition = defineRop("Mine", 0xe1, { request: { ...ON_OBJECT, sideHandleIndex: u8 }, response: {} });

  /** Ada gives Grace `rights` on her Inbox; Grace opens it. Returns the return value of the ROP on the objects in two slots. */
  function visit(rop: ServedRop, rights: number, mayOpen = false) {
    const owner = createRopBench([rop]);
    const folderId = owner.mailbox.folder(LOGON_FOLDER.INBOX).fid;
    const values = [
      { tag: 0x0fff0102, value: userEntryId(GRACE) },
      { tag: 0x66730003, value: rights },
    ];
    owner.one({ rop: "ModifyPermissions", ...on(1), modifyFlags: 0, permissions: [{ flags: 1, values }] });
    const guest = owner.as("grace");
    guest.session.mayOpen = () => mayOpen;
    const essdn = new TextEncoder().encode(owner.mailbox.dn);
    const { responses, handles } = guest.ask(
      [
        { rop: "Logon", logonId: 1, outputHandleIndex: LOGON, logonFlags: 1, openFlags: 0, storeState: 0, essdn },
        { rop: "OpenFolder", ...opens(LOGON, INBOX), folderId, openModeFlags: 0 },
        { rop: "GetContentsTable", ...opens(INBOX, TABLE), tableFlags: 0 },
        { rop: "GetPermissionsTable", ...opens(INBOX, PERMISSIONS), tableFlags: 0 },
      ],
      [...guest.handles, NO_HANDLE, NO_HANDLE, NO_HANDLE, NO_HANDLE],
    );
    expect(responses.map(({ rop: name }) => name)).toEqual(["Logon", "OpenFolder", "GetContentsTable", "GetPermissionsTable"]);
    return (slot: number, side = OWN_LOGON): number => {
      const { rgb } = guest.raw(emitRopBuffer({ ropsList: Uint8Array.of(0xe1, 1, slot, side), handles }));
      return getU32le(parseRopBuffer(rgb)?.ropsList ?? new Uint8Array(0), 2);
    };
  }

  const { READ_ANY, CREATE, VISIBLE, OWNER } = FOLDER_RIGHT;
  const DENIED = MAPI_ERROR.ecAccessDenied;

  it("is refused without a rule, but carried out in the user's own mailbox", () => {
    const use = visit(
      serveRop(definition, () => ({})),
      READ_ANY | VISIBLE | OWNER,
    );
    expect([use(OWN_LOGON), use(OWN_INBOX)]).toEqual([0, 0]);
    expect([use(LOGON), use(INBOX), use(TABLE), use(PERMISSIONS)]).toEqual([DENIED, DENIED, DENIED, DENIED]);
    // Rights are checked for the object in `sideHandleIndex`, too. An empty slot is not checked.
    expect([use(OWN_INBOX, INBOX), use(OWN_INBOX, 99)]).toEqual([DENIED, 0]);
  });

  it("is carried out for an account that may open the mailbox", () => {
    const use = visit(
      serveRop(definition, () => ({})),
      READ_ANY,
      true,
    );
    expect([use(LOGON), use(INBOX), use(TABLE)]).toEqual([0, 0, 0]);
  });

  it("is carried out on objects in folders that give all rights that it needs", () => {
    const both = serveRop(definition, () => ({}), { needs: READ_ANY | CREATE });
    const [reads, creates] = [visit(both, READ_ANY), visit(both, READ_ANY | CREATE)];
    expect([reads(INBOX), reads(TABLE), reads(OWN_INBOX)]).toEqual([DENIED, DENIED, 0]);
    expect([creates(INBOX), creates(TABLE), creates(OWN_INBOX, INBOX)]).toEqual([0, 0, 0]);
    // A logon is in no folder, and a table of permissions does not keep its folder.
    expect([creates(LOGON), creates(PERMISSIONS)]).toEqual([DENIED, DENIED]);
  });

  it("is carried out everywhere if it needs no right", () => {
    const use = visit(
      serveRop(definition, () => ({}), { needs: 0 }),
      READ_ANY,
    );
    expect([use(LOGON), use(INBOX), use(TABLE), use(PERMISSIONS)]).toEqual([0, 0, 0, 0]);
    expect(() => serveRop(definition, () => ({}), { needs: 2 ** 32 })).toThrow(RangeError);
  });

  it("with the name of a method of every object has no rule either", () => {
    const inherited = defineRop("constructor", 0xe1, { request: { ...ON_OBJECT, side: u8 }, response: {} });
    expect(
      visit(
        serveRop(inherited, () => ({})),
        READ_ANY,
      )(INBOX),
    ).toBe(DENIED);
  });
});

describe("a server with custom ROPs", () => {
  const named = (name: string, id: number) => serveRop(defineRop(name, id, { request: ON_OBJECT, response: {} }), () => ({}));

  it.each([
    ["Notify", 0x2a],
    ["Pending", 0x6e],
    ["Backoff", 0xf9],
    ["BufferTooSmall", 0xff],
  ])("keeps its own response %s", (name, id) => {
    const hex = `0x${id.toString(16)}`;
    const sameId = new RangeError(`notice ${name} (${hex}) and ROP Mine (${hex}) have the same RopId`);
    expect(() => createRopService([named("Mine", id)])).toThrow(sameId);
    const sameName = new RangeError(`notice ${name} (${hex}) and ROP ${name} (0xe1) have the same name`);
    expect(() => createRopService([named(name, 0xe1)])).toThrow(sameName);
  });

  it("refuses two of them with the same id or name", () => {
    const sameId = new RangeError("ROP One (0xe1) and ROP Two (0xe1) have the same RopId");
    expect(() => createRopService([named("One", 0xe1), named("Two", 0xe1)])).toThrow(sameId);
    const sameName = new RangeError("ROP One (0xe1) and ROP One (0xe2) have the same name");
    expect(() => createRopService([named("One", 0xe1), named("One", 0xe2)])).toThrow(sameName);
  });
});

describe("programs that are not compiled", () => {
  const declare = defineRop as (name: unknown, id: unknown, layouts?: unknown) => ReturnType<typeof defineRop>;
  const serve = serveRop as (definition?: unknown, handler?: unknown, options?: unknown) => ServedRop;
  const Mine = defineRop("Mine", 0xe1, { request: { ...ON_OBJECT, data: counted(u16le) }, response: {} });
  const answer = () => ({});

  it.each<[string, () => unknown, string]>([
    ["no name", () => declare(undefined, 0xe1, { request: ON_OBJECT, response: {} }), "the name of a ROP is undefined: takes text"],
    ["no layouts", () => declare("Mine", 0xe1), "Mine: needs { request, response }"],
    ["no request", () => declare("Mine", 0xe1, { response: {} }), "Mine: its `request` must be an object with its fields"],
    ["no response", () => declare("Mine", 0xe1, { request: ON_OBJECT }), "Mine: its `response` must be an object with its fields"],
    [
      "an object that is no field",
      () => declare("Mine", 0xe1, { request: { ...ON_OBJECT, x: {} }, response: {} }),
      'Mine: "x" of its request is no field: use the codecs of `field`, such as `u8`',
    ],
    [
      "no field in a response",
      () => declare("Mine", 0xe1, { request: ON_OBJECT, response: { x: undefined } }),
      'Mine: "x" of its response is no field: use the codecs of `field`, such as `u8`',
    ],
    ["no size", () => counted(undefined as never), "counted: takes codecs of `field`, such as `u16le`, not undefined"],
    ["no item", () => list(u8, undefined as never), "list: takes codecs of `field`, such as `u16le`, not undefined"],
    ["no function", () => serve(Mine), "Mine: serveRop needs the function that carries the ROP out"],
    ["no declaration", () => serve(undefined, answer), "serveRop: its first argument must be a ROP declared by `defineRop`"],
    ["an unknown option", () => serve(Mine, answer, { need: 0 }), 'Mine: serveRop has no option "need"; there is `needs`'],
    ["a number for options", () => serve(Mine, answer, 5), "Mine: the options of serveRop are { needs }, not 5"],
    [
      "a declaration in place of a served ROP",
      () => createRopService([Mine as never]),
      "ROP Mine is only declared: pass serveRop(Mine, …)",
    ],
    ["null in place of a ROP", () => createRopService([null as never]), "the list of ROPs has null in place of a ROP made by `serveRop`"],
    [
      "a ROP in place of a list",
      () => createRopService(serve(Mine, answer) as never),
      "the ROPs of a server are a list: [serveRop(Mine, carryOut)]",
    ],
  ])("are told of %s", (_what, call, message) => {
    expect(call).toThrow(new RangeError(message));
  });

  it.each<[unknown, string]>([
    ["ab", '"ab"'],
    [[1, 2], "1,2"],
    [{ length: 2 }, "[object Object]"],
    [undefined, "undefined"],
  ])("do not write %j into a field of bytes", (data, shown) => {
    const put = (layout: Layout) => {
      const definition = defineRop("Mine", 0xe1, { request: { ...ON_OBJECT, ...layout }, response: {} });
      const request = { rop: "Mine", logonId: 0, inputHandleIndex: 0, data };
      putRopRequest(new ByteWriter(64), request, createRopSet([...ROP_SET.definitions, definition]));
    };
    for (const type of [counted(u16le), bytes(2), field.restOfBuffer, field.countedText, field.textOf("wide")])
      expect(() => put({ data: type })).toThrow(`field "data": ${shown} is not a Uint8Array`);
  });
});
