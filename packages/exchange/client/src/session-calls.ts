/** How the parts of a logged-on session call the server. */

import type { RopRequest, RopResponse } from "@pushback/mapi";
import type { MailClientErrorStep, MailClientEvent } from "./events.ts";
import type { OpenMailbox } from "./logon.ts";
import type { MailClientSettings } from "./settings.ts";

export interface SessionCalls {
  readonly settings: MailClientSettings;
  readonly mailbox: OpenMailbox;
  readonly emit: (event: MailClientEvent) => void;
  /**
   * Sends ROPs in one call. A call that fails is reported as an error in step `what`, and `then` gets no responses and the handles as they were. `then`
   * is not called once the session has ended.
   */
  rops(
    what: MailClientErrorStep,
    requests: readonly RopRequest[],
    handles: readonly number[],
    usSize: number,
    then: (responses: readonly RopResponse[], handles: readonly number[]) => void,
  ): void;
}
