/** Keys of the MS-DOS mail client. This module draws nothing; `text-screen.tsx` connects it with the screen. */

import type { GlassMenu } from "./glass-menu.tsx";
import { MAIL_FOLDERS, receivedIn } from "./mail-menus.ts";
import type { ScreenProps } from "./screen-props.ts";
import type { TextTarget, TextView } from "./text-rows.ts";

interface TextClient extends Pick<ScreenProps, "machine" | "act" | "canWrite" | "write" | "closeMessage"> {
  readonly view: TextView;
  readonly menus: readonly GlassMenu[];
  set(change: Partial<TextView>): void;
}

/** Number of lines in the folder that is shown. */
const lineCount = ({ machine, view }: TextClient): number =>
  (view.folder === "Sent Items" ? machine.sent : receivedIn(machine, view.folder)).length;

/** The line with the bar; the last one where the list has become shorter. */
const barLine = (client: TextClient): number => Math.max(0, Math.min(lineCount(client) - 1, client.view.line));

function openLine(client: TextClient, line: number): void {
  const { machine, view, act, set } = client;
  set({ line, areAllSelected: false });
  if (view.folder === "Inbox" && line < machine.inbox.length) act("read", machine.inbox.length - line);
}

/** Opens a menu with the bar on its first entry that can be used; `null` closes it. */
function openMenu({ menus, set }: TextClient, title: string | null): void {
  const items = menus.find((menu) => menu.title === title)?.items ?? [];
  set({
    menu: title,
    entry: Math.max(
      0,
      items.findIndex(({ run }) => run !== undefined),
    ),
  });
}

function chooseEntry({ menus, view, set }: TextClient, entry: number): void {
  const run = menus.find(({ title }) => title === view.menu)?.items[entry]?.run;
  if (run === undefined) return;
  set({ menu: null });
  run();
}

/** Goes to the next entry of the open menu that can be used, up or down. */
function moveEntry({ menus, view, set }: TextClient, by: 1 | -1): void {
  const items = menus.find(({ title }) => title === view.menu)?.items ?? [];
  for (let i = 1; i <= items.length; i++) {
    const entry = (view.entry + by * i + items.length * i) % items.length;
    if (items[entry].run === undefined) continue;
    set({ entry });
    return;
  }
}

function moveMenu(client: TextClient, by: 1 | -1): void {
  const { menus, view } = client;
  const at = menus.findIndex(({ title }) => title === view.menu);
  openMenu(client, menus[(at + by + menus.length) % menus.length].title);
}

/** Goes back by one: from a menu, the address book, a message or another folder, to the first line of the Inbox at last; `null` if the client is there. */
function goBack(client: TextClient): (() => void) | null {
  const { machine, view, set, closeMessage } = client;
  if (view.menu !== null) return () => set({ menu: null });
  if (view.showsAddressBook) return () => set({ showsAddressBook: false });
  if (machine.message !== null) return closeMessage;
  const isHome = view.folder === "Inbox" && barLine(client) === 0 && !view.areAllSelected;
  return isHome ? null : () => set({ folder: "Inbox", line: 0, areAllSelected: false });
}

function nextFolder({ view, set, closeMessage }: TextClient): void {
  const folder = MAIL_FOLDERS[(MAIL_FOLDERS.indexOf(view.folder) + 1) % MAIL_FOLDERS.length];
  closeMessage();
  set({ folder, line: 0, areAllSelected: false, showsAddressBook: false });
}

/** The command of the menu's entry, so that the key deletes what the entry does. */
function deleteMail({ menus }: TextClient): (() => void) | null {
  return menus.flatMap(({ items }) => items).find(({ label }) => label === "Delete")?.run ?? null;
}

/** The command of a key while the client is on the screen; `null` where it has none. */
export function textCommand(client: TextClient, key: string): (() => void) | null {
  const { machine, view, canWrite, write, set } = client;
  if (machine.mail !== "logged-on") return null;
  const inMenu = view.menu !== null;
  switch (key) {
    case "Enter":
      return () => {
        if (inMenu) chooseEntry(client, view.entry);
        else if (machine.message === null && !view.showsAddressBook) openLine(client, barLine(client));
      };
    case "Escape":
      return goBack(client);
    case "ArrowUp":
    case "ArrowDown":
      return () => {
        const by = key === "ArrowDown" ? 1 : -1;
        if (inMenu) moveEntry(client, by);
        else set({ line: Math.max(0, Math.min(lineCount(client) - 1, barLine(client) + by)), areAllSelected: false });
      };
    case "ArrowLeft":
    case "ArrowRight":
      return inMenu ? () => moveMenu(client, key === "ArrowRight" ? 1 : -1) : null;
    case "Delete":
      return inMenu || view.showsAddressBook ? null : deleteMail(client);
    case "F2":
      return () => write("new");
    // A dead key is taken, too: the browser has commands for some function keys.
    case "F4":
      return () => canWrite("reply") && write("reply");
    case "F7":
      return () => canWrite("forward") && write("forward");
    case "F8":
      return () => nextFolder(client);
    case "F10":
      return () => openMenu(client, inMenu ? null : "File");
    default:
      return null;
  }
}

/** Carries out a click on the screen; a click beside all targets closes the open menu. */
export function pressTarget(client: TextClient, target: TextTarget | null): void {
  if (target === null) client.set({ menu: null });
  else if ("key" in target) textCommand(client, target.key)?.();
  else if ("menu" in target) openMenu(client, client.view.menu === target.menu ? null : target.menu);
  else if ("entry" in target) chooseEntry(client, target.entry);
  else if ("line" in target) openLine(client, target.line);
  else client.act("read");
}
