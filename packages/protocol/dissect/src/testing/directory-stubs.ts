/** Requests and responses of every call of the directory, with a value for every parameter. */

import {
  type AnyMembers,
  emitCallRequest,
  emitCallResponse,
  NSPI_CALLS,
  NSPI_SYNTAX,
  NspiGetIDsFromNames,
  NspiGetProps,
  NspiGetTemplateInfo,
  RFR_CALLS,
  RFR_SYNTAX,
  RfrGetNewDSA,
  type RpcCall,
} from "@pushback/nspi";

const ascii = (text: string) => new TextEncoder().encode(text);
const wide = (text: string) => Uint8Array.from([...text].flatMap((character) => [character.charCodeAt(0), 0]));
const uid = Uint8Array.from({ length: 16 }, (_, i) => i);
const row = [
  { tag: 0x3001001e, value: ascii("Ada Lovelace") },
  { tag: 0x3001001f, value: wide("Ada Lovelace") },
  { tag: 0x800f101e, value: [ascii("SMTP:ada@pushback.example")] },
  { tag: 0x0fff0102, value: uid },
];

/** Values by the names of parameters; a name means the same in every call. */
const VALUES: Readonly<Record<string, unknown>> = {
  hRpc: Uint8Array.from({ length: 20 }, (_, i) => (i < 4 ? 0 : i)),
  contextHandle: Uint8Array.from({ length: 20 }, (_, i) => (i < 4 ? 0 : i)),
  pStat: {
    SortType: 0,
    ContainerID: 0,
    CurrentRec: 1,
    Delta: -2,
    NumPos: 3,
    TotalRecs: 4,
    CodePage: 1252,
    TemplateLocale: 0x409,
    SortLocale: 0x407,
  },
  pServerGuid: uid,
  plDelta: -2,
  lpETable: [0x10, 0x11],
  pPropTags: [0x3001001e, 0x39fe001e],
  pTarget: row[0],
  pReserved: null,
  Filter: { kind: "property", relOp: 4, tag: 0x3001001e, target: row[0] },
  lpPropName: { lpguid: uid, ulReserved: 0, lID: 5 },
  pInMIds: [0x11, 0x10],
  ppOutMIds: [0x10, 0x11],
  ppRows: [row, row.slice(0, 1)],
  pNames: [ascii("/o=Pushback/ou=Lab/cn=Recipients/cn=ada")],
  ppPropTags: [0x3001001e],
  pRow: row,
  pDN: ascii("/o=Pushback/ou=Lab"),
  ppData: row,
  lpEntryIds: [uid],
  ppColumns: [0x3001001e],
  lpguid: uid,
  ppReturnedPropTags: [0x3001001e],
  ppNames: [{ lpguid: uid, ulReserved: 0, lID: 5 }],
  paStr: [ascii("ada"), ascii("bob")],
  paWStr: [wide("ada")],
  ppMIds: [2, 0],
  ppszUnused: ascii(""),
  ppszServer: ascii("SERVER"),
  pUserDN: ascii("/o=Pushback/ou=Lab/cn=Recipients/cn=ada"),
  szMailboxServerDN: ascii("/o=Pushback/ou=Lab/cn=Configuration/cn=Servers/cn=SERVER"),
  cbMailboxServerDN: 57,
  ppszServerFQDN: ascii("server.example"),
};

/** Parameters whose type differs from that of the same name elsewhere. */
const OTHER_VALUES: ReadonlyMap<RpcCall, Readonly<Record<string, unknown>>> = new Map<RpcCall, Readonly<Record<string, unknown>>>([
  [NspiGetProps, { ppRows: row }],
  [NspiGetTemplateInfo, { ppData: row }],
  [NspiGetIDsFromNames, { cPropNames: 1 }],
]);

function valuesOf(call: RpcCall, members: AnyMembers): Record<string, unknown> {
  const other = OTHER_VALUES.get(call) ?? {};
  return Object.fromEntries(
    Object.entries(members).map(([name, type]) => {
      const value = name in other ? other[name] : VALUES[name];
      return [name, value === undefined && type.shape === "number" ? 1 : value];
    }),
  );
}

export interface DirectoryStubs {
  readonly syntax: typeof NSPI_SYNTAX;
  readonly calls: readonly { readonly name: string; readonly opnum: number; readonly request: Uint8Array; readonly response: Uint8Array }[];
}

/** The calls of each interface. */
export function directoryStubs(): DirectoryStubs[] {
  const of = (syntax: typeof NSPI_SYNTAX, calls: readonly RpcCall[]): DirectoryStubs => ({
    syntax,
    calls: calls.map((call) => ({
      name: call.name,
      opnum: call.opnum,
      request: emitCallRequest(call, valuesOf(call, call.request)),
      response: emitCallResponse(call, { ...valuesOf(call, call.response), returnValue: 0 }),
    })),
  });
  const [nspi, rfr] = [of(NSPI_SYNTAX, NSPI_CALLS), of(RFR_SYNTAX, RFR_CALLS)];
  const noTexts = { ulFlags: 0, pUserDN: ascii("/o=Pushback"), ppszUnused: null, ppszServer: null };
  const response = emitCallResponse(RfrGetNewDSA, { ppszUnused: null, ppszServer: null, returnValue: 0x80004005 });
  const refused = { name: "RfrGetNewDSA, refused", opnum: 0, request: emitCallRequest(RfrGetNewDSA, noTexts), response };
  return [nspi, { ...rfr, calls: [...rfr.calls, refused] }];
}
