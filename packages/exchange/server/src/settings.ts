/** What an administrator may set, and the limits that hold whatever is set. */

import type { ServerAuthenticator } from "@pushback/dcerpc";
import type { VersionWords } from "@pushback/mapi";
import type { StorePersistence } from "./mail-store/store-persistence.ts";
import type { AddressRange } from "./push/callback-rule.ts";
import type { ServedRop } from "./session/served-rop.ts";

/** What strangers on a real network may take of a server; see LIVE_LIMITS for what is sensible. */
export interface ServerLimits {
  /** Connections to all ports, and those of one address among them; one more is reset. */
  readonly associations: number;
  readonly associationsPerAddress: number;
  /** Microseconds from a connection's start to a bind, with credentials where those are asked for. */
  readonly bindTimeoutUs: number;
  /** Microseconds for a call to arrive whole. */
  readonly callTimeoutUs: number;
  /** Microseconds that answers may wait for a peer that does not take them. */
  readonly stallTimeoutUs: number;
  /** Microseconds without a call after which a connection that holds no session is closed. */
  readonly idleTimeoutUs: number;
  /** Microseconds between two datagrams of one session, whatever it registers. */
  readonly datagramGapUs: number;
  /** Datagrams of all sessions together in a second; the others wait. */
  readonly datagramsPerSecond: number;
}

export const LIVE_LIMITS: ServerLimits = {
  associations: 20_000,
  associationsPerAddress: 1_000,
  bindTimeoutUs: 30_000_000,
  callTimeoutUs: 120_000_000,
  stallTimeoutUs: 60_000_000,
  idleTimeoutUs: 600_000_000,
  datagramGapUs: 100_000,
  datagramsPerSecond: 10_000,
};

export interface MailServerSettings {
  /** `/o=` of every DN made from an alias. */
  readonly organization: string;
  /** `/ou=` of every DN made from an alias. */
  readonly site: string;
  /** Port of the endpoint mapper; `null`: none, for machines that may not open 135. Default 135. */
  readonly endpointMapperPort: number | null;
  /** Port of EMSMDB; 0: the machine chooses, as by default. A fixed one is the store's registry value "TCP/IP port" (Q155831, Q148732). */
  readonly emsmdbPort: number;
  /** Microseconds between push datagrams while anything is pending. Default 60 s (Q159302, MS-OXCNOTIF 3.1.5.4). */
  readonly notificationIntervalUs: number;
  /** Whether a port unreachable withdraws the registration that drew it. Default no: the product's never does (Q159302); with it is an assumption of what would be. */
  readonly honourIcmp: boolean;
  /** Milliseconds. Default 60,000, read off a capture of an Exchange 5.5 server. */
  readonly pcmsPollsMax: number;
  /** Default 6, from the same capture. */
  readonly pcRetry: number;
  /** Milliseconds. Default 10,000, from the same capture. */
  readonly pcmsRetryDelay: number;
  /** Default 4.0.837 as 4, 837, 0: the words of 5.5.2653.23 were 5, 2653, 23 (inferred). */
  readonly serverVersion: VersionWords;
  /** Largest fragment offered in bind_ack. Default 5840, from the same capture. */
  readonly maxFragBytes: number;
  /** Makes the security of one association; `null`: binds without a security trailer, and no others. */
  readonly createAuthenticator: (() => ServerAuthenticator) | null;
  /** Where binds with credentials are taken: whether binds without are, too. Default no. */
  readonly allowAnonymous: boolean;
  /** Whether an account (`null`: nobody in particular) may open the mailbox of this alias. Default: anybody any. */
  readonly mayOpen: (account: string | null, alias: string) => boolean;
  /** Besides its own address, where a client may have its datagrams sent (for clients behind address translation). Default none. */
  readonly callbackRanges: readonly AddressRange[];
  /** `null`, the default: none, among machines that all belong to one experiment. */
  readonly limits: ServerLimits | null;
  /** ROPs besides the built-in ones, or in place of ones that the server refuses; see `serveRop`. Default none. */
  readonly rops: readonly ServedRop[];
  /** Where the information store is kept; `null`, the default: in memory. */
  readonly persistence: StorePersistence | null;
}

export const DEFAULT_SETTINGS: MailServerSettings = {
  organization: "Pushback",
  site: "Lab",
  endpointMapperPort: 135,
  emsmdbPort: 0,
  notificationIntervalUs: 60_000_000,
  honourIcmp: false,
  pcmsPollsMax: 60_000,
  pcRetry: 6,
  pcmsRetryDelay: 10_000,
  serverVersion: [4, 837, 0],
  maxFragBytes: 5840,
  createAuthenticator: null,
  allowAnonymous: false,
  mayOpen: () => true,
  callbackRanges: [],
  limits: null,
  rops: [],
  persistence: null,
};

/** A request's stub, all fragments together: a ROP buffer of 64 KiB and what stands round it. */
export const MAX_STUB_BYTES = 0x11000;

/** Calls are read no further while this many bytes of answers wait for a peer that does not take them. */
export const MAX_QUEUED_BYTES = 0x40000;

/** A connection is reset when this many wait: calls that came in one piece are all answered before reading can pause. */
export const MAX_UNREAD_BYTES = 0x200000;

/** Presentation contexts of one association. */
export const MAX_CONTEXTS_PER_ASSOCIATION = 32;

/** Logon sessions (context handles) of one association; one more fails with ecMemory. */
export const MAX_SESSIONS_PER_ASSOCIATION = 16;

/** Open folders, messages, tables and subscriptions of one session; one more fails with ecMemory. */
export const MAX_OBJECTS_PER_SESSION = 1000;

/** Subscriptions among them, tables that notify included. */
export const MAX_SUBSCRIPTIONS_PER_SESSION = 64;

/** Notifications that wait in one session. Later new-mail and object events are skipped, table events fold into one "table changed". */
export const MAX_PENDING_PER_SESSION = 256;

/** Bytes of a message that is written, with its attachments; a session may have so many messages with changes open. */
export const MAX_DRAFT_BYTES = 4 << 20;
export const MAX_DRAFTS_PER_SESSION = 8;

/** Properties, recipients and attachments of one message that is written. */
export const MAX_DRAFT_PROPERTIES = 1_000;
export const MAX_RECIPIENTS = 250;
export const MAX_ATTACHMENTS = 100;

/** Bookmarks of one table. */
export const MAX_BOOKMARKS = 64;

/** Columns of a table, and properties of one request. */
export const MAX_TAGS = 512;

/** Messages of one folder; more mail is refused. */
export const MAX_MESSAGES_PER_FOLDER = 100_000;

/** Deliveries that are remembered by their keys, so that one told twice is not two messages. */
export const MAX_DELIVERY_KEYS = 100_000;
