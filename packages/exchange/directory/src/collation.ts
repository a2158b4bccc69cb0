/** The orders of the global address list: by display name, in the alphabet of a locale. */

import { NSPI_DEFAULT_LOCALE } from "@pushback/nspi";
import type { DirectoryUser } from "./directory-object.ts";

/** Languages by primary language id (MS-LCID 2.1). An LCID of another language sorts as English: a server chooses the nearest that it knows (MS-OXNSPI 3.1.4.3). */
const LANGUAGES: Readonly<Record<number, string>> = {
  5: "cs",
  6: "da",
  7: "de",
  8: "el",
  9: "en",
  10: "es",
  11: "fi",
  12: "fr",
  14: "hu",
  16: "it",
  19: "nl",
  20: "nb",
  21: "pl",
  22: "pt",
  25: "ru",
  29: "sv",
  31: "tr",
};

const PRIMARY_LANGUAGE = 0x3ff;
/** Entries that are sorted, or merged, in one step of `prepare`. */
const STEP = 500;
/** Up to this many new entries are inserted one by one; for more, the whole list is sorted. */
const MOST_INSERTED = 64;

function languageOf(lcid: number): string {
  return LANGUAGES[lcid & PRIMARY_LANGUAGE] ?? LANGUAGES[NSPI_DEFAULT_LOCALE & PRIMARY_LANGUAGE];
}

class SortedList {
  readonly #order: Intl.Collator;
  readonly #base: Intl.Collator;
  #rows: DirectoryUser[];
  #added: DirectoryUser[] = [];

  /** Users that are nearly in this language's order are sorted fastest: Array.prototype.sort merges the runs that it finds. */
  constructor(language: string, users: Iterable<DirectoryUser>) {
    this.#order = new Intl.Collator(language);
    this.#base = new Intl.Collator(language, { sensitivity: "base" });
    this.#rows = [...users].sort(this.compare);
  }

  /** A total order: equal names are told apart by their ids. */
  readonly compare = (a: DirectoryUser, b: DirectoryUser): number => this.#order.compare(a.displayName, b.displayName) || a.mid - b.mid;

  add(user: DirectoryUser): void {
    this.#added.push(user);
  }

  remove(user: DirectoryUser): void {
    const place = this.placeOf(user);
    if (place >= 0) this.#rows.splice(place, 1);
  }

  rows(): readonly DirectoryUser[] {
    if (this.#added.length > MOST_INSERTED) {
      this.#rows.push(...this.#added.splice(0, 50_000));
      while (this.#added.length > 0) this.#rows.push(...this.#added.splice(0, 50_000));
      this.#rows.sort(this.compare);
    } else
      for (const user of this.#added.splice(0))
        this.#rows.splice(
          this.#lowerBound((row) => this.compare(row, user)),
          0,
          user,
        );
    return this.#rows;
  }

  placeOf(user: DirectoryUser): number {
    const rows = this.rows();
    const place = this.#lowerBound((row) => this.compare(row, user));
    return rows[place] === user ? place : -1;
  }

  placeOfText(text: string, rows: readonly DirectoryUser[]): number {
    return lowerBound(rows, (row) => this.#base.compare(row.displayName, text));
  }

  #lowerBound(compare: (row: DirectoryUser) => number): number {
    return lowerBound(this.#rows, compare);
  }
}

/** Index of the first row for which `compare` returns 0 or more; the number of rows if there is none. */
function lowerBound(rows: readonly DirectoryUser[], compare: (row: DirectoryUser) => number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(rows[middle]) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One sorted list of two, in steps. */
function* merge(
  [a, b]: readonly DirectoryUser[][],
  compare: (a: DirectoryUser, b: DirectoryUser) => number,
): Generator<void, DirectoryUser[]> {
  const merged: DirectoryUser[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    merged.push(compare(a[i], b[j]) <= 0 ? a[i++] : b[j++]);
    if (merged.length % STEP === 0) yield;
  }
  return merged.concat(a.slice(i), b.slice(j));
}

/** The users of a directory, sorted by display name for each language that clients ask for. */
export class Collation {
  readonly #users = new Set<DirectoryUser>();
  /** One list per language in use. */
  readonly #lists = new Map<string, SortedList>();

  #list(lcid: number): SortedList {
    const language = languageOf(lcid);
    let list = this.#lists.get(language);
    if (!list) {
      // Most names have the same order in every language, so sorting starts from the list of another language.
      const [other] = this.#lists.values();
      list = new SortedList(language, other?.rows() ?? this.#users);
      this.#lists.set(language, list);
    }
    return list;
  }

  /** Makes the order of this locale in short steps, unless a call makes it first; users may come and go between two steps. */
  *prepare(lcid: number): Generator<void> {
    const language = languageOf(lcid);
    const { compare } = new SortedList(language, []);
    const users = [...this.#users];
    const runs: DirectoryUser[][] = [];
    for (let at = 0; at < users.length; at += STEP) {
      runs.push(users.slice(at, at + STEP).sort(compare));
      yield;
    }
    while (runs.length > 1) runs.push(yield* merge(runs.splice(0, 2), compare));
    if (this.#lists.has(language)) return;
    const [sorted = []] = runs;
    const known = new Set(users);
    const added = [...this.#users].filter((user) => !known.has(user));
    this.#lists.set(language, new SortedList(language, [...sorted.filter((user) => this.#users.has(user)), ...added]));
  }

  add(user: DirectoryUser): void {
    this.#users.add(user);
    for (const list of this.#lists.values()) list.add(user);
  }

  remove(user: DirectoryUser): void {
    this.#users.delete(user);
    for (const list of this.#lists.values()) list.remove(user);
  }

  /** All users in the order of a locale. */
  order(lcid: number): readonly DirectoryUser[] {
    return this.#list(lcid).rows();
  }

  /** Position of a user in the order of a locale, from 0; -1 for a user who is not listed. */
  placeOf(user: DirectoryUser, lcid: number): number {
    return this.#list(lcid).placeOf(user);
  }

  /** Index of the first of `rows`, which are in the order of the locale, that does not come before `text`; the number of rows if there is none. */
  placeOfText(text: string, lcid: number, rows: readonly DirectoryUser[]): number {
    return this.#list(lcid).placeOfText(text, rows);
  }

  /** Compares two users in the order of a locale: negative if `a` comes first. */
  compare(a: DirectoryUser, b: DirectoryUser, lcid: number): number {
    return this.#list(lcid).compare(a, b);
  }
}
