/**
 * Applies rules to incoming mail (MS-OXORULE 3.2.5.1). A condition is a restriction on the message. Actions that only a client can perform are stored in
 * a deferred action message. Rules and replies for absences (out of office) never run: this server has no out-of-office state.
 */

import { formatHex } from "@pushback/bytes";
import {
  PR_AUTO_FORWARDED,
  PR_DELEGATED_BY_RULE,
  PR_HAS_DAMS,
  PR_RULE_ACTIONS,
  PR_RULE_CONDITION,
  PR_RULE_ID,
  PR_RULE_PROVIDER,
  PR_RULE_SEQUENCE,
  PR_RULE_STATE,
  PR_SENDER_ADDRTYPE,
  PR_SENDER_EMAIL_ADDRESS,
  PR_SENT_REPRESENTING_ADDRTYPE,
  PR_SENT_REPRESENTING_EMAIL_ADDRESS,
  parseRestriction,
  parseRuleActions,
  RECIPIENT_TYPE,
  REPLY_FLAVOR,
  RULE_STATE,
  type RuleAction,
  type TaggedValue,
} from "@pushback/mapi";
import { Draft } from "../mail-store/draft.ts";
import { entryKey, type Folder, type Mailbox } from "../mail-store/mailbox.ts";
import { ContentUnreadable, dataOf, headerOf, MessageRecord, type PropertyData } from "../mail-store/message-content.ts";
import type { Address, Route } from "../mail-store/route.ts";
import { decodeWireText } from "../mail-store/wire-text.ts";
import { dnOfEntryId } from "../session/folder-rights.ts";
import { matchesRestriction } from "../table/restriction-match.ts";
import { messageAsRow } from "../table/search.ts";
import { bounceReport, deferredActionMessage, delegatedMessage, forwardedMessage, replyMessage } from "./rule-messages.ts";
import { type Rule, rulesOf } from "./stored-rules.ts";

/** Folders that one message is copied to, and messages that are sent about it. */
const MOST_COPIES = 16;

const PR_ENTRYID_ID = 0x0fff;
const PR_ADDRTYPE_ID = 0x3002;
const PR_EMAIL_ADDRESS_ID = 0x3003;

/** The bytes of a ServerEid of a folder (MS-OXCDATA 2.11.1.4): Ours, FolderId, MessageId, Instance. */
const SERVER_EID_BYTES = 21;
/** Where a folder's entry id has its global counter (MS-OXCDATA 2.2.4.1); its replica is this server's. */
const ENTRY_COUNTER_AT = 38;
const ENTRY_ID_BYTES = 46;

/** The target folder of a move or copy; `null` if the mailbox does not have it, or if it is a search folder. */
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

/** Whether the rule is enabled and its condition holds. A rule without a condition applies to every message, a malformed condition to none. */
function applies(rule: Rule, folder: Folder, message: MessageRecord): boolean {
  const state = numberOf(rule, PR_RULE_STATE);
  if (!(state & RULE_STATE.ENABLED) || state & RULE_STATE.ONLY_WHEN_OOF) return false;
  const condition = bytesOf(rule, PR_RULE_CONDITION);
  if (condition === null || condition.length === 0) return true;
  const restriction = parseRestriction(condition);
  return restriction !== null && matchesRestriction(restriction, messageAsRow(folder, message, rule.codePage));
}

/** The message with a property set as a client would set it; the same message where it cannot be. */
function withData(message: MessageRecord, tag: number, data: PropertyData): MessageRecord {
  const draft = new Draft(message, true, null);
  if (draft.set(tag, data) !== 0) return message;
  const header = { ...headerOf(message), ...draft.header(), read: message.read };
  return new MessageRecord(header, { body: draft.body, content: draft.content(false) });
}

/** The mailbox of the user who sent a message; `null` for mail from outside, which nothing is sent back to. */
function senderOf(message: MessageRecord): { readonly dn: string; readonly name: string } | null {
  const properties = message.content?.properties;
  for (const [type, address] of [
    [PR_SENT_REPRESENTING_ADDRTYPE, PR_SENT_REPRESENTING_EMAIL_ADDRESS],
    [PR_SENDER_ADDRTYPE, PR_SENDER_EMAIL_ADDRESS],
  ] as const) {
    const dn = properties?.get(address);
    if (typeof dn === "string" && properties?.get(type) === "EX") return { dn, name: message.senderName };
  }
  return null;
}

/** The template of a reply; `null` if it was deleted or cannot be read. */
function templateOf(mailbox: Mailbox, { templateFid, templateMid }: Extract<RuleAction, { readonly kind: "reply" | "oof-reply" }>) {
  const template = mailbox.findFolder(templateFid)?.associated.get(templateMid);
  try {
    return template?.content ? template : null;
  } catch (error) {
    if (error instanceof ContentUnreadable) return null;
    throw error;
  }
}

/** Message classes of replies from a template and of automatic reports begin like this: rules do not reply to them. */
const AUTOMATIC_CLASSES = ["ipm.note.rules.", "report."];

/** One message on its way through the rules of its mailbox. */
class RulesRun {
  readonly #mailbox: Mailbox;
  readonly #incoming: MessageRecord;
  readonly #visited = new Set<Folder>();
  readonly #copies: Route["copies"][number][] = [];
  readonly #sent: Route["sent"][number][] = [];
  readonly #deferred: { readonly provider: string; readonly folder: Folder; readonly ruleId: bigint; readonly block: Uint8Array }[] = [];
  #message: MessageRecord;
  #to: Folder | null;

  constructor(folder: Folder, incoming: MessageRecord) {
    this.#mailbox = folder.mailbox;
    this.#incoming = incoming;
    this.#message = incoming;
    this.#to = folder;
  }

  /** Runs the rules of a folder. If a rule moves the message to another folder, that folder's rules run before the remaining ones. */
  run(folder: Folder): void {
    this.#visited.add(folder);
    const inOrder = [...rulesOf(folder).rules].sort((a, b) => numberOf(a, PR_RULE_SEQUENCE) - numberOf(b, PR_RULE_SEQUENCE));
    for (const rule of inOrder) {
      if (!applies(rule, folder, this.#message)) continue;
      for (const action of parseRuleActions(bytesOf(rule, PR_RULE_ACTIONS) ?? new Uint8Array(2)) ?? []) this.#act(folder, rule, action);
      if (this.#to === null || numberOf(rule, PR_RULE_STATE) & RULE_STATE.EXIT_LEVEL) break;
    }
  }

  get route(): Route {
    const groups = groupBy(this.#deferred, ({ provider, folder }) => `${folder.index}/${provider}`);
    const deferred = groups.map((group) => ({
      provider: group[0].provider,
      folder: group[0].folder,
      ruleIds: [...new Set(group.map(({ ruleId }) => ruleId))],
      blocks: group.map(({ block }) => block),
    }));
    const message = deferred.length > 0 ? withData(this.#message, PR_HAS_DAMS, true) : this.#message;
    return {
      message,
      to: this.#to,
      copies: this.#copies,
      sent: this.#sent,
      deferred: (original) => deferred.map((actions) => deferredActionMessage(actions, original, message)),
    };
  }

  #act(folder: Folder, rule: Rule, action: RuleAction): void {
    switch (action.kind) {
      case "move":
      case "copy": {
        const target = targetOf(this.#mailbox, action);
        // A folder of another store: only a client can reach it (MS-OXORULE 3.2.5.1.2).
        if (!target && !action.inThisStore) this.#defer(folder, rule, action);
        else if (target && action.kind === "copy") {
          if (this.#copies.length < MOST_COPIES) this.#copies.push({ to: target, message: this.#message });
        } else if (target && this.#to === folder) {
          // A message that was moved stays where it went first (assumed).
          this.#to = target;
          if (!this.#visited.has(target)) this.run(target);
        }
        return;
      }
      case "delete":
        if (this.#to === folder) this.#to = null;
        return;
      case "mark-as-read":
        this.#message = this.#message.withHeader({ ...headerOf(this.#message), read: true });
        return;
      case "tag":
        this.#message = withData(this.#message, action.value.tag, dataOf(action.value.tag, action.value.value, rule.codePage));
        return;
      case "forward":
      case "delegate":
        this.#sendOn(action, rule.codePage);
        return;
      case "reply":
        this.#reply(action);
        return;
      case "bounce":
        this.#bounce(action.code);
        return;
      case "defer":
        this.#defer(folder, rule, action);
        return;
      case "oof-reply":
        return;
    }
  }

  #defer(folder: Folder, rule: Rule, { block }: RuleAction): void {
    const [provider, ruleId] = [rule.properties.get(PR_RULE_PROVIDER), rule.properties.get(PR_RULE_ID)];
    this.#deferred.push({ folder, provider: String(provider ?? ""), ruleId: typeof ruleId === "bigint" ? ruleId : 0n, block });
  }

  #send(to: Address, message: MessageRecord): void {
    if (this.#sent.length < MOST_COPIES) this.#sent.push({ to, message });
  }

  /** Forwards or delegates the message. A message that a rule has already forwarded is not forwarded again, to prevent endless loops (assumed). */
  #sendOn({ kind, flavor, recipients }: Extract<RuleAction, { readonly kind: "forward" | "delegate" }>, codePage: number): void {
    const properties = this.#incoming.content?.properties;
    const wasSentOn = properties?.get(PR_AUTO_FORWARDED) === true || properties?.get(PR_DELEGATED_BY_RULE) === true;
    if (wasSentOn) return;
    for (const values of recipients) {
      const to = addressOf(values, codePage);
      if (!to) continue;
      const copy =
        kind === "delegate" ? delegatedMessage(this.#mailbox, this.#message) : forwardedMessage(this.#mailbox, this.#message, flavor);
      this.#send(to, copy);
    }
  }

  /**
   * Replies to the sender and to the recipients of the template. A message that a rule or a server made gets no reply (assumed: two rules could answer
   * each other without end).
   */
  #reply(action: Extract<RuleAction, { readonly kind: "reply" | "oof-reply" }>): void {
    const messageClass = this.#incoming.messageClass.toLowerCase();
    if (AUTOMATIC_CLASSES.some((prefix) => messageClass.startsWith(prefix))) return;
    if (this.#incoming.content?.properties.get(PR_AUTO_FORWARDED) === true) return;
    const template = templateOf(this.#mailbox, action);
    if (!template) return;
    const to = [...(template.content?.recipients ?? [])];
    const sender = action.flavor & REPLY_FLAVOR.NOT_TO_SENDER ? null : senderOf(this.#incoming);
    if (sender) to.unshift({ type: RECIPIENT_TYPE.TO, addressType: "EX", address: sender.dn, displayName: sender.name });
    const reply = replyMessage(this.#mailbox, this.#message, template, to, action.flavor);
    for (const { addressType, address } of to)
      this.#send(addressType.toUpperCase() === "EX" ? { dn: address } : { alias: address.split("@")[0] }, reply);
  }

  /** The message does not come into the mailbox, and its sender gets a report, unless it is a report itself. */
  #bounce(code: number): void {
    this.#to = null;
    const sender = senderOf(this.#incoming);
    if (!sender || this.#incoming.messageClass.toLowerCase().startsWith("report.")) return;
    this.#send({ dn: sender.dn }, bounceReport(this.#mailbox, this.#message, code));
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}

/** Where mail for this folder goes; `null` where the folder has no rules. */
export function applyRules(folder: Folder, incoming: MessageRecord): Route | null {
  if (!folder.mailbox.entries.has(entryKey("rules", String(folder.index)))) return null;
  const run = new RulesRun(folder, incoming);
  run.run(folder);
  return run.route;
}
