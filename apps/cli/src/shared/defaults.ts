/** Defaults that the help of several commands shows. This module loads little: `pushback --help` reads it. */

import { DEFAULT_SETTINGS } from "@pushback/server/settings";

/** The domain that clients log on to. */
export const DEFAULT_DOMAIN = "PUSHBACK";

/** TCP port of the endpoint mapper. */
export const DEFAULT_EPM_PORT = 135;

/** What a delivered message has that says nothing else; `defaults.test.ts` holds it against that of scenario files, which would be too much to load. */
export const DEFAULT_MAIL = { subject: "New mail", from: "Somebody" } as const;

/** A distinguished name as it is; anything else is an alias at a server with the default organization and site. */
export function mailboxDn(mailbox: string): string {
  const { organization, site } = DEFAULT_SETTINGS;
  return mailbox.startsWith("/") ? mailbox : `/o=${organization}/ou=${site}/cn=Recipients/cn=${mailbox}`;
}
