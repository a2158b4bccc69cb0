import { formatHex, parseHex } from "@pushback/bytes";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as mapi from "./index.ts";

/** Sizes and fields are those of a captured Exchange 5.5 session; names are made up. */
const HANDLE = parseHex("00000000 9657703b05092b458eb22f5383133045");
const ascii = (text: string) => new TextEncoder().encode(text);

const CONNECT: mapi.EcDoConnectRequest = {
  szUserDN: ascii("/o=Example/ou=Site/cn=Recipients/cn=Averylongnamed"),
  ulFlags: 0,
  ulConMod: 0x0032b2a8,
  cbLimit: 0,
  ulCpid: 1252,
  ulLcidString: 0x409,
  ulLcidSort: 0x409,
  ulIcxrLink: 0xffffffff,
  usFCanConvertCodePages: 1,
  rgwClientVersion: [5, 3144, 0],
  pulTimeStamp: 0,
};

const CONNECTED: mapi.EcDoConnectResponse = {
  pcxh: HANDLE,
  pcmsPollsMax: 60000,
  pcRetry: 6,
  pcmsRetryDelay: 10000,
  picxr: 0xf5,
  szDNPrefix: ascii("/O=EXAMPLEORG/OU=EXAMPLE/CN=RECIPIENTS/CN="),
  szDisplayName: ascii("Firstname Lastn"),
  rgwServerVersion: [5, 2653, 23],
  rgwBestVersion: [5, 3144, 0],
  pulTimeStamp: 0x12345678,
  returnValue: 0,
};

describe("EcDoConnect", () => {
  it("asks in 104 bytes for a DN of 51 with its NUL", () => {
    const b = mapi.emitEcDoConnectRequest(CONNECT);
    expect(b).toHaveLength(104);
    expect(formatHex(b, 0, 12)).toBe("330000000000000033000000");
    expect(formatHex(b, 63)).toBe(
      "00 00000000 a8b23200 00000000 e4040000 09040000 09040000 ffffffff 0100 0500480c0000 00000000".replaceAll(" ", ""),
    );
    expect(mapi.parseEcDoConnectRequest(b)).toEqual(CONNECT);
  });

  it("answers in 148 bytes", () => {
    const b = mapi.emitEcDoConnectResponse(CONNECTED);
    expect(b).toHaveLength(148);
    expect(formatHex(b, 0, 34)).toBe(`${formatHex(HANDLE)}60ea00000600000010270000f500`);
    expect(formatHex(b, 40, 12)).toBe("2b000000000000002b000000");
    expect(formatHex(b, 100, 12)).toBe("100000000000000010000000");
    expect(formatHex(b, 128)).toBe("05005d0a1700 0500480c0000 78563412 00000000".replaceAll(" ", ""));
    expect(mapi.parseEcDoConnectResponse(b)).toEqual(CONNECTED);
  });

  it("writes the version of 4.0.837 as 4, 837, 0", () => {
    const b = mapi.emitEcDoConnectResponse({ ...CONNECTED, rgwServerVersion: [4, 837, 0] });
    expect(formatHex(b, 128, 6)).toBe("040045030000");
  });

  it("still carries every field when it fails", () => {
    const failed = { ...CONNECTED, pcxh: new Uint8Array(20), szDNPrefix: null, szDisplayName: null, returnValue: 0x3eb };
    const b = mapi.emitEcDoConnectResponse(failed);
    expect(b).toHaveLength(64);
    expect(mapi.parseEcDoConnectResponse(b)).toEqual(failed);
  });
});

describe("EcDoDisconnect", () => {
  it("gives back the null handle in 24 bytes", () => {
    expect(mapi.emitEcDoDisconnectRequest(HANDLE)).toEqual(HANDLE);
    const b = mapi.emitEcDoDisconnectResponse(0);
    expect(b).toEqual(new Uint8Array(24));
    expect(mapi.parseEcDoDisconnectResponse(b)).toEqual({ closed: true, returnValue: 0 });
  });
});

describe("EcDoRpc", () => {
  it("sends the empty poll as a7 a5", () => {
    const b = mapi.emitEcDoRpcRequest({ pcxh: HANDLE, rgb: parseHex("0200"), usSize: 512 });
    expect(formatHex(b, 20)).toBe("00020000 00000000 02000000 a7a5 0200 0002".replaceAll(" ", ""));
    expect(mapi.parseEcDoRpcRequest(b)).toEqual({ pcxh: HANDLE, rgb: parseHex("0200"), usSize: 512 });
  });

  it("pads an odd buffer, and the answer's return value", () => {
    const request = { pcxh: HANDLE, rgb: parseHex("030001"), usSize: 0x1600 };
    const b = mapi.emitEcDoRpcRequest(request);
    expect(formatHex(b, 32)).toBe("a6a5a4 00 0300 0016".replaceAll(" ", ""));
    expect(mapi.parseEcDoRpcRequest(b)).toEqual(request);
    const response = { ...request, returnValue: 0 };
    const a = mapi.emitEcDoRpcResponse(response);
    expect(formatHex(a, 32)).toBe("a6a5a4 00 0300 0000 00000000".replaceAll(" ", ""));
    expect(mapi.parseEcDoRpcResponse(a)).toEqual(response);
  });

  it.each([
    ["max_count is not usSize", 20],
    ["the offset is not zero", 24],
    ["actual_count is not pusLength", 28],
    ["pusLength is not actual_count", 34],
  ])("does not unmarshal where %s", (_, at) => {
    const b = mapi.emitEcDoRpcRequest({ pcxh: HANDLE, rgb: parseHex("0200"), usSize: 512 });
    b[at] ^= 1;
    expect(mapi.parseEcDoRpcRequest(b)).toBe(null);
  });
});

describe("EcRRegisterPushNotification", () => {
  const request = {
    pcxh: HANDLE,
    iRpc: 0,
    rgbContext: parseHex("d0273b0200e0fd7f"),
    grbitAdviseBits: 0xffffffff,
    rgbCallbackAddress: mapi.emitSockaddrIn(0xc0a800ad, 1071),
  };

  it("asks in 66 bytes, as captured but for the pad", () => {
    const b = mapi.emitEcRRegisterPushNotificationRequest(request);
    expect(b).toHaveLength(66);
    expect(formatHex(b, 20)).toBe(
      "00000000 08000000 d0273b0200e0fd7f 0800 0000 ffffffff 10000000 0200 042f c0a800ad 0000000000000000 1000".replaceAll(" ", ""),
    );
    const captured = b.slice();
    captured.set([0xa5, 0xa5], 38);
    expect(mapi.parseEcRRegisterPushNotificationRequest(captured)).toEqual(request);
    expect(mapi.parseSockaddrIn(request.rgbCallbackAddress)).toEqual({ address: 0xc0a800ad, port: 1071 });
  });

  it("answers in 28 bytes", () => {
    const response = { pcxh: HANDLE, hNotification: 0, returnValue: 0 };
    const b = mapi.emitEcRRegisterPushNotificationResponse(response);
    expect(formatHex(b)).toBe(`${formatHex(HANDLE)}0000000000000000`);
    expect(mapi.parseEcRRegisterPushNotificationResponse(b)).toEqual(response);
  });

  it("does not unmarshal where a max_count is not its cb", () => {
    for (const at of [36, 64]) {
      const b = mapi.emitEcRRegisterPushNotificationRequest(request);
      b[at] ^= 1;
      expect(mapi.parseEcRRegisterPushNotificationRequest(b)).toBe(null);
    }
  });

  it("is undone in 28 bytes", () => {
    const undo = { pcxh: HANDLE, iRpc: 0, hNotification: 0 };
    const b = mapi.emitEcRUnregisterPushNotificationRequest(undo);
    expect(b).toHaveLength(28);
    expect(mapi.parseEcRUnregisterPushNotificationRequest(b)).toEqual(undo);
  });

  it.each([
    ["0200 042f c0a800ad 0000000000000000", 0],
    ["0200 042f c0a800ad 00000000000000", 0x80070057],
    ["0002 042f c0a800ad 0000000000000000", 0x80070057],
    ["02", 0x80070057],
    ["0600 000000000000000000000000", 0x80040102],
    ["1700 0000000000000000000000000000000000000000000000000000", 0x80040102],
  ])("judges the address %s", (hex, code) => {
    expect(mapi.checkCallbackAddress(parseHex(hex))).toBe(code);
  });

  it("makes datagrams of exactly the context", () => {
    const context = parseHex("d027270278010900");
    expect(mapi.emitPushDatagram(context)).toEqual(context);
    expect(mapi.isPushDatagram(context, new Uint8Array([1, ...context, 2]), 1, 8)).toBe(true);
    expect(mapi.isPushDatagram(context, new Uint8Array([...context, 0]), 0, 9)).toBe(false);
    expect(mapi.isPushDatagram(context, context.slice(0, 7), 0, 7)).toBe(false);
    expect(mapi.isPushDatagram(context, parseHex("d027270278010901"), 0, 8)).toBe(false);
  });
});

describe("every parser", () => {
  it("gives null and never throws on what was cut short or made up", () => {
    const parsers = [
      mapi.parseEcDoConnectRequest,
      mapi.parseEcDoConnectResponse,
      mapi.parseEcDoDisconnectResponse,
      mapi.parseEcDoRpcRequest,
      mapi.parseEcDoRpcResponse,
      mapi.parseEcRRegisterPushNotificationRequest,
      mapi.parseEcRRegisterPushNotificationResponse,
      mapi.parseEcRUnregisterPushNotificationRequest,
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (b, littleEndian) => {
        for (const parse of parsers) parse(b, littleEndian);
      }),
    );
    const connect = mapi.emitEcDoConnectRequest(CONNECT);
    for (let len = 0; len < connect.length; len++) expect(mapi.parseEcDoConnectRequest(connect.slice(0, len))).toBe(null);
  });
});
