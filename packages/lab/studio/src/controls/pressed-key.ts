/** Keys that type one character. */

/** A key as it was pressed. */
export interface PressedKey {
  readonly key: string;
  readonly shiftKey: boolean;
}

/**
 * The character that a pressed key stands for; "" for a letter or the space bar with Shift. A sign counts whether or not the keyboard has it
 * with Shift: "/" is Shift+7 on a German one.
 */
export function characterOf({ key, shiftKey }: PressedKey): string {
  const hasShiftOfItsOwn = key === " " || key.toLowerCase() !== key.toUpperCase();
  return shiftKey && hasShiftOfItsOwn ? "" : key.length === 1 ? key.toLowerCase() : key;
}
