/** Looks names up in the server's address book: NspiGetMatches with ambiguous name resolution. */

import { decodeText, encodeText } from "@pushback/bytes";
import type { Host } from "@pushback/host";
import { PR_DISPLAY_NAME, REL_OP } from "@pushback/mapi";
import { NSPI_STATUS, NspiGetMatches, type NspiPropertyValue } from "@pushback/nspi";
import { DirectoryConnection, type DirectorySettings, type DirectoryStep } from "./directory-connection.ts";

/** PidTagAnr, PidTagEmailAddress, PidTagSmtpAddress as 8-bit texts (MS-OXOABK). */
const PR_ANR = 0x360c001e;
const PR_EMAIL_ADDRESS = 0x3003001e;
const PR_SMTP_ADDRESS = 0x39fe001e;
const COLUMNS: readonly number[] = [PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_SMTP_ADDRESS];

/** Most entries that a lookup returns; with more, the name is too ambiguous. */
const MOST_ENTRIES = 20;

/** A mailbox of the directory, as a name lookup returns it. */
export interface AddressBookEntry {
  readonly displayName: string;
  /** The distinguished name. */
  readonly dn: string;
  /** Internet address; `null` if the entry has none. */
  readonly smtpAddress: string | null;
}

export type AddressBookAnswer =
  /** No entry: unknown. One: resolved. Several: ambiguous. */
  | { readonly ok: true; readonly entries: readonly AddressBookEntry[] }
  | { readonly ok: true; readonly entries: null }
  /** `code`: a return value, the status of a fault, or the reason of a refused bind; `null` where there was no answer or none that makes sense. */
  | { readonly ok: false; readonly step: DirectoryStep; readonly code: number | null };

/** Entries that a piece of a name may mean. `done` is called once; `entries` is `null` if there are more than 20. */
export function lookUpName(host: Host, settings: DirectorySettings, name: string, done: (answer: AddressBookAnswer) => void): void {
  const { codePage } = settings;
  const onFailed = (step: DirectoryStep, code: number | null) => done({ ok: false, step, code });
  const onOpen = (directory: DirectoryConnection) => {
    const { hRpc, pStat } = directory;
    const target = { tag: PR_ANR, value: encodeText(codePage, name) };
    const request = {
      hRpc,
      Reserved1: 0,
      pStat,
      pReserved: null,
      Reserved2: 0,
      Filter: { kind: "property" as const, relOp: REL_OP.EQ, tag: PR_ANR, target },
      lpPropName: null,
      ulRequested: MOST_ENTRIES,
      pPropTags: [...COLUMNS],
    };
    directory.call(NspiGetMatches, request, ({ ppRows, returnValue }) => {
      directory.close(() => {
        if (returnValue === NSPI_STATUS.TableTooBig) done({ ok: true, entries: null });
        else if (returnValue !== NSPI_STATUS.Success) onFailed("call", returnValue);
        else done({ ok: true, entries: (ppRows ?? []).map((row) => entryOf(row, codePage)) });
      });
    });
  };
  new DirectoryConnection(host, settings, { onOpen, onFailed });
}

function entryOf(row: readonly NspiPropertyValue[], codePage: number): AddressBookEntry {
  const text = (wanted: number) => {
    const value = row.find(({ tag }) => tag === wanted)?.value;
    return value instanceof Uint8Array ? decodeText(codePage, value) : null;
  };
  return { displayName: text(PR_DISPLAY_NAME) ?? "", dn: text(PR_EMAIL_ADDRESS) ?? "", smtpAddress: text(PR_SMTP_ADDRESS) };
}

const STEPS: Readonly<Record<DirectoryStep, string>> = {
  "endpoint-map": "the endpoint mapper names no port of the directory",
  bind: "the directory refuses the connection",
  open: "the directory refuses the logon",
  call: "the directory does not answer the question",
};

/** One line for a failed look-up. */
export function describeAddressBookFailure({ step, code }: Extract<AddressBookAnswer, { readonly ok: false }>): string {
  return code === null ? `${STEPS[step]}: there is no answer` : `${STEPS[step]}: 0x${code.toString(16).padStart(8, "0")}`;
}
