/** Carries out each call of NSPI. Section numbers are those of MS-OXNSPI. */

import { NCA_S_FAULT, NULL_CONTEXT_HANDLE } from "@pushback/dcerpc";
import * as mapi from "@pushback/mapi";
import * as nspi from "@pushback/nspi";
import type { DirectoryUser } from "./directory-object.ts";
import { foldForSearch } from "./name-resolution.ts";
import type { NspiHandles } from "./nspi-handles.ts";
import { checkCodePage, checkTable, knowsCodePage, positionOf, statAt } from "./position.ts";
import { allTags, DEFAULT_COLUMNS, errorValue, type RowContext, rowOf, tagsOf } from "./properties.ts";
import { compileRestriction } from "./restriction-match.ts";
import { type ServedCall, serveCall } from "./served-call.ts";
import { HIERARCHY_VERSION, hierarchyRows } from "./special-tables.ts";
import { creationRows, templateRow } from "./templates.ts";

const { NSPI_STATUS: S } = nspi;

/** A caller without this handle draws a fault, as the RPC run-time raises it (C706 section 14.2.16.6). */
const NO_HANDLE = NCA_S_FAULT.CONTEXT_MISMATCH;

/** Rows of one response; a client asks again for more (3.1.4.1.8: the server may return fewer than asked for). */
const MOST_ROWS = 500;
/** Values of one response: rows times columns. */
const MOST_VALUES = 20_000;
/** Rows that NspiSeekEntries returns besides moving (the specification leaves the number open). */
const ROWS_OF_SEEK = 50;
/** Objects that a restriction may choose. */
const MOST_MATCHES = 50_000;

type Serve = ServedCall<NspiHandles>;

/** Tags of a response: no more columns than fit. */
function columnsOf(tags: readonly number[] | null): readonly number[] {
  return tags ?? DEFAULT_COLUMNS;
}

function mostRows(columns: readonly number[]): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_VALUES / Math.max(1, columns.length))));
}

function rowsFor(mids: readonly number[], columns: readonly number[], context: RowContext): nspi.NspiPropertyValue[][] {
  return mids.map((mid) => rowOf(context.book.findByMid(mid), columns, context));
}

const bind: Serve = serveCall(nspi.NspiBind, "done", "anonymous callers are refused with 0x80040111", (service, caller, q) => {
  const refuse = (returnValue: number) => ({ pServerGuid: null, contextHandle: NULL_CONTEXT_HANDLE, returnValue });
  // 3.1.4.1.1: credentials are checked before anything else in the request.
  if (!caller.mayBind) return refuse(S.LogonFailed);
  const { CodePage } = q.pStat;
  if (CodePage === nspi.CP_WINUNICODE || !knowsCodePage(service.book, CodePage)) return refuse(S.InvalidCodepage);
  const handle = service.open(caller, CodePage || nspi.CP_TELETEX);
  if (typeof handle === "number") return refuse(handle);
  return { pServerGuid: q.pServerGuid && service.book.settings.serverGuid, contextHandle: handle, returnValue: S.Success };
});

const unbind: Serve = serveCall(nspi.NspiUnbind, "done", "", (service, caller, q) =>
  service.close(caller, q.contextHandle) ? { contextHandle: NULL_CONTEXT_HANDLE, returnValue: S.UnbindSuccess } : NO_HANDLE,
);

const updateStat: Serve = serveCall(nspi.NspiUpdateStat, "done", "", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
  if (!context) return NO_HANDLE;
  const refuse = (returnValue: number) => ({ pStat: q.pStat, plDelta: q.plDelta, returnValue });
  const fault = checkCodePage(context.book, q.pStat.CodePage) || checkTable(q.pStat);
  if (fault) return refuse(fault);
  const position = positionOf(context.book, q.pStat);
  if (!position) return refuse(S.NotFound);
  const { rows, from, at } = position;
  return { pStat: statAt(q.pStat, rows, at), plDelta: q.plDelta === null ? null : at - from, returnValue: S.Success };
});

const queryRows: Serve = serveCall(nspi.NspiQueryRows, "done", "tables and explicit tables", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, (q.dwFlags & nspi.EPHEMERAL_IDS) !== 0);
  if (!context) return NO_HANDLE;
  if (q.lpETable && q.lpETable.length !== q.dwETableCount) return NCA_S_FAULT.BAD_STUB_DATA;
  const refuse = (returnValue: number) => ({ pStat: q.pStat, ppRows: null, returnValue });
  const codePage = checkCodePage(context.book, q.pStat.CodePage);
  if (codePage) return refuse(codePage);
  const columns = columnsOf(q.pPropTags);
  if (q.lpETable) {
    if (q.lpETable.length * columns.length > MOST_VALUES) return refuse(S.OutOfResources);
    return { pStat: { ...q.pStat, Delta: 0 }, ppRows: rowsFor(q.lpETable, columns, context), returnValue: S.Success };
  }
  const table = checkTable(q.pStat);
  if (table) return refuse(table);
  if (q.Count === 0) return refuse(S.InvalidParameter);
  const position = positionOf(context.book, q.pStat);
  if (!position) return refuse(S.NotFound);
  const { rows, at } = position;
  const end = Math.min(rows.length, at + Math.min(q.Count, mostRows(columns)));
  const ppRows = rows.slice(at, end).map((user) => rowOf(user, columns, context));
  return { pStat: statAt(q.pStat, rows, end), ppRows, returnValue: S.Success };
});

/** The users in a list of minimal entry ids, in the order of a locale. Ids that name no user are skipped. */
function listed(mids: readonly number[], context: RowContext, lcid: number): DirectoryUser[] {
  const users = new Set<DirectoryUser>();
  for (const mid of mids) {
    const object = context.book.findByMid(mid);
    if (object?.kind === "user") users.add(object);
  }
  return [...users].sort((a, b) => context.book.compare(a, b, lcid));
}

/** The text of a display name to seek; `null` for a target of another property. */
function seekText({ tag, value }: nspi.NspiPropertyValue, context: RowContext): string | null {
  if (!(value instanceof Uint8Array)) return null;
  if (tag === mapi.PR_DISPLAY_NAME) return context.book.settings.text.decode(context.codePage, value);
  return tag === mapi.PR_DISPLAY_NAME + (mapi.PT_UNICODE - mapi.PT_STRING8) ? new TextDecoder("utf-16le").decode(value) : null;
}

const seekEntries: Serve = serveCall(nspi.NspiSeekEntries, "done", "by display name", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
  if (!context) return NO_HANDLE;
  const refuse = (returnValue: number) => ({ pStat: q.pStat, ppRows: null, returnValue });
  const fault = checkCodePage(context.book, q.pStat.CodePage) || checkTable(q.pStat);
  if (fault) return refuse(fault);
  const text = seekText(q.pTarget, context);
  if (text === null || q.pStat.SortType !== nspi.SORT_TYPE.DisplayName) return refuse(S.GeneralFailure);
  const { SortLocale } = q.pStat;
  const rows = q.lpETable ? listed(q.lpETable, context, SortLocale) : context.book.inOrder(SortLocale);
  const at = context.book.placeOfText(text, SortLocale, rows);
  const pStat = statAt(q.pStat, rows, at);
  if (at === rows.length) return { pStat, ppRows: null, returnValue: S.NotFound };
  const columns = q.pPropTags;
  const most = columns ? Math.min(ROWS_OF_SEEK, mostRows(columns)) : 0;
  const ppRows = columns && rows.slice(at, at + most).map((user) => rowOf(user, columns, context));
  return { pStat, ppRows, returnValue: S.Success };
});

const getMatches: Serve = serveCall(
  nspi.NspiGetMatches,
  "done",
  "restrictions and ambiguous name resolution; no object has links to others",
  (service, caller, q) => {
    const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
    if (!context) return NO_HANDLE;
    const refuse = (returnValue: number) => ({ pStat: q.pStat, ppOutMIds: null, ppRows: null, returnValue });
    const codePage = checkCodePage(context.book, q.pStat.CodePage);
    if (codePage) return refuse(codePage);
    // lpPropName asks for linked objects, such as the members of a list; no object of this directory has such a property.
    if (q.lpPropName) return refuse(context.book.findByMid(q.pStat.CurrentRec) ? S.NotFound : S.InvalidBookmark);
    const table = checkTable(q.pStat);
    if (table) return refuse(table);
    const condition = q.Filter ? compileRestriction(q.Filter, context) : () => true;
    if (!condition) return refuse(S.TooComplex);
    const most = Math.min(q.ulRequested, MOST_MATCHES);
    const found: DirectoryUser[] = [];
    for (const user of context.book.inOrder(q.pStat.SortLocale)) {
      if (!condition(user)) continue;
      if (found.length >= most) return refuse(S.TableTooBig);
      found.push(user);
    }
    const columns = q.pPropTags;
    const ppRows = columns && found.slice(0, mostRows(columns)).map((user) => rowOf(user, columns, context));
    const pStat = { ...q.pStat, CurrentRec: nspi.MID_BEGINNING_OF_TABLE, Delta: 0, NumPos: 0, TotalRecs: found.length };
    return { pStat, ppOutMIds: found.map(({ mid }) => mid), ppRows, returnValue: S.Success };
  },
);

const resortRestriction: Serve = serveCall(nspi.NspiResortRestriction, "done", "", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
  if (!context) return NO_HANDLE;
  const refuse = (returnValue: number) => ({ pStat: q.pStat, ppOutMIds: null, returnValue });
  const fault = checkCodePage(context.book, q.pStat.CodePage) || checkTable(q.pStat);
  if (fault) return refuse(fault);
  const users = listed(q.pInMIds, context, q.pStat.SortLocale);
  const place = users.findIndex(({ mid }) => mid === q.pStat.CurrentRec);
  const CurrentRec = place < 0 ? nspi.MID_BEGINNING_OF_TABLE : q.pStat.CurrentRec;
  const pStat = { ...q.pStat, CurrentRec, Delta: 0, NumPos: Math.max(0, place), TotalRecs: users.length };
  return { pStat, ppOutMIds: users.map(({ mid }) => mid), returnValue: S.Success };
});

const dnToMId: Serve = serveCall(nspi.NspiDNToMId, "done", "mailboxes, the server and its database", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, 0, false);
  if (!context) return NO_HANDLE;
  const { book, codePage } = context;
  const ppOutMIds = q.pNames.map((name) => book.findByDn(book.settings.text.decode(codePage, name))?.mid ?? nspi.MID_BEGINNING_OF_TABLE);
  return { ppOutMIds, returnValue: S.Success };
});

const getPropList: Serve = serveCall(nspi.NspiGetPropList, "done", "", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.CodePage, false);
  if (!context) return NO_HANDLE;
  if (q.CodePage !== nspi.CP_WINUNICODE && !knowsCodePage(context.book, q.CodePage))
    return { ppPropTags: null, returnValue: S.InvalidCodepage };
  const object = context.book.findByMid(q.dwMId);
  if (!object) return { ppPropTags: null, returnValue: S.InvalidObject };
  return { ppPropTags: tagsOf(object, context), returnValue: S.Success };
});

const getProps: Serve = serveCall(nspi.NspiGetProps, "done", "", (service, caller, q) => {
  const { pStat } = q;
  const context = service.contextOf(caller, q.hRpc, pStat.CodePage, (q.dwFlags & nspi.EPHEMERAL_IDS) !== 0);
  if (!context) return NO_HANDLE;
  const { book } = context;
  const refuse = (returnValue: number) => ({ ppRows: null, returnValue });
  const unicode = pStat.CodePage === nspi.CP_WINUNICODE;
  if (!unicode && !knowsCodePage(book, pStat.CodePage)) return refuse(S.InvalidCodepage);
  const wantsString8 = q.pPropTags?.some((tag) => (mapi.propertyType(tag) & ~mapi.MV_FLAG) === mapi.PT_STRING8) ?? false;
  if (unicode && wantsString8) return refuse(S.InvalidCodepage);
  let object = book.findByMid(pStat.CurrentRec);
  if (!object && pStat.CurrentRec < nspi.FIRST_MID) {
    const table = checkTable(pStat);
    if (table) return refuse(table);
    const position = positionOf(book, pStat);
    object = position?.rows[position.at] ?? null;
  }
  if (!object && !q.pPropTags) return refuse(S.InvalidBookmark);
  if ((q.pPropTags?.length ?? 0) > MOST_VALUES) return refuse(S.OutOfResources);
  const tags = q.pPropTags ?? (object ? tagsOf(object, context) : []);
  const row = rowOf(object, tags, context);
  const whole = row.every(({ tag }, i) => mapi.propertyType(tag) !== mapi.PT_ERROR || mapi.propertyType(tags[i]) === mapi.PT_ERROR);
  return { ppRows: row, returnValue: whole ? S.Success : S.ErrorsReturned };
});

const compareMIds: Serve = serveCall(nspi.NspiCompareMIds, "done", "", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
  if (!context) return NO_HANDLE;
  const refuse = (returnValue: number) => ({ plResult: 0, returnValue });
  const fault = checkCodePage(context.book, q.pStat.CodePage) || checkTable(q.pStat);
  if (fault) return refuse(fault);
  const [a, b] = [context.book.findByMid(q.MId1), context.book.findByMid(q.MId2)];
  if (a?.kind !== "user" || b?.kind !== "user") return refuse(S.GeneralFailure);
  return { plResult: Math.sign(context.book.compare(a, b, q.pStat.SortLocale)), returnValue: S.Success };
});

const modProps: Serve = serveCall(nspi.NspiModProps, "refused", "0x80070005, access denied", (service, caller, q) =>
  service.contextOf(caller, q.hRpc, 0, false) ? { returnValue: S.AccessDenied } : NO_HANDLE,
);

const getSpecialTable: Serve = serveCall(
  nspi.NspiGetSpecialTable,
  "done",
  "the hierarchy and the address creation table",
  (service, caller, q) => {
    const unicode = (q.dwFlags & nspi.UNICODE_STRINGS) !== 0;
    const context = service.contextOf(caller, q.hRpc, unicode ? nspi.CP_WINUNICODE : q.pStat.CodePage, false);
    if (!context) return NO_HANDLE;
    if (!unicode && checkCodePage(context.book, q.pStat.CodePage))
      return { lpVersion: q.lpVersion, ppRows: null, returnValue: S.InvalidCodepage };
    const creation = (q.dwFlags & nspi.ADDRESS_CREATION_TEMPLATES) !== 0;
    // 3.1.4.1.3: a client that has this version of the hierarchy gets no rows.
    const ppRows = creation ? creationRows(context) : q.lpVersion === HIERARCHY_VERSION ? [] : hierarchyRows();
    return { lpVersion: creation ? q.lpVersion : HIERARCHY_VERSION, ppRows, returnValue: S.Success };
  },
);

const getTemplateInfo: Serve = serveCall(
  nspi.NspiGetTemplateInfo,
  "done",
  "the mailbox's window and the one for an Internet address",
  (service, caller, q) => {
    const context = service.contextOf(caller, q.hRpc, q.dwCodePage, false);
    if (!context) return NO_HANDLE;
    if (checkCodePage(context.book, q.dwCodePage)) return { ppData: null, returnValue: S.InvalidCodepage };
    const dn = q.pDN && context.book.settings.text.decode(context.codePage, q.pDN);
    const ppData = templateRow(q.dwFlags, q.ulType, dn, context);
    return ppData ? { ppData, returnValue: S.Success } : { ppData: null, returnValue: S.NotFound };
  },
);

const modLinkAtt: Serve = serveCall(nspi.NspiModLinkAtt, "refused", "0x80070005, access denied", (service, caller, q) =>
  service.contextOf(caller, q.hRpc, 0, false) ? { returnValue: S.AccessDenied } : NO_HANDLE,
);

const deleteEntries: Serve = serveCall(
  nspi.NspiDeleteEntries,
  "refused",
  "0x80070005, access denied; not documented, layout inferred",
  (service, caller, q) => (service.contextOf(caller, q.hRpc, 0, false) ? { returnValue: S.AccessDenied } : NO_HANDLE),
);

const queryColumns: Serve = serveCall(nspi.NspiQueryColumns, "done", "", (service, caller, q) =>
  service.contextOf(caller, q.hRpc, 0, false)
    ? { ppColumns: allTags((q.dwFlags & nspi.UNICODE_PROPTYPES) !== 0), returnValue: S.Success }
    : NO_HANDLE,
);

const getNamesFromIDs: Serve = serveCall(nspi.NspiGetNamesFromIDs, "done", "no property has a name", (service, caller, q) => {
  if (!service.contextOf(caller, q.hRpc, 0, false)) return NO_HANDLE;
  const tags = q.pPropTags ?? [];
  const ppReturnedPropTags = tags.map((tag) => errorValue(tag, 0).tag);
  const ppNames = tags.map(() => ({ lpguid: null, ulReserved: 0, lID: 0 }));
  return { ppReturnedPropTags, ppNames, returnValue: tags.length > 0 ? S.ErrorsReturned : S.Success };
});

const getIDsFromNames: Serve = serveCall(nspi.NspiGetIDsFromNames, "done", "no property has a name", (service, caller, q) => {
  if (!service.contextOf(caller, q.hRpc, 0, false)) return NO_HANDLE;
  if (q.ppNames.length !== q.cPropNames) return NCA_S_FAULT.BAD_STUB_DATA;
  return { ppPropTags: q.ppNames.map(() => mapi.PT_ERROR), returnValue: q.cPropNames > 0 ? S.ErrorsReturned : S.Success };
});

/** Most names in one call: each is compared with every entry. */
const MOST_NAMES = 100;

interface Resolution {
  readonly ppMIds: number[] | null;
  readonly ppRows: nspi.NspiPropertyValue[][] | null;
  readonly returnValue: number;
}

/** MS-OXNSPI 3.1.4.1.16 and 3.1.4.1.17: returns a minimal entry id for each name, and a row for each resolved one. */
function resolve(names: readonly string[], tags: readonly number[] | null, stat: nspi.Stat, context: RowContext): Resolution {
  const refuse = (returnValue: number) => ({ ppMIds: null, ppRows: null, returnValue });
  const fault = checkCodePage(context.book, stat.CodePage) || checkTable(stat);
  if (fault) return refuse(fault);
  const columns = columnsOf(tags);
  if (names.length > MOST_NAMES || names.length * columns.length > MOST_VALUES) return refuse(S.OutOfResources);
  const ppRows: nspi.NspiPropertyValue[][] = [];
  const known = new Map<string, DirectoryUser[]>();
  const ppMIds = names.map((name) => {
    const key = foldForSearch(name);
    let found = known.get(key);
    if (!found) {
      found = context.book.names.resolve(name, 2);
      known.set(key, found);
    }
    if (found.length !== 1) return found.length === 0 ? nspi.MID_UNRESOLVED : nspi.MID_AMBIGUOUS;
    ppRows.push(rowOf(found[0], columns, context));
    return nspi.MID_RESOLVED;
  });
  return { ppMIds, ppRows, returnValue: S.Success };
}

const resolveNames: Serve = serveCall(nspi.NspiResolveNames, "done", "", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
  if (!context) return NO_HANDLE;
  const { text } = context.book.settings;
  return resolve(
    q.paStr.map((name) => text.decode(context.codePage, name)),
    q.pPropTags,
    q.pStat,
    context,
  );
});

const resolveNamesW: Serve = serveCall(nspi.NspiResolveNamesW, "done", "", (service, caller, q) => {
  const context = service.contextOf(caller, q.hRpc, q.pStat.CodePage, false);
  if (!context) return NO_HANDLE;
  return resolve(
    q.paWStr.map((name) => new TextDecoder("utf-16le").decode(name)),
    q.pPropTags,
    q.pStat,
    context,
  );
});

/** Handlers of the NSPI calls, by opnum. */
export const NSPI_HANDLERS: readonly Serve[] = [
  bind,
  unbind,
  updateStat,
  queryRows,
  seekEntries,
  getMatches,
  resortRestriction,
  dnToMId,
  getPropList,
  getProps,
  compareMIds,
  modProps,
  getSpecialTable,
  getTemplateInfo,
  modLinkAtt,
  deleteEntries,
  queryColumns,
  getNamesFromIDs,
  getIDsFromNames,
  resolveNames,
  resolveNamesW,
];
