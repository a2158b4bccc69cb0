/** Limits on mail from outside. This module has constants only, so that a program can print them without loading the parser. */

/** Bytes of a message as it comes in; SMTP answers 552 to a longer one. */
export const MAX_MAIL_BYTES = 10 * 1024 * 1024;

/** Recipients of one message from outside; a message with more is refused. */
export const MAX_MAIL_RECIPIENTS = 5_000;

/** Attachments of one message from outside; a message with more is refused. */
export const MAX_MAIL_ATTACHMENTS = 1_000;

/** Bytes of all headers of a message together. */
export const MAX_HEADER_BYTES = 256 * 1024;

/** Milliseconds for parsing one message. */
export const PARSE_TIMEOUT_MS = 10_000;

/** Most bytes of messages that are read or parsed at the same time. Further messages are refused temporarily. */
export const MAX_BYTES_IN_PARSING = 64 * 1024 * 1024;

/** SMTP connections of all clients together. */
export const MAX_SMTP_CONNECTIONS = 100;

/** Mailboxes that one SMTP message can name. */
export const MAX_SMTP_RECIPIENTS = 100;

/** Limits on SMTP connections: how many come from one address, and how long one dialogue may take however busy it looks. */
export interface SmtpLimits {
  readonly connectionsPerAddress: number;
  /** Milliseconds from connecting to the end of the dialogue. */
  readonly dialogueMs: number;
}

/** Default limits of SMTP: a fifth of all connections per address, so that one stranger cannot take them all, and ten minutes per dialogue. */
export const SMTP_LIMITS: SmtpLimits = { connectionsPerAddress: 20, dialogueMs: 600_000 };
