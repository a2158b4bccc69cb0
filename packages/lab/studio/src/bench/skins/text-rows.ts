/** The text screen of a machine, 80×25 or 40×20: rows of coloured runs, from its state. */

import type { MachineState } from "../../lab/machine-state.ts";
import { inboxStatus } from "./inbox-status.ts";
import { countedLine } from "./memory-count.ts";
import type { DraftKind } from "./screen-props.ts";

/** Rows of a screen with so many columns. */
export const TEXT_ROWS = { 80: 25, 40: 20 } as const;

/** Colours of the text screen, foreground on background. */
type TextStyle = "plain" | "bright" | "bar" | "body" | "selected" | "sign" | "key";

export interface TextRun {
  readonly text: string;
  readonly style: TextStyle;
}
export type TextRow = readonly TextRun[];

const run = (text: string, style: TextStyle = "plain"): TextRun => ({ text, style });
const fit = (text: string, width: number): string => text.slice(0, width).padEnd(width);

/** Lines no longer than `width`, broken between words. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r?\n/)) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

/** What a text screen shows besides the machine's state. */
interface TextScreenSettings {
  readonly columns: 40 | 80;
  readonly mailTitle: string;
  readonly draft?: DraftKind | null;
  /** How much of the memory the self test has counted, from 0 to 1. */
  readonly counted?: number;
  /** Turns a message's delivery time into the text that the list shows. */
  time(ms: number): string;
}

export function textRows(machine: MachineState, settings: TextScreenSettings): TextRow[] {
  if (machine.power === "off") return [];
  const isMailShown = machine.mail === "logged-on" || machine.mail === "logging-off";
  const rows = isMailShown ? mailRows(machine, settings) : consoleRows(machine, settings.counted ?? 1, settings.columns);
  return rows.slice(0, TEXT_ROWS[settings.columns]);
}

function consoleRows(machine: MachineState, counted: number, columns: number): TextRow[] {
  const lines = machine.phases.flatMap((phase) => phase.screen.flatMap((line) => wrapText(countedLine(line, counted), columns)));
  const rows: TextRow[] = lines.map((line) => [run(line)]);
  const say = (text: string, style: TextStyle = "plain") => rows.push(...wrapText(text, columns).map((line) => [run(line, style)]));
  if (machine.power === "going-down") say(machine.wayDown === "shutdown" ? "C:\\>NET STOP" : "^C");
  else if (machine.power === "ready") {
    if (machine.mail === "waiting" || machine.mail === "connecting") {
      if (lines.length > 0) rows.pop();
      say("C:\\>EXCHANGE");
      say("Connecting to the server EXCHANGE ...");
    } else {
      if (machine.problem !== null) say(machine.problem, "bright");
      else if (machine.mail === "logged-off") say("Logged off.");
      if (machine.problem !== null || machine.mail === "logged-off") say("C:\\>");
    }
  }
  const last = rows.pop();
  if (last) rows.push([...last, run("_", "bright")]);
  return rows;
}

/** Widths and texts that differ between the two numbers of columns. */
const MAIL_LAYOUTS = {
  80: { from: 20, subject: 45, sign: 14, keys: " Enter=Open  Ctrl+N=New  Ctrl+R=Reply  Esc=Inbox  Alt+F4=Log off" },
  40: { from: 12, subject: 17, sign: 12, keys: " Enter=Open  Ctrl+N=New  Ctrl+R=Reply" },
} as const;

function mailRows(machine: MachineState, { mailTitle, time, columns, draft = null }: TextScreenSettings): TextRow[] {
  const { inbox, message, newMail } = machine;
  const { from, subject, sign, keys } = MAIL_LAYOUTS[columns];
  const full = (text: string, style: TextStyle): TextRow => [run(fit(text, columns), style)];
  const rows: TextRow[] = [
    full(` ${mailTitle}`, "bar"),
    full(" File  Edit  View  Mail  Help", "key"),
    draft !== null
      ? full(" New message", "sign")
      : message
        ? full(` ${message.subject}`, "sign")
        : full(`   ${fit("From", from)} ${fit("Subject", subject)} ${columns === 80 ? "Received" : "Time"}`, "sign"),
  ];
  if (draft !== null) {
    for (const label of ["To:", "Cc:", "Subject:"]) rows.push(full(`  ${label}`, "body"));
    rows.push(full("─".repeat(columns), "body"));
  } else if (message) {
    rows.push(full("", "body"));
    for (const line of wrapText(message.body, columns - 4)) rows.push(full(`  ${line}`, "body"));
  } else {
    for (const row of [...inbox].reverse()) {
      const text = ` ${row.read ? " " : "*"} ${fit(row.from, from)} ${fit(row.subject, subject)} ${time(row.deliveredMs)}`;
      rows.push(full(text, row.read ? "body" : "selected"));
    }
    if (inbox.length === 0) rows.push(full("  There are no items in this folder.", "body"));
  }
  const listed = TEXT_ROWS[columns] - 2;
  rows.length = Math.min(rows.length, listed);
  while (rows.length < listed) rows.push(full("", "body"));
  const state = inboxStatus(machine);
  rows.push([run(fit(` ${state}`, columns - sign), "key"), run(fit(newMail ? "  NEW MAIL  " : "", sign), newMail ? "sign" : "key")]);
  rows.push(full(keys, "bar"));
  return rows;
}
