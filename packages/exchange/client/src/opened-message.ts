/** Opens a message of the Inbox and reads properties of it. */

import { CODE_PAGE_OF_LOGON, NO_HANDLE, type ObjectId, type RopRequest, type RopResponse } from "@pushback/mapi";
import { cellText } from "./inbox-view.ts";
import { LOGON_ID } from "./logon.ts";
import { failureOf, LARGE_ANSWER, MEDIUM_ANSWER, responseOf } from "./rop-call.ts";
import type { SessionCalls } from "./session-calls.ts";

/** A message that is open on the server until its handle is released. */
export interface OpenedMessage {
  readonly handle: number;
  /** The values of the properties that were asked for, empty where the message has none. */
  readonly texts: readonly string[];
  /** Responses to all ROPs of the call. */
  readonly responses: readonly RopResponse[];
}

/** Opens the message as handle 1 of a call and reads the properties `tags`; `more` ROPs on it may follow. A failure is an error in step "read". */
export function openMessage(
  calls: SessionCalls,
  mid: ObjectId,
  tags: readonly number[],
  more: readonly RopRequest[],
  then: (opened: OpenedMessage) => void,
): void {
  const { inboxHandle, inboxFid } = calls.mailbox;
  const requests: RopRequest[] = [
    {
      rop: "OpenMessage",
      logonId: LOGON_ID,
      inputHandleIndex: 0,
      outputHandleIndex: 1,
      codePageId: CODE_PAGE_OF_LOGON,
      folderId: inboxFid,
      openModeFlags: 0,
      messageId: mid,
    },
    { rop: "GetPropertiesSpecific", logonId: LOGON_ID, inputHandleIndex: 1, propertySizeLimit: 0, wantUnicode: 0, tags },
    ...more,
  ];
  calls.rops("read", requests, [inboxHandle, NO_HANDLE], LARGE_ANSWER, (responses, handles) => {
    const properties = responseOf(responses, "GetPropertiesSpecific");
    const handle = handles[1];
    if (!properties || handle === undefined || handle === NO_HANDLE) {
      if (responses.length > 0) calls.emit({ type: "error", what: "read", code: failureOf(responses) });
      // The message may be open although its properties could not be read.
      if (handle !== undefined && handle !== NO_HANDLE)
        calls.rops("read", [{ rop: "Release", logonId: LOGON_ID, inputHandleIndex: 0 }], [handle], MEDIUM_ANSWER, () => {});
      return;
    }
    const { codePage } = calls.settings.habits;
    then({ handle, texts: properties.cells.map((cell) => cellText(cell, codePage)), responses });
  });
}
