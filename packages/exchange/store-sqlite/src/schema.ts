/** The schema of the database. Any change to it needs a new version and a migration. */

/** `PRAGMA application_id`: "PbSt". */
export const APPLICATION_ID = 0x50625374;

/** `PRAGMA user_version`. */
export const SCHEMA_VERSION = 3;

/** Tables that version 2 added: properties, recipients and attachments of messages, and named properties. */
const MESSAGE_CONTENT = `
ALTER TABLE message ADD COLUMN has_content INTEGER NOT NULL DEFAULT 0 CHECK (has_content IN (0, 1));
ALTER TABLE message ADD COLUMN unsent INTEGER NOT NULL DEFAULT 0 CHECK (unsent IN (0, 1));
CREATE TABLE recipient (
  number INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,
  type INTEGER NOT NULL,
  address_type TEXT NOT NULL,
  address TEXT NOT NULL,
  display_name TEXT NOT NULL
) STRICT;
CREATE INDEX recipient_message ON recipient (message);
CREATE TABLE property (
  number INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message (number) ON DELETE CASCADE,
  attachment INTEGER,
  tag INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('number', 'boolean', 'bigint', 'string', 'bytes')),
  value ANY NOT NULL
) STRICT;
CREATE INDEX property_message ON property (message);
CREATE TABLE property_name (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 32768 AND 65534),
  guid BLOB NOT NULL CHECK (length(guid) = 16),
  lid INTEGER,
  name TEXT,
  CHECK ((lid IS NULL) <> (name IS NULL))
) STRICT;
`;

/** What version 3 added: the password that the users file gave last; NULL for an account that no file named. */
const ACCOUNT_OF_FILE = `
ALTER TABLE account ADD COLUMN file_nt_hash BLOB CHECK (file_nt_hash IS NULL OR length(file_nt_hash) = 16);
`;

/** Steps from a version to the next, by the version that they start from. */
export const MIGRATIONS: Readonly<Record<number, string>> = { 1: MESSAGE_CONTENT, 2: ACCOUNT_OF_FILE };

/** Of version 1. Ids are in their 16 hexadecimal digits; times in milliseconds since 1970-01-01 UTC. */
const FIRST_SCHEMA = `
CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  repl_guid BLOB NOT NULL CHECK (length(repl_guid) = 16),
  counter INTEGER NOT NULL CHECK (counter > 0)
) STRICT;
CREATE TABLE mailbox (
  number INTEGER PRIMARY KEY,
  alias TEXT NOT NULL UNIQUE COLLATE NOCASE,
  dn TEXT NOT NULL UNIQUE COLLATE NOCASE,
  display_name TEXT NOT NULL,
  guid BLOB NOT NULL CHECK (length(guid) = 16),
  folder_ids TEXT NOT NULL
) STRICT;
CREATE TABLE message (
  number INTEGER PRIMARY KEY,
  mid TEXT NOT NULL UNIQUE,
  mailbox INTEGER NOT NULL REFERENCES mailbox (number) ON DELETE CASCADE,
  folder INTEGER NOT NULL CHECK (folder >= 0),
  message_class TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  sender_name TEXT NOT NULL,
  submitted_ms INTEGER NOT NULL,
  delivered_ms INTEGER NOT NULL,
  read INTEGER NOT NULL CHECK (read IN (0, 1))
) STRICT;
CREATE TABLE delivery (
  number INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL REFERENCES mailbox (number) ON DELETE CASCADE,
  key TEXT NOT NULL,
  mid TEXT NOT NULL,
  UNIQUE (mailbox, key)
) STRICT;
CREATE TABLE account (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  nt_hash BLOB NOT NULL CHECK (length(nt_hash) = 16),
  opens TEXT NOT NULL
) STRICT;
`;

/** Of the current version. A property's value is an INTEGER for numbers and booleans, decimal TEXT for a bigint, TEXT for texts and a BLOB for bytes. */
export const SCHEMA = `${FIRST_SCHEMA}${MESSAGE_CONTENT}${ACCOUNT_OF_FILE}`;
