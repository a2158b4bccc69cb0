/** Settings of the server with their defaults. Defaults are declared only here. */

import type { ServerAuthenticator } from "@pushback/dcerpc";
import type { VersionWords } from "@pushback/mapi";
import { DEFAULT_EXCHANGE_VERSION, EXCHANGE_VERSIONS } from "./exchange-version.ts";
import type { ServerLimits } from "./limits.ts";
import type { InformationStore } from "./mail-store/store.ts";
import type { StorePersistence } from "./mail-store/store-persistence.ts";
import type { AddressRange } from "./push/callback-rule.ts";
import type { ServedRop } from "./session/served-rop.ts";

export { DEFAULT_EXCHANGE_VERSION, EXCHANGE_VERSIONS };

/** Limits for a server on a real network. */
export const LIVE_LIMITS: ServerLimits = {
  associations: 20_000,
  associationsPerAddress: 1_000,
  bindTimeoutUs: 30_000_000,
  callTimeoutUs: 120_000_000,
  stallTimeoutUs: 60_000_000,
  idleTimeoutUs: 600_000_000,
  datagramGapUs: 100_000,
  datagramsPerSecond: 10_000,
  mailboxBytes: 1 << 30,
};

/** The RPC service of a port. */
export type RpcService = "endpoint-mapper" | "emsmdb" | "directory";

/** All settings; `createMailServer` accepts any subset. */
export interface MailServerSettings {
  /** `/o=` of every DN made from an alias. */
  readonly organization: string;
  /** `/ou=` of every DN made from an alias. */
  readonly site: string;
  /** TCP port of the endpoint mapper, default 135. `null`: no endpoint mapper, for machines on which port 135 cannot be opened. */
  readonly endpointMapperPort: number | null;
  /** Port of EMSMDB; 0: the machine chooses, as by default. A fixed one is the store's registry value "TCP/IP port" (Q155831, Q148732). */
  readonly emsmdbPort: number;
  /** Port of the directory (NSPI and referrals); 0: the machine chooses; `null`, the default: the server has none. */
  readonly directoryPort: number | null;
  /** The domain of the Internet addresses in the directory; `null`, the default: mailboxes have none. */
  readonly directoryMailDomain: string | null;
  /** Microseconds between push datagrams while anything is pending. Default 60 s (Q159302, MS-OXCNOTIF 3.1.5.4). */
  readonly notificationIntervalUs: number;
  /** Whether an ICMP port unreachable withdraws the registration. Default no, as in the product (Q159302); yes is a what-if, not a documented behaviour. */
  readonly honourIcmp: boolean;
  /**
   * Whether push datagrams leave from changing ports. The product "opens a UDP port dynamically" and "does not always use the same port" (Q264035).
   * Default no, an assumption: one port for the life of the server, which the article does not rule out.
   */
  readonly movesPushPort: boolean;
  /** Milliseconds. Default 60,000, read off a capture of an Exchange 5.5 server. */
  readonly pcmsPollsMax: number;
  /** Default 6, from the same capture. */
  readonly pcRetry: number;
  /** pcmsRetryDelay of EcDoConnect in milliseconds. Default 10,000, from the same capture. */
  readonly pcmsRetryDelay: number;
  /** rgwServerVersion of EcDoConnect; `EXCHANGE_VERSIONS` has those of the product. Default those of 4.0. */
  readonly serverVersion: VersionWords;
  /** Largest fragment offered in bind_ack. Default 5840, from the same capture. */
  readonly maxFragBytes: number;
  /** Creates the security provider of one association; `null`: only binds without a security trailer are accepted. */
  readonly createAuthenticator: ((service: RpcService) => ServerAuthenticator) | null;
  /** With an authenticator: whether anonymous binds are accepted too. Default no. */
  readonly allowAnonymous: boolean;
  /** Whether an account (`null`: the client sent no credentials) may open the mailbox of this alias. By default every account may open every mailbox. */
  readonly mayOpen: (account: string | null, alias: string) => boolean;
  /** Addresses besides its own that a client may register for datagrams (for clients behind address translation). Default none. */
  readonly callbackRanges: readonly AddressRange[];
  /** Network limits; `null`, the default: none, for a simulation. */
  readonly limits: ServerLimits | null;
  /** Additional ROPs, or implementations of ROPs that the server otherwise refuses; see `serveRop`. Default: none. */
  readonly rops: readonly ServedRop[];
  /** Where the information store is kept; `null`, the default: in memory. */
  readonly persistence: StorePersistence | null;
  /** State of a stopped server to continue from; `null`, the default: a new server. Its store takes the place of `persistence`. */
  readonly continues: StoppedServer | null;
}

/** State that outlives the process of a server: the information store, and the numbers at which sessions and associations continue. */
export interface StoppedServer {
  readonly store: InformationStore;
  readonly nextSession: number;
  readonly nextAssociation: number;
}

/** Default of every setting. */
export const DEFAULT_SETTINGS: MailServerSettings = {
  organization: "Pushback",
  site: "Lab",
  endpointMapperPort: 135,
  emsmdbPort: 0,
  directoryPort: null,
  directoryMailDomain: null,
  notificationIntervalUs: 60_000_000,
  honourIcmp: false,
  movesPushPort: false,
  pcmsPollsMax: 60_000,
  pcRetry: 6,
  pcmsRetryDelay: 10_000,
  serverVersion: EXCHANGE_VERSIONS[DEFAULT_EXCHANGE_VERSION].serverVersion,
  maxFragBytes: 5840,
  createAuthenticator: null,
  allowAnonymous: false,
  mayOpen: () => true,
  callbackRanges: [],
  limits: null,
  rops: [],
  persistence: null,
  continues: null,
};
