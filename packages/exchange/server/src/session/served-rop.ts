/** The functions that carry out ROPs, and how a third party adds one to a server. */

import { type Layout, type RecordOf, type RequestOf, type RopDefinition, type RopFailure, responseHandleIndex } from "@pushback/mapi";
import type { RopContext } from "./rop-context.ts";

/** Carries out a request. Returns its response, `null` for a ROP without one, or the return value of a failure (not 0). */
export type Handler<Request, Response> = (c: RopContext, q: Request) => Response | RopFailure | number | null;

/** A handler of any ROP. */
export type AnyHandler = Handler<{ readonly rop: string }, { readonly rop: string }>;

/** A ROP that a server carries out besides those of MS-OXCROPS, or in place of one that it refuses. */
export interface ServedRop {
  readonly definition: RopDefinition;
  readonly handler: AnyHandler;
  /**
   * Rights (bits of `FOLDER_RIGHT`) that the user must have, all of them, in the folder of each object that the request names, where the user's rights
   * are limited: as a guest of another user's mailbox, and in the public store. `null`: the ROP is refused there.
   */
  readonly needs: number | null;
}

/** How a custom ROP is served. */
export interface ServeOptions {
  /**
   * Rights that the user must have (`ServedRop.needs`). 0: every user may use the ROP. Default: `null`, the ROP is refused where the user's rights are
   * limited.
   */
  readonly needs?: number | null;
}

/** An exception in a ROP: thrown by its handler or by one of its codecs. */
export interface RopFault {
  /** Name of the ROP. */
  readonly rop: string;
  readonly ropId: number;
  readonly error: unknown;
}

/** The fields of a successful response, without RopId, handle index and return value. */
type AnswerOf<D> = D extends RopDefinition<infer _, infer __, infer A> ? (A extends Layout ? RecordOf<A> : never) : never;

function nameOf(answer: unknown): string {
  return answer instanceof Promise ? "a promise: ROPs are carried out at once" : String(answer);
}

/** Checks the return value of a failure. RangeError for 0, after which the client would expect the fields of a success, and for numbers beyond 32 bits. */
function checkedFailure(returnValue: number): number {
  if (returnValue >>> 0 !== returnValue || returnValue === 0) throw new RangeError(`${returnValue} is not the return value of a failure`);
  return returnValue;
}

/**
 * Joins a ROP's declaration to the function that carries it out, for `MailServerSettings.rops`. The function returns the fields of the
 * response, `null` for no response, or the return value of a failure (1 to 0xffffffff). If it throws, or returns anything else, this ROP alone fails with
 * ecError and the server reports the exception in a `rop-failed` event. RangeError if an argument is missing or of another type, for an
 * unknown option, and if `needs` is not an unsigned number of 32 bits.
 */
export function serveRop<D extends RopDefinition>(
  definition: D,
  handler: (c: RopContext, q: RequestOf<D>) => AnswerOf<D> | number | null,
  options: ServeOptions = {},
): ServedRop {
  if (definition?.kind !== "rop") throw new RangeError("serveRop: its first argument must be a ROP declared by `defineRop`");
  const { name } = definition;
  if (typeof handler !== "function") throw new RangeError(`${name}: serveRop needs the function that carries the ROP out`);
  if (typeof options !== "object" || options === null)
    throw new RangeError(`${name}: the options of serveRop are { needs }, not ${String(options)}`);
  const unknown = Object.keys(options).find((key) => key !== "needs");
  if (unknown !== undefined) throw new RangeError(`${name}: serveRop has no option "${unknown}"; there is \`needs\``);
  const { needs = null } = options;
  if (needs !== null && needs >>> 0 !== needs) throw new RangeError(`${name}: ${needs} is not a set of folder rights`);
  return {
    definition,
    needs,
    handler: (c, q) => {
      const answer: unknown = handler(c, q as unknown as RequestOf<D>);
      if (answer === null) return null;
      if (typeof answer === "number") return checkedFailure(answer);
      if (typeof answer !== "object" || answer instanceof Promise) throw new TypeError(`its function returned ${nameOf(answer)}`);
      return { ...answer, rop: name, handleIndex: responseHandleIndex(q) };
    },
  };
}

/** Throws a RangeError unless `rops` is a list of ROPs that `serveRop` returned. */
export function checkServedRops(rops: readonly ServedRop[]): void {
  if (!Array.isArray(rops)) throw new RangeError("the ROPs of a server are a list: [serveRop(Mine, carryOut)]");
  for (const rop of rops as readonly (Partial<ServedRop & RopDefinition> | null | undefined)[]) {
    if (rop?.kind === "rop") throw new RangeError(`ROP ${rop.name} is only declared: pass serveRop(${rop.name}, …)`);
    if (rop?.definition?.kind !== "rop" || typeof rop.handler !== "function")
      throw new RangeError(`the list of ROPs has ${String(rop)} in place of a ROP made by \`serveRop\``);
  }
}
