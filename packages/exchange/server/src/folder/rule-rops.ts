/** ROPs on the rules of a folder (MS-OXORULE 3.2.5). `../rules/apply-rules.ts` carries them out when mail comes. */

import {
  type FlaggedValues,
  MAPI_ERROR,
  makeObjectId,
  PR_RULE_CONDITION,
  PR_RULE_ID,
  REPLACE_ROWS,
  ROW_CHANGE,
  type RopResponse,
} from "@pushback/mapi";
import { dataOf, type PropertyData, storedTag } from "../mail-store/message-content.ts";
import { REPLICA_ID } from "../mail-store/stored-mailbox.ts";
import { type Rule, rulesOf, textOfRules } from "../rules/stored-rules.ts";
import { failure, folderAt, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import { idValue } from "../session/store-properties.ts";
import { createTable } from "../table/table-rows.ts";
import { codeOf } from "./tree-rops.ts";

/** Rules of one folder. */
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
    if (change.flags === ROW_CHANGE.ADD) {
      if (rules.length >= MAX_RULES) return failure(q, MAPI_ERROR.ecTooBig);
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

/** The server defers no action, so there is no message about one. */
export function updateDeferredActionMessages(c: RopContext, q: Request<"UpdateDeferredActionMessages">): RopResponse {
  const isLogon = objectAt(c, q.inputHandleIndex)?.kind === "logon";
  return isLogon ? { rop: "UpdateDeferredActionMessages", handleIndex: q.inputHandleIndex } : failure(q, MAPI_ERROR.ecNullObject);
}
