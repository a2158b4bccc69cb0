/** Puts the name of a step or metric before the messages of errors of its own functions. */

const AT_ONCE = { step: "steps are carried out at once", metric: "metrics are counted at once" } as const;

/** Whether the value is a promise, or another object with a method `then`. */
function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { readonly then?: unknown }).then === "function";
}

/**
 * Calls a function of a step or metric; `part` says which one, as text of the message. An error that it throws is thrown again with the name in front of its
 * message and the original as `cause`. Throws a TypeError if the function returns a promise, whose work would not be done when this call returns.
 */
export function callNamed<T>(kind: keyof typeof AT_ONCE, name: string, part: string, call: () => T): T {
  let result: T;
  try {
    result = call();
  } catch (error) {
    throw new Error(`${kind} "${name}": ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  if (!isPromise(result)) return result;
  // Without a handler, a later rejection would end the program after this error was reported.
  result.then(undefined, () => {});
  throw new TypeError(`${kind} "${name}": its ${part} returned a promise: ${AT_ONCE[kind]}`);
}

/** Whether a name can stand in a message or a table: it is text, not empty, without line breaks and other control characters. */
export function isOneLine(name: unknown): boolean {
  return typeof name === "string" && name !== "" && !/[\p{Cc}\u2028\u2029]/u.test(name);
}

/** A wrong value as text for a message: text in quotes, objects by their kind. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : typeof value === "function" ? "a function" : String(value);
}
