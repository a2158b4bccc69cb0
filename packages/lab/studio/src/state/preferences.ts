/** Choices of the user that concern no run, kept in the browser's storage. */

import { create } from "zustand";
import { characterOf, type PressedKey } from "../controls/pressed-key.ts";
import { type ChosenKeys, commandOf, keyName, parseChosenKeys } from "./single-keys.ts";

const KEY = "pushback.preferences";

export interface Preferences {
  /** Whether a key without Ctrl or Alt that types a character is a shortcut (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  /** Keys of one character that were changed. */
  readonly keys: ChosenKeys;
  /** Whether the machines sound. */
  readonly sounds: boolean;
}

const DEFAULTS: Preferences = { singleKeys: true, keys: {}, sounds: false };

/** Parses stored preferences. A value that is missing or of the wrong type is replaced by its default. */
export function parsePreferences(text: string | null): Preferences {
  try {
    const value: unknown = JSON.parse(text ?? "");
    const { singleKeys, keys, sounds } = value as Partial<Preferences>;
    return {
      singleKeys: typeof singleKeys === "boolean" ? singleKeys : DEFAULTS.singleKeys,
      keys: parseChosenKeys(keys),
      sounds: typeof sounds === "boolean" ? sounds : DEFAULTS.sounds,
    };
  } catch {
    return DEFAULTS;
  }
}

function readPreferences(): Preferences {
  try {
    return parsePreferences(localStorage.getItem(KEY));
  } catch {
    // Where the browser blocks storage for this page, reading `localStorage` itself throws.
    return DEFAULTS;
  }
}

export const usePreferences = create<Preferences>()(readPreferences);

/** Changes and stores a preference. In a browser without storage it lasts until the page is closed. */
export function prefer(change: Partial<Preferences>): void {
  usePreferences.setState(change);
  try {
    localStorage.setItem(KEY, JSON.stringify(usePreferences.getState()));
  } catch {}
}

/** The command that a single-character key calls, identified by its default key; `null` for none, and if single keys are switched off. */
export function singleCommand(pressed: PressedKey): string | null {
  const { singleKeys, keys } = usePreferences.getState();
  return singleKeys ? commandOf(characterOf(pressed), keys) : null;
}

/** The name of a command's present key; "" if it has none. */
export function keyNameOf(command: string, { singleKeys, keys }: Pick<Preferences, "singleKeys" | "keys">): string {
  const key = keys[command] ?? command;
  return singleKeys && key !== "" ? keyName(key) : "";
}

/** The key of a command in brackets, to follow the name of its button; "" if it has none now. */
export function keyHint(command: string, preferences: Pick<Preferences, "singleKeys" | "keys">): string {
  const name = keyNameOf(command, preferences);
  return name === "" ? "" : ` (${name})`;
}
