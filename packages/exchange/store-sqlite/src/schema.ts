/** What stands in the database. A change of any of it is a new version. */

/** `PRAGMA application_id`: "PbSt". */
export const APPLICATION_ID = 0x50625374;

/** `PRAGMA user_version`. */
export const SCHEMA_VERSION = 1;

/** Ids are in their 16 hexadecimal digits; times in milliseconds since 1970-01-01 UTC. */
export const SCHEMA = `
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
