/** What a mail client must be told. */

import type { ClientAuthenticator } from "@pushback/dcerpc";
import type { Ipv4Address, KeepAlive, MailHabits } from "@pushback/host";

export interface MailClientSettings {
  readonly serverAddress: Ipv4Address;
  /** Where EMSMDB listens; without it the endpoint mapper on port 135 is asked. */
  readonly serverPort?: number;
  readonly habits: MailHabits;
  readonly userDn: string;
  /** Keep-alive of the client's own connection; off by default, as an application has to ask for it. */
  readonly keepAlive?: KeepAlive | "machine" | null;
  /** Makes the security of one association; without it the client binds without a security trailer. */
  readonly createAuthenticator?: () => ClientAuthenticator;
}
