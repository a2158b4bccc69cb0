/** The YAML file of `pushback serve --users`: who may log on, and which mailboxes there are. */

import { readFileSync } from "node:fs";
import { parseHex } from "@pushback/bytes";
import { lmHash, ntHash } from "@pushback/ntlm";
import { readYaml } from "@pushback/scenario";
import { systemReason, UsageError } from "@pushback/usage-error";
import { type Document, isMap, isNode, isScalar } from "yaml";
import * as z from "zod";

/** A mailbox that has to be there. */
interface WantedMailbox {
  readonly alias: string;
  readonly displayName?: string;
  readonly dn?: string;
}

/** An account that has to be there; see `StoredAccount` of package store-sqlite. */
interface WantedAccount {
  readonly name: string;
  readonly ntHash: Uint8Array;
  /** `null` where the file has no password, or one that has no LM hash. It is never stored. */
  readonly lmHash: Uint8Array | null;
  readonly opens: readonly string[];
}

export interface UsersFile {
  readonly domain?: string;
  readonly mailboxes: readonly WantedMailbox[];
  readonly accounts: readonly WantedAccount[];
}

/** Characters of an alias or account name: legal in a DN, in a mail address and in a list separated by blanks. */
export const NAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const name = z.string().regex(NAME_PATTERN, "takes letters, digits, dots, dashes and underscores, 64 at the most");
const text = z
  .string()
  .min(1)
  .max(256)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  .regex(/^[^\u0000-\u001f\u007f]*$/, "takes text without control characters");
/** A mailbox's DN. Control characters are refused: NUL would end it on the wire. */
export const DN_SCHEMA = z
  .string()
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  .regex(/^\/o=[^\u0000-\u001f\u007f]{1,200}\/cn=[^\u0000-\u001f\u007f/]{1,64}$/i, "takes the form /o=…/ou=…/cn=Recipients/cn=…");

const MAILBOX = { displayName: text.optional(), dn: DN_SCHEMA.optional() };

const FILE = z.strictObject({
  domain: z.string().min(1).max(15).optional(),
  users: z
    .array(
      z
        .strictObject({
          name,
          password: z.string().min(1).max(128).optional(),
          ntHash: z
            .string()
            .regex(/^[0-9a-f]{32}$/i, "takes 32 hexadecimal digits")
            .optional(),
          opens: z.array(name).optional(),
          ...MAILBOX,
        })
        .refine((user) => (user.password === undefined) !== (user.ntHash === undefined), "needs either password or ntHash"),
    )
    .default([]),
  mailboxes: z.array(z.strictObject({ alias: name, ...MAILBOX })).default([]),
});

/** A mailbox without the keys whose value is undefined. */
function mailbox(alias: string, m: { readonly displayName?: string | undefined; readonly dn?: string | undefined }): WantedMailbox {
  return { alias, ...(m.displayName !== undefined && { displayName: m.displayName }), ...(m.dn !== undefined && { dn: m.dn }) };
}

/** Reads the file. Each user has a mailbox of the same name. Throws a UsageError with file, line and column; its text never contains a password. */
export function readUsersFile(path: string): UsersFile {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`--users ${path}: ${systemReason(error)}`);
  }
  const read = readYaml(source);
  if (!read.ok) {
    const [{ line, column, code }] = read.faults;
    // A message can quote the line, and a password with it: one that begins with `!` or `*` is a tag or an alias.
    throw new UsageError(`${path}:${line}:${column}: not YAML (${code}); a text with special characters takes quotes`);
  }
  const { document, value, locate } = read;
  const place = (offset: number) => {
    const { line, column } = locate(offset);
    return `${path}:${line}:${column}`;
  };
  const parsed = FILE.safeParse(value ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const unknown = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]] : issue.path;
    const what = issue.code === "unrecognized_keys" ? `unknown setting "${issue.keys[0]}"` : `${issue.path.join(".")}: ${issue.message}`;
    throw new UsageError(`${place(offsetOf(document, unknown))}: ${what}`);
  }
  const { domain, users, mailboxes } = parsed.data;
  return {
    ...(domain !== undefined && { domain }),
    mailboxes: [...users.map((user) => mailbox(user.name, user)), ...mailboxes.map((m) => mailbox(m.alias, m))],
    accounts: users.map((user) => ({
      name: user.name,
      ntHash: user.ntHash === undefined ? ntHash(user.password ?? "") : parseHex(user.ntHash),
      lmHash: user.password === undefined ? null : lmHash(user.password),
      opens: [user.name, ...(user.opens ?? [])],
    })),
  };
}

/** Where the deepest part of a path that is in the document begins. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path[depth - 1]);
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
