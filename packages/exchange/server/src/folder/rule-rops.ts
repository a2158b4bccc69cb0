/** ROPs on the rules of a folder (MS-OXORULE 3.2.5). Rules are kept and shown, and not carried out: clients of that time run most of theirs themselves. */

import { type FlaggedValues, MAPI_ERROR, makeObjectId, PR_RULE_ID, REPLACE_ROWS, ROW_CHANGE, type RopResponse } from "@pushback/mapi";
import type { Folder } from "../mail-store/mailbox.ts";
import { dataOf, type PropertyData, storedTag } from "../mail-store/message-content.ts";
import { propertiesOfText, textOfProperties } from "../mail-store/property-text.ts";
import { REPLICA_ID } from "../mail-store/stored-mailbox.ts";
import { failure, folderAt, objectAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import { idValue } from "../session/store-properties.ts";
import { createTable } from "../table/table-rows.ts";
import { codeOf } from "./tree-rops.ts";

type Rule = ReadonlyMap<number, PropertyData>;

/** The rules of a folder as they are kept: the number of the next one, and the properties of each. */
interface RulesEntry {
  readonly next: number;
  readonly rules: readonly string[];
}

/** Rules of one folder. */
const MAX_RULES = 256;

function rulesOf(c: RopContext, folder: Folder): { readonly next: number; readonly rules: readonly Rule[] } {
  const text = c.store.folders.entry(folder.mailbox, "rules", String(folder.index));
  if (text === null) return { next: 1, rules: [] };
  const { next, rules } = JSON.parse(text) as RulesEntry;
  return { next, rules: rules.map(propertiesOfText) };
}

export function getRulesTable(c: RopContext, q: Request<"GetRulesTable">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const rows = rulesOf(c, folder).rules.map((attachment) => ({ attachment }));
  const code = openInto(c, q.outputHandleIndex, createTable({ kind: "fixed", of: "rule", rows, mid: null }, q.logonId, false));
  return code ? failure(q, code) : { rop: "GetRulesTable", handleIndex: q.outputHandleIndex };
}

function propertiesOf(c: RopContext, { values }: FlaggedValues): Map<number, PropertyData> {
  return new Map(values.map(({ tag, value }) => [storedTag(tag), dataOf(tag, value, c.session.codePage)]));
}

/** Makes all changes, or none if one of them fails. */
export function modifyRules(c: RopContext, q: Request<"ModifyRules">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  if (q.rules === null) return failure(q, MAPI_ERROR.ecInvalidType);
  const known = rulesOf(c, folder);
  let { next } = known;
  let rules = q.modifyRulesFlags & REPLACE_ROWS ? [] : known.rules;
  for (const change of q.rules) {
    const given = propertiesOf(c, change);
    if (change.flags === ROW_CHANGE.ADD) {
      if (rules.length >= MAX_RULES) return failure(q, MAPI_ERROR.ecTooBig);
      given.set(PR_RULE_ID, idValue(makeObjectId(REPLICA_ID, next++)));
      rules = [...rules, given];
      continue;
    }
    const rule = rules.find((one) => one.get(PR_RULE_ID) === given.get(PR_RULE_ID));
    if (!rule) return failure(q, MAPI_ERROR.ecNotFound);
    if (change.flags === ROW_CHANGE.REMOVE) rules = rules.filter((one) => one !== rule);
    else if (change.flags === ROW_CHANGE.MODIFY) rules = rules.map((one) => (one === rule ? new Map([...one, ...given]) : one));
    else return failure(q, MAPI_ERROR.ecInvalidParam);
  }
  const entry: RulesEntry = { next, rules: rules.map(textOfProperties) };
  const code = codeOf(
    c.store.folders.setEntry(folder.mailbox, "rules", String(folder.index), rules.length === 0 ? null : JSON.stringify(entry)),
  );
  return code ? failure(q, code) : { rop: "ModifyRules", handleIndex: q.inputHandleIndex };
}

/** The server defers no action, so there is no message about one. */
export function updateDeferredActionMessages(c: RopContext, q: Request<"UpdateDeferredActionMessages">): RopResponse {
  const isLogon = objectAt(c, q.inputHandleIndex)?.kind === "logon";
  return isLogon ? { rop: "UpdateDeferredActionMessages", handleIndex: q.inputHandleIndex } : failure(q, MAPI_ERROR.ecNullObject);
}
