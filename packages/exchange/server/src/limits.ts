/** Limits of the server. `ServerLimits` depend on the network and are a setting; the constants hold whatever is set. */

/** Limits of what clients on a real network may consume. LIVE_LIMITS has default values. */
export interface ServerLimits {
  /** Connections to all ports, and those from one address; a further one is reset. */
  readonly associations: number;
  readonly associationsPerAddress: number;
  /** Microseconds from a connection's start to a bind, with credentials where those are asked for. */
  readonly bindTimeoutUs: number;
  /** Microseconds within which all fragments of a call must arrive. */
  readonly callTimeoutUs: number;
  /** Microseconds that responses may wait for a peer that does not read. */
  readonly stallTimeoutUs: number;
  /** Microseconds without a call after which a connection that holds no session is closed. */
  readonly idleTimeoutUs: number;
  /** Shortest time between two datagrams of one session in microseconds, over all its registrations. */
  readonly datagramGapUs: number;
  /** Datagrams of all sessions together in a second; the others wait. */
  readonly datagramsPerSecond: number;
  /** Bytes of all messages of one mailbox: its quota. A client's write beyond it fails with ecQuotaExceeded. */
  readonly mailboxBytes: number;
}

/** Bytes of a request's stub, all fragments together: a ROP buffer of 64 KiB and the fields around it. */
export const MAX_STUB_BYTES = 0x11000;

/** Bytes of unsent responses at which the server stops reading calls of a peer that does not read. */
export const MAX_QUEUED_BYTES = 0x40000;

/** Bytes of unsent responses at which a connection is reset: calls that arrive in one segment are all answered before reading pauses. */
export const MAX_UNREAD_BYTES = 0x200000;

/** Presentation contexts of one association. */
export const MAX_CONTEXTS_PER_ASSOCIATION = 32;

/** Security contexts of one association: each holds the keys of one logon (MS-RPCE 3.3.1.5.4 allows 2,000). */
export const MAX_SECURITY_CONTEXTS_PER_ASSOCIATION = 32;

/** Logon sessions (context handles) of one association; one more fails with ecMemory. */
export const MAX_SESSIONS_PER_ASSOCIATION = 16;

/** Open folders, messages, tables and subscriptions of one session; one more fails with ecMemory. */
export const MAX_OBJECTS_PER_SESSION = 1000;

/** Subscriptions of one session; a table that notifies counts as one. RegisterNotification fails with ecMemory beyond it. */
export const MAX_SUBSCRIPTIONS_PER_SESSION = 64;

/** Notifications that wait in one session. Later new-mail and object events are skipped, table events fold into one "table changed". */
export const MAX_PENDING_PER_SESSION = 256;

/** Bytes of a row that comes with a notification; a client reads a longer one from the table. A longer one would fit into no answer. */
export const MAX_NOTIFIED_ROW_BYTES = 4096;

/** Bytes of a message that is being written, with its attachments. */
export const MAX_DRAFT_BYTES = 4 << 20;
/** Messages of one session that may have unsaved changes at the same time. */
export const MAX_DRAFTS_PER_SESSION = 8;

/**
 * Bytes that clients may make the server hold in streams and unsaved changes: of one session, of the sessions of one association, of one
 * account on all its associations, and of all clients together. One more fails with ecMemory, or ecTooBig where a property is set.
 */
export const MAX_HELD_BYTES_PER_SESSION = 24 << 20;
/** Limit for all sessions of one association; see MAX_HELD_BYTES_PER_SESSION. */
export const MAX_HELD_BYTES_PER_ASSOCIATION = 32 << 20;
/** Limit for one account on all its associations; see MAX_HELD_BYTES_PER_SESSION. */
export const MAX_HELD_BYTES_PER_ACCOUNT = 64 << 20;
/** Limit for all clients together; see MAX_HELD_BYTES_PER_SESSION. */
export const MAX_HELD_BYTES = 512 << 20;

/** Bytes of responses that wait for clients to read them, of all connections; then a connection with more than its share of 64 KiB is reset. */
export const MAX_UNREAD_BYTES_OF_ALL = 64 << 20;
/** Bytes of unsent responses that one connection may have while MAX_UNREAD_BYTES_OF_ALL is exceeded. */
export const UNREAD_SHARE_BYTES = 64 << 10;

/** Most properties of one message that is written. */
export const MAX_DRAFT_PROPERTIES = 1_000;
/** Most recipients of one message that is written. */
export const MAX_RECIPIENTS = 250;
/** Most attachments of one message that is written. */
export const MAX_ATTACHMENTS = 100;

/** Categories of one table: the first columns of its order. */
export const MAX_CATEGORIES = 4;

/** Bookmarks of one table. */
export const MAX_BOOKMARKS = 64;

/** Columns of a table, and properties of one request. */
export const MAX_TAGS = 512;

/** Bytes of bodies, properties and attachments that are kept in memory after they were read from the disk; the last ones read stay in any case. */
export const MAX_CACHED_BYTES = 32 << 20;

/** Folders that clients may create in one mailbox, and their greatest depth. */
export const MAX_FOLDERS_PER_MAILBOX = 1_000;
/** Greatest depth of folders that clients may create. */
export const MAX_FOLDER_DEPTH = 100;

/** Characters of a folder's name. All users see the names in the public store. */
export const MAX_FOLDER_NAME_CHARS = 255;

/** Entries kept per mailbox for receive folders, permissions, rules and per-user information. */
export const MAX_ENTRIES_PER_MAILBOX = 4_000;

/** Properties that may be set on one folder or store, and characters of one of them or of another entry, as JSON text. */
export const MAX_OBJECT_PROPERTIES = 512;
/** Length of one stored property or entry, in characters of its JSON text. */
export const MAX_ENTRY_BYTES = 256 << 10;

/** Bytes of the per-user information on one public folder. */
export const MAX_PER_USER_BYTES = 64 << 10;

/**
 * Bytes of all messages that memory holds: their rows (HEADER_BYTES and two bytes a character), and without a persistence all of them. A
 * message beyond it is refused as one beyond a quota is.
 */
export const MAX_STORE_BYTES_IN_MEMORY = 512 << 20;
/** Bytes that a message's row counts in memory, besides two bytes per character. */
export const HEADER_BYTES = 600;

/** Characters of a subject, a message class or a sender's name that a client sets: they stand in the row, which memory holds. */
export const MAX_HEADER_CHARACTERS = 1_000;

/** Messages of one folder; more mail is refused. */
export const MAX_MESSAGES_PER_FOLDER = 100_000;

/** Delivery keys that are remembered, so that a repeated delivery is stored once. */
export const MAX_DELIVERY_KEYS = 100_000;

/** Messages that rules make of one delivery to a mailbox, the rules of other mailboxes that it sets off included. */
export const MAX_MADE_BY_RULES = 100;
