/** Messages that were begun and not sent: closing the window keeps them as long as the page is open. */

import type { DraftKind } from "./skins/screen-props.ts";

export interface Draft {
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
}

export const NO_DRAFT: Draft = { to: [], subject: "", body: "" };

const kept = new Map<string, Draft>();

/** Storage key of a draft. `answered` is the message that it replies to or forwards; `null` for a new message. */
export function draftKey(machine: string, kind: DraftKind, answered: string | null): string {
  return JSON.stringify([machine, kind, answered]);
}

export function keptDraft(key: string): Draft {
  return kept.get(key) ?? NO_DRAFT;
}

/** An empty draft is not kept. */
export function keepDraft(key: string, draft: Draft): void {
  if (draft.to.length === 0 && draft.subject === "" && draft.body === "") kept.delete(key);
  else kept.set(key, draft);
}

/** The characters of code page 1252, in which the clients send their text. */
const SENT = new Set(new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte)));

/** Characters of the text that Windows-1252 lacks, so that they arrive as question marks; each is listed once. */
export function lostCharacters(text: string): string[] {
  return [...new Set(text)].filter((character) => !SENT.has(character));
}
