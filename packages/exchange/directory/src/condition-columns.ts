/** Values of properties as conditions compare them, computed once for each user: a condition is asked of every entry of the list. */

import { FIRST_MID } from "@pushback/nspi";
import type { DirectoryUser, DirectoryValue } from "./directory-object.ts";
import { foldForSearch } from "./name-resolution.ts";

/** Values of one property for all entries. The index is the minimal entry id minus FIRST_MID; `undefined`: not computed yet. */
interface Column {
  readonly values: (DirectoryValue | null | undefined)[];
  readonly folded: (string | readonly string[] | null | undefined)[];
}

export class ConditionColumns {
  readonly #columns = new Map<number, Column>();
  /** Values computed so far, for tests. */
  computed = 0;

  #column(id: number): Column {
    let column = this.#columns.get(id);
    if (!column) {
      column = { values: [], folded: [] };
      this.#columns.set(id, column);
    }
    return column;
  }

  /** Returns a function that reads the property with this id of a user; `compute` is called once per user, for values not cached yet. */
  valuesOf(id: number, compute: (user: DirectoryUser) => DirectoryValue | null): (user: DirectoryUser) => DirectoryValue | null {
    const { values } = this.#column(id);
    return (user) => {
      const place = user.mid - FIRST_MID;
      const known = values[place];
      if (known !== undefined) return known;
      this.computed++;
      const value = compute(user);
      values[place] = value;
      return value;
    };
  }

  /** As `valuesOf`, for strings, folded to ignore case and accents; `null` for other values. */
  foldedOf(
    id: number,
    compute: (user: DirectoryUser) => DirectoryValue | null,
  ): (user: DirectoryUser) => string | readonly string[] | null {
    const { folded } = this.#column(id);
    const valueHeld = this.valuesOf(id, compute);
    return (user) => {
      const place = user.mid - FIRST_MID;
      const known = folded[place];
      if (known !== undefined) return known;
      const text = foldValue(user, valueHeld(user));
      folded[place] = text;
      return text;
    };
  }

  /** Computes what is not known yet of a user, for the property with this id. */
  prepare(user: DirectoryUser, id: number, compute: (user: DirectoryUser) => DirectoryValue | null): void {
    this.foldedOf(id, compute)(user);
  }

  /** A user left the list: its minimal entry id is never given to another. */
  forget({ mid }: DirectoryUser): void {
    for (const { values, folded } of this.#columns.values()) {
      delete values[mid - FIRST_MID];
      delete folded[mid - FIRST_MID];
    }
  }
}

function foldValue(user: DirectoryUser, value: DirectoryValue | null): string | readonly string[] | null {
  if (typeof value === "string") {
    // The keys of name resolution are folded already.
    const [displayName, alias, smtpAddress] = user.searchKeys;
    if (value === user.displayName) return displayName;
    if (value === user.alias) return alias;
    return value === user.smtpAddress ? smtpAddress : foldForSearch(value);
  }
  if (!Array.isArray(value)) return null;
  const texts = (value as readonly DirectoryValue[]).filter((one) => typeof one === "string");
  return texts.length === 0 ? null : texts.map(foldForSearch);
}
