/** ROPs on the rules of a folder (MS-OXORULE 3.2.5). `../rules/apply-rules.ts` carries them out when mail comes. */

import {
  type FlaggedValues,
  FOLDER_RIGHT,
  FORWARD_FLAVOR,
  LOGON_FOLDER,
  MAPI_ERROR,
  makeObjectId,
  PR_DAM_BACK_PATCHED,
  PR_DAM_ORIG_MSG_SVREID,
  PR_DAM_ORIGINAL_ENTRYID,
  PR_RULE_ACTIONS,
  PR_RULE_CONDITION,
  PR_RULE_ID,
  parseRuleActions,
  REPLACE_ROWS,
  ROW_CHANGE,
  type RopResponse,
  type RuleAction,
} from "@pushback/mapi";
import { Draft } from "../mail-store/draft.ts";
import { dataOf, isSameData, type PropertyData, storedTag } from "../mail-store/message-content.ts";
import { REPLICA_ID } from "../mail-store/stored-mailbox.ts";
import { type Rule, rulesOf, textOfRules } from "../rules/stored-rules.ts";
import { rightsIn } from "../session/folder-rights.ts";
import { failure, folderAt, logonAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import { idValue } from "../session/store-properties.ts";
import { createTable } from "../table/table-rows.ts";
import { codeOf } from "./tree-rops.ts";

/** Most rules of one folder. */
const MAX_RULES = 256;

export function getRulesTable(c: RopContext, q: Request<"GetRulesTable">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const rows = rulesOf(folder).rules.map(({ properties }) => ({ attachment: properties }));
  const code = openInto(c, q.outputHandleIndex, createTable({ kind: "fixed", of: "rule", rows, mid: null }, q.logonId, false));
  return code ? failure(q, code) : { rop: "GetRulesTable", handleIndex: q.outputHandleIndex };
}

function propertiesOf(c: RopContext, { values }: FlaggedValues): Map<number, PropertyData> {
  return new Map(values.map(({ tag, value }) => [storedTag(tag), dataOf(tag, value, c.session.codePage)]));
}

/** Texts of a new condition are in the code page of the session that sets it. */
function withChanges({ properties, codePage }: Rule, given: ReadonlyMap<number, PropertyData>, ofSession: number): Rule {
  return { properties: new Map([...properties, ...given]), codePage: given.has(PR_RULE_CONDITION) ? ofSession : codePage };
}

/** Actions that a public folder's rule must not have (MS-OXORULE 2.2.5.1): they move mail within a mailbox, or need its user's client. */
const NOT_IN_PUBLIC_FOLDERS: readonly RuleAction["kind"][] = ["move", "copy", "defer"];

/** Checks a rule's actions. Returns an error code, or 0. Actions that do not parse are refused (MS-OXORULE 3.2.5.2). */
function faultOf(properties: ReadonlyMap<number, PropertyData>, isPublic: boolean): number {
  const actions = properties.get(PR_RULE_ACTIONS);
  if (!(actions instanceof Uint8Array)) return MAPI_ERROR.ecNone;
  const parsed = parseRuleActions(actions);
  if (parsed === null) return MAPI_ERROR.ecInvalidParam;
  for (const action of parsed) {
    if (isPublic && NOT_IN_PUBLIC_FOLDERS.includes(action.kind)) return MAPI_ERROR.ecNotSupported;
    // Forwarding as a text message (SMS) is refused: no server of the time supported it.
    if (action.kind === "forward" && action.flavor & FORWARD_FLAVOR.AS_TEXT_MESSAGE) return MAPI_ERROR.ecNotSupported;
  }
  return MAPI_ERROR.ecNone;
}

/** Makes all changes, or none if one of them fails. */
export function modifyRules(c: RopContext, q: Request<"ModifyRules">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  if (q.rules === null) return failure(q, MAPI_ERROR.ecInvalidType);
  const known = rulesOf(folder);
  let { next } = known;
  let rules = q.modifyRulesFlags & REPLACE_ROWS ? [] : known.rules;
  for (const change of q.rules) {
    const given = propertiesOf(c, change);
    const fault = faultOf(given, folder.mailbox.kind === "public");
    if (fault) return failure(q, fault);
    if (change.flags === ROW_CHANGE.ADD) {
      if (rules.length >= MAX_RULES) return failure(q, MAPI_ERROR.ecMemory);
      given.set(PR_RULE_ID, idValue(makeObjectId(REPLICA_ID, next++)));
      rules = [...rules, { properties: given, codePage: c.session.codePage }];
      continue;
    }
    const rule = rules.find(({ properties }) => properties.get(PR_RULE_ID) === given.get(PR_RULE_ID));
    if (!rule) return failure(q, MAPI_ERROR.ecNotFound);
    if (change.flags === ROW_CHANGE.REMOVE) rules = rules.filter((one) => one !== rule);
    else if (change.flags === ROW_CHANGE.MODIFY)
      rules = rules.map((one) => (one === rule ? withChanges(one, given, c.session.codePage) : one));
    else return failure(q, MAPI_ERROR.ecInvalidParam);
  }
  const code = codeOf(c.store.folders.setEntry(folder.mailbox, "rules", String(folder.index), textOfRules(next, rules)));
  return code ? failure(q, code) : { rop: "ModifyRules", handleIndex: q.inputHandleIndex };
}

function isSame(a: PropertyData | undefined, b: Uint8Array): boolean {
  return a instanceof Uint8Array && isSameData(a, b);
}

/**
 * The client has moved a message: the deferred action messages about it, which it names by the server's id or entry id, get its new entry id and
 * are marked as back-patched (MS-OXORULE 2.2.3; that both forms of an id find them is assumed).
 */
export function updateDeferredActionMessages(c: RopContext, q: Request<"UpdateDeferredActionMessages">): RopResponse {
  const mailbox = logonAt(c, q.inputHandleIndex);
  if (!mailbox) return failure(q, MAPI_ERROR.ecNullObject);
  if (mailbox.kind === "public") return failure(q, MAPI_ERROR.ecNotSupported);
  const folder = mailbox.folder(LOGON_FOLDER.DEFERRED_ACTION);
  if (!(rightsIn(c.session, folder) & FOLDER_RIGHT.EDIT_ANY)) return failure(q, MAPI_ERROR.ecAccessDenied);
  for (const message of folder.messages.values()) {
    const properties = message.content?.properties;
    if (![PR_DAM_ORIG_MSG_SVREID, PR_DAM_ORIGINAL_ENTRYID].some((tag) => isSame(properties?.get(tag), q.serverEntryId))) continue;
    const draft = new Draft(message, false, null);
    draft.set(PR_DAM_ORIGINAL_ENTRYID, q.clientEntryId.slice());
    draft.set(PR_DAM_BACK_PATCHED, true);
    const outcome = c.store.messages.save(folder, message, draft, false);
    if (outcome !== "saved") return failure(q, outcome === "quota" ? MAPI_ERROR.ecQuotaExceeded : MAPI_ERROR.ecDiskError);
  }
  return { rop: "UpdateDeferredActionMessages", handleIndex: q.inputHandleIndex };
}
