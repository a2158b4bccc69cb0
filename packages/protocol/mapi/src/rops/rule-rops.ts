/** ROPs on permissions and rules (MS-OXCROPS 2.2.10, 2.2.11). The server refuses all of them. */

import { defineRequest, ON_OBJECT, OPENS_OBJECT } from "./define-rop.ts";
import { counted, group, list, u8, u16le, undecodedValues } from "./field.ts";

/** PermissionData and RuleData (MS-OXCPERM 2.2.2.2, MS-OXORULE 2.2.1.3): flags, then a counted list of property values. */
const row = group({ flags: u8, values: undecodedValues });

export const UNSUPPORTED_RULE_ROPS = {
  /** 2.2.10.1 */
  ModifyPermissions: defineRequest("ModifyPermissions", 0x40, { ...ON_OBJECT, modifyFlags: u8, permissions: list(u16le, row) }),
  /** 2.2.10.2 */
  GetPermissionsTable: defineRequest("GetPermissionsTable", 0x3e, { ...OPENS_OBJECT, tableFlags: u8 }),
  /** 2.2.11.1 */
  ModifyRules: defineRequest("ModifyRules", 0x41, { ...ON_OBJECT, modifyRulesFlags: u8, rules: list(u16le, row) }),
  /** 2.2.11.2 */
  GetRulesTable: defineRequest("GetRulesTable", 0x3f, { ...OPENS_OBJECT, tableFlags: u8 }),
  /** 2.2.11.3 */
  UpdateDeferredActionMessages: defineRequest("UpdateDeferredActionMessages", 0x57, {
    ...ON_OBJECT,
    serverEntryId: counted(u16le),
    clientEntryId: counted(u16le),
  }),
} as const;
