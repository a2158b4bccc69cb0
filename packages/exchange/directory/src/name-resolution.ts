/** Ambiguous name resolution (MS-OXNSPI 3.1.4.7): which entries a piece of a name may mean. The specification leaves the comparison to the server; this one is inferred from the product's behaviour. */

import type { DirectoryUser } from "./directory-object.ts";

/** Words of ASCII with single spaces between them: only their case is to be folded, which takes a fraction of the time. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** Without case and accents, spaces made one. */
export function foldForSearch(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Longest name, in characters, that is resolved. */
const MOST_CHARACTERS = 1024;

/** Each word of the query starts a word of the key. */
function startsWords(key: string, words: readonly string[]): boolean {
  return words.every((word) => key.startsWith(word) || key.includes(` ${word}`));
}

export class NameIndex {
  readonly #users = new Set<DirectoryUser>();

  add(user: DirectoryUser): void {
    this.#users.add(user);
  }

  remove(user: DirectoryUser): void {
    this.#users.delete(user);
  }

  /**
   * Entries that the text may mean: those whose display name, alias or Internet address starts with it, or whose display name has a word starting with
   * each of its words; a DN names its entry alone. "=alias" asks for that alias and no other. An entry that has the text as its whole display name,
   * alias or address wins over those that only start with it. At most `most` entries are found.
   */
  resolve(text: string, most: number): DirectoryUser[] {
    const query = foldForSearch(text.slice(0, MOST_CHARACTERS));
    if (query === "" || query === "=") return [];
    const exactAlias = query.startsWith("=") ? query.slice(1).trim() : null;
    const words = query.split(" ");
    const exact: DirectoryUser[] = [];
    const found: DirectoryUser[] = [];
    for (const user of this.#users) {
      const keys = user.searchKeys;
      if (exactAlias !== null) {
        if (keys[1] === exactAlias) exact.push(user);
        continue;
      }
      if (keys.includes(query) || (query.startsWith("/") && user.dn.toLowerCase() === query)) exact.push(user);
      else if (keys.some((key) => key.startsWith(query)) || startsWords(keys[0], words)) {
        if (found.length < most) found.push(user);
      }
    }
    return exact.length > 0 ? exact.slice(0, most) : found;
  }
}
