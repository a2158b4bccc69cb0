import { formatHex, parseHex } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as bind from "./bind.ts";
import { checkPdu, PTYPE, pduType } from "./pdu.ts";
import { parseAuthVerifier } from "./security.ts";
import { formatUuid, uuidBytes } from "./uuid.ts";

const EMSMDB = { uuid: "a4f1db00-ca47-1067-b31f-00dd010662da", versionMajor: 0, versionMinor: 81 };
const TOKEN = { authType: 10, authLevel: 2, authContextId: 5, value: Uint8Array.of(1, 2, 3, 4, 5) };

const OFFER: bind.BindRepr = {
  callId: 1,
  maxXmitFrag: 5840,
  maxRecvFrag: 5840,
  assocGroupId: 0,
  contexts: [{ contextId: 0, abstractSyntax: EMSMDB, transferSyntaxes: [bind.NDR_SYNTAX] }],
};

const ACK: bind.BindAckRepr = {
  callId: 1,
  maxXmitFrag: 5840,
  maxRecvFrag: 5840,
  assocGroupId: 0x1234,
  secondaryAddress: "1032",
  results: [bind.acceptContext(bind.NDR_SYNTAX), bind.rejectContext(bind.REASON_TRANSFER_SYNTAXES)],
};

describe("UUIDs", () => {
  it("have their first three fields in little-endian order", () => {
    expect(formatHex(uuidBytes(EMSMDB.uuid))).toBe("00dbf1a447ca6710b31f00dd010662da");
    expect(formatUuid(parseHex("00dbf1a447ca6710b31f00dd010662da"))).toBe(EMSMDB.uuid);
    expect(formatUuid(parseHex("a4f1db00ca471067b31f00dd010662da"), 0, false)).toBe(EMSMDB.uuid);
    expect(() => uuidBytes("a4f1")).toThrow(RangeError);
  });
});

describe("bind", () => {
  it("offers EMSMDB 0.81 over NDR 2.0 in 72 bytes", () => {
    expect(formatHex(bind.emitBind(OFFER))).toBe(
      `05000b0310000000 48000000 01000000 d016d016 00000000 01000000 00000100
       00dbf1a447ca6710b31f00dd010662da 00005100 045d888aeb1cc9119fe808002b104860 02000000`.replace(/\s/g, ""),
    );
  });

  it("finds an offered interface in the bytes of a bind, without parsing it into a record", () => {
    const other = { ...EMSMDB, uuid: EMSMDB.uuid.replace("a4", "a5") };
    const two = {
      ...OFFER,
      contexts: [
        { ...OFFER.contexts[0], abstractSyntax: other },
        { ...OFFER.contexts[0], contextId: 1 },
      ],
    };
    const b = bind.emitBind(two);
    expect(bind.offersSyntax(b, 0, EMSMDB)).toBe(true);
    expect(bind.offersSyntax(b, 0, other)).toBe(true);
    expect(bind.offersSyntax(b, 0, bind.NDR_SYNTAX)).toBe(false);
    expect(bind.offersSyntax(b, 0, { ...EMSMDB, versionMinor: 82 })).toBe(false);
    expect(bind.offersSyntax(b, 0, { ...EMSMDB, versionMajor: 1 })).toBe(false);
    // The same bind as a big-endian sender writes it (C706 chapter 14, "Data Representation Format Label").
    const big = parseHex(
      `05000b0300000000004800000000000116d016d0 00000000 01000000 00000100
       a4f1db00ca471067b31f00dd010662da 00510000 8a885d041ceb11c99fe808002b104860 00000002`.replace(/\s/g, ""),
    );
    expect(bind.offersSyntax(big, 0, EMSMDB)).toBe(true);
    fc.assert(
      fc.property(fc.nat(b.length - 17), fc.nat(255), (at, value) => {
        const changed = b.slice();
        changed[16 + at] = value;
        const isOffered = bind.parseBind(changed, 0)?.contexts.some((c) => bind.sameSyntax(c.abstractSyntax, EMSMDB)) ?? false;
        expect(bind.offersSyntax(changed, 0, EMSMDB)).toBe(isOffered);
      }),
    );
  });

  it("reads back what it wrote, with a token and without", () => {
    for (const auth of [null, TOKEN]) {
      const b = bind.emitBind(OFFER, auth, PTYPE.ALTER_CONTEXT);
      expect(checkPdu(b, 0, b.length)).toBe(null);
      expect(pduType(b, 0)).toBe(PTYPE.ALTER_CONTEXT);
      expect(bind.parseBind(b, 0)).toEqual(OFFER);
      expect(parseAuthVerifier(b, 0)).toEqual(auth);
      const ack = bind.emitBindAck(ACK, auth);
      expect(checkPdu(ack, 0, ack.length)).toBe(null);
      expect(bind.parseBindAck(ack, 0)).toEqual(ACK);
      expect(parseAuthVerifier(ack, 0)).toEqual(auth);
    }
    const bare = { ...ACK, secondaryAddress: "" };
    expect(bind.parseBindAck(bind.emitBindAck(bare, null, PTYPE.ALTER_CONTEXT_RESP), 0)).toEqual(bare);
  });

  it("gives null for counts that lie", () => {
    const b = bind.emitBind(OFFER);
    b[24] = 2;
    expect(bind.parseBind(b, 0)).toBe(null);
    const ack = bind.emitBindAck(ACK);
    ack[24] = 200;
    expect(bind.parseBindAck(ack, 0)).toBe(null);
  });

  it("says why not, and sends auth3 with four bytes before the trailer", () => {
    const nak = bind.emitBindNak(3, bind.BIND_NAK_AUTH_TYPE);
    expect(checkPdu(nak, 0, nak.length)).toBe(null);
    expect(bind.bindNakReason(nak, 0)).toBe(8);
    const auth3 = bind.emitAuth3(1, 5840, TOKEN);
    expect(formatHex(auth3)).toBe("0500100310000000 2100 0500 01000000 d016d016 0a02000005000000 0102030405".replaceAll(" ", ""));
    expect(checkPdu(auth3, 0, auth3.length)).toBe(null);
  });

  it("never throws on arbitrary bodies", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 12, maxLength: 120 }), (body) => {
        for (const type of [PTYPE.BIND, PTYPE.BIND_ACK]) {
          const b = new Uint8Array([5, 0, type, 3, 0x10, 0, 0, 0, 16 + body.length, 0, 0, 0, 1, 0, 0, 0, ...body]);
          if (checkPdu(b, 0, b.length)) continue;
          bind.parseBind(b, 0);
          bind.parseBindAck(b, 0);
        }
      }),
    );
  });
});
