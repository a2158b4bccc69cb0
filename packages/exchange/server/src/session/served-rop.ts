/** The functions that carry out ROPs, and how a third party adds one to a server. */

import type { RequestOf, ResponseOf, RopDefinition, RopFailure } from "@pushback/mapi";
import type { RopContext } from "./rop-context.ts";

/** Carries out a request. Returns its response, `null` for a ROP without one, or the return value of a failure (not 0). */
export type Handler<Request, Response> = (c: RopContext, q: Request) => Response | RopFailure | number | null;

/** A handler of any ROP. */
export type AnyHandler = Handler<unknown, { readonly rop: string }>;

/** A ROP that a server carries out besides those of MS-OXCROPS, or in place of one that it refuses. */
export interface ServedRop {
  readonly definition: RopDefinition;
  readonly handler: AnyHandler;
}

/** Joins a ROP's declaration to the function that carries it out, for `MailServerSettings.rops`. */
export function serveRop<D extends RopDefinition>(definition: D, handler: Handler<RequestOf<D>, ResponseOf<D>>): ServedRop {
  return { definition, handler: handler as unknown as AnyHandler };
}
