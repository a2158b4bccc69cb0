/** Ambiguous name resolution (MS-OXNSPI 3.1.4.7): which entries a piece of a name may mean. The specification leaves the comparison to the server; this one is inferred from the product's behaviour. */

import type { DirectoryUser } from "./directory-object.ts";

/** Words of ASCII with single spaces between them: only their case is to be folded, which takes a fraction of the time. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** The text in lower case, without accents, with each run of white space as one space, and without spaces at its ends. */
export function foldForSearch(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Longest name, in characters, that is resolved. */
const MOST_CHARACTERS = 1024;

/** Stands before, between and after the keys of a search text; no key has it. */
const EDGE = "\0";

/** The keys of an entry (display name, alias, Internet address; folded) as one text, which is searched several times faster than three. */
export function searchTextOf(keys: readonly string[]): string {
  // A joined text is flat; a concatenated one would be flattened by its first search.
  return ["", ...keys.map((key) => (key.includes(EDGE) ? key.replaceAll(EDGE, " ") : key)), ""].join(EDGE);
}

/** Whether each of `words` is the beginning of a word of the display name, the first key in `searchText`. */
function startsWords(searchText: string, words: readonly string[]): boolean {
  for (const word of words) {
    if (searchText.startsWith(word, 1)) continue;
    const at = searchText.indexOf(` ${word}`);
    if (at < 0 || at > searchText.indexOf(EDGE, 1)) return false;
  }
  return true;
}

/** The users among whom ambiguous names are resolved. */
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
    if (query === "" || query === "=" || query.includes(EDGE)) return [];
    if (query.startsWith("=")) return this.#withAlias(query.slice(1).trim(), most);
    const words = query.split(" ");
    const [firstWord] = words;
    const [whole, beginning] = [EDGE + query + EDGE, EDGE + query];
    const dn = query.startsWith("/") ? query : null;
    const exact: DirectoryUser[] = [];
    const found: DirectoryUser[] = [];
    for (const user of this.#users) {
      const { searchText } = user;
      if (dn !== null && user.dn.toLowerCase() === dn) exact.push(user);
      else if (!searchText.includes(firstWord)) continue;
      else if (searchText.includes(whole)) exact.push(user);
      else if (found.length < most && (searchText.includes(beginning) || startsWords(searchText, words))) found.push(user);
    }
    return exact.length > 0 ? exact.slice(0, most) : found;
  }

  #withAlias(alias: string, most: number): DirectoryUser[] {
    const found: DirectoryUser[] = [];
    for (const user of this.#users) if (user.searchKeys[1] === alias && found.length < most) found.push(user);
    return found;
  }
}
