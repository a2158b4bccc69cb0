/** Actions of standard rules (MS-OXORULE 2.2.5), as they stand in PR_RULE_ACTIONS. Input from the network is bounded and never throws. */

import { BoundedReader } from "@pushback/dcerpc";
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

/** `folder`: the FolderEID field: a ServerEid where `inThisStore`, or else a folder's entry id. `type`: an action without data that is read here. */
export type RuleAction =
  | { readonly kind: "move" | "copy"; readonly inThisStore: boolean; readonly folder: Uint8Array }
  | { readonly kind: "forward"; readonly recipients: readonly (readonly TaggedValue[])[] }
  | { readonly kind: "tag"; readonly value: TaggedValue }
  | { readonly kind: "delete" | "mark-as-read" }
  | { readonly kind: "other"; readonly type: number };

function readTagged(r: BoundedReader): TaggedValue {
  const tag = r.u32();
  const type = tag & 0xffff;
  if (!isKnownType(type)) r.fail();
  return { tag, value: r.failed ? 0 : readValue(r, type) };
}

/** MS-OXORULE 2.2.5.1.2.1: FolderInThisStore, StoreEID and FolderEID, both after their sizes. */
function readMove(r: BoundedReader, kind: "move" | "copy"): RuleAction {
  const inThisStore = r.u8() !== 0;
  r.skip(r.u16());
  return { kind, inThisStore, folder: r.bytes(r.u16()) };
}

/** MS-OXORULE 2.2.5.1.2.4: recipient blocks, each a reserved octet, a count and properties. */
function readForward(r: BoundedReader): RuleAction {
  const recipients: TaggedValue[][] = [];
  for (let n = r.u16(); n > 0 && !r.failed; n--) {
    r.skip(1);
    const values: TaggedValue[] = [];
    for (let m = r.u16(); m > 0 && !r.failed; m--) values.push(readTagged(r));
    recipients.push(values);
  }
  return { kind: "forward", recipients };
}

function readAction(r: BoundedReader): RuleAction {
  const type = r.u8();
  // ActionFlavor and ActionFlags: flavors of replies and forwards, flags of the client's.
  r.skip(8);
  switch (type) {
    case RULE_ACTION.MOVE:
      return readMove(r, "move");
    case RULE_ACTION.COPY:
      return readMove(r, "copy");
    case RULE_ACTION.FORWARD:
      return readForward(r);
    case RULE_ACTION.TAG:
      return { kind: "tag", value: readTagged(r) };
    case RULE_ACTION.DELETE:
      return { kind: "delete" };
    case RULE_ACTION.MARK_AS_READ:
      return { kind: "mark-as-read" };
    default:
      return { kind: "other", type };
  }
}

/** The actions in order; `null` where one is cut off or does not parse. */
export function parseRuleActions(b: Uint8Array): RuleAction[] | null {
  const r = new BoundedReader(b);
  const actions: RuleAction[] = [];
  for (let n = r.u16(); n > 0 && !r.failed; n--) {
    const block = r.bytes(r.u16());
    if (r.failed) return null;
    const inner = new BoundedReader(block);
    const action = readAction(inner);
    if (inner.failed) return null;
    actions.push(action);
  }
  return r.failed ? null : actions;
}
