/** Puts the name of a step or metric before the messages of errors that its own functions throw. */

/** Calls `call`. An error that it throws is thrown again with `what` in front of its message and the original as `cause`. */
export function callNamed<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
