/** The menus of the Exchange client and the state of its main window, which no part of the run knows. */

import type { GlassMenu } from "./glass-menu.tsx";
import type { ScreenProps } from "./screen-props.ts";

export const MAIL_FOLDERS = ["Deleted Items", "Inbox", "Outbox", "Sent Items"] as const;
export type Folder = (typeof MAIL_FOLDERS)[number];

export interface MailWindowSettings {
  readonly folder: Folder;
  readonly showsFolders: boolean;
  readonly showsToolbar: boolean;
  readonly showsAddressBook: boolean;
}

export interface MailWindowState extends MailWindowSettings {
  set(change: Partial<MailWindowSettings>): void;
}

export const INITIAL_MAIL_WINDOW: MailWindowSettings = {
  folder: "Inbox",
  showsFolders: true,
  showsToolbar: true,
  showsAddressBook: false,
};

/** An entry that cannot be used now is grey: it has no `run`. */
export function mailMenus(props: ScreenProps, state: MailWindowState): GlassMenu[] {
  const { machine, act, write, closeMessage } = props;
  const has = machine.inbox.length > 0;
  const { showsFolders, showsToolbar, set } = state;
  const onlyWith = (isPossible: boolean, run: () => void) => (isPossible ? run : undefined);
  return [
    {
      title: "File",
      items: [
        { label: "Open", run: onlyWith(has, () => act("read")) },
        { label: "Close", run: onlyWith(machine.message !== null, closeMessage) },
        { label: "Exit and Log Off", run: () => act("logoff") },
      ],
    },
    { title: "Edit", items: [{ label: "Undo" }, { label: "Cut" }, { label: "Copy" }] },
    {
      title: "View",
      items: [
        { label: "Folders", checked: showsFolders, run: () => set({ showsFolders: !showsFolders }) },
        { label: "Toolbar", checked: showsToolbar, run: () => set({ showsToolbar: !showsToolbar }) },
      ],
    },
    { title: "Tools", items: [{ label: "Address Book", run: () => set({ showsAddressBook: true }) }] },
    {
      title: "Compose",
      items: [
        { label: "New Message", run: () => write("new") },
        { label: "Reply to Sender", run: onlyWith(has, () => write("reply")) },
        { label: "Reply to All", run: onlyWith(has, () => write("reply-all")) },
        { label: "Forward", run: onlyWith(has, () => write("forward")) },
      ],
    },
  ];
}
