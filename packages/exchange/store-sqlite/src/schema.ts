/** The schema of the database. Any change to it needs a new version and a migration. */

/** `PRAGMA application_id`: "PbSt". */
export const APPLICATION_ID = 0x50625374;

/** Version of the schema, stored as `PRAGMA user_version`. */
export const SCHEMA_VERSION = 5;

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

/**
 * What version 4 changed: a message's row holds what tables and quotas need, and its body, recipients, properties and attachments stand
 * under a content that several messages may share. A content goes with the last message that has it.
 */
const SHARED_CONTENT = `
CREATE TABLE content (
  number INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
INSERT INTO content (number, body) SELECT number, body FROM message;
ALTER TABLE recipient RENAME TO recipient_3;
ALTER TABLE property RENAME TO property_3;
DROP INDEX recipient_message;
DROP INDEX property_message;
CREATE TABLE recipient (
  number INTEGER PRIMARY KEY,
  content INTEGER NOT NULL REFERENCES content (number) ON DELETE CASCADE,
  type INTEGER NOT NULL,
  address_type TEXT NOT NULL,
  address TEXT NOT NULL,
  display_name TEXT NOT NULL
) STRICT;
INSERT INTO recipient SELECT * FROM recipient_3 ORDER BY number;
DROP TABLE recipient_3;
CREATE INDEX recipient_content ON recipient (content);
CREATE TABLE property (
  number INTEGER PRIMARY KEY,
  content INTEGER NOT NULL REFERENCES content (number) ON DELETE CASCADE,
  attachment INTEGER,
  tag INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('number', 'boolean', 'bigint', 'string', 'bytes')),
  value ANY NOT NULL
) STRICT;
INSERT INTO property SELECT * FROM property_3 ORDER BY number;
DROP TABLE property_3;
CREATE INDEX property_content ON property (content);
ALTER TABLE message RENAME TO message_3;
CREATE TABLE message (
  number INTEGER PRIMARY KEY,
  mid TEXT NOT NULL UNIQUE,
  mailbox INTEGER NOT NULL REFERENCES mailbox (number) ON DELETE CASCADE,
  folder INTEGER NOT NULL CHECK (folder >= 0),
  message_class TEXT NOT NULL,
  subject TEXT NOT NULL,
  sender_name TEXT NOT NULL,
  submitted_ms INTEGER NOT NULL,
  delivered_ms INTEGER NOT NULL,
  read INTEGER NOT NULL CHECK (read IN (0, 1)),
  content INTEGER NOT NULL REFERENCES content (number),
  has_content INTEGER NOT NULL CHECK (has_content IN (0, 1)),
  unsent INTEGER NOT NULL CHECK (unsent IN (0, 1)),
  bytes INTEGER NOT NULL,
  recipient_bytes INTEGER NOT NULL,
  has_attachments INTEGER NOT NULL CHECK (has_attachments IN (0, 1)),
  names TEXT
) STRICT;
INSERT INTO message
  SELECT number, mid, mailbox, folder, message_class, subject, sender_name, submitted_ms, delivered_ms, read, number, has_content, unsent, 0, 0, 0, NULL
  FROM message_3 ORDER BY number;
DROP TABLE message_3;
CREATE INDEX message_content ON message (content);
CREATE TRIGGER content_of_removed AFTER DELETE ON message
  WHEN NOT EXISTS (SELECT 1 FROM message WHERE content = OLD.content)
  BEGIN DELETE FROM content WHERE number = OLD.content; END;
CREATE TRIGGER content_of_replaced AFTER UPDATE OF content ON message
  WHEN OLD.content <> NEW.content AND NOT EXISTS (SELECT 1 FROM message WHERE content = OLD.content)
  BEGIN DELETE FROM content WHERE number = OLD.content; END;
`;

/**
 * What version 5 added: flags, status and time of change of messages (NULL: that of delivery), properties of recipients as JSON, and entries: what
 * is kept of a mailbox by area and key, such as folders that clients made.
 */
const ENTRIES = `
ALTER TABLE message ADD COLUMN flags INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN status INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN modified_ms INTEGER;
ALTER TABLE recipient ADD COLUMN properties TEXT;
CREATE TABLE entry (
  mailbox INTEGER NOT NULL REFERENCES mailbox (number) ON DELETE CASCADE,
  area TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (mailbox, area, key)
) STRICT, WITHOUT ROWID;
`;

/** Steps from a version to the next, by the version that they start from. The step from 3 leaves summaries to be filled in. */
export const MIGRATIONS: Readonly<Record<number, string>> = { 1: MESSAGE_CONTENT, 2: ACCOUNT_OF_FILE, 3: SHARED_CONTENT, 4: ENTRIES };

/** The first version whose messages have summaries. */
export const VERSION_WITH_SUMMARIES = 4;

/** Schema of version 1. Ids are text of 16 hexadecimal digits; times are milliseconds since 1970-01-01 UTC. */
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

/**
 * SQL that creates a store of the current version. A property's value is an INTEGER for numbers and booleans, decimal TEXT for a bigint, TEXT for texts and a
 * BLOB for bytes.
 */
export const SCHEMA = `${FIRST_SCHEMA}${MESSAGE_CONTENT}${ACCOUNT_OF_FILE}${SHARED_CONTENT}${ENTRIES}`;
