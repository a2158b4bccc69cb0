/**
 * Internet mail for a `MailServer`: `mail-parser.ts` reads foreign mail in a thread, `smtp-intake.ts` and `maildir-intake.ts` take it from outside, and
 * `named-recipients.ts` turns what a user types into recipients. Entry `./limits` has the limits alone.
 */
export type { IncomingMail } from "./incoming-mail.ts";
export type { IntakeEvent, IntakeListener } from "./intake-event.ts";
export type { SmtpLimits } from "./limits.ts";
export { createMailParser, type MailParser, type MailParserLimits, type ParseResult } from "./mail-parser.ts";
export { type MaildirSettings, watchMaildir } from "./maildir-intake.ts";
export { type NamedRecipient, recipientRows } from "./named-recipients.ts";
export { openSmtp, type SmtpSettings } from "./smtp-intake.ts";
