/** Looks names up in the server's address book: ept_map for NSPI, NspiBind, NspiGetMatches with ambiguous name resolution, NspiUnbind. */

import { decodeText, encodeText } from "@pushback/bytes";
import { type ClientAuthenticator, EPM_PORT, NCA_S_FAULT } from "@pushback/dcerpc";
import type { Host, Ipv4Address, TcpEndCause } from "@pushback/host";
import { PR_DISPLAY_NAME, REL_OP } from "@pushback/mapi";
import {
  emitCallRequest,
  NSPI_STATUS,
  NSPI_SYNTAX,
  NspiBind,
  NspiGetMatches,
  type NspiPropertyValue,
  NspiUnbind,
  parseCallResponse,
  type RequestOf,
  type ResponseOf,
  type RpcCall,
} from "@pushback/nspi";
import { mapEndpoint } from "./map-endpoint.ts";
import { RpcConnection } from "./rpc-connection.ts";

/** PidTagAnr, PidTagEmailAddress, PidTagSmtpAddress as 8-bit texts (MS-OXOABK). */
const PR_ANR = 0x360c001e;
const PR_EMAIL_ADDRESS = 0x3003001e;
const PR_SMTP_ADDRESS = 0x39fe001e;
const COLUMNS: readonly number[] = [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_SMTP_ADDRESS];

/** More entries than this are too many to choose from. */
const MOST_ENTRIES = 20;

export interface AddressBookSettings {
  readonly serverAddress: Ipv4Address;
  /** The directory's port; the endpoint mapper is asked where it is left out. */
  readonly directoryPort?: number;
  readonly endpointMapperPort?: number;
  readonly authenticator: ClientAuthenticator | null;
  readonly codePage: number;
  readonly locale: number;
}

export interface AddressBookEntry {
  readonly displayName: string;
  /** The distinguished name. */
  readonly dn: string;
  /** `null`: the entry has no Internet address. */
  readonly smtpAddress: string | null;
}

type AddressBookStep = "endpoint-map" | "bind" | "open" | "resolve";

export type AddressBookAnswer =
  /** No entry: unknown. One: resolved. Several: ambiguous. */
  | { readonly ok: true; readonly entries: readonly AddressBookEntry[] }
  | { readonly ok: true; readonly entries: null }
  /** `code`: a return value, the status of a fault, or the reason of a refused bind; `null` where there was no answer or none that makes sense. */
  | { readonly ok: false; readonly step: AddressBookStep; readonly code: number | null };

const NEW_STAT = { SortType: 0, ContainerID: 0, CurrentRec: 0, Delta: 0, NumPos: 0, TotalRecs: 0 } as const;

/** Entries that a piece of a name may mean. `done` is called once; `entries` is `null` if there are more than 20. */
export function lookUpName(host: Host, settings: AddressBookSettings, name: string, done: (answer: AddressBookAnswer) => void): void {
  const fail = (step: AddressBookStep, code: number | null) => done({ ok: false, step, code });
  if (settings.directoryPort !== undefined) {
    ask(host, settings, settings.directoryPort, name, done);
    return;
  }
  const handlers = {
    onMapped: (port: number) => ask(host, settings, port, name, done),
    onFailed: (code: number | null) => fail("endpoint-map", code),
    onLost: (_cause: TcpEndCause) => fail("endpoint-map", null),
  };
  mapEndpoint(host, settings.serverAddress, handlers, settings.endpointMapperPort ?? EPM_PORT, NSPI_SYNTAX);
}

function ask(host: Host, settings: AddressBookSettings, port: number, name: string, done: (answer: AddressBookAnswer) => void): void {
  const { codePage, authenticator } = settings;
  const pStat = { ...NEW_STAT, CodePage: codePage, TemplateLocale: settings.locale, SortLocale: settings.locale };
  let settled = false;
  let step: AddressBookStep = "bind";
  const settle = (answer: AddressBookAnswer) => {
    if (settled) return;
    settled = true;
    rpc.close();
    done(answer);
  };
  const fail = (code: number | null) => settle({ ok: false, step, code });
  function call<C extends RpcCall>(one: C, request: RequestOf<C>, then: (response: ResponseOf<C>) => void): void {
    rpc.call(one.opnum, emitCallRequest(one, request), (answer) => {
      if (!answer.ok) return fail(answer.status);
      const response = parseCallResponse(one, answer.stub, answer.littleEndian);
      if (response) then(response);
      else fail(NCA_S_FAULT.BAD_STUB_DATA);
    });
  }

  function onBound(): void {
    step = "open";
    call(NspiBind, { dwFlags: 0, pStat, pServerGuid: null }, ({ contextHandle: hRpc, returnValue }) => {
      if (returnValue !== NSPI_STATUS.Success) return fail(returnValue);
      step = "resolve";
      resolve(hRpc);
    });
  }

  function resolve(hRpc: Uint8Array): void {
    const target = { tag: PR_ANR, value: encodeText(codePage, name) };
    const request = {
      hRpc,
      Reserved1: 0,
      pStat,
      pReserved: null,
      Reserved2: 0,
      Filter: { kind: "property" as const, relOp: REL_OP.EQ, tag: PR_ANR, target },
      lpPropName: null,
      ulRequested: MOST_ENTRIES,
      pPropTags: [...COLUMNS],
    };
    call(NspiGetMatches, request, ({ ppRows, returnValue }) => {
      call(NspiUnbind, { contextHandle: hRpc, Reserved: 0 }, () => {
        if (returnValue === NSPI_STATUS.TableTooBig) settle({ ok: true, entries: null });
        else if (returnValue !== NSPI_STATUS.Success) fail(returnValue);
        else settle({ ok: true, entries: (ppRows ?? []).map((row) => entryOf(row, codePage)) });
      });
    });
  }

  const rpc: RpcConnection = new RpcConnection(
    host,
    { address: settings.serverAddress, port, syntax: NSPI_SYNTAX, authenticator, keepAlive: null },
    { onBound, onRefused: fail, onClosed: () => fail(null) },
  );
}

function entryOf(row: readonly NspiPropertyValue[], codePage: number): AddressBookEntry {
  const text = (wanted: number) => {
    const value = row.find(({ tag }) => tag === wanted)?.value;
    return value instanceof Uint8Array ? decodeText(codePage, value) : null;
  };
  return { displayName: text(PR_DISPLAY_NAME) ?? "", dn: text(PR_EMAIL_ADDRESS) ?? "", smtpAddress: text(PR_SMTP_ADDRESS) };
}

const STEPS: Readonly<Record<AddressBookStep, string>> = {
  "endpoint-map": "the endpoint mapper names no port of the directory",
  bind: "the directory refuses the connection",
  open: "the directory refuses the logon",
  resolve: "the directory cannot resolve the name",
};

/** One line for a failed look-up. */
export function describeAddressBookFailure({ step, code }: Extract<AddressBookAnswer, { readonly ok: false }>): string {
  return code === null ? `${STEPS[step]}: there is no answer` : `${STEPS[step]}: 0x${code.toString(16).padStart(8, "0")}`;
}
