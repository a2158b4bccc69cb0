/** Test support: calls of NSPI, referrals, EMSMDB and the endpoint mapper with parameters drawn at random, many of them wrong. */

import { emitEptMapRequest, NIL_UUID, uuidBytes } from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import * as nspi from "@pushback/nspi";
import fc, { type GeneratorValue } from "fast-check";

/** Draws values; a failing run shrinks them. */
export class Draw {
  readonly #g: GeneratorValue;

  constructor(g: GeneratorValue) {
    this.#g = g;
  }

  /** Returns a random integer from 0 to `most`. */
  upTo(most: number): number {
    return this.#g(fc.nat, { max: most });
  }

  /** Once in `n` times on average. */
  oneIn(n: number): boolean {
    return this.upTo(n - 1) === n - 1;
  }

  of<T>(list: readonly T[]): T {
    return list[this.upTo(list.length - 1)];
  }

  bytes(most: number): Uint8Array {
    return this.#g(fc.uint8Array, { maxLength: most });
  }

  list<T>(most: number, item: () => T): T[] {
    return Array.from({ length: this.upTo(most) }, item);
  }

  orNull<T>(value: () => T): T | null {
    return this.oneIn(3) ? null : value();
  }

  /** A 32-bit number, mostly one at a limit. */
  word(): number {
    return this.of([0, 0, 1, 2, 0x10, 0x12, 0x13, 0x7fffffff, 0x80000000, 0xffffffff, this.upTo(0xffffffff)]);
  }
}

const TAGS = [
  0x3001001e, 0x3001001f, 0x30010000, 0x3003001e, 0x8006001e, 0x800f101e, 0x800f101f, 0x8170101e, 0x0fff0102, 0x3a00001e, 0x39fe001f,
  0x360c001e, 0x0000000a, 0xfffd0003, 0x3001000d, 0x12340040, 0x12341002, 0,
] as const;
const TEXTS = ["ada", "=ada", "", "Ada Lovelace", "nobody", "/o=Pushback/ou=Lab/cn=Recipients/cn=ada", "\u00e9\u4e00", "x".repeat(300)];
const CODE_PAGES = [1252, 1252, 1252, 0, 1200, 0x4f25, 932, 65001, 99999];
const LOCALES = [0x409, 0x407, 0, 0xffffffff];

/** A random call, and the parser of its responses. */
export interface RandomCall {
  readonly opnum: number;
  readonly stub: Uint8Array;
  /** Whether a stub is a response of this call. */
  reads(response: Uint8Array): boolean;
}

function callOf<C extends nspi.RpcCall>(call: C, request: nspi.RequestOf<C>): RandomCall {
  return {
    opnum: call.opnum,
    stub: nspi.emitCallRequest(call, request),
    reads: (response) => nspi.parseCallResponse(call, response) !== null,
  };
}

class NspiArguments {
  readonly draw: Draw;
  readonly #handle: Uint8Array;

  constructor(draw: Draw, handle: Uint8Array) {
    this.draw = draw;
    this.#handle = handle;
  }

  hRpc(): Uint8Array {
    return this.draw.oneIn(12) ? new Uint8Array(20).fill(this.draw.upTo(2)) : this.#handle;
  }

  stat(): nspi.Stat {
    const { draw } = this;
    return {
      SortType: draw.of([0, 0, 0, 3, 0x3e8, 0x3e9, 77]),
      ContainerID: draw.of([0, 0, 0, draw.word()]),
      CurrentRec: draw.word(),
      Delta: draw.word() | 0,
      NumPos: draw.word(),
      TotalRecs: draw.word(),
      CodePage: draw.of(CODE_PAGES),
      TemplateLocale: draw.of(LOCALES),
      SortLocale: draw.of(LOCALES),
    };
  }

  tags(): number[] {
    return this.draw.list(8, () => this.draw.of(TAGS));
  }

  text(): Uint8Array {
    return new TextEncoder().encode(this.draw.of(TEXTS));
  }

  /** A property value of the type in its tag. */
  value(): nspi.NspiPropertyValue {
    const { draw } = this;
    switch (draw.upTo(4)) {
      case 0:
        return { tag: draw.of([0x3001001e, 0x360c001e, 0x3a00001e]), value: this.text() };
      case 1:
        return { tag: 0x3001001f, value: Uint8Array.from(draw.list(5, () => 1 + draw.upTo(200)).flatMap((low) => [low, 0])) };
      case 2:
        return { tag: 0x0ffe0003, value: draw.word() };
      case 3:
        return { tag: 0x0fff0102, value: draw.bytes(30) };
      default:
        return { tag: 0x800f101e, value: draw.list(3, () => this.text()) };
    }
  }

  restriction(depth = 0): nspi.NspiRestriction {
    const { draw } = this;
    const tag = draw.of(TAGS);
    switch (draw.upTo(depth > 2 ? 5 : 9)) {
      case 0:
        return { kind: "exist", tag };
      case 1:
        return { kind: "property", relOp: draw.upTo(9), tag, target: this.value() };
      case 2:
        return { kind: "content", fuzzyLevel: draw.word(), tag, target: this.value() };
      case 3:
        return { kind: "bitmask", relOp: draw.upTo(2), tag, mask: draw.word() };
      case 4:
        return { kind: "size", relOp: draw.upTo(7), tag, size: draw.word() };
      case 5:
        return { kind: "compare", relOp: draw.upTo(7), tag, otherTag: draw.of(TAGS) };
      case 6:
        return { kind: "not", part: this.restriction(depth + 1) };
      case 7:
        return { kind: "sub", tag, part: this.restriction(depth + 1) };
      default:
        return { kind: draw.oneIn(2) ? "and" : "or", parts: draw.list(3, () => this.restriction(depth + 1)) };
    }
  }

  entryIds(): Uint8Array[] {
    return this.draw.list(2, () => this.draw.bytes(30));
  }
}

/** Every call of NSPI, on this handle most of the time. */
export function nspiCall(draw: Draw, handle: Uint8Array): RandomCall {
  const a = new NspiArguments(draw, handle);
  const [hRpc, word] = [a.hRpc(), () => draw.word()];
  const onHandle = { hRpc, Reserved: draw.of([0, 0, 5]) };
  const pPropTags = draw.orNull(() => a.tags());
  const makers: readonly (() => RandomCall)[] = [
    () => callOf(nspi.NspiBind, { dwFlags: word(), pStat: a.stat(), pServerGuid: draw.orNull(() => new Uint8Array(16)) }),
    () => callOf(nspi.NspiUnbind, { contextHandle: new Uint8Array(20).fill(9), Reserved: 0 }),
    () => callOf(nspi.NspiUpdateStat, { ...onHandle, pStat: a.stat(), plDelta: draw.orNull(() => word() | 0) }),
    () => {
      const lpETable = draw.orNull(() => draw.list(6, word));
      const dwETableCount = draw.oneIn(6) ? word() : (lpETable?.length ?? 0);
      return callOf(nspi.NspiQueryRows, { hRpc, dwFlags: word(), pStat: a.stat(), dwETableCount, lpETable, Count: word(), pPropTags });
    },
    () =>
      callOf(nspi.NspiSeekEntries, {
        ...onHandle,
        pStat: a.stat(),
        pTarget: a.value(),
        lpETable: draw.orNull(() => draw.list(6, word)),
        pPropTags,
      }),
    () =>
      callOf(nspi.NspiGetMatches, {
        hRpc,
        Reserved1: word(),
        pStat: a.stat(),
        pReserved: draw.orNull(() => draw.list(3, word)),
        Reserved2: word(),
        Filter: draw.orNull(() => a.restriction()),
        lpPropName: draw.orNull(() => ({ lpguid: null, ulReserved: word(), lID: word() })),
        ulRequested: word(),
        pPropTags,
      }),
    () =>
      callOf(nspi.NspiResortRestriction, { ...onHandle, pStat: a.stat(), pInMIds: draw.list(6, word), ppOutMIds: draw.orNull(() => [7]) }),
    () => callOf(nspi.NspiDNToMId, { ...onHandle, pNames: draw.list(5, () => a.text()) }),
    () => callOf(nspi.NspiGetPropList, { hRpc, dwFlags: word(), dwMId: word(), CodePage: draw.of(CODE_PAGES) }),
    () => callOf(nspi.NspiGetProps, { hRpc, dwFlags: word(), pStat: a.stat(), pPropTags }),
    () => callOf(nspi.NspiCompareMIds, { ...onHandle, pStat: a.stat(), MId1: word(), MId2: word() }),
    () => callOf(nspi.NspiModProps, { ...onHandle, pStat: a.stat(), pPropTags, pRow: [a.value()] }),
    () => callOf(nspi.NspiGetSpecialTable, { hRpc, dwFlags: word(), pStat: a.stat(), lpVersion: word() }),
    () =>
      callOf(nspi.NspiGetTemplateInfo, {
        hRpc,
        dwFlags: word(),
        ulType: word(),
        pDN: draw.orNull(() => a.text()),
        dwCodePage: draw.of(CODE_PAGES),
        dwLocaleID: draw.of(LOCALES),
      }),
    () => callOf(nspi.NspiModLinkAtt, { hRpc, dwFlags: word(), ulPropTag: word(), dwMId: word(), lpEntryIds: a.entryIds() }),
    () => callOf(nspi.NspiDeleteEntries, { hRpc, dwFlags: word(), dwMId: word(), lpEntryIds: a.entryIds() }),
    () => callOf(nspi.NspiQueryColumns, { ...onHandle, dwFlags: word() }),
    () => callOf(nspi.NspiGetNamesFromIDs, { ...onHandle, lpguid: draw.orNull(() => new Uint8Array(16)), pPropTags }),
    () => {
      const ppNames = draw.list(3, () =>
        draw.orNull(() => ({ lpguid: draw.orNull(() => new Uint8Array(16)), ulReserved: 0, lID: word() })),
      );
      return callOf(nspi.NspiGetIDsFromNames, { ...onHandle, dwFlags: word(), cPropNames: draw.of([ppNames.length, word()]), ppNames });
    },
    () => callOf(nspi.NspiResolveNames, { ...onHandle, pStat: a.stat(), pPropTags, paStr: draw.list(4, () => a.text()) }),
    () => callOf(nspi.NspiResolveNamesW, { ...onHandle, pStat: a.stat(), pPropTags, paWStr: draw.list(4, () => Uint8Array.of(0x61, 0)) }),
  ];
  return draw.of(makers)();
}

export function rfrCall(draw: Draw): RandomCall {
  const text = () => new TextEncoder().encode(draw.of(TEXTS));
  return draw.oneIn(2)
    ? callOf(nspi.RfrGetNewDSA, {
        ulFlags: draw.word(),
        pUserDN: text(),
        ppszUnused: draw.orNull(() => draw.orNull(text)),
        ppszServer: draw.orNull(() => null),
      })
    : callOf(nspi.RfrGetFQDNFromServerDN, { ulFlags: draw.word(), cbMailboxServerDN: draw.word(), szMailboxServerDN: text() });
}

const isStub = (response: Uint8Array) => response.length >= 4;

/** Calls of EMSMDB on handles that mostly do not exist, and a connect that fails or opens a session. */
export function emsmdbCall(draw: Draw, pcxh: Uint8Array): RandomCall {
  const handle = draw.oneIn(3) ? new Uint8Array(20).fill(draw.upTo(3)) : pcxh;
  const rgb = draw.bytes(60);
  const makers: readonly (() => Omit<RandomCall, "reads">)[] = [
    () => {
      const user = new TextEncoder().encode(draw.of(TEXTS));
      const client = {
        codePage: draw.of(CODE_PAGES),
        locale: draw.of(LOCALES),
        clientVersion: [draw.upTo(9), draw.upTo(9999), 0] as const,
      };
      return { opnum: 0, stub: mapi.emitEcDoConnectRequest(mapi.newSessionRequest(user, client, { ulConMod: draw.word() })) };
    },
    () => ({ opnum: mapi.EMSMDB_OP.EcDoRpc, stub: mapi.emitEcDoRpcRequest({ pcxh: handle, rgb, usSize: rgb.length + draw.upTo(3000) }) }),
    () => {
      const rgbCallbackAddress = draw.of([draw.bytes(30), mapi.emitSockaddrIn(draw.word(), draw.upTo(65535))]);
      const request = { pcxh: handle, iRpc: draw.word(), rgbContext: draw.bytes(20), grbitAdviseBits: draw.word(), rgbCallbackAddress };
      return { opnum: mapi.EMSMDB_OP.EcRRegisterPushNotification, stub: mapi.emitEcRRegisterPushNotificationRequest(request) };
    },
    () => ({ opnum: draw.upTo(30), stub: new Uint8Array([...handle, ...draw.bytes(40)]) }),
  ];
  return { ...draw.of(makers)(), reads: isStub };
}

export function endpointMapperCall(draw: Draw): RandomCall {
  const interfaceId = draw.of([
    mapi.EMSMDB_SYNTAX,
    nspi.NSPI_SYNTAX,
    nspi.RFR_SYNTAX,
    { uuid: NIL_UUID, versionMajor: draw.upTo(3), versionMinor: 0 },
  ]);
  const map = () => ({
    opnum: 3,
    stub: emitEptMapRequest({ tower: { interfaceId, port: draw.upTo(65535), address: draw.word() }, maxTowers: draw.upTo(9) }),
  });
  const wild = () => ({ opnum: draw.upTo(30), stub: new Uint8Array([...uuidBytes(NIL_UUID), ...draw.bytes(60)]) });
  return { ...(draw.oneIn(2) ? map() : wild()), reads: isStub };
}

/** Bytes of a stub changed, cut off or added. */
export function spoiled(draw: Draw, stub: Uint8Array): Uint8Array {
  const b = new Uint8Array([...stub, ...(draw.oneIn(4) ? draw.bytes(20) : [])]);
  for (let n = draw.upTo(3); n > 0 && b.length > 0; n--) b[draw.upTo(b.length - 1)] = draw.of([0, 1, 0x80, 0xff, draw.upTo(255)]);
  return draw.oneIn(4) ? b.subarray(0, draw.upTo(b.length)) : b;
}
