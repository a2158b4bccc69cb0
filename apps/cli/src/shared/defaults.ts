/** Defaults that the help of several commands shows. This module loads little: `pushback --help` reads it. */

import { DEFAULT_SETTINGS } from "@pushback/server/settings";

/** The domain that clients log on to. */
export const DEFAULT_DOMAIN = "PUSHBACK";

/** TCP port of the endpoint mapper. */
export const DEFAULT_EPM_PORT = 135;

/**
 * Subject and sender of a delivered message for which none are given. `defaults.test.ts` compares them with those of scenario files, whose package would
 * take too long to load here.
 */
export const DEFAULT_MAIL = { subject: "New mail", from: "Somebody" } as const;

/** The DN of a mailbox: a text that begins with `/` is a DN already, any other is an alias in the default organization and site. */
export function mailboxDn(mailbox: string): string {
  const { organization, site } = DEFAULT_SETTINGS;
  return mailbox.startsWith("/") ? mailbox : `/o=${organization}/ou=${site}/cn=Recipients/cn=${mailbox}`;
}
