/** The ways for mail to come in that `serve --smtp` and `--maildir` open. */

import { type MaildirSettings, type MailParser, openSmtp, type SmtpSettings, watchMaildir } from "@pushback/mail-intake";
import type { MailServer } from "@pushback/server";
import { systemReason, UsageError } from "@pushback/usage-error";
import { makeFolder } from "../shared/output-folder.ts";
import { logIntakeEvent, type ServeLog } from "./serve-log.ts";

/** Throws a UsageError when the port can't be opened. */
export async function openSmtpOption(
  server: MailServer,
  parser: MailParser,
  log: ServeLog,
  settings: SmtpSettings,
): Promise<{ readonly port: number; close(): void }> {
  try {
    return await openSmtp(server, parser, settings, (event) => logIntakeEvent(log, event));
  } catch (error) {
    throw new UsageError(`--smtp ${settings.host}:${settings.port}: ${systemReason(error)}`);
  }
}

/** Creates the Maildir if it does not exist. Throws a UsageError. */
export function openMaildirOption(server: MailServer, parser: MailParser, log: ServeLog, settings: MaildirSettings): { close(): void } {
  const { alias, folder } = settings;
  if (!server.mailboxes().some((m) => m.alias.toLowerCase() === alias.toLowerCase()))
    throw new UsageError(`--maildir ${alias}=${folder}: no mailbox ${alias}`);
  try {
    makeFolder(folder);
    return watchMaildir(server, parser, settings, (event) => logIntakeEvent(log, event));
  } catch (error) {
    throw new UsageError(`--maildir ${alias}=${folder}: ${systemReason(error)}`);
  }
}
