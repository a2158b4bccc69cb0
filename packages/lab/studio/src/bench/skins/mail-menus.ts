/** The menus of the Exchange client and the state of its main window, which no part of the run knows. */

import type { MachineState } from "../../lab/machine-state.ts";
import type { GlassMenu } from "./glass-menu.tsx";
import type { ScreenProps } from "./screen-props.ts";
import { wallTime } from "./wall-time.ts";

export const MAIL_FOLDERS = ["Deleted Items", "Inbox", "Outbox", "Sent Items"] as const;
export type Folder = (typeof MAIL_FOLDERS)[number];

export interface MailWindowSettings {
  readonly folder: Folder;
  readonly showsFolders: boolean;
  readonly showsToolbar: boolean;
  readonly showsAddressBook: boolean;
  /**
   * Line of the folder that is selected; 0 is the first, which has the newest message. A line below the last one stands for the last. Only the client of MS-DOS
   * has a bar that moves.
   */
  readonly line: number;
  /** Whether every line of the folder is selected. */
  readonly areAllSelected: boolean;
}

export interface MailWindowState extends MailWindowSettings {
  set(change: Partial<MailWindowSettings>): void;
}

export const INITIAL_MAIL_WINDOW: MailWindowSettings = {
  folder: "Inbox",
  showsFolders: true,
  showsToolbar: true,
  showsAddressBook: false,
  line: 0,
  areAllSelected: false,
};

/** The received messages in a folder, the oldest first. */
export function receivedIn({ inbox, deleted }: Pick<MachineState, "inbox" | "deleted">, folder: Folder): MachineState["inbox"] {
  return folder === "Inbox" ? inbox : folder === "Deleted Items" ? deleted : [];
}

/** Text that Copy puts on the clipboard: the open message, otherwise the selected lines of the folder, otherwise nothing. */
export function copiedText(
  machine: MachineState,
  { folder, areAllSelected }: Pick<MailWindowSettings, "folder" | "areAllSelected">,
): string {
  const { sent, message } = machine;
  if (message !== null) return `${message.subject}\n\n${message.body}`;
  if (!areAllSelected) return "";
  if (folder === "Sent Items") return sent.map(({ to, subject }) => `${to}\t${subject}`).join("\n");
  return receivedIn(machine, folder)
    .map(({ from, subject, deliveredMs }) => `${from}\t${subject}\t${wallTime(deliveredMs)}`)
    .join("\n");
}

/** The messages that are marked or deleted: all that are selected, otherwise the open one, otherwise that of the selected line; and whether any of them is read, or unread. */
export function chosenMessages(
  { inbox, message }: Pick<MachineState, "inbox" | "message">,
  { folder, line, areAllSelected }: Pick<MailWindowSettings, "folder" | "line" | "areAllSelected">,
): { readonly message: number | "all"; readonly hasRead: boolean; readonly hasUnread: boolean } {
  const isAll = areAllSelected && message === null;
  const at = message === null ? Math.max(0, inbox.length - 1 - line) : inbox.findIndex(({ mid }) => mid === message.mid);
  const rows = folder !== "Inbox" || at < 0 ? [] : isAll ? inbox : inbox.slice(at, at + 1);
  return { message: isAll ? "all" : at + 1, hasRead: rows.some(({ read }) => read), hasUnread: rows.some(({ read }) => !read) };
}

/**
 * Menus of the mail client. An entry without `run` is greyed out: Undo always is, because the lab's clients cannot do it; Delete and the marks are outside the
 * Inbox; kinds of drafts are that cannot be written. `isText`: the client of MS-DOS, which has no panes to switch off.
 */
export function mailMenus(props: ScreenProps, state: MailWindowState, isText = false): GlassMenu[] {
  const { machine, act, mark, remove, canWrite, write, closeMessage } = props;
  const has = machine.inbox.length > 0;
  const { folder, line, showsFolders, showsToolbar, set } = state;
  const openLine = () => (folder === "Inbox" && line > 0 ? act("read", Math.max(1, machine.inbox.length - line)) : act("read"));
  const copied = copiedText(machine, state);
  const chosen = chosenMessages(machine, state);
  const deleteChosen = () => {
    // Messages that arrive later must not be selected.
    set({ areAllSelected: false });
    remove(chosen.message);
  };
  const onlyWith = (isPossible: boolean, run: () => void) => (isPossible ? run : undefined);
  return [
    {
      title: "File",
      items: [
        { label: "Open", run: onlyWith(has, openLine) },
        { label: "Close", run: onlyWith(machine.message !== null, closeMessage) },
        { label: "Exit and Log Off", run: () => act("logoff") },
      ],
    },
    {
      title: "Edit",
      items: [
        { label: "Undo" },
        { label: "Copy", run: onlyWith(copied !== "", () => void navigator.clipboard?.writeText(copied)) },
        { label: "Delete", run: onlyWith(chosen.hasRead || chosen.hasUnread, deleteChosen) },
        { label: "Select All", run: () => set({ areAllSelected: true }) },
        { label: "Mark as Read", run: onlyWith(chosen.hasUnread, () => mark(true, chosen.message)) },
        { label: "Mark as Unread", run: onlyWith(chosen.hasRead, () => mark(false, chosen.message)) },
      ],
    },
    {
      title: "View",
      items: isText
        ? MAIL_FOLDERS.map((label) => ({ label, checked: label === folder, run: () => set({ folder: label, areAllSelected: false }) }))
        : [
            { label: "Folders", checked: showsFolders, run: () => set({ showsFolders: !showsFolders }) },
            { label: "Toolbar", checked: showsToolbar, run: () => set({ showsToolbar: !showsToolbar }) },
          ],
    },
    { title: "Tools", items: [{ label: "Address Book", run: () => set({ showsAddressBook: true }) }] },
    {
      title: "Compose",
      items: [
        { label: "New Message", run: onlyWith(canWrite("new"), () => write("new")) },
        { label: "Reply to Sender", run: onlyWith(canWrite("reply"), () => write("reply")) },
        { label: "Reply to All", run: onlyWith(canWrite("reply-all"), () => write("reply-all")) },
        { label: "Forward", run: onlyWith(canWrite("forward"), () => write("forward")) },
      ],
    },
  ];
}
