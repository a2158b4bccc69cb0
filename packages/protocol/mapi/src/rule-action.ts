/** Actions of standard rules (MS-OXORULE 2.2.5), as they stand in PR_RULE_ACTIONS. Input from the network is bounded and never throws. */

import { ByteWriter } from "@pushback/bytes";
import { BoundedReader } from "@pushback/dcerpc";
import { putBytes, putU16 } from "./checked-writes.ts";
import { type ObjectId, readObjectId } from "./object-id.ts";
import type { TaggedValue } from "./property.ts";
import { isKnownType, readValue } from "./property-value.ts";

/** ActionType (MS-OXORULE 2.2.5.1). */
export const RULE_ACTION = {
  MOVE: 0x01,
  COPY: 0x02,
  REPLY: 0x03,
  OOF_REPLY: 0x04,
  DEFER_ACTION: 0x05,
  BOUNCE: 0x06,
  FORWARD: 0x07,
  DELEGATE: 0x08,
  TAG: 0x09,
  DELETE: 0x0a,
  MARK_AS_READ: 0x0b,
} as const;

/** Bits of PR_RULE_STATE (MS-OXORULE 2.2.1.3.1.3). */
export const RULE_STATE = { ENABLED: 0x01, ERROR: 0x02, ONLY_WHEN_OOF: 0x04, EXIT_LEVEL: 0x10 } as const;

/** ActionFlavor of a forward, and of a reply (MS-OXORULE 2.2.5.1.1). */
export const FORWARD_FLAVOR = { PRESERVE_SENDER: 0x01, UNCHANGED: 0x02, AS_ATTACHMENT: 0x04, AS_TEXT_MESSAGE: 0x08 } as const;
/** ActionFlavor of a reply (MS-OXORULE 2.2.5.1.1): not to the sender of the message, or with the server's text instead of a template's. */
export const REPLY_FLAVOR = { NOT_TO_SENDER: 0x01, STOCK_TEXT: 0x02 } as const;

/** Why a rule rejects a message: diagnostic codes of X.400 (MS-OXORULE 2.2.5.1.2.5). */
export const BOUNCE_CODE = { TOO_LARGE: 0x0d, FORM_MISMATCH: 0x1f, REFUSED: 0x26 } as const;

/** An action by its kind. `folder` is the FolderEID field: a ServerEid if `inThisStore`, otherwise a folder's entry id. */
export type RuleOperation =
  | { readonly kind: "move" | "copy"; readonly inThisStore: boolean; readonly folder: Uint8Array }
  | { readonly kind: "reply" | "oof-reply"; readonly flavor: number; readonly templateFid: ObjectId; readonly templateMid: ObjectId }
  | { readonly kind: "forward" | "delegate"; readonly flavor: number; readonly recipients: readonly (readonly TaggedValue[])[] }
  | { readonly kind: "bounce"; readonly code: number }
  | { readonly kind: "tag"; readonly value: TaggedValue }
  | { readonly kind: "defer" | "delete" | "mark-as-read" };

/** `block`: the action's bytes without its length, as a deferred action message has them. */
export type RuleAction = RuleOperation & { readonly block: Uint8Array };

function readTagged(r: BoundedReader): TaggedValue {
  const tag = r.u32();
  const type = tag & 0xffff;
  if (!isKnownType(type)) r.fail();
  return { tag, value: r.failed ? 0 : readValue(r, type) };
}

/** MS-OXORULE 2.2.5.1.2.1: FolderInThisStore, StoreEID and FolderEID, both after their sizes. */
function readMove(r: BoundedReader, kind: "move" | "copy"): RuleOperation {
  const inThisStore = r.u8() !== 0;
  r.skip(r.u16());
  return { kind, inThisStore, folder: r.bytes(r.u16()) };
}

/** MS-OXORULE 2.2.5.1.2.2: the folder and the message id of the template, and its GUID, which the template has as a property. */
function readReply(r: BoundedReader, kind: "reply" | "oof-reply", flavor: number): RuleOperation {
  const templateFid = readObjectId(r);
  const templateMid = readObjectId(r);
  r.skip(16);
  return { kind, flavor, templateFid, templateMid };
}

/** MS-OXORULE 2.2.5.1.2.4: recipient blocks, each a reserved octet, a count and properties. */
function readForward(r: BoundedReader, kind: "forward" | "delegate", flavor: number): RuleOperation {
  const recipients: TaggedValue[][] = [];
  for (let n = r.u16(); n > 0 && !r.failed; n--) {
    r.skip(1);
    const values: TaggedValue[] = [];
    for (let m = r.u16(); m > 0 && !r.failed; m--) values.push(readTagged(r));
    recipients.push(values);
  }
  return { kind, flavor, recipients };
}

/** `null` for a type that no action has. */
function readOperation(r: BoundedReader): RuleOperation | null {
  const type = r.u8();
  const flavor = r.u32();
  // ActionFlags: the client's own.
  r.skip(4);
  switch (type) {
    case RULE_ACTION.MOVE:
      return readMove(r, "move");
    case RULE_ACTION.COPY:
      return readMove(r, "copy");
    case RULE_ACTION.REPLY:
      return readReply(r, "reply", flavor);
    case RULE_ACTION.OOF_REPLY:
      return readReply(r, "oof-reply", flavor);
    case RULE_ACTION.DEFER_ACTION:
      return { kind: "defer" };
    case RULE_ACTION.BOUNCE:
      return { kind: "bounce", code: r.u32() };
    case RULE_ACTION.FORWARD:
      return readForward(r, "forward", flavor);
    case RULE_ACTION.DELEGATE:
      return readForward(r, "delegate", flavor);
    case RULE_ACTION.TAG:
      return { kind: "tag", value: readTagged(r) };
    case RULE_ACTION.DELETE:
      return { kind: "delete" };
    case RULE_ACTION.MARK_AS_READ:
      return { kind: "mark-as-read" };
    default:
      return null;
  }
}

/** The actions in order; `null` where one is cut off, does not parse, or has an unknown type. */
export function parseRuleActions(b: Uint8Array): RuleAction[] | null {
  const r = new BoundedReader(b);
  const actions: RuleAction[] = [];
  for (let n = r.u16(); n > 0 && !r.failed; n--) {
    const block = r.bytes(r.u16());
    if (r.failed) return null;
    const inner = new BoundedReader(block);
    const operation = readOperation(inner);
    if (!operation || inner.failed) return null;
    actions.push({ ...operation, block });
  }
  return r.failed ? null : actions;
}

/** The bytes of actions (MS-OXORULE 2.2.5) with these blocks. FieldError for more than 65,535, and for a block of more bytes. */
export function emitRuleActions(blocks: readonly Uint8Array[]): Uint8Array {
  const w = new ByteWriter();
  putU16(w, blocks.length);
  for (const block of blocks) {
    putU16(w, block.length);
    putBytes(w, block);
  }
  return w.toBytes();
}
