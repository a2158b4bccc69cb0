/** Shortcuts of one character, and which key each has now: a person may give each another one, or none (WCAG 2.1.4). */

export interface SingleKey {
  /** The key at first, which also names the command. */
  readonly key: string;
  readonly what: string;
}

export const SINGLE_KEYS: readonly SingleKey[] = [
  { key: " ", what: "play, pause" },
  { key: "k", what: "play, pause too" },
  { key: "b", what: "bookmark, or no bookmark, at this time" },
  { key: "/", what: "the monitor's filter" },
  { key: "f", what: "on a frame: follow its conversation" },
  { key: "s", what: "on a frame: sequence" },
  { key: "c", what: "on a frame: comment" },
  { key: "t", what: "on a frame: time reference" },
  { key: "d", what: "on a frame: compare" },
  { key: "m", what: "mark a frame or take its mark back" },
  { key: "n", what: "next marked frame; with Shift the previous one" },
];

/** Chosen keys by default key; "" means that the command has no key. */
export type ChosenKeys = Readonly<Record<string, string>>;

export function keyNow({ key }: SingleKey, chosen: ChosenKeys): string {
  return chosen[key] ?? key;
}

/** Name of a key as a keyboard shows it; "none" for no key. */
export function keyName(key: string): string {
  return key === "" ? "none" : key === " " ? "Space" : key.toUpperCase();
}

/** Default key of the command that a pressed key calls at present; `null` if it calls none. */
export function commandOf(pressed: string, chosen: ChosenKeys): string | null {
  if (pressed === "") return null;
  const lower = pressed.toLowerCase();
  return SINGLE_KEYS.find((one) => keyNow(one, chosen) === lower)?.key ?? null;
}

/** Whether a key types one character that a command can have. */
export function isSingleKey(key: string): boolean {
  return [...key].length === 1 && key === key.toLowerCase() && (key === " " || key.trim() !== "");
}

/** What is wrong with a key for a command, in a line; `null` if nothing is. */
export function conflictOf(command: SingleKey, key: string, chosen: ChosenKeys): string | null {
  if (!isSingleKey(key)) return "That key types no character: press a letter without Shift, a digit or a sign; no Ctrl or Alt.";
  const other = SINGLE_KEYS.find((one) => one !== command && keyNow(one, chosen) === key);
  return other ? `${keyName(key)} is taken by “${other.what}”: choose another key, or change that one first.` : null;
}

/** Parses stored choices of keys. Malformed or conflicting choices are dropped, so that their commands keep the default key. */
export function parseChosenKeys(value: unknown): ChosenKeys {
  if (typeof value !== "object" || value === null) return {};
  const chosen: Record<string, string> = {};
  for (const command of SINGLE_KEYS) {
    const key: unknown = Object.hasOwn(value, command.key) ? (value as Record<string, unknown>)[command.key] : undefined;
    if (typeof key === "string" && key !== command.key && (key === "" || isSingleKey(key))) chosen[command.key] = key;
  }
  const keys = SINGLE_KEYS.map((one) => keyNow(one, chosen)).filter((key) => key !== "");
  return new Set(keys).size === keys.length ? chosen : {};
}
