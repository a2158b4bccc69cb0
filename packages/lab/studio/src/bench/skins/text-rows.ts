/** The text screen of a machine, 80×25 or 40×20: rows of coloured runs, from its state. */

import type { MachineState } from "../../lab/machine-state.ts";
import type { AddressBookEntry } from "../address-book.ts";
import type { GlassMenu } from "./glass-menu.tsx";
import { CONNECTION_LOST, folderStatus } from "./inbox-status.ts";
import { INITIAL_MAIL_WINDOW, type MailWindowSettings, receivedIn } from "./mail-menus.ts";
import { countedLine } from "./memory-count.ts";
import type { DraftKind } from "./screen-props.ts";

/** Number of rows of a text screen, by its number of columns. */
export const TEXT_ROWS = { 80: 25, 40: 20 } as const;

/** Colours of the text screen, foreground on background. */
type TextStyle = "plain" | "bright" | "bar" | "body" | "selected" | "sign" | "key";

/** Effect of a click on a piece of text: presses a key, opens a menu, chooses a menu entry by index, opens the message on a line, or opens new mail. */
export type TextTarget =
  | { readonly key: string }
  | { readonly menu: string }
  | { readonly entry: number }
  | { readonly line: number }
  | { readonly newMail: true };

export interface TextRun {
  readonly text: string;
  readonly style: TextStyle;
  readonly target?: TextTarget;
}
export type TextRow = readonly TextRun[];

const run = (text: string, style: TextStyle = "plain", target?: TextTarget): TextRun => ({ text, style, ...(target && { target }) });
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

/** View state of the text client: folder, highlighted line, open menu. It lives in the page only and is no part of the run. */
export interface TextView extends Pick<MailWindowSettings, "folder" | "line" | "areAllSelected" | "showsAddressBook"> {
  /** Title of the open menu (`null` if none is open); `entry` is the index of its highlighted entry. */
  readonly menu: string | null;
  readonly entry: number;
}

export const INITIAL_TEXT_VIEW: TextView = { ...INITIAL_MAIL_WINDOW, menu: null, entry: 0 };

/** Contents of a text screen that are not part of the machine's state. */
interface TextScreenSettings {
  readonly columns: 40 | 80;
  readonly mailTitle: string;
  readonly draft?: DraftKind | null;
  /** Whether a draft of this kind can be written now; if not, its key is not on the last row. */
  canWrite?(kind: DraftKind): boolean;
  readonly view?: TextView;
  readonly menus?: readonly GlassMenu[];
  readonly book?: readonly AddressBookEntry[];
  /** Time of the run's beginning, in milliseconds. */
  readonly epochMs?: number;
  /** Share of the memory that the self test has counted, from 0 to 1. */
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
    } else if (machine.mail === "disconnected" || machine.mail === "logged-off") {
      say(machine.mail === "disconnected" ? CONNECTION_LOST : "Logged off.", machine.mail === "disconnected" ? "bright" : "plain");
      say("C:\\>");
    }
  }
  const last = rows.pop();
  if (last) rows.push([...last, run("_", "bright")]);
  return rows;
}

/** Keys of the last row, with what they do, and the kind of draft that they begin. Assumption: no document with the keys of the client for MS-DOS was at hand. */
type KeyHint = readonly [key: string, text: string, kind?: DraftKind];

/** Widths and texts that differ between the two numbers of columns. */
const MAIL_LAYOUTS: Readonly<
  Record<40 | 80, { readonly from: number; readonly subject: number; readonly sign: number; readonly keys: readonly KeyHint[] }>
> = {
  80: {
    from: 20,
    subject: 45,
    sign: 14,
    keys: [
      ["Enter", "Open"],
      ["Escape", "Back"],
      ["F2", "New"],
      ["F4", "Reply", "reply"],
      ["F7", "Forward", "forward"],
      ["F8", "Folder"],
      ["F10", "Menu"],
    ],
  },
  40: {
    from: 12,
    subject: 17,
    sign: 12,
    keys: [
      ["Enter", "Open"],
      ["Escape", "Back"],
      ["F2", "New"],
      ["F10", "Menu"],
    ],
  },
};

/** Key labels on keyboards of the time, where they differ from the DOM's key names. */
const KEY_CAPS: Readonly<Record<string, string>> = { Escape: "Esc" };

/** Heading and lines of the list on the screen: a folder, newest message first, or the address book. */
function listOf(machine: MachineState, settings: TextScreenSettings): { readonly head: string; readonly lines: readonly TextRun[] } {
  const { columns, view = INITIAL_TEXT_VIEW, book = [], epochMs = 0, time } = settings;
  const { from, subject } = MAIL_LAYOUTS[columns];
  const head = (who: string, when: string) => `   ${fit(who, from)} ${fit("Subject", subject)} ${when}`;
  const line = (mark: string, who: string, what: string, ms: number) => ` ${mark} ${fit(who, from)} ${fit(what, subject)} ${time(ms)}`;
  if (view.showsAddressBook) {
    const width = columns - 18;
    return { head: `   ${fit("Name", width)} Alias`, lines: book.map(({ name, alias }) => run(`   ${fit(name, width)} ${alias}`, "body")) };
  }
  const when = columns === 80 ? "Received" : "Time";
  switch (view.folder) {
    case "Inbox":
    case "Deleted Items":
      return {
        head: head("From", when),
        lines: [...receivedIn(machine, view.folder)]
          .reverse()
          .map((row) => run(line(row.read ? " " : "*", row.from, row.subject, row.deliveredMs), row.read ? "body" : "selected")),
      };
    case "Sent Items":
      return {
        head: head("To", columns === 80 ? "Sent" : "Time"),
        lines: [...machine.sent].reverse().map(({ to, subject: what, atUs }) => run(line(" ", to, what, epochMs + atUs / 1000), "body")),
      };
    case "Outbox":
      return { head: head("From", when), lines: [] };
  }
}

function mailRows(machine: MachineState, settings: TextScreenSettings): TextRow[] {
  const { mailTitle, columns, draft = null, view = INITIAL_TEXT_VIEW, menus = [] } = settings;
  const { message, newMail } = machine;
  const isMessageShown = message !== null && !view.showsAddressBook;
  const { sign, keys } = MAIL_LAYOUTS[columns];
  const full = (text: string, style: TextStyle, target?: TextTarget): TextRow => [run(fit(text, columns), style, target)];
  const { head, lines } = listOf(machine, settings);
  const title = view.showsAddressBook ? "Address Book" : `${mailTitle.replace(" - Inbox", "")} - ${view.folder}`;
  const rows: TextRow[] = [
    full(` ${title}`, "bar"),
    filled(
      menus.flatMap(({ title: name }) => [run(" ", "key"), run(` ${name} `, view.menu === name ? "bar" : "key", { menu: name })]),
      columns,
      "key",
    ),
    full(draft !== null ? " New message" : isMessageShown ? ` ${message.subject}` : head, "sign"),
  ];
  if (draft !== null) {
    for (const label of ["To:", "Cc:", "Subject:"]) rows.push(full(`  ${label}`, "body"));
    rows.push(full("─".repeat(columns), "body"));
  } else if (isMessageShown) {
    rows.push(full("", "body"));
    for (const line of wrapText(message.body, columns - 4)) rows.push(full(`  ${line}`, "body"));
  } else {
    lines.forEach(({ text, style }, line) => {
      const hasBar = view.areAllSelected || (line === Math.min(view.line, lines.length - 1) && !view.showsAddressBook);
      rows.push(full(text, hasBar ? "bar" : style, view.showsAddressBook ? undefined : { line }));
    });
    if (lines.length === 0) rows.push(full("  There are no items in this folder.", "body"));
  }
  const listed = TEXT_ROWS[columns] - 2;
  rows.length = Math.min(rows.length, listed);
  while (rows.length < listed) rows.push(full("", "body"));
  rows.push([
    run(fit(` ${folderStatus(machine, view.folder)}`, columns - sign), "key"),
    newMail ? run(fit("  NEW MAIL  ", sign), "sign", { newMail: true }) : run(" ".repeat(sign), "key"),
  ]);
  rows.push(
    filled(
      keys.flatMap(([key, text, kind], i) => {
        const hint = `${KEY_CAPS[key] ?? key}=${text}`;
        const isDead = kind !== undefined && settings.canWrite?.(kind) === false;
        return [
          run(i === 0 || columns === 40 ? " " : "  ", "bar"),
          isDead ? run(" ".repeat(hint.length), "bar") : run(hint, "bar", { key }),
        ];
      }),
      columns,
      "bar",
    ),
  );
  return withMenu(rows, menus, view, columns);
}

/** The row with blanks to its right, so that it is `columns` wide. */
function filled(row: TextRow, columns: number, style: TextStyle): TextRow {
  const width = row.reduce((sum, { text }) => sum + text.length, 0);
  return [...row, run(" ".repeat(Math.max(0, columns - width)), style)];
}

/** The open menu over the rows below its title. */
function withMenu(rows: TextRow[], menus: readonly GlassMenu[], { menu, entry }: TextView, columns: number): TextRow[] {
  const at = menus.findIndex(({ title }) => title === menu);
  if (at < 0) return rows;
  const { items } = menus[at];
  const width = Math.max(...items.map(({ label }) => label.length)) + 5;
  const wanted = menus.slice(0, at).reduce((sum, { title }) => sum + title.length + 3, 1);
  const left = Math.min(wanted, columns - width);
  return rows.map((row, y) => {
    const i = y - 2;
    if (i < 0 || i >= items.length) return row;
    const { label, checked, run: choose } = items[i];
    const text = fit(` ${checked ? "*" : " "} ${choose === undefined ? `(${label})` : label}`, width);
    const over = run(text, i === entry && choose !== undefined ? "bar" : "key", { entry: i });
    return [...clip(row, 0, left), over, ...clip(row, left + text.length, columns)];
  });
}

/** The part of a row from column `from` up to column `to`. */
function clip(row: TextRow, from: number, to: number): TextRun[] {
  let column = 0;
  return row.flatMap((one) => {
    const start = column;
    column += one.text.length;
    const text = one.text.slice(Math.max(0, from - start), Math.max(0, to - start));
    return text === "" ? [] : [{ ...one, text }];
  });
}

/** The target of a click on a character cell; `null` if the cell does not react to clicks. */
export function targetAt(rows: readonly TextRow[], row: number, column: number): TextTarget | null {
  return clip(rows[row] ?? [], column, column + 1)[0]?.target ?? null;
}
