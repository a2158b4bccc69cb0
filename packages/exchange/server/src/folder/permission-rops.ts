/** ROPs that read and change the permissions of a folder (MS-OXCPERM 3.2.5). `folder-rights.ts` applies the permissions. */

import { formatHex, parseHex } from "@pushback/bytes";
import {
  type FlaggedValues,
  MAPI_ERROR,
  PR_ENTRYID,
  PR_MEMBER_ID,
  PR_MEMBER_NAME,
  PR_MEMBER_RIGHTS,
  REPLACE_ROWS,
  ROW_CHANGE,
  type RopResponse,
} from "@pushback/mapi";
import type { PropertyData } from "../mail-store/message-content.ts";
import { dnOfEntryId, type Member, membersOf, nextMemberId } from "../session/folder-rights.ts";
import { failure, folderAt, openInto, type Request, type RopContext } from "../session/rop-context.ts";
import { createTable } from "../table/table-rows.ts";
import { codeOf } from "./tree-rops.ts";

/** Most members of one folder. */
const MAX_MEMBERS = 500;

export function getPermissionsTable(c: RopContext, q: Request<"GetPermissionsTable">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  const rows = membersOf(folder).map(({ id, entryId, name, rights }) => ({
    attachment: new Map<number, PropertyData>([
      [PR_ENTRYID, parseHex(entryId)],
      [PR_MEMBER_ID, BigInt(id)],
      [PR_MEMBER_NAME, name],
      [PR_MEMBER_RIGHTS, rights],
    ]),
  }));
  const code = openInto(c, q.outputHandleIndex, createTable({ kind: "fixed", of: "permission", rows, mid: null }, q.logonId, false));
  return code ? failure(q, code) : { rop: "GetPermissionsTable", handleIndex: q.outputHandleIndex };
}

function nameOfUser(c: RopContext, entryId: Uint8Array): string {
  const dn = dnOfEntryId(entryId);
  return c.store.findByDn(dn)?.displayName ?? dn;
}

/** Returns the members after one change, or an error code. */
function changed(c: RopContext, members: readonly Member[], { flags, values }: FlaggedValues): readonly Member[] | number {
  const value = (tag: number) => values.find((one) => one.tag === tag)?.value;
  const [id, rights, entryId] = [value(PR_MEMBER_ID), value(PR_MEMBER_RIGHTS), value(PR_ENTRYID)];
  if (flags === ROW_CHANGE.ADD) {
    if (!(entryId instanceof Uint8Array) || typeof rights !== "number") return MAPI_ERROR.ecInvalidParam;
    if (members.length >= MAX_MEMBERS) return MAPI_ERROR.ecTooBig;
    const hex = formatHex(entryId);
    const known = members.find((member) => member.entryId === hex);
    if (known) return members.map((member) => (member === known ? { ...member, rights } : member));
    return [...members, { id: nextMemberId(members), entryId: hex, name: nameOfUser(c, entryId), rights }];
  }
  const member = members.find((one) => typeof id === "bigint" && one.id === String(id));
  if (!member) return MAPI_ERROR.ecNotFound;
  if (flags === ROW_CHANGE.MODIFY && typeof rights === "number") {
    return members.map((other) => (other === member ? { ...other, rights } : other));
  }
  // The default and anonymous members cannot be removed: their rights are cleared instead.
  if (flags !== ROW_CHANGE.REMOVE) return MAPI_ERROR.ecInvalidParam;
  const stays = member.entryId === "";
  return stays ? members.map((other) => (other === member ? { ...other, rights: 0 } : other)) : members.filter((other) => other !== member);
}

/** Makes all changes, or none if one of them fails. */
export function modifyPermissions(c: RopContext, q: Request<"ModifyPermissions">): RopResponse {
  const folder = folderAt(c, q.inputHandleIndex);
  if (typeof folder === "number") return failure(q, folder);
  if (q.permissions === null) return failure(q, MAPI_ERROR.ecInvalidType);
  // The default member stays when the others are replaced (MS-OXCPERM 2.2.2); that the anonymous one does, too, is assumed.
  const known = membersOf(folder);
  let members = q.modifyFlags & REPLACE_ROWS ? known.filter(({ entryId }) => entryId === "") : known;
  for (const change of q.permissions) {
    const after = changed(c, members, change);
    if (typeof after === "number") return failure(q, after);
    members = after;
  }
  const code = codeOf(c.store.folders.setEntry(folder.mailbox, "permissions", String(folder.index), JSON.stringify(members)));
  return code ? failure(q, code) : { rop: "ModifyPermissions", handleIndex: q.inputHandleIndex };
}
