/**
 * Budgets of the server (memory, connections, rates), and its response to a client that exceeds one. The table of docs/SECURITY.md is derived from this
 * declaration, and `serve-budgets.test.ts` exhausts each budget.
 */

import * as intake from "@pushback/mail-intake/limits";
import * as limits from "@pushback/server";

export interface Budget {
  readonly what: string;
  readonly limit: string;
  readonly beyond: string;
}

const { LIVE_LIMITS } = limits;
const { SMTP_LIMITS } = intake;

function bytes(count: number): string {
  return count >= 1 << 20 ? `${count / (1 << 20)} MiB` : `${count / 1024} KiB`;
}

const number = (count: number) => count.toLocaleString("en-US");
const seconds = (us: number) => `${number(us / 1_000_000)} s`;

export const BUDGETS = {
  heldBySession: {
    what: "streams, opened attachments, rows of tables and unsaved changes of a session",
    limit: bytes(limits.MAX_HELD_BYTES_PER_SESSION),
    beyond: "`ecMemory`",
  },
  heldByAssociation: { what: "the same of an association", limit: bytes(limits.MAX_HELD_BYTES_PER_ASSOCIATION), beyond: "`ecMemory`" },
  heldByAccount: { what: "the same of an account", limit: bytes(limits.MAX_HELD_BYTES_PER_ACCOUNT), beyond: "`ecMemory`" },
  heldByAll: { what: "the same of all clients", limit: bytes(limits.MAX_HELD_BYTES), beyond: "`ecMemory`" },
  draftBytes: { what: "one message that a client writes", limit: bytes(limits.MAX_DRAFT_BYTES), beyond: "`ecTooBig`" },
  draftRecipients: { what: "its recipients", limit: number(limits.MAX_RECIPIENTS), beyond: "`ecTooBig`" },
  draftAttachments: { what: "its attachments", limit: number(limits.MAX_ATTACHMENTS), beyond: "`ecTooBig`" },
  draftProperties: { what: "its properties", limit: number(limits.MAX_DRAFT_PROPERTIES), beyond: "`ecTooBig`" },
  headerCharacters: {
    what: "characters of its subject, class or sender's name",
    limit: number(limits.MAX_HEADER_CHARACTERS),
    beyond: "`ecTooBig`",
  },
  drafts: { what: "messages with unsaved changes, of a session", limit: number(limits.MAX_DRAFTS_PER_SESSION), beyond: "`ecMemory`" },
  objects: { what: "open objects of a session", limit: number(limits.MAX_OBJECTS_PER_SESSION), beyond: "`ecMemory`" },
  subscriptions: { what: "subscriptions of a session", limit: number(limits.MAX_SUBSCRIPTIONS_PER_SESSION), beyond: "`ecMemory`" },
  bookmarks: { what: "bookmarks of a table", limit: number(limits.MAX_BOOKMARKS), beyond: "`ecMemory`" },
  sessions: { what: "sessions of an association group", limit: number(limits.MAX_SESSIONS_PER_ASSOCIATION), beyond: "`ecMemory`" },
  notifications: {
    what: "notifications that wait in a session",
    limit: number(limits.MAX_PENDING_PER_SESSION),
    beyond: 'later ones are left out; tables say "changed"',
  },
  stub: { what: "the stub of one call", limit: bytes(limits.MAX_STUB_BYTES), beyond: "reset" },
  unreadOfConnection: {
    what: "responses that a client does not read, of one connection",
    limit: bytes(limits.MAX_UNREAD_BYTES),
    beyond: "reset",
  },
  unreadOfAll: {
    what: "the same of all connections",
    limit: `${bytes(limits.MAX_UNREAD_BYTES_OF_ALL)}, then ${bytes(limits.UNREAD_SHARE_BYTES)} a connection`,
    beyond: "reset",
  },
  quota: {
    what: "mail of a mailbox",
    limit: `${bytes(LIVE_LIMITS.mailboxBytes)} (\`--quota\`)`,
    beyond: "`ecQuotaExceeded`; SMTP 452, or 552 for a message larger than the quota",
  },
  folderMessages: { what: "messages of a folder", limit: number(limits.MAX_MESSAGES_PER_FOLDER), beyond: "`ecQuotaExceeded`; SMTP 452" },
  storeMemory: {
    what: "rows of all messages; without `--data` all of their bytes",
    limit: bytes(limits.MAX_STORE_BYTES_IN_MEMORY),
    beyond: "`ecQuotaExceeded`; SMTP 452",
  },
  cache: {
    what: "bodies and attachments that were read from the disk",
    limit: bytes(limits.MAX_CACHED_BYTES),
    beyond: "those that were not used for longest are read again",
  },
  folders: { what: "folders that clients make in a mailbox", limit: number(limits.MAX_FOLDERS_PER_MAILBOX), beyond: "`ecQuotaExceeded`" },
  mailBytes: { what: "one message by SMTP, Maildir or `deliver`", limit: bytes(intake.MAX_MAIL_BYTES), beyond: "552" },
  mailHeader: { what: "its header", limit: bytes(intake.MAX_HEADER_BYTES), beyond: "554" },
  mailRecipients: { what: "its recipients", limit: number(intake.MAX_MAIL_RECIPIENTS), beyond: "554" },
  mailAttachments: { what: "its attachments", limit: number(intake.MAX_MAIL_ATTACHMENTS), beyond: "554" },
  mailTime: { what: "the time that its parsing takes", limit: `${intake.PARSE_TIMEOUT_MS / 1000} s`, beyond: "554" },
  incoming: { what: "messages that are on their way in, together", limit: bytes(intake.MAX_BYTES_IN_PARSING), beyond: "452" },
  smtpRecipients: { what: "mailboxes that one SMTP message goes to", limit: number(intake.MAX_SMTP_RECIPIENTS), beyond: "452" },
  smtpConnections: { what: "SMTP connections of all", limit: number(intake.MAX_SMTP_CONNECTIONS), beyond: "421" },
  smtpOfAddress: { what: "SMTP connections of one address", limit: number(SMTP_LIMITS.connectionsPerAddress), beyond: "421" },
  smtpDialogue: { what: "the time of one SMTP dialogue", limit: `${SMTP_LIMITS.dialogueMs / 60_000} minutes`, beyond: "421" },
  connections: { what: "RPC connections of all", limit: `${number(LIVE_LIMITS.associations)} (\`--max-connections\`)`, beyond: "reset" },
  connectionsOfAddress: {
    what: "RPC connections of one address",
    limit: `${number(LIVE_LIMITS.associationsPerAddress)} (\`--max-per-address\`)`,
    beyond: "reset",
  },
  bindTime: {
    what: "the time to a bind that is authenticated",
    limit: `${seconds(LIVE_LIMITS.bindTimeoutUs)} (\`--bind-timeout\`)`,
    beyond: "reset",
  },
  callTime: { what: "the time for a call to arrive whole", limit: seconds(LIVE_LIMITS.callTimeoutUs), beyond: "reset" },
  stallTime: { what: "the time that responses wait for a client", limit: seconds(LIVE_LIMITS.stallTimeoutUs), beyond: "reset" },
  idleTime: {
    what: "the time without a call of a connection without a session",
    limit: `${seconds(LIVE_LIMITS.idleTimeoutUs)} (\`--idle-timeout\`)`,
    beyond: "reset",
  },
} as const satisfies Record<string, Budget>;

/** The rows of the table in docs/SECURITY.md. */
export function budgetRows(): string[] {
  return Object.values(BUDGETS).map(({ what, limit, beyond }) => `| ${what} | ${limit} | ${beyond} |`);
}
