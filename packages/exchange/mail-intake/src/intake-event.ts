/** Events that the mail intake reports, for a log. */

import type { ObjectId } from "@pushback/mapi";
import type { DeliveryRefusal } from "@pushback/server";
import type { ParseResult } from "./mail-parser.ts";

type NotParsed = Extract<ParseResult, { ok: false }>["why"];

/** One report of `openSmtp` or `watchMaildir`. `error` is the error that the operating system or the SMTP library reported. */
export type IntakeEvent =
  /** A message is in the mailbox; `duplicate`: it was there already. */
  | {
      readonly type: "accepted";
      readonly to: string;
      readonly mid: ObjectId;
      readonly duplicate: boolean;
      readonly by: "smtp" | "maildir";
    }
  /** An error of one client's connection, or of the port while it is being opened. */
  | { readonly type: "smtp-error"; readonly error: Error }
  /** The folder, or a file in it, can't be read or moved; the next scan tries again. */
  | { readonly type: "maildir-unreadable"; readonly folder: string; readonly error: unknown }
  /** A file that stays in `new` and is not tried again, because it can't be kept whole. */
  | { readonly type: "no-mail"; readonly file: string; readonly why: Exclude<NotParsed, "busy"> | "not a file, or too long" }
  /** A file that stays in `new`; the next scan tries again. */
  | { readonly type: "not-delivered"; readonly file: string; readonly why: DeliveryRefusal["why"] };

/** Receives the events in order. It must not throw. */
export type IntakeListener = (event: IntakeEvent) => void;
