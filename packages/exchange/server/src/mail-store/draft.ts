/** A message while it is written: what was set and is not saved yet. */

import {
  FIRST_NAMED_ID,
  MAPI_ERROR,
  PR_ATTACH_NUM,
  PR_ATTACH_SIZE,
  PR_BODY,
  PR_CLIENT_SUBMIT_TIME,
  PR_DISPLAY_BCC,
  PR_DISPLAY_CC,
  PR_DISPLAY_TO,
  PR_FID,
  PR_HASATTACH,
  PR_INST_ID,
  PR_MESSAGE_CLASS,
  PR_MESSAGE_DELIVERY_TIME,
  PR_MESSAGE_FLAGS,
  PR_MESSAGE_SIZE,
  PR_MID,
  PR_SENDER_NAME,
  PR_SENT_REPRESENTING_NAME,
  PR_SUBJECT,
  propertyId,
} from "@pushback/mapi";
import { MAX_ATTACHMENTS, MAX_DRAFT_BYTES, MAX_DRAFT_PROPERTIES, MAX_RECIPIENTS } from "../limits.ts";
import { bytesOf, type Message, type MessageContent, type PropertyData, type Recipient, sizeOfData, storedTag } from "./message-content.ts";

/** Properties of a message that the store works out. */
const COMPUTED: readonly number[] = [
  PR_MESSAGE_DELIVERY_TIME,
  PR_MESSAGE_SIZE,
  PR_HASATTACH,
  PR_FID,
  PR_MID,
  PR_INST_ID,
  PR_DISPLAY_TO,
  PR_DISPLAY_CC,
  PR_DISPLAY_BCC,
];
/** The same of an attachment. */
const COMPUTED_OF_ATTACHMENTS: readonly number[] = [PR_ATTACH_NUM, PR_ATTACH_SIZE];

/** Where a draft's bytes are counted: `take` says whether there is room. */
interface Budget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** Sets one property of an opened attachment, its growth counted in `budget` and in `heldBytes`; the error code, or 0. */
export function setAttachmentProperty(
  attachment: { readonly properties: Map<number, PropertyData>; heldBytes: number },
  tag: number,
  data: PropertyData,
  budget: Budget,
): number {
  if (COMPUTED_OF_ATTACHMENTS.includes(tag)) return MAPI_ERROR.ecComputed;
  const { properties } = attachment;
  const before = properties.get(storedTag(tag));
  const growth = Math.max(0, sizeOfData(data) - (before === undefined ? 0 : sizeOfData(before)));
  if (properties.size >= MAX_DRAFT_PROPERTIES || bytesOf(properties) + growth > MAX_DRAFT_BYTES) return MAPI_ERROR.ecTooBig;
  if (!budget.take(growth)) return MAPI_ERROR.ecMemory;
  attachment.heldBytes += growth;
  properties.set(storedTag(tag), data);
  return MAPI_ERROR.ecNone;
}

export class Draft {
  /** The message is in no folder yet. */
  readonly isNew: boolean;
  subject: string;
  body: string;
  messageClass: string;
  senderName: string;
  submittedMs: number;
  readonly properties: Map<number, PropertyData>;
  readonly recipients: Map<number, Recipient>;
  readonly attachments: Map<number, ReadonlyMap<number, PropertyData>>;
  #nextAttachment: number;
  readonly #budget: Budget | null;
  /** Bytes taken from the budget. */
  #held = 0;

  /** `budget` counts what is set from now on; `null` counts nothing. */
  constructor(message: Message, isNew: boolean, budget: Budget | null) {
    this.#budget = budget;
    this.isNew = isNew;
    this.subject = message.subject;
    this.body = message.body;
    this.messageClass = message.messageClass;
    this.senderName = message.senderName;
    this.submittedMs = message.submittedMs;
    this.properties = new Map(message.content?.properties);
    this.recipients = new Map(message.content?.recipients.map((recipient, row) => [row, recipient]));
    this.attachments = new Map(message.content?.attachments);
    this.#nextAttachment = Math.max(-1, ...this.attachments.keys()) + 1;
  }

  /** The text, the properties and the attachments together. */
  get bytes(): number {
    let sum = this.subject.length + this.body.length;
    for (const data of this.properties.values()) sum += sizeOfData(data);
    for (const attachment of this.attachments.values()) for (const data of attachment.values()) sum += sizeOfData(data);
    return sum;
  }

  /** Whether there was room in the budget for these bytes, which are taken. What is replaced or deleted stays counted until the draft is closed. */
  hold(bytes: number): boolean {
    if (this.#budget?.take(bytes) === false) return false;
    this.#held += bytes;
    return true;
  }

  /** Gives the bytes back: the draft was saved or dropped. */
  close(): void {
    this.#budget?.give(this.#held);
    this.#held = 0;
  }

  /** Sets one property; the error code, or 0. */
  set(wanted: number, data: PropertyData): number {
    const tag = storedTag(wanted);
    if (COMPUTED.includes(tag)) return MAPI_ERROR.ecComputed;
    if (this.bytes + sizeOfData(data) > MAX_DRAFT_BYTES) return MAPI_ERROR.ecTooBig;
    if (!this.hold(sizeOfData(data))) return MAPI_ERROR.ecMemory;
    switch (tag) {
      case PR_SUBJECT:
        this.subject = String(data);
        break;
      case PR_BODY:
        this.body = String(data);
        break;
      case PR_MESSAGE_CLASS:
        this.messageClass = String(data);
        break;
      case PR_SENDER_NAME:
      case PR_SENT_REPRESENTING_NAME:
        this.senderName = String(data);
        break;
      case PR_CLIENT_SUBMIT_TIME:
        this.submittedMs = msFromFileTime(data as bigint);
        break;
      // Whether it is read, and sent, is the store's to say.
      case PR_MESSAGE_FLAGS:
        break;
      default:
        if (this.properties.size >= MAX_DRAFT_PROPERTIES) return MAPI_ERROR.ecTooBig;
        this.properties.set(tag, data);
    }
    return MAPI_ERROR.ecNone;
  }

  /** The error code, or 0, also for one that was not there. */
  delete(wanted: number): number {
    const tag = storedTag(wanted);
    if (COMPUTED.includes(tag) || tag === PR_MESSAGE_CLASS || tag === PR_MESSAGE_FLAGS) return MAPI_ERROR.ecAccessDenied;
    if (tag === PR_SUBJECT) this.subject = "";
    else if (tag === PR_BODY) this.body = "";
    else this.properties.delete(tag);
    return MAPI_ERROR.ecNone;
  }

  /** Whether there was room. */
  setRecipient(row: number, recipient: Recipient): boolean {
    if (this.recipients.size >= MAX_RECIPIENTS && !this.recipients.has(row)) return false;
    if (!this.hold(recipient.address.length + recipient.displayName.length)) return false;
    this.recipients.set(row, recipient);
    return true;
  }

  /** The number of a new attachment, which becomes part of the message when it is saved; `null` where there are enough. */
  nextAttachment(): number | null {
    return this.attachments.size >= MAX_ATTACHMENTS || this.#nextAttachment > 0xffff ? null : this.#nextAttachment++;
  }

  /** The error code, or 0. */
  saveAttachment(number: number, properties: ReadonlyMap<number, PropertyData>): number {
    const size = bytesOf(properties);
    if (this.bytes + size > MAX_DRAFT_BYTES) return MAPI_ERROR.ecTooBig;
    if (!this.hold(size)) return MAPI_ERROR.ecMemory;
    this.attachments.set(number, new Map(properties));
    return MAPI_ERROR.ecNone;
  }

  /** What the message will hold when it is saved now. */
  content(unsent: boolean): MessageContent {
    const rows = [...this.recipients].sort(([a], [b]) => a - b);
    return {
      unsent,
      recipients: rows.map(([, recipient]) => recipient),
      properties: new Map(this.properties),
      attachments: new Map(this.attachments),
    };
  }
}

/** Tenths of microseconds since 1601 as milliseconds since 1970. */
function msFromFileTime(time: bigint): number {
  return Number(time / 10_000n) - 11_644_473_600_000;
}

export function hasNamedProperties(content: MessageContent | null): boolean {
  for (const tag of content?.properties.keys() ?? []) if (propertyId(tag) >= FIRST_NAMED_ID) return true;
  return false;
}
