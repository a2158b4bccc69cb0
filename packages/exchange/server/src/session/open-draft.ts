/** The draft of an opened message. */

import { MAPI_ERROR } from "@pushback/mapi";
import { MAX_DRAFTS_PER_SESSION } from "../limits.ts";
import { Draft } from "../mail-store/draft.ts";
import { type Message, sizeOfMessage } from "../mail-store/message-content.ts";
import { isOpen, type RopContext } from "./rop-context.ts";
import type { OpenedMessage } from "./server-object.ts";

/** Whether the session may begin one draft more. */
function hasRoomForDraft(c: RopContext): boolean {
  let drafts = 0;
  for (const object of c.session.objects.values()) if (object.kind === "message" && object.draft) drafts++;
  return drafts < MAX_DRAFTS_PER_SESSION;
}

/** Creates the draft of a message that is in no folder yet. Returns an error code if the session has too many drafts. */
export function newDraft(c: RopContext, message: Message): Draft | number {
  return hasRoomForDraft(c) ? new Draft(message, true, c.session.budget) : MAPI_ERROR.ecMemory;
}

/**
 * The draft of a writable message, created at the first change; otherwise an error code. An attachment or stream that outlives the
 * message's handle can no longer change the message.
 */
export function draftOf(c: RopContext, opened: OpenedMessage): Draft | number {
  if (!isOpen(c, opened)) return MAPI_ERROR.ecObjectDeleted;
  if (opened.draft) return opened.draft;
  if (!opened.writable) return MAPI_ERROR.ecAccessDenied;
  if (!hasRoomForDraft(c)) return MAPI_ERROR.ecMemory;
  const draft = new Draft(opened.message, false, c.session.budget);
  // An open draft keeps the message's content in memory, so it is charged to the session.
  if (!draft.hold(sizeOfMessage(opened.message))) return MAPI_ERROR.ecMemory;
  opened.draft = draft;
  return opened.draft;
}
