/**
 * The security contexts of one association (MS-RPCE 3.3.1.5.4): a bind makes the first one, and each alter_context with a new
 * auth_context_id a further one. A PDU's trailer names its context. The client does not have to announce it (MS-RPCE 3.3.1.5.3 lets it
 * negotiate the feature): clients exist that don't.
 */

import type { AuthVerifier, ServerAuthenticator } from "@pushback/dcerpc";
import { MAX_SECURITY_CONTEXTS_PER_ASSOCIATION } from "../limits.ts";

export interface SecurityContext {
  readonly id: number;
  readonly authenticator: ServerAuthenticator;
  /** Whether the context is authenticated; `null` until its auth3 PDU arrives. */
  authenticated: boolean | null;
}

export class SecurityContexts {
  readonly #create: () => ServerAuthenticator;
  /** The first context comes from the bind, or from the first alter_context after an anonymous bind. */
  #contexts: readonly SecurityContext[] = [];

  constructor(create: () => ServerAuthenticator) {
    this.#create = create;
  }

  get count(): number {
    return this.#contexts.length;
  }

  /** Starts a context with the token of a bind or alter_context. Returns the answer's token; `null` to refuse. */
  challenge(token: AuthVerifier): AuthVerifier | null {
    const id = token.authContextId;
    if (this.#contexts.length >= MAX_SECURITY_CONTEXTS_PER_ASSOCIATION || this.#contexts.some((known) => known.id === id)) return null;
    const authenticator = this.#create();
    const answer = authenticator.challenge(token);
    if (answer) this.#contexts = this.#contexts.concat({ id, authenticator, authenticated: null });
    return answer;
  }

  /** Takes the token of an auth3 PDU. A context's result is final: a second token is ignored. */
  complete(token: AuthVerifier): void {
    const context = this.#contexts.find(({ id }) => id === token.authContextId) ?? this.#contexts[0];
    if (context && context.authenticated === null) context.authenticated = context.authenticator.complete(token);
  }

  /** Whether the first context is authenticated: the association counts as bound from then on. */
  get firstAuthenticated(): boolean {
    return this.#contexts[0]?.authenticated === true;
  }

  /** The context that a request names; without a trailer, or with an unknown id (clients of Connect level may leave it out), the first. */
  of(authContextId: number | null): SecurityContext | null {
    const named = authContextId === null ? null : this.#contexts.find(({ id }) => id === authContextId);
    return named ?? this.#contexts[0] ?? null;
  }
}
