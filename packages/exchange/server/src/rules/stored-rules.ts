/** The rules of a folder as they are kept: one entry of its mailbox. */

import { entryKey, type Folder } from "../mail-store/mailbox.ts";
import type { PropertyData } from "../mail-store/message-content.ts";
import { propertiesOfText, textOfProperties } from "../mail-store/property-text.ts";

/** A rule of a folder. `codePage`: code page of the 8-bit strings in its condition. */
export interface Rule {
  readonly properties: ReadonlyMap<number, PropertyData>;
  readonly codePage: number;
}

/** Code page of stored conditions that have none. */
const FIRST_CODE_PAGE = 1252;

/** Stored form of a folder's rules: the number of the next rule, and the properties and the code page of each rule. */
interface RulesEntry {
  readonly next: number;
  readonly rules: readonly string[];
  readonly codePages?: readonly number[];
}

export function rulesOf(folder: Folder): { readonly next: number; readonly rules: readonly Rule[] } {
  const text = folder.mailbox.entries.get(entryKey("rules", String(folder.index)));
  if (text === undefined) return { next: 1, rules: [] };
  const { next, rules, codePages } = JSON.parse(text) as RulesEntry;
  return { next, rules: rules.map((one, i) => ({ properties: propertiesOfText(one), codePage: codePages?.[i] ?? FIRST_CODE_PAGE })) };
}

/** The rules as the text of a stored entry; `null` if there are no rules, so that the entry is removed. */
export function textOfRules(next: number, rules: readonly Rule[]): string | null {
  if (rules.length === 0) return null;
  const entry: RulesEntry = {
    next,
    rules: rules.map(({ properties }) => textOfProperties(properties)),
    codePages: rules.map(({ codePage }) => codePage),
  };
  return JSON.stringify(entry);
}
