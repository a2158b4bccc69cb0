/** Settings of a mail client. */

import type { ClientAuthenticator } from "@pushback/dcerpc";
import type { Ipv4Address, KeepAlive, MailHabits } from "@pushback/host";

/** Settings of a mail client: where its server is, which mailbox it opens, and its platform's habits. `userDn` is the DN of the mailbox. */
export interface MailClientSettings {
  readonly serverAddress: Ipv4Address;
  /** TCP port of EMSMDB; without it the client asks the endpoint mapper on port 135. */
  readonly serverPort?: number;
  /** TCP port of the directory; without it the client asks the endpoint mapper, and if `serverPort` is given it asks no directory. */
  readonly directoryPort?: number;
  readonly habits: MailHabits;
  readonly userDn: string;
  /** Keep-alive of the client's connection. It is off by default, because an application has to ask for keep-alive. */
  readonly keepAlive?: KeepAlive | "machine" | null;
  /** Creates the authenticator of one association; without it the client binds without a security trailer. */
  readonly createAuthenticator?: () => ClientAuthenticator;
}
