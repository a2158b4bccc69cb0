/** A message that is being written: its values as a client set them, before they are saved. */

import {
  FIRST_NAMED_ID,
  MAPI_ERROR,
  MSGFLAG_ASSOCIATED,
  MSGFLAG_HASATTACH,
  MSGFLAG_READ,
  MSGFLAG_UNSENT,
  PR_ACCESS,
  PR_ACCESS_LEVEL,
  PR_ATTACH_NUM,
  PR_ATTACH_SIZE,
  PR_BODY,
  PR_CLIENT_SUBMIT_TIME,
  PR_CREATION_TIME,
  PR_DISPLAY_BCC,
  PR_DISPLAY_CC,
  PR_DISPLAY_TO,
  PR_ENTRYID,
  PR_FID,
  PR_HASATTACH,
  PR_INST_ID,
  PR_LAST_MODIFICATION_TIME,
  PR_MAPPING_SIGNATURE,
  PR_MESSAGE_CC_ME,
  PR_MESSAGE_CLASS,
  PR_MESSAGE_DELIVERY_TIME,
  PR_MESSAGE_FLAGS,
  PR_MESSAGE_RECIP_ME,
  PR_MESSAGE_SIZE,
  PR_MESSAGE_TO_ME,
  PR_MID,
  PR_MSG_STATUS,
  PR_OBJECT_TYPE,
  PR_PARENT_ENTRYID,
  PR_PARENT_FID,
  PR_RECORD_KEY,
  PR_SENDER_NAME,
  PR_SENT_REPRESENTING_NAME,
  PR_STORE_ENTRYID,
  PR_STORE_RECORD_KEY,
  PR_SUBJECT,
  propertyId,
  RECIPIENT_TYPE,
} from "@pushback/mapi";
import { MAX_ATTACHMENTS, MAX_DRAFT_BYTES, MAX_DRAFT_PROPERTIES, MAX_HEADER_CHARACTERS, MAX_RECIPIENTS } from "../limits.ts";
import {
  bytesOf,
  isSameData,
  type Message,
  type MessageContent,
  type MessageHeader,
  type PropertyData,
  type Recipient,
  sizeOfData,
  sizeOfRecipient,
  storedTag,
} from "./message-content.ts";

/** Properties of a message that the store computes. */
export const COMPUTED: readonly number[] = [
  PR_PARENT_ENTRYID,
  PR_MSG_STATUS,
  PR_ACCESS,
  PR_ACCESS_LEVEL,
  PR_MAPPING_SIGNATURE,
  PR_RECORD_KEY,
  PR_STORE_RECORD_KEY,
  PR_STORE_ENTRYID,
  PR_OBJECT_TYPE,
  PR_ENTRYID,
  PR_CREATION_TIME,
  PR_LAST_MODIFICATION_TIME,
  PR_PARENT_FID,
  PR_MESSAGE_DELIVERY_TIME,
  PR_MESSAGE_SIZE,
  PR_HASATTACH,
  PR_FID,
  PR_MID,
  PR_INST_ID,
  PR_DISPLAY_TO,
  PR_DISPLAY_CC,
  PR_DISPLAY_BCC,
  PR_MESSAGE_TO_ME,
  PR_MESSAGE_CC_ME,
  PR_MESSAGE_RECIP_ME,
];
/** Computed properties of attachments, which clients cannot set. */
export const COMPUTED_OF_ATTACHMENTS: readonly number[] = [PR_ATTACH_NUM, PR_ATTACH_SIZE];

/** Bits of PR_MESSAGE_FLAGS that are stored as set: without read, unsent and the computed ones. */
const KEPT_FLAGS = 0xffff & ~(MSGFLAG_READ | MSGFLAG_UNSENT | MSGFLAG_HASATTACH | MSGFLAG_ASSOCIATED);

const DISPLAYED = [
  [RECIPIENT_TYPE.TO, PR_DISPLAY_TO],
  [RECIPIENT_TYPE.CC, PR_DISPLAY_CC],
  [RECIPIENT_TYPE.BCC, PR_DISPLAY_BCC],
] as const;

/** Properties that stand in a message's row. */
const IN_HEADER: readonly number[] = [PR_SUBJECT, PR_MESSAGE_CLASS, PR_SENDER_NAME, PR_SENT_REPRESENTING_NAME];

/** Budget from which a draft takes memory. `take` returns false if there is no room for this many bytes. */
interface Budget {
  take(bytes: number): boolean;
  give(bytes: number): void;
}

/** Sets one property of an opened attachment, and counts its growth in `budget` and in `heldBytes`. Returns an error code, or 0. */
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
  /** PR_MESSAGE_FLAGS if the client has set it; otherwise `null`. */
  flags: number | null = null;
  readonly properties: Map<number, PropertyData>;
  readonly recipients: Map<number, Recipient>;
  readonly attachments: Map<number, ReadonlyMap<number, PropertyData>>;
  /** Flags of the saved message that clients cannot change: MSGFLAG_ASSOCIATED. */
  readonly #keptFlags: number;
  readonly #changed = new Set<number>();
  #nextAttachment: number;
  readonly #budget: Budget | null;
  /** Bytes taken from the budget. */
  #held = 0;

  /** `budget` is charged for values that are set from now on; `null`: no limit. */
  constructor(message: Message, isNew: boolean, budget: Budget | null) {
    this.#budget = budget;
    this.isNew = isNew;
    this.#keptFlags = message.flags & MSGFLAG_ASSOCIATED;
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

  /** Bytes of the text, the properties and the attachments together. */
  get bytes(): number {
    let sum = this.subject.length + this.body.length;
    for (const data of this.properties.values()) sum += sizeOfData(data);
    for (const attachment of this.attachments.values()) for (const data of attachment.values()) sum += sizeOfData(data);
    return sum;
  }

  /** Takes bytes from the budget; returns whether there was room. Replaced or deleted values stay counted until the draft is closed. */
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

  #valueOf(tag: number): PropertyData | null {
    switch (tag) {
      case PR_SUBJECT:
        return this.subject;
      case PR_BODY:
        return this.body;
      case PR_MESSAGE_CLASS:
        return this.messageClass;
      case PR_SENDER_NAME:
      case PR_SENT_REPRESENTING_NAME:
        return this.senderName;
      case PR_MESSAGE_FLAGS:
        return this.flags;
      default:
        return this.properties.get(tag) ?? null;
    }
  }

  /** Records that the value of a property changed. */
  #note(tag: number, before: PropertyData | null, now: PropertyData | null): void {
    if (!isSameData(before, now)) this.#changed.add(tag);
  }

  /** Tags of the properties that a save changes; PR_MESSAGE_SIZE among them where `resized`. */
  changedTags(resized: boolean): number[] {
    return [...this.#changed, ...(resized ? [PR_MESSAGE_SIZE] : []), PR_LAST_MODIFICATION_TIME];
  }

  /** Fields of the message's row as they will be after saving. */
  header(): Partial<MessageHeader> {
    const { subject, messageClass, senderName, submittedMs, flags } = this;
    const set = flags === null ? {} : { read: (flags & MSGFLAG_READ) !== 0, flags: (flags & KEPT_FLAGS) | this.#keptFlags };
    return { subject, messageClass, senderName, submittedMs, ...set };
  }

  /** Whether the message is not sent: as PR_MESSAGE_FLAGS was set, or `otherwise`. */
  isUnsent(otherwise: boolean): boolean {
    return this.flags === null ? otherwise : (this.flags & MSGFLAG_UNSENT) !== 0;
  }

  /** Sets one property. Returns an error code, or 0. */
  set(wanted: number, data: PropertyData): number {
    const tag = storedTag(wanted);
    const before = this.#valueOf(tag);
    const code = this.#set(tag, data);
    if (code === MAPI_ERROR.ecNone) this.#note(tag, before, this.#valueOf(tag));
    return code;
  }

  #set(tag: number, data: PropertyData): number {
    if (COMPUTED.includes(tag)) return MAPI_ERROR.ecComputed;
    if (this.bytes + sizeOfData(data) > MAX_DRAFT_BYTES) return MAPI_ERROR.ecTooBig;
    if (IN_HEADER.includes(tag) && sizeOfData(data) > MAX_HEADER_CHARACTERS) return MAPI_ERROR.ecTooBig;
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
      case PR_MESSAGE_FLAGS:
        this.flags = Number(data);
        break;
      default:
        if (this.properties.size >= MAX_DRAFT_PROPERTIES) return MAPI_ERROR.ecTooBig;
        this.properties.set(tag, data);
    }
    return MAPI_ERROR.ecNone;
  }

  /** Deletes a property. Returns the error code, or 0; deleting a property without a value also returns 0. */
  delete(wanted: number): number {
    const tag = storedTag(wanted);
    if (COMPUTED.includes(tag) || tag === PR_MESSAGE_CLASS || tag === PR_MESSAGE_FLAGS) return MAPI_ERROR.ecAccessDenied;
    const before = this.#valueOf(tag);
    if (tag === PR_SUBJECT) this.subject = "";
    else if (tag === PR_BODY) this.body = "";
    else this.properties.delete(tag);
    this.#note(tag, before, this.#valueOf(tag));
    return MAPI_ERROR.ecNone;
  }

  /** Sets or replaces the recipient with this row id. Returns false if there are too many recipients, or no room in the budget. */
  setRecipient(row: number, recipient: Recipient): boolean {
    if (this.recipients.size >= MAX_RECIPIENTS && !this.recipients.has(row)) return false;
    if (!this.hold(sizeOfRecipient(recipient))) return false;
    this.setRecipients(() => this.recipients.set(row, recipient));
    return true;
  }

  /** Changes recipients, and remembers which names that changes. */
  setRecipients(change: () => void): void {
    const names = () => DISPLAYED.map(([type]) => this.#namesOf(type));
    const before = names();
    change();
    for (const [i, name] of names().entries()) if (name !== before[i]) this.#changed.add(DISPLAYED[i][1]);
  }

  #namesOf(type: number): string {
    const ofType = [...this.recipients.values()].filter((recipient) => recipient.type === type);
    return ofType.map(({ displayName, address }) => displayName || address).join("; ");
  }

  /** The number of a new attachment, which becomes part of the message when it is saved; `null` where there are enough. */
  nextAttachment(): number | null {
    return this.attachments.size >= MAX_ATTACHMENTS || this.#nextAttachment > 0xffff ? null : this.#nextAttachment++;
  }

  /** Makes the properties those of attachment `number`. Returns an error code, or 0. */
  saveAttachment(number: number, properties: ReadonlyMap<number, PropertyData>): number {
    const size = bytesOf(properties);
    if (this.bytes + size > MAX_DRAFT_BYTES) return MAPI_ERROR.ecTooBig;
    if (!this.hold(size)) return MAPI_ERROR.ecMemory;
    if (this.attachments.size === 0) this.#changed.add(PR_HASATTACH);
    this.attachments.set(number, new Map(properties));
    return MAPI_ERROR.ecNone;
  }

  /** The content that the message would have if it were saved now. */
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
