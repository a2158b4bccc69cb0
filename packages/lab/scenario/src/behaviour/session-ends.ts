/** Tells the end of a mail client's session from that of an earlier one: a logoff whose calls are held up may end after the next logon. */

import type { RecordedEvent } from "../recorded-event.ts";

/**
 * A machine's events without the ends of sessions that were being logged off when the next logon began. Polls, messages and datagrams that came before such an
 * end are left out, too: either session may have had them.
 */
export function withoutEarlierSessions(events: readonly RecordedEvent[]): RecordedEvent[] {
  let isLeaving = false;
  /** `isLeaving` before the last step of a logoff: one that fails leaves another that is under way as it was. */
  let wasLeaving = false;
  /** Number of sessions that were being logged off when a later logon began, and have not ended. */
  let earlier = 0;
  return events.filter(({ layer, event }) => {
    if (layer === "scenario") {
      if (event.type === "step" && event.action === "logoff") {
        wasLeaving = isLeaving;
        isLeaving = true;
      }
      if (event.type === "step-failed" && event.action === "logoff") isLeaving = wasLeaving;
    } else if (event.type === "connecting") {
      if (isLeaving) earlier++;
      isLeaving = false;
    } else if (event.type === "machine-off") {
      isLeaving = false;
      earlier = 0;
    } else if (event.type === "logged-off" || event.type === "disconnected") {
      if (earlier > 0) {
        earlier--;
        return false;
      }
      isLeaving = false;
    } else if (event.type === "polled" || event.type === "new-mail" || event.type === "datagram-received") return earlier === 0;
    return true;
  });
}
