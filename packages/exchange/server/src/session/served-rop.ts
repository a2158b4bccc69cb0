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
}

/** The fields of a successful response, without RopId, handle index and return value. */
type AnswerOf<D> = D extends RopDefinition<infer _, infer __, infer A> ? (A extends Layout ? RecordOf<A> : never) : never;

/**
 * Joins a ROP's declaration to the function that carries it out, for `MailServerSettings.rops`. The function returns the fields of the
 * response, `null` for no response, or the return value of a failure (not 0).
 */
export function serveRop<D extends RopDefinition>(
  definition: D,
  handler: (c: RopContext, q: RequestOf<D>) => AnswerOf<D> | number | null,
): ServedRop {
  return {
    definition,
    handler: (c, q) => {
      const answer = handler(c, q as unknown as RequestOf<D>);
      if (answer === null || typeof answer === "number") return answer;
      return { rop: definition.name, handleIndex: responseHandleIndex(q), ...(answer as object) };
    },
  };
}
