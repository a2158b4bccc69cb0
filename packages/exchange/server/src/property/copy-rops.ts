/** CopyProperties and CopyTo (MS-OXCPRPT 3.2.5.7, 3.2.5.8): from an object to another of the same kind. */

import {
  COPY_MOVE,
  COPY_NO_OVERWRITE,
  isPropertyError,
  MAPI_ERROR,
  PR_ATTACH_DATA_OBJ,
  PR_MESSAGE_ATTACHMENTS,
  PR_MESSAGE_FLAGS,
  PR_MESSAGE_RECIPIENTS,
  PR_SENDER_NAME,
  type PropertyProblem,
  propertyId,
  type RopResponse,
} from "@pushback/mapi";
import { MAX_TAGS } from "../limits.ts";
import { COMPUTED, COMPUTED_OF_ATTACHMENTS, setAttachmentProperty } from "../mail-store/draft.ts";
import { EMBEDDED_MESSAGE } from "../mail-store/embedded-text.ts";
import { dataOf, type PropertyData, storedTag } from "../mail-store/message-content.ts";
import { changeProperties, type PropertyChange } from "../session/change-properties.ts";
import { draftOf } from "../session/open-draft.ts";
import { failure, objectAt, type Request, type RopContext } from "../session/rop-context.ts";
import type { OpenedMessage } from "../session/server-object.ts";
import {
  COMPUTED_OF_FOLDERS,
  COMPUTED_OF_STORES,
  cellOf,
  hasProperties,
  type ObjectWithProperties,
  setOn,
  tagsOf,
} from "../session/store-properties.ts";

interface Pair {
  readonly from: ObjectWithProperties;
  readonly to: ObjectWithProperties;
}

/** The source and the destination, which must be of the same kind. Returns an error code otherwise. */
function pairAt(c: RopContext, source: number, destination: number): Pair | number {
  const from = objectAt(c, source);
  if (!hasProperties(from)) return MAPI_ERROR.ecNullObject;
  const to = objectAt(c, destination);
  if (!hasProperties(to)) return MAPI_ERROR.ecDstNullObject;
  return from.kind === to.kind ? { from, to } : MAPI_ERROR.ecNotSupported;
}

/** Properties that are not copied: computed ones, and those that are unique to an object. */
function isComputed({ kind }: ObjectWithProperties, tag: number): boolean {
  switch (kind) {
    case "message":
      return COMPUTED.includes(tag) || tag === PR_MESSAGE_FLAGS;
    case "attachment":
      return COMPUTED_OF_ATTACHMENTS.includes(tag);
    case "folder":
      return COMPUTED_OF_FOLDERS.includes(tag);
    case "logon":
      return COMPUTED_OF_STORES.includes(tag);
  }
}

/** Code page for values copied between objects: UTF-8 encodes every character. */
const UTF8 = 65001;

function dataFor(object: ObjectWithProperties, tag: number): PropertyData | null {
  const set = setOn(object).get(storedTag(tag));
  if (set !== undefined) return set;
  const cell = cellOf(object, storedTag(tag), UTF8);
  return isPropertyError(cell) ? null : dataOf(storedTag(tag), cell, UTF8);
}

/** Copies these properties. Returns the properties that could not be copied, by position in `tags`, or an error code if nothing could be copied. */
function copyValues(c: RopContext, { from, to }: Pair, tags: readonly number[], copyFlags: number): PropertyProblem[] | number {
  const problems: PropertyProblem[] = [];
  const changes: (PropertyChange & { readonly index: number })[] = [];
  for (const [index, tag] of tags.entries()) {
    const data = dataFor(from, tag);
    if (data === null) problems.push({ index, tag, errorCode: MAPI_ERROR.ecNotFound });
    else if (!(copyFlags & COPY_NO_OVERWRITE) || dataFor(to, tag) === null) changes.push({ index, tag, data });
  }
  const codes = changeProperties(c, to, changes);
  if (typeof codes === "number") return codes;
  for (const [i, errorCode] of codes.entries()) if (errorCode) problems.push({ index: changes[i].index, tag: changes[i].tag, errorCode });
  if (!(copyFlags & COPY_MOVE)) return problems;
  const copied = changes.filter((_, i) => codes[i] === MAPI_ERROR.ecNone);
  const removed = changeProperties(
    c,
    from,
    copied.map(({ tag }) => ({ tag, data: null })),
  );
  return typeof removed === "number" ? removed : problems;
}

/** Copies recipients and attachments of a message, each unless it is excluded. Returns an error code, or 0. */
function copySubObjects(c: RopContext, from: OpenedMessage, to: OpenedMessage, excluded: readonly number[], copyFlags: number): number {
  const draft = draftOf(c, to);
  if (typeof draft === "number") return draft;
  const source = from.draft ?? from.message.content;
  const isWanted = (tag: number) => !excluded.some((other) => propertyId(other) === propertyId(tag));
  const keeps = (copyFlags & COPY_NO_OVERWRITE) !== 0;
  if (isWanted(PR_MESSAGE_RECIPIENTS) && !(keeps && draft.recipients.size > 0)) {
    const recipients = [...(source?.recipients.values() ?? [])];
    draft.setRecipients(() => draft.recipients.clear());
    for (const [row, recipient] of recipients.entries()) if (!draft.setRecipient(row, recipient)) return MAPI_ERROR.ecMemory;
  }
  if (isWanted(PR_MESSAGE_ATTACHMENTS) && !(keeps && draft.attachments.size > 0)) {
    const attachments = [...(source?.attachments ?? [])];
    draft.attachments.clear();
    for (const [number, properties] of attachments) {
      const code = draft.saveAttachment(number, properties);
      if (code) return code;
    }
  }
  return MAPI_ERROR.ecNone;
}

export function copyProperties(c: RopContext, q: Request<"CopyProperties">): RopResponse {
  const pair = pairAt(c, q.inputHandleIndex, q.destHandleIndex);
  if (typeof pair === "number") return failure(q, pair);
  if (q.tags.length > MAX_TAGS) return failure(q, MAPI_ERROR.ecTooBig);
  const problems = copyValues(c, pair, q.tags, q.copyFlags);
  if (typeof problems === "number") return failure(q, problems);
  const { from, to } = pair;
  const names = (tag: number) => q.tags.some((other) => propertyId(other) === propertyId(tag));
  const excluded = [PR_MESSAGE_RECIPIENTS, PR_MESSAGE_ATTACHMENTS].filter((tag) => !names(tag));
  if (from.kind === "message" && to.kind === "message" && excluded.length < 2) {
    const code = copySubObjects(c, from, to, excluded, q.copyFlags);
    if (code) return failure(q, code);
  }
  // A message without recipients or attachments is no problem: their tags stand for tables, not for a value that could be missing.
  const lacking = problems.filter(({ tag }) => !(from.kind === "message" && SUB_OBJECT_IDS.includes(propertyId(tag))));
  return { rop: "CopyProperties", handleIndex: q.inputHandleIndex, problems: lacking.sort((a, b) => a.index - b.index) };
}

const SUB_OBJECT_IDS: readonly number[] = [propertyId(PR_MESSAGE_RECIPIENTS), propertyId(PR_MESSAGE_ATTACHMENTS)];

/** Copies the message inside an attachment, unless the attachment's object is excluded. Returns an error code, or 0. */
function copyEmbedded(c: RopContext, { from, to }: Pair, excluded: readonly number[]): number {
  if (from.kind !== "attachment" || to.kind !== "attachment") return MAPI_ERROR.ecNone;
  const message = from.properties.get(EMBEDDED_MESSAGE);
  if (message === undefined || excluded.some((tag) => propertyId(tag) === propertyId(PR_ATTACH_DATA_OBJ))) return MAPI_ERROR.ecNone;
  return setAttachmentProperty(to, EMBEDDED_MESSAGE, message, c.session.budget);
}

/**
 * Copies the messages and subfolders of a folder. Returns an error code, or 0. It is passed in as a function, because this source folder must not import
 * `folder` (rooms.test.ts).
 */
export type CopyContents = (c: RopContext, from: ObjectWithProperties, to: ObjectWithProperties) => number;

/** Copies all properties that are not excluded. If the client asks for it, also a message's recipients and attachments, or a folder's contents. */
export function copyTo(c: RopContext, q: Request<"CopyTo">, copyContents: CopyContents): RopResponse {
  const pair = pairAt(c, q.inputHandleIndex, q.destHandleIndex);
  if (typeof pair === "number") return failure(q, pair);
  const { from, to } = pair;
  const isExcluded = (tag: number) => q.excludedTags.some((other) => propertyId(other) === propertyId(tag));
  const tags = tagsOf(from).filter((tag) => !isExcluded(tag) && !isComputed(from, tag) && tag !== SECOND_SENDER_NAME);
  const problems = copyValues(c, pair, tags, q.copyFlags);
  if (typeof problems === "number") return failure(q, problems);
  if (q.wantSubObjects !== 0) {
    const isOfMessages = from.kind === "message" && to.kind === "message";
    const code = isOfMessages ? copySubObjects(c, from, to, q.excludedTags, q.copyFlags) : copyContents(c, from, to);
    const embedded = code || copyEmbedded(c, pair, q.excludedTags);
    if (embedded) return failure(q, embedded);
  }
  const indexed = problems.filter(({ errorCode }) => errorCode !== MAPI_ERROR.ecNotFound);
  return { rop: "CopyTo", handleIndex: q.inputHandleIndex, problems: indexed };
}

/** The store keeps one property for both sender names, so this tag is not copied a second time. */
const SECOND_SENDER_NAME = PR_SENDER_NAME;
