/** The draft of an opened message. */

import { MAPI_ERROR } from "@pushback/mapi";
import { MAX_DRAFTS_PER_SESSION } from "../limits.ts";
import { Draft } from "../mail-store/draft.ts";
import { sizeOfMessage } from "../mail-store/message-content.ts";
import type { RopContext } from "./rop-context.ts";
import type { OpenedMessage } from "./server-object.ts";

/** The draft of a message that may be changed, begun now where there is none; the error code where it may not. */
export function draftOf(c: RopContext, opened: OpenedMessage): Draft | number {
  if (opened.draft) return opened.draft;
  if (!opened.writable) return MAPI_ERROR.ecAccessDenied;
  let drafts = 0;
  for (const object of c.session.objects.values()) if (object.kind === "message" && object.draft) drafts++;
  if (drafts >= MAX_DRAFTS_PER_SESSION) return MAPI_ERROR.ecMemory;
  const draft = new Draft(opened.message, false, c.session.budget);
  // An open draft keeps what the message holds in memory.
  if (!draft.hold(sizeOfMessage(opened.message))) return MAPI_ERROR.ecMemory;
  opened.draft = draft;
  return opened.draft;
}
