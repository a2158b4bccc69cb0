/** The hierarchy of address book containers, and the table of templates for addresses outside of it (MS-OXNSPI 3.1.4.1.3). */

import * as mapi from "@pushback/mapi";
import { DISPLAY_TYPE, NSPI_STATUS, type NspiPropertyValue, permanentEntryId } from "@pushback/nspi";
import { GLOBAL_ADDRESS_LIST } from "./position.ts";
import { errorValue } from "./properties.ts";

/** AB_RECIPIENTS and AB_UNMODIFIABLE (MS-OXOABK 2.2.2.1). */
const CONTAINER_FLAGS = 0x1 | 0x8;

/** The version of the hierarchy: it has one container and never changes. */
export const HIERARCHY_VERSION = 1;

/**
 * One row, the global address list (MS-OXOABK 2.2.2): entry id (its DN is "/"), flags, depth, container id, and that it is not the master of others.
 * The list has no display name: the client has its own for it.
 */
export function hierarchyRows(): NspiPropertyValue[][] {
  return [
    [
      { tag: 0x0fff0102, value: permanentEntryId(DISPLAY_TYPE.CONTAINER, "/") },
      { tag: 0x36000003, value: CONTAINER_FLAGS },
      { tag: 0x30050003, value: 0 },
      { tag: 0xfffd0003, value: GLOBAL_ADDRESS_LIST },
      errorValue(mapi.PR_DISPLAY_NAME, NSPI_STATUS.NotFound),
      { tag: 0xfffb000b, value: false },
    ],
  ];
}
