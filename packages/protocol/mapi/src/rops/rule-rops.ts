/** ROPs on permissions and rules (MS-OXCROPS 2.2.10, 2.2.11). */

import { flaggedValuesOrNull } from "./data-fields.ts";
import { defineRop, NO_FIELDS, ON_OBJECT, OPENS_OBJECT } from "./define-rop.ts";
import { counted, u8, u16le } from "./field.ts";

/** ModifyFlags of ModifyPermissions and ModifyRules: the present entries are deleted first (MS-OXCPERM 2.2.2.1, MS-OXORULE 2.2.1.1). */
export const REPLACE_ROWS = 0x01;

/** Flags of one permission or rule (MS-OXCPERM 2.2.2.2, MS-OXORULE 2.2.1.3). */
export const ROW_CHANGE = { ADD: 0x01, MODIFY: 0x02, REMOVE: 0x04 } as const;

/** MS-OXCROPS 2.2.10.1. `null`: a value is of an unknown type. */
export const ModifyPermissions = defineRop("ModifyPermissions", 0x40, {
  request: { ...ON_OBJECT, modifyFlags: u8, permissions: flaggedValuesOrNull },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.10.2 */
export const GetPermissionsTable = defineRop("GetPermissionsTable", 0x3e, {
  request: { ...OPENS_OBJECT, tableFlags: u8 },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.11.1. `null`: a value is of an unknown type. */
export const ModifyRules = defineRop("ModifyRules", 0x41, {
  request: { ...ON_OBJECT, modifyRulesFlags: u8, rules: flaggedValuesOrNull },
  response: NO_FIELDS,
});

/** MS-OXCROPS 2.2.11.2 */
export const GetRulesTable = defineRop("GetRulesTable", 0x3f, { request: { ...OPENS_OBJECT, tableFlags: u8 }, response: NO_FIELDS });

/** MS-OXCROPS 2.2.11.3 */
export const UpdateDeferredActionMessages = defineRop("UpdateDeferredActionMessages", 0x57, {
  request: { ...ON_OBJECT, serverEntryId: counted(u16le), clientEntryId: counted(u16le) },
  response: NO_FIELDS,
});

/** Bits of PR_MEMBER_RIGHTS: what a user may do in a folder (MS-OXCPERM 2.2.7). */
export const FOLDER_RIGHT = {
  READ_ANY: 0x001,
  CREATE: 0x002,
  EDIT_OWNED: 0x008,
  DELETE_OWNED: 0x010,
  EDIT_ANY: 0x020,
  DELETE_ANY: 0x040,
  CREATE_SUBFOLDER: 0x080,
  OWNER: 0x100,
  CONTACT: 0x200,
  VISIBLE: 0x400,
} as const;
