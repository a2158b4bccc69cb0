import { formatHex, parseHex } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as epm from "./endpoint-mapper.ts";

const EMSMDB = { uuid: "a4f1db00-ca47-1067-b31f-00dd010662da", versionMajor: 0, versionMinor: 81 };
const TOWER: epm.Tower = { interfaceId: EMSMDB, port: 1032, address: 0xc0a80002 };

const TOWER_HEX = `0500 1300 0d 00dbf1a447ca6710b31f00dd010662da 0000 0200 5100 1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000
   0100 0b 0200 0000 0100 07 0200 0408 0100 09 0400 c0a80002`.replace(/\s/g, "");

describe("ept_map", () => {
  it("writes a tower of five floors in 75 bytes", () => {
    expect(formatHex(epm.emitTower(TOWER))).toBe(TOWER_HEX);
    expect(epm.parseTower(parseHex(TOWER_HEX))).toEqual(TOWER);
  });

  it("asks in 132 bytes and answers in 128", () => {
    const request = epm.emitEptMapRequest({ tower: { ...TOWER, port: 0, address: 0 }, maxTowers: 4 });
    expect(request).toHaveLength(132);
    expect(formatHex(request, 0, 32)).toBe(`01000000${"00".repeat(16)}020000004b0000004b000000`);
    expect(formatHex(request, 128)).toBe("04000000");
    expect(epm.parseEptMapRequest(request, true)).toEqual({ tower: { ...TOWER, port: 0, address: 0 }, maxTowers: 4 });
    const response = epm.emitEptMapResponse({ towers: [TOWER], maxTowers: 4, status: 0 });
    expect(response).toHaveLength(128);
    expect(formatHex(response)).toBe(
      `${"00".repeat(20)}01000000 04000000 00000000 01000000 03000000 4b000000 4b000000 ${TOWER_HEX}00 00000000`.replaceAll(" ", ""),
    );
    expect(epm.parseEptMapResponse(response, true)).toEqual({ towers: [TOWER], maxTowers: 4, status: 0 });
  });

  it("says what is not registered", () => {
    const nothing = { towers: [], maxTowers: 1, status: epm.EPT_S_NOT_REGISTERED };
    const stub = epm.emitEptMapResponse(nothing);
    expect(formatHex(stub, 20)).toBe("00000000 01000000 00000000 00000000 d6a0c916".replaceAll(" ", ""));
    expect(epm.parseEptMapResponse(stub, true)).toEqual(nothing);
  });

  it("never throws on arbitrary stubs", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 160 }), fc.boolean(), (b, littleEndian) => {
        epm.parseTower(b);
        epm.parseEptMapRequest(b, littleEndian);
        epm.parseEptMapResponse(b, littleEndian);
      }),
    );
    const request = epm.emitEptMapRequest({ tower: TOWER, maxTowers: 4 });
    for (let i = 0; i < request.length; i++) {
      const b = request.slice();
      b[i] ^= 0xff;
      epm.parseEptMapRequest(b, true);
      expect(epm.parseEptMapRequest(request.slice(0, i), true)).toBe(null);
    }
  });
});
