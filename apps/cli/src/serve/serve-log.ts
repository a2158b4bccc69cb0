/** The log of `pushback serve`: one JSON object a line for machines, one sentence a line for people. */

import { formatIpv4 } from "@pushback/bytes";
import type { IntakeEvent } from "@pushback/mail-intake";
import type { MailServerEvent } from "@pushback/server";
import { systemReason } from "@pushback/usage-error";
import { type Logger, pino } from "pino";
import { printable } from "../shared/printable.ts";
import { style } from "../shared/terminal.ts";

/** Log of `serve`: each entry has fields for programs and a message for users. */
export type ServeLog = Logger;

/** Fields that a reader of sentences has no use for. */
const SILENT_FIELDS = new Set(["level", "time", "msg"]);

const PAINT = { 40: "yellow", 50: "red", 60: "red" } as const;

/** `12:31:04.250  message  field=value …` */
function sentence(line: string): string {
  const entry = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const time = new Date(Number(entry["time"])).toISOString().slice(11, 23);
  const fields = Object.entries(entry)
    .filter(([name, value]) => !SILENT_FIELDS.has(name) && value !== null)
    .map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(" ");
  const level = entry["level"] as keyof typeof PAINT;
  const message = printable(String(entry["msg"]));
  const shown = PAINT[level] ? style(PAINT[level], message) : message;
  return `${style("dim", time)}  ${shown}${fields ? `  ${style("dim", printable(fields))}` : ""}\n`;
}

export function createLog(options: { readonly json: boolean; readonly verbose: boolean }): ServeLog {
  const level = options.verbose ? "debug" : "info";
  const destination = options.json
    ? { write: (line: string) => void process.stdout.write(line) }
    : { write: (line: string) => void process.stdout.write(sentence(line)) };
  return pino({ level, base: null }, destination);
}

/** Events of every connection; they are logged only with `--verbose`. */
const DEBUG_EVENTS = new Set<MailServerEvent["type"]>(["association-opened", "association-closed", "fault"]);
const WARNINGS = new Set<MailServerEvent["type"]>([
  "association-refused",
  "association-expired",
  "connect-refused",
  "register-refused",
  "open-failed",
  "rop-failed",
]);

/** Addresses in dotted decimal, everything else as it is. */
function fieldsOf(event: MailServerEvent): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) {
    if (name === "type") continue;
    if ((name === "address" || name === "remoteAddress") && typeof value === "number") fields[name] = formatIpv4(value);
    else if ((name === "code" || name === "status") && typeof value === "number") fields[name] = `0x${value.toString(16).padStart(8, "0")}`;
    else fields[name] = value;
  }
  return fields;
}

export function logServerEvent(log: ServeLog, event: MailServerEvent): void {
  const fields = fieldsOf(event);
  if (WARNINGS.has(event.type)) log.warn(fields, event.type);
  else if (DEBUG_EVENTS.has(event.type)) log.debug(fields, event.type);
  else log.info(fields, event.type);
}

const INTAKE_LEVELS = {
  accepted: "info",
  "smtp-error": "debug",
  "maildir-unreadable": "warn",
  "no-mail": "warn",
  "not-delivered": "warn",
} as const satisfies Record<IntakeEvent["type"], string>;

/** Writes an event of the mail intake to the log. */
export function logIntakeEvent(log: ServeLog, event: IntakeEvent): void {
  const { type, ...fields } = event;
  const level = INTAKE_LEVELS[type];
  if ("error" in fields) {
    const { error, ...others } = fields;
    log[level]({ ...others, reason: systemReason(error) }, type);
  } else log[level](fields, type);
}
