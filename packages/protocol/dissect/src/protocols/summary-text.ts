/** Puts the parts of an Info line together. */

/** The parts with spaces between them; empty parts leave no trace. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
