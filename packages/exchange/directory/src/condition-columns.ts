/** Values of properties as conditions compare them, computed once for each user: a condition is asked of every entry of the list. */

import { FIRST_MID } from "@pushback/nspi";
import type { DirectoryUser } from "./directory-object.ts";
import { foldForSearch } from "./name-resolution.ts";
import { type DirectoryValue, heldValue, isHeld, type RowContext } from "./properties.ts";

/** Lists indexed by the minimal entry id, less the first; `undefined`: not computed yet. */
interface Column {
  readonly values: (DirectoryValue | null | undefined)[];
  readonly folded: (string | readonly string[] | null | undefined)[];
}

const NONE = (_user: DirectoryUser): null => null;

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

  /** Reads the values of the property with this id; `null` for a user that has none. Entry ids are permanent ones. */
  valuesOf(id: number, context: RowContext): (user: DirectoryUser) => DirectoryValue | null {
    // Ids that the directory does not have are the caller's to choose: nothing is kept for them.
    if (!isHeld(id)) return NONE;
    const { values } = this.#column(id);
    const permanent = context.ephemeralIds ? { ...context, ephemeralIds: false } : context;
    return (user) => {
      const place = user.mid - FIRST_MID;
      const known = values[place];
      if (known !== undefined) return known;
      this.computed++;
      const value = heldValue(user, id, permanent);
      values[place] = value;
      return value;
    };
  }

  /** The same for texts, without case and accents; `null` for other values. */
  foldedOf(id: number, context: RowContext): (user: DirectoryUser) => string | readonly string[] | null {
    if (!isHeld(id)) return NONE;
    const { folded } = this.#column(id);
    const valueHeld = this.valuesOf(id, context);
    return (user) => {
      const place = user.mid - FIRST_MID;
      const known = folded[place];
      if (known !== undefined) return known;
      const text = foldValue(user, valueHeld(user));
      folded[place] = text;
      return text;
    };
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
