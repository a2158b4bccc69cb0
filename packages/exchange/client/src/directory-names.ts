/**
 * Finds the user's DN, as the directory writes it, before the logon: NspiDNToMId for the DN of the profile, NspiGetProps, NspiUnbind.
 * A genuine 5.5 client was seen to bind to NSPI before it logs on. Which calls follow is inferred from the properties that profile
 * creation needs, and that the connection is closed before the logon is an assumption.
 */

import { decodeText, encodeText } from "@pushback/bytes";
import { EPT_S_NOT_REGISTERED } from "@pushback/dcerpc";
import type { Host, TcpEndCause } from "@pushback/host";
import { PR_DISPLAY_NAME } from "@pushback/mapi";
import { NSPI_STATUS, NspiDNToMId, NspiGetProps } from "@pushback/nspi";
import { DirectoryConnection, type DirectorySettings } from "./directory-connection.ts";

/** PidTagEmailAddress and PidTagAddressBookHomeMessageDatabase as 8-bit texts (MS-OXOABK). */
const PR_EMAIL_ADDRESS = 0x3003001e;
const PR_HOME_MDB = 0x8006001e;
const TAGS: readonly number[] = [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_HOME_MDB];

export interface DirectoryNamesHandlers {
  /** The DN that the user's mailbox is opened with. */
  onFound(userDn: string): void;
  /** The server has no directory, or the directory has no entry for the DN. */
  onMissing(): void;
  onFailed(code: number | null): void;
  /** The connection ended before the answer. */
  onLost(cause: TcpEndCause): void;
}

/** Asks once and calls exactly one of the handlers, or none after `cancel`. */
export function findNames(host: Host, settings: DirectorySettings, userDn: string, handlers: DirectoryNamesHandlers): { cancel(): void } {
  const { codePage } = settings;
  return new DirectoryConnection(host, settings, {
    onFailed: (_step, code, lost) => {
      if (lost !== null) handlers.onLost(lost);
      else if (code === EPT_S_NOT_REGISTERED) handlers.onMissing();
      else handlers.onFailed(code);
    },
    onOpen: (directory) => {
      const { hRpc } = directory;
      directory.call(NspiDNToMId, { hRpc, Reserved: 0, pNames: [encodeText(codePage, userDn)] }, ({ ppOutMIds }) => {
        const mid = ppOutMIds?.[0] ?? 0;
        if (mid === 0) return directory.close(() => handlers.onMissing());
        const pStat = { ...directory.pStat, CurrentRec: mid };
        directory.call(NspiGetProps, { hRpc, dwFlags: 0, pStat, pPropTags: [...TAGS] }, ({ ppRows, returnValue }) => {
          directory.close(() => {
            if (returnValue !== NSPI_STATUS.Success && returnValue !== NSPI_STATUS.ErrorsReturned) return handlers.onMissing();
            const dn = ppRows?.find((property) => property.tag === PR_EMAIL_ADDRESS)?.value;
            handlers.onFound(dn instanceof Uint8Array ? decodeText(codePage, dn) : userDn);
          });
        });
      });
    },
  });
}
