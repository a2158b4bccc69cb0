/** Messages inside attachments (MS-OXCMSG 2.2.3.16): opening them, and writing them back. */

import { EMBEDDED_MODE, MAPI_ERROR, NULL_OBJECT_ID, PR_ATTACH_METHOD, type RopResponse } from "@pushback/mapi";
import { type Draft, setAttachmentProperty } from "../mail-store/draft.ts";
import { bytesOfEmbedded, EMBEDDED_MESSAGE, embeddedOfBytes } from "../mail-store/embedded-text.ts";
import { headerOf, MessageRecord } from "../mail-store/message-content.ts";
import { newDraft } from "../session/open-draft.ts";
import { failure, isOpen, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import type { OpenedAttachment, OpenedMessage } from "../session/server-object.ts";
import { ATTACH_EMBEDDED, isEmbedded } from "../session/store-properties.ts";
import { describeOpened } from "./opened-message.ts";

/** Greatest nesting depth of embedded messages; the bytes of each level count in all levels above it. */
const MAX_LEVELS = 8;

function levelOf(attachment: OpenedAttachment): number {
  let level = 1;
  for (let at = attachment.of.embeddedIn; at; at = at.of.embeddedIn) level++;
  return level;
}

/** The message that the attachment holds; `null` where it holds none. */
function storedIn({ properties }: OpenedAttachment): MessageRecord | null {
  const bytes = properties.get(EMBEDDED_MESSAGE);
  if (!isEmbedded(properties) || !(bytes instanceof Uint8Array)) return null;
  const embedded = embeddedOfBytes(bytes);
  return embedded && new MessageRecord({ ...embedded.header, mid: NULL_OBJECT_ID }, embedded);
}

/** Opens the message in an attachment. With mode CREATE, an attachment without a message gets an empty one, which becomes part of it when it is saved. */
export function openEmbeddedMessage(c: RopContext, q: Request<"OpenEmbeddedMessage">): RopResponse {
  const attachment = objectAt(c, q.inputHandleIndex);
  if (attachment?.kind !== "attachment") return failure(q, MAPI_ERROR.ecNullObject);
  if (levelOf(attachment) > MAX_LEVELS) return failure(q, MAPI_ERROR.ecTooComplex);
  const stored = storedIn(attachment);
  const creates = stored === null && q.openModeFlags === EMBEDDED_MODE.CREATE;
  if (!stored && !creates) return failure(q, MAPI_ERROR.ecNotFound);
  const writable = q.openModeFlags !== EMBEDDED_MODE.READ_ONLY && attachment.writable;
  if (creates && !writable) return failure(q, MAPI_ERROR.ecAccessDenied);
  const message = stored ?? c.store.prepareEmbedded();
  const { folder } = attachment.of;
  const opened: OpenedMessage = { kind: "message", folder, message, embeddedIn: attachment, writable, draft: null };
  if (creates) {
    const draft = newDraft(c, message);
    if (typeof draft === "number") return failure(q, draft);
    opened.draft = draft;
  }
  const code = openInto(c, q.outputHandleIndex, opened);
  if (code) return failure(q, code);
  return { rop: "OpenEmbeddedMessage", handleIndex: q.outputHandleIndex, messageId: NULL_OBJECT_ID, ...describeOpened(c, opened) };
}

/** Writes the draft into its attachment. The change lasts only if the attachment is saved afterwards. Returns an error code, or 0. */
export function saveEmbedded(c: RopContext, { message }: OpenedMessage, attachment: OpenedAttachment, draft: Draft): number {
  const header = { ...headerOf(message), ...draft.header(), modifiedMs: Math.trunc(c.wallClockMs) };
  const parts = { body: draft.body, content: draft.content(draft.isUnsent(true)) };
  const { budget } = c.session;
  if (!isOpen(c, attachment)) return MAPI_ERROR.ecObjectDeleted;
  const method = setAttachmentProperty(attachment, PR_ATTACH_METHOD, ATTACH_EMBEDDED, budget);
  if (method) return method;
  const code = setAttachmentProperty(attachment, EMBEDDED_MESSAGE, bytesOfEmbedded(header, parts), budget);
  if (code === MAPI_ERROR.ecNone) message.become(header, parts);
  return code;
}
