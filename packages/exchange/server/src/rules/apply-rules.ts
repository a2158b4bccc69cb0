/**
 * Rules on mail that comes (MS-OXORULE 3.2.5.1): conditions are restrictions on the message; move, copy, delete, mark as read, forward and tag
 * are carried out. Replies, bounces, delegation and deferred actions are kept and not carried out. A rule that is for absences alone (ST_ONLY_WHEN_OOF) never runs: this
 * server knows no absence.
 */

import { formatHex } from "@pushback/bytes";
import {
  PR_AUTO_FORWARDED,
  PR_RULE_ACTIONS,
  PR_RULE_CONDITION,
  PR_RULE_SEQUENCE,
  PR_RULE_STATE,
  parseRestriction,
  parseRuleActions,
  RULE_STATE,
  type RuleAction,
  type TaggedValue,
} from "@pushback/mapi";
import { Draft } from "../mail-store/draft.ts";
import { entryKey, type Folder, type Mailbox } from "../mail-store/mailbox.ts";
import { dataOf, headerOf, MessageRecord } from "../mail-store/message-content.ts";
import type { Address, Route } from "../mail-store/route.ts";
import { decodeWireText } from "../mail-store/wire-text.ts";
import { dnOfEntryId } from "../session/folder-rights.ts";
import { matchesRestriction } from "../table/restriction-match.ts";
import { messageAsRow } from "../table/search.ts";
import { type Rule, rulesOf } from "./stored-rules.ts";

/** Folders that one message is copied to, and recipients that it is forwarded to. */
const MOST_COPIES = 16;

const PR_ENTRYID_ID = 0x0fff;
const PR_ADDRTYPE_ID = 0x3002;
const PR_EMAIL_ADDRESS_ID = 0x3003;

/** The bytes of a ServerEid of a folder (MS-OXCDATA 2.11.1.4): Ours, FolderId, MessageId, Instance. */
const SERVER_EID_BYTES = 21;
/** Where a folder's entry id has its global counter (MS-OXCDATA 2.2.4.1); its replica is this server's. */
const ENTRY_COUNTER_AT = 38;
const ENTRY_ID_BYTES = 46;

/** The folder that a move or copy names; `null` where this mailbox has none like it, or it finds messages and holds none. */
function targetOf(mailbox: Mailbox, { inThisStore, folder: b }: Extract<RuleAction, { readonly kind: "move" | "copy" }>): Folder | null {
  let fid = "";
  if (inThisStore && b.length === SERVER_EID_BYTES && b[0] === 1) fid = formatHex(b, 1, 8);
  else if (b.length === ENTRY_ID_BYTES) fid = `0100${formatHex(b, ENTRY_COUNTER_AT, 6)}`;
  const found = mailbox.findFolder(fid);
  return found?.isSearch === false ? found : null;
}

/** The mailbox of a recipient of a forward: by the DN in its entry id or address, or by the alias before the @. */
function addressOf(values: readonly TaggedValue[], codePage: number): Address | null {
  const value = (id: number) => values.find(({ tag }) => tag >>> 16 === id);
  const text = (id: number) => {
    const found = value(id);
    if (!(found?.value instanceof Uint8Array)) return null;
    return (found.tag & 0xffff) === 0x1f ? new TextDecoder("utf-16le").decode(found.value) : decodeWireText(codePage, found.value);
  };
  const address = text(PR_EMAIL_ADDRESS_ID);
  if (address !== null && (text(PR_ADDRTYPE_ID) ?? "EX").toUpperCase() !== "EX") return { alias: address.split("@")[0] };
  if (address !== null) return { dn: address };
  const entryId = value(PR_ENTRYID_ID)?.value;
  return entryId instanceof Uint8Array ? { dn: dnOfEntryId(entryId) } : null;
}

function numberOf({ properties }: Rule, tag: number): number {
  const value = properties.get(tag);
  return typeof value === "number" ? value : 0;
}

function bytesOf({ properties }: Rule, tag: number): Uint8Array | null {
  const value = properties.get(tag);
  return value instanceof Uint8Array ? value : null;
}

/** Whether the rule runs, and its condition holds. A rule without a condition is for every message; one that does not parse for none. */
function applies(rule: Rule, folder: Folder, message: MessageRecord): boolean {
  const state = numberOf(rule, PR_RULE_STATE);
  if (!(state & RULE_STATE.ENABLED) || state & RULE_STATE.ONLY_WHEN_OOF) return false;
  const condition = bytesOf(rule, PR_RULE_CONDITION);
  if (condition === null || condition.length === 0) return true;
  const restriction = parseRestriction(condition);
  return restriction !== null && matchesRestriction(restriction, messageAsRow(folder, message, rule.codePage));
}

/** The message with a property set as a client would set it; the same message where it cannot be. */
function tagged(message: MessageRecord, { tag, value }: TaggedValue, codePage: number): MessageRecord {
  const draft = new Draft(message, true, null);
  if (draft.set(tag, dataOf(tag, value, codePage)) !== 0) return message;
  const header = { ...headerOf(message), ...draft.header(), read: message.read };
  return new MessageRecord(header, { body: draft.body, content: draft.content(false) });
}

/** Where mail for this folder goes; `null` where the folder has no rules. */
export function applyRules(folder: Folder, incoming: MessageRecord): Route | null {
  if (!folder.mailbox.entries.has(entryKey("rules", String(folder.index)))) return null;
  const { rules } = rulesOf(folder);
  const inOrder = [...rules].sort((a, b) => numberOf(a, PR_RULE_SEQUENCE) - numberOf(b, PR_RULE_SEQUENCE));
  let message = incoming;
  let to: Folder | null = folder;
  const copies: Route["copies"][number][] = [];
  const forwards: Address[] = [];
  const isForwarded = incoming.content?.properties.get(PR_AUTO_FORWARDED) === true;
  for (const rule of inOrder) {
    if (!applies(rule, folder, message)) continue;
    for (const action of parseRuleActions(bytesOf(rule, PR_RULE_ACTIONS) ?? new Uint8Array(2)) ?? []) {
      switch (action.kind) {
        case "move": {
          const target = targetOf(folder.mailbox, action);
          // A message that was moved stays where it went first (assumed).
          if (target && to === folder) to = target;
          break;
        }
        case "copy": {
          const target = targetOf(folder.mailbox, action);
          if (target && copies.length < MOST_COPIES) copies.push({ to: target, message });
          break;
        }
        case "delete":
          if (to === folder) to = null;
          break;
        case "mark-as-read":
          message = message.withHeader({ ...headerOf(message), read: true });
          break;
        case "tag":
          message = tagged(message, action.value, rule.codePage);
          break;
        case "forward": {
          // A message that a rule forwarded is not forwarded again: two rules would never end (assumed).
          const found = isForwarded ? [] : action.recipients.map((values) => addressOf(values, rule.codePage));
          for (const address of found) if (address && forwards.length < MOST_COPIES) forwards.push(address);
          break;
        }
        case "other":
          break;
      }
    }
    if (to === null || numberOf(rule, PR_RULE_STATE) & RULE_STATE.EXIT_LEVEL) break;
  }
  return { message, to, copies, forwards };
}
