/** Finds the row of the global address list that a STAT names (MS-OXNSPI 3.1.4.5), and checks the code page, list and order in it. */

import {
  CP_TELETEX,
  CP_WINUNICODE,
  FIRST_MID,
  MID_BEGINNING_OF_TABLE,
  MID_CURRENT,
  MID_END_OF_TABLE,
  NSPI_STATUS,
  SORT_TYPE,
  type Stat,
} from "@pushback/nspi";
import type { AddressBook } from "./address-book.ts";
import type { DirectoryUser } from "./directory-object.ts";

/** The container id of the global address list (MS-OXOABK 2.2.2.3). */
export const GLOBAL_ADDRESS_LIST = 0;

/** CP_ACP: the caller's default, here the code page of its NspiBind. */
const CODE_PAGE_OF_BIND = 0;

/** Whether the server can encode text in this code page. */
export function knowsCodePage(book: AddressBook, codePage: number): boolean {
  return codePage === CODE_PAGE_OF_BIND || codePage === CP_TELETEX || book.settings.text.knows(codePage);
}

/** Success if a caller may ask for PtypString8 in this code page; InvalidCodepage otherwise. */
export function checkCodePage(book: AddressBook, codePage: number): number {
  return codePage === CP_WINUNICODE || !knowsCodePage(book, codePage) ? NSPI_STATUS.InvalidCodepage : NSPI_STATUS.Success;
}

/**
 * InvalidBookmark for any list but the global address list, GeneralFailure for an unknown order. The phonetic order is accepted and sorts by display
 * name, because no entry has a phonetic name.
 */
export function checkTable({ ContainerID, SortType }: Stat): number {
  if (ContainerID !== GLOBAL_ADDRESS_LIST) return NSPI_STATUS.InvalidBookmark;
  const known = SortType === SORT_TYPE.DisplayName || SortType === SORT_TYPE.PhoneticDisplayName;
  return known ? NSPI_STATUS.Success : NSPI_STATUS.GeneralFailure;
}

/** A position in the sorted list of users. */
export interface Position {
  readonly rows: readonly DirectoryUser[];
  /** The row that CurrentRec names, before Delta. */
  readonly from: number;
  /** The row after Delta is applied: 0 to the number of rows. */
  readonly at: number;
}

/** The position that a STAT names; `null` if CurrentRec names no row of the list. */
export function positionOf(book: AddressBook, stat: Stat): Position | null {
  const rows = book.inOrder(stat.SortLocale);
  const from = startOf(book, stat, rows);
  if (from === null) return null;
  return { rows, from, at: Math.max(0, Math.min(rows.length, from + stat.Delta)) };
}

function startOf(book: AddressBook, { CurrentRec, NumPos, TotalRecs, SortLocale }: Stat, rows: readonly DirectoryUser[]): number | null {
  if (CurrentRec === MID_BEGINNING_OF_TABLE) return 0;
  if (CurrentRec === MID_END_OF_TABLE) return rows.length;
  // Fractional positioning (MS-OXNSPI 3.1.4.5.2).
  if (CurrentRec === MID_CURRENT)
    return TotalRecs === 0 ? 0 : Math.min(rows.length, Math.floor((rows.length * Math.min(NumPos, TotalRecs)) / TotalRecs));
  const object = CurrentRec < FIRST_MID ? null : book.findByMid(CurrentRec);
  const place = object?.kind === "user" ? book.placeOf(object, SortLocale) : -1;
  return place < 0 ? null : place;
}

/** The STAT that the server returns for the row `at`. */
export function statAt(stat: Stat, rows: readonly DirectoryUser[], at: number): Stat {
  return { ...stat, CurrentRec: at < rows.length ? rows[at].mid : MID_END_OF_TABLE, Delta: 0, NumPos: at, TotalRecs: rows.length };
}
