/** The calls of NSPI (MS-OXNSPI 3.1.4.1, opnums 0 to 20), their parameters under the names of the IDL. */

import type { SyntaxId } from "@pushback/dcerpc";
import { defineCall } from "./define-call.ts";
import { conformantArray, contextHandle, flatUid, i32, string8, u32, unique } from "./ndr-type.ts";
import {
  binaryArray,
  propertyName,
  propertyNameSet,
  propertyRow,
  propertyRowSet,
  propertyValue,
  restriction,
  stat,
  stringsArray,
  tagArray,
  wideStringsArray,
} from "./structures.ts";

/** Version 56.0. */
export const NSPI_SYNTAX: SyntaxId = { uuid: "f5cc5a18-4264-101a-8c59-08002b2f8426", versionMajor: 56, versionMinor: 0 };

const hRpc = contextHandle;
const Reserved = u32;
const dwFlags = u32;
const pStat = stat;
const pPropTags = unique(tagArray);
const ppRows = unique(propertyRowSet);
const tagsOrNull = unique(tagArray);

/** Opens a session and returns its context handle. */
export const NspiBind = defineCall(
  "NspiBind",
  0,
  { dwFlags, pStat, pServerGuid: unique(flatUid) },
  { pServerGuid: unique(flatUid), contextHandle },
);
/** Closes a session. */
export const NspiUnbind = defineCall("NspiUnbind", 1, { contextHandle, Reserved }, { contextHandle });
/** Moves the position of a STAT by its Delta. */
export const NspiUpdateStat = defineCall(
  "NspiUpdateStat",
  2,
  { hRpc, Reserved, pStat, plDelta: unique(i32) },
  { pStat, plDelta: unique(i32) },
);
/** Returns rows from the position of a STAT, or the rows of a list of minimal entry ids. */
export const NspiQueryRows = defineCall(
  "NspiQueryRows",
  3,
  { hRpc, dwFlags, pStat, dwETableCount: u32, lpETable: unique(conformantArray(u32)), Count: u32, pPropTags },
  { pStat, ppRows },
);
/** Moves a STAT to the first row whose display name is at least the target's. */
export const NspiSeekEntries = defineCall(
  "NspiSeekEntries",
  4,
  { hRpc, Reserved, pStat, pTarget: propertyValue, lpETable: tagsOrNull, pPropTags },
  { pStat, ppRows },
);
/** Finds the objects that match a restriction; returns their minimal entry ids and rows. */
export const NspiGetMatches = defineCall(
  "NspiGetMatches",
  5,
  {
    hRpc,
    Reserved1: u32,
    pStat,
    pReserved: tagsOrNull,
    Reserved2: u32,
    Filter: unique(restriction),
    lpPropName: unique(propertyName),
    ulRequested: u32,
    pPropTags,
  },
  { pStat, ppOutMIds: tagsOrNull, ppRows },
);
/** Sorts a list of minimal entry ids in the order of a STAT. */
export const NspiResortRestriction = defineCall(
  "NspiResortRestriction",
  6,
  { hRpc, Reserved, pStat, pInMIds: tagArray, ppOutMIds: tagsOrNull },
  { pStat, ppOutMIds: tagsOrNull },
);
/** Maps DNs to minimal entry ids. */
export const NspiDNToMId = defineCall("NspiDNToMId", 7, { hRpc, Reserved, pNames: stringsArray }, { ppOutMIds: tagsOrNull });
/** Returns the tags of an object's properties. */
export const NspiGetPropList = defineCall("NspiGetPropList", 8, { hRpc, dwFlags, dwMId: u32, CodePage: u32 }, { ppPropTags: tagsOrNull });
/** Returns properties of the object at the position of a STAT. */
export const NspiGetProps = defineCall("NspiGetProps", 9, { hRpc, dwFlags, pStat, pPropTags }, { ppRows: unique(propertyRow) });
/** Compares the positions of two objects in the address list. */
export const NspiCompareMIds = defineCall("NspiCompareMIds", 10, { hRpc, Reserved, pStat, MId1: u32, MId2: u32 }, { plResult: i32 });
/** Changes properties of an object. */
export const NspiModProps = defineCall("NspiModProps", 11, { hRpc, Reserved, pStat, pPropTags, pRow: propertyRow }, {});
/** Returns the table of address lists, or the table of address templates. */
export const NspiGetSpecialTable = defineCall(
  "NspiGetSpecialTable",
  12,
  { hRpc, dwFlags, pStat, lpVersion: u32 },
  { lpVersion: u32, ppRows },
);
/** Returns a template: the description of an address book window. */
export const NspiGetTemplateInfo = defineCall(
  "NspiGetTemplateInfo",
  13,
  { hRpc, dwFlags, ulType: u32, pDN: unique(string8), dwCodePage: u32, dwLocaleID: u32 },
  { ppData: unique(propertyRow) },
);
/** Adds or removes links of an object, such as the members of a distribution list. */
export const NspiModLinkAtt = defineCall("NspiModLinkAtt", 14, { hRpc, dwFlags, ulPropTag: u32, dwMId: u32, lpEntryIds: binaryArray }, {});
/** Not documented; the parameters are those of interface definitions of other implementations (inferred). */
export const NspiDeleteEntries = defineCall("NspiDeleteEntries", 15, { hRpc, dwFlags, dwMId: u32, lpEntryIds: binaryArray }, {});
/** Lists the property tags that the server knows. */
export const NspiQueryColumns = defineCall("NspiQueryColumns", 16, { hRpc, Reserved, dwFlags }, { ppColumns: tagsOrNull });
/** Maps property ids to names of properties. */
export const NspiGetNamesFromIDs = defineCall(
  "NspiGetNamesFromIDs",
  17,
  { hRpc, Reserved, lpguid: unique(flatUid), pPropTags },
  { ppReturnedPropTags: tagsOrNull, ppNames: unique(propertyNameSet) },
);
/** Maps names of properties to property ids. */
export const NspiGetIDsFromNames = defineCall(
  "NspiGetIDsFromNames",
  18,
  { hRpc, Reserved, dwFlags, cPropNames: u32, ppNames: conformantArray(unique(propertyName)) },
  { ppPropTags: tagsOrNull },
);
/** Ambiguous name resolution of 8-bit strings; returns a row for each resolved name. */
export const NspiResolveNames = defineCall(
  "NspiResolveNames",
  19,
  { hRpc, Reserved, pStat, pPropTags, paStr: stringsArray },
  { ppMIds: tagsOrNull, ppRows },
);
/** As NspiResolveNames, for UTF-16 strings. */
export const NspiResolveNamesW = defineCall(
  "NspiResolveNamesW",
  20,
  { hRpc, Reserved, pStat, pPropTags, paWStr: wideStringsArray },
  { ppMIds: tagsOrNull, ppRows },
);

/** All calls of the interface, in order of their opnums. */
export const NSPI_CALLS = [
  NspiBind,
  NspiUnbind,
  NspiUpdateStat,
  NspiQueryRows,
  NspiSeekEntries,
  NspiGetMatches,
  NspiResortRestriction,
  NspiDNToMId,
  NspiGetPropList,
  NspiGetProps,
  NspiCompareMIds,
  NspiModProps,
  NspiGetSpecialTable,
  NspiGetTemplateInfo,
  NspiModLinkAtt,
  NspiDeleteEntries,
  NspiQueryColumns,
  NspiGetNamesFromIDs,
  NspiGetIDsFromNames,
  NspiResolveNames,
  NspiResolveNamesW,
] as const;
