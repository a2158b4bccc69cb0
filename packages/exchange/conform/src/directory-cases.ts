/** Cases of the directory: NSPI (MS-OXNSPI) and referrals (MS-OXABREF), as a profile is made and an address book window is filled. */

import { decodeText, encodeText } from "@pushback/bytes";
import { NCA_S_FAULT } from "@pushback/dcerpc";
import { PR_DISPLAY_NAME, PR_ENTRYID, REL_OP } from "@pushback/mapi";
import * as nspi from "@pushback/nspi";
import { type Case, expectCode, NotApplicable, open, type Stage } from "./case.ts";
import { DirectorySession } from "./directory-session.ts";
import { ConformConnection, codeText, findInterface, NotConforming } from "./session.ts";

/** PidTagEmailAddress and PidTagAnr as 8-bit texts (MS-OXOABK). */
const PR_EMAIL_ADDRESS = 0x3003001e;
const PR_ANR = 0x360c001e;

/** Number of rows that the cases ask for. */
const SOME_ROWS = 5;

function directoryOf(s: Stage): DirectorySession {
  if (!s.directory) throw new NotConforming("no directory");
  return s.directory;
}

function userOf(s: Stage): NonNullable<DirectorySession["user"]> {
  const { user } = directoryOf(s);
  if (!user) throw new NotConforming("the user's entry is not known");
  return user;
}

function expectSuccess(call: string, returnValue: number): void {
  expectCode(`${call}: return value`, returnValue, nspi.NSPI_STATUS.Success, "success");
}

/** The columns that were asked for, in their order; one that the entry lacks is an error of the same id. */
function checkRow(row: readonly nspi.NspiPropertyValue[], columns: readonly number[]): void {
  const isSame = row.length === columns.length && row.every(({ tag }, i) => tag >>> 16 === columns[i] >>> 16);
  if (!isSame) throw new NotConforming("a row has other columns than those that were asked for");
}

async function openPort(s: Stage, name: string, syntax: typeof nspi.NSPI_SYNTAX): Promise<ConformConnection> {
  if (s.target.port !== null) throw new NotApplicable("the port was given, and the endpoint mapper not asked");
  const port = await findInterface(s.target, syntax);
  if (port === null) throw new NotApplicable(`the endpoint mapper does not know ${name}`);
  return open(s, ConformConnection.open(s.target, port, syntax));
}

/** A display name as the directory wrote it. */
function nameIn(s: Stage, b: unknown): string {
  return b instanceof Uint8Array ? decodeText(s.target.habits.codePage, b) : "";
}

export const DIRECTORY_CASES: readonly Case[] = [
  {
    id: "directory-bind",
    title: "the endpoint mapper names the directory's port, and NspiBind opens it",
    needs: ["endpoint"],
    async run(s) {
      const directory = new DirectorySession(await openPort(s, "the directory", nspi.NSPI_SYNTAX), s.target);
      const bound = await directory.call(nspi.NspiBind, { dwFlags: 0, pStat: directory.stat(), pServerGuid: new Uint8Array(16) });
      expectSuccess("NspiBind", bound.returnValue);
      if (bound.contextHandle.every((octet) => octet === 0)) throw new NotConforming("NspiBind: the handle is null");
      if (bound.pServerGuid === null) throw new NotConforming("NspiBind: no GUID of the server, which was asked for");
      directory.hRpc = bound.contextHandle;
      s.directory = directory;
    },
  },
  {
    id: "directory-user",
    title: "NspiDNToMId and NspiGetProps find the user by the DN",
    needs: ["directory-bind"],
    async run(s) {
      const directory = directoryOf(s);
      const { hRpc } = directory;
      const pNames = [encodeText(s.target.habits.codePage, s.target.userDn)];
      const found = await directory.call(nspi.NspiDNToMId, { hRpc, Reserved: 0, pNames });
      expectSuccess("NspiDNToMId", found.returnValue);
      const mid = found.ppOutMIds?.[0] ?? 0;
      if (mid < nspi.FIRST_MID) throw new NotConforming(`NspiDNToMId: the user's id is ${mid}`);
      const pStat = directory.stat({ CurrentRec: mid });
      const got = await directory.call(nspi.NspiGetProps, { hRpc, dwFlags: 0, pStat, pPropTags: [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS] });
      expectSuccess("NspiGetProps", got.returnValue);
      const [displayName, address] = got.ppRows ?? [];
      const dn = nameIn(s, address?.value);
      if (dn.toLowerCase() !== s.target.userDn.toLowerCase()) throw new NotConforming(`NspiGetProps: the address is "${dn}"`);
      if (!(displayName?.value instanceof Uint8Array)) throw new NotConforming("NspiGetProps: no display name");
      directory.user = { mid, displayName: displayName.value };
    },
  },
  {
    id: "directory-resolve",
    title: "NspiResolveNames knows the user's display name, and no name that nothing has",
    needs: ["directory-user"],
    async run(s) {
      const directory = directoryOf(s);
      const paStr = [userOf(s).displayName, encodeText(s.target.habits.codePage, "no entry has this name")];
      const request = { hRpc: directory.hRpc, Reserved: 0, pStat: directory.stat(), pPropTags: [PR_EMAIL_ADDRESS], paStr };
      const { ppMIds, ppRows, returnValue } = await directory.call(nspi.NspiResolveNames, request);
      expectSuccess("NspiResolveNames", returnValue);
      const [known, unknown] = ppMIds ?? [];
      if (known !== nspi.MID_RESOLVED && known !== nspi.MID_AMBIGUOUS) throw new NotConforming(`the user's name came to ${known}`);
      if (unknown !== nspi.MID_UNRESOLVED) throw new NotConforming(`a name that nothing has came to ${unknown}`);
      const resolved = known === nspi.MID_RESOLVED ? 1 : 0;
      if ((ppRows?.length ?? 0) !== resolved) throw new NotConforming(`${ppRows?.length ?? 0} rows for ${resolved} resolved names`);
    },
  },
  {
    id: "directory-query",
    title: "NspiQueryRows lists the global address list with the columns that were asked for",
    needs: ["directory-bind"],
    async run(s) {
      const directory = directoryOf(s);
      const columns = [PR_EMAIL_ADDRESS, PR_DISPLAY_NAME, PR_ENTRYID];
      const request = { hRpc: directory.hRpc, dwFlags: 0, pStat: directory.stat(), dwETableCount: 0, lpETable: null };
      const answer = await directory.call(nspi.NspiQueryRows, { ...request, Count: SOME_ROWS, pPropTags: columns });
      expectSuccess("NspiQueryRows", answer.returnValue);
      const rows = answer.ppRows ?? [];
      if (rows.length === 0 || rows.length > SOME_ROWS) throw new NotConforming(`${rows.length} rows`);
      for (const row of rows) checkRow(row, columns);
    },
  },
  {
    id: "directory-seek",
    title: "NspiSeekEntries stands on the user, or on an entry of the same name before",
    needs: ["directory-user"],
    async run(s) {
      const directory = directoryOf(s);
      const { displayName } = userOf(s);
      const pTarget = { tag: PR_DISPLAY_NAME, value: displayName };
      const request = { hRpc: directory.hRpc, Reserved: 0, pStat: directory.stat(), pTarget, lpETable: null, pPropTags: [PR_DISPLAY_NAME] };
      const answer = await directory.call(nspi.NspiSeekEntries, request);
      expectSuccess("NspiSeekEntries", answer.returnValue);
      const [found, wanted] = [nameIn(s, answer.ppRows?.[0]?.[0]?.value), nameIn(s, displayName)];
      if (found !== wanted) throw new NotConforming(`the first row is "${found}", not "${wanted}"`);
    },
  },
  {
    id: "directory-match",
    title: "NspiGetMatches finds the user by ambiguous name resolution",
    needs: ["directory-user"],
    async run(s) {
      const directory = directoryOf(s);
      const { displayName, mid } = userOf(s);
      const Filter = { kind: "property" as const, relOp: REL_OP.EQ, tag: PR_ANR, target: { tag: PR_ANR, value: displayName } };
      const reserved = { Reserved1: 0, pReserved: null, Reserved2: 0, lpPropName: null };
      const request = { hRpc: directory.hRpc, ...reserved, pStat: directory.stat(), Filter, ulRequested: 50, pPropTags: [PR_DISPLAY_NAME] };
      const { ppOutMIds, ppRows, returnValue } = await directory.call(nspi.NspiGetMatches, request);
      expectSuccess("NspiGetMatches", returnValue);
      if (!ppOutMIds?.includes(mid)) throw new NotConforming("the user is not among the matches");
      if (ppRows?.length !== ppOutMIds.length) throw new NotConforming(`${ppRows?.length ?? 0} rows for ${ppOutMIds.length} matches`);
    },
  },
  {
    id: "directory-code-page",
    title: "a call in the code page CP_WINUNICODE is refused where texts are of 8 bits",
    needs: ["directory-bind"],
    async run(s) {
      const directory = directoryOf(s);
      const pStat = directory.stat({ CodePage: nspi.CP_WINUNICODE });
      const request = { hRpc: directory.hRpc, dwFlags: 0, pStat, dwETableCount: 0, lpETable: null, Count: 1, pPropTags: [PR_DISPLAY_NAME] };
      const { returnValue } = await directory.call(nspi.NspiQueryRows, request);
      expectCode("NspiQueryRows: return value", returnValue, nspi.NSPI_STATUS.InvalidCodepage, "InvalidCodepage");
    },
  },
  {
    id: "directory-handle",
    title: "a handle that NspiBind never gave draws a fault, and so does a stub that is cut off; the session goes on",
    needs: ["directory-bind"],
    async run(s) {
      const directory = directoryOf(s);
      const foreign = await directory.tryCall(nspi.NspiQueryColumns, { hRpc: new Uint8Array(20).fill(7), Reserved: 0, dwFlags: 0 });
      if (typeof foreign !== "number") throw new NotConforming(`the call was answered with ${codeText(foreign.returnValue)}`);
      expectCode("fault", foreign, NCA_S_FAULT.CONTEXT_MISMATCH, "nca_s_fault_context_mismatch");
      const stub = nspi.emitCallRequest(nspi.NspiQueryColumns, { hRpc: directory.hRpc, Reserved: 0, dwFlags: 0 });
      const cut = await directory.connection.call(nspi.NspiQueryColumns.opnum, stub.subarray(0, 22));
      if (typeof cut !== "number") throw new NotConforming("a stub that is cut off was answered");
      const { returnValue } = await directory.call(nspi.NspiQueryColumns, { hRpc: directory.hRpc, Reserved: 0, dwFlags: 0 });
      expectSuccess("NspiQueryColumns", returnValue);
    },
  },
  {
    id: "directory-unbind",
    title: "NspiUnbind ends the handle",
    needs: ["directory-bind"],
    async run(s) {
      const directory = directoryOf(s);
      const { hRpc } = directory;
      const { contextHandle, returnValue } = await directory.call(nspi.NspiUnbind, { contextHandle: hRpc, Reserved: 0 });
      expectCode("NspiUnbind: return value", returnValue, nspi.NSPI_STATUS.UnbindSuccess, "UnbindSuccess");
      if (contextHandle.some((octet) => octet !== 0)) throw new NotConforming("NspiUnbind: the handle is not null afterwards");
      const after = await directory.tryCall(nspi.NspiQueryColumns, { hRpc, Reserved: 0, dwFlags: 0 });
      if (typeof after !== "number") throw new NotConforming("a call with the handle was carried out");
    },
  },
  {
    id: "referral",
    title: "RfrGetNewDSA names a server for the user",
    needs: ["endpoint"],
    async run(s) {
      const rfr = new DirectorySession(await openPort(s, "the referral service", nspi.RFR_SYNTAX), s.target);
      const pUserDN = encodeText(s.target.habits.codePage, s.target.userDn);
      const request = { ulFlags: 0, pUserDN, ppszUnused: null, ppszServer: new Uint8Array(0) };
      const { ppszServer, returnValue } = await rfr.call(nspi.RfrGetNewDSA, request);
      expectSuccess("RfrGetNewDSA", returnValue);
      if (!ppszServer || ppszServer.length === 0) throw new NotConforming("no name of a server");
    },
  },
];
