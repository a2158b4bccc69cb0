/** Errors of functions that a declaration from outside brings: they name the step or metric, which the stack may not show. */

/** Calls `call`. An error that it throws is thrown again with `what` in front of its message and the original as `cause`. */
export function callNamed<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
