/** Which objects are declarations of ROPs and notices: those that `defineRop` and `defineNotice` have checked. */

const DECLARED = new WeakSet<object>();

/** Notes a declaration that has been checked, and returns it. */
export function declared<T extends object>(definition: T): T {
  DECLARED.add(definition);
  return definition;
}

/** Whether the value was made by `defineRop` or `defineNotice`. */
export function isDeclared(value: unknown): boolean {
  return typeof value === "object" && value !== null && DECLARED.has(value);
}
