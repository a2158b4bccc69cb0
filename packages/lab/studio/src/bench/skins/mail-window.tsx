/** The Exchange client: folders, the list of a folder, and the windows over it. */

import { useState } from "react";
import type { MachineState } from "../../lab/machine-state.ts";
import { useLab } from "../../state/lab-view.ts";
import { addressBook } from "../address-book.ts";
import { GlassButton } from "./glass-button.tsx";
import { GlassMenus } from "./glass-menu.tsx";
import { folderStatus } from "./inbox-status.ts";
import { type Folder, MAIL_FOLDERS, type MailWindowState, mailMenus, receivedIn } from "./mail-menus.ts";
import type { DraftKind, ScreenProps } from "./screen-props.ts";
import { wallTime } from "./wall-time.ts";

interface MailWindowProps extends ScreenProps {
  readonly state: MailWindowState;
  /** Whether the system shows a program's menus at the top of the screen and not in its window. */
  readonly isMac: boolean;
}

export function MailWindow(props: MailWindowProps) {
  const { machine, mailTitle, draft, state, isMac, act, canWrite, write, closeMessage } = props;
  const { folder, showsFolders, showsToolbar, showsAddressBook, areAllSelected, set } = state;
  const openLine = (line: number) => act("read", machine.inbox.length - line);
  return (
    <>
      <div className="window mail-window">
        <WindowBar title={mailTitle.replace("Inbox", folder)} onClose={() => act("logoff")} />
        {!isMac && <GlassMenus className="menu-bar" menus={mailMenus(props, state)} />}
        {showsToolbar && <Toolbar canWrite={canWrite} write={write} onAddressBook={() => set({ showsAddressBook: true })} />}
        <div className="mail-panes">
          {showsFolders && (
            <Folders machine={machine} folder={folder} choose={(chosen) => set({ folder: chosen, areAllSelected: false })} />
          )}
          {folder === "Inbox" && <MessageList rows={machine.inbox} areAllSelected={areAllSelected} open={openLine} />}
          {folder === "Deleted Items" && <MessageList rows={machine.deleted} areAllSelected={areAllSelected} />}
          {folder === "Sent Items" && <SentList machine={machine} areAllSelected={areAllSelected} />}
          {folder === "Outbox" && <div className="inbox-list">{EMPTY}</div>}
        </div>
        <div className="status-bar">
          <span>{folderStatus(machine, folder)}</span>
        </div>
      </div>
      {machine.message && <MessageWindow machine={machine} canWrite={canWrite} write={write} onClose={closeMessage} />}
      {draft !== null && <DraftWindow draft={draft} machine={machine} />}
      {showsAddressBook && <AddressBookWindow onClose={() => set({ showsAddressBook: false })} />}
      {machine.newMail && <NewMailNotice key={machine.inbox.length} onOpen={() => act("read")} />}
    </>
  );
}

const EMPTY = <div className="inbox-empty">There are no items in this folder.</div>;

function WindowBar({ title, onClose }: { readonly title: string; readonly onClose: () => void }) {
  return (
    <div className="title-bar">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
      <i className="box close" onClick={onClose} />
      <span>{title}</span>
      <i className="box minimize" />
      <i className="box zoom" />
    </div>
  );
}

/** The pictures are ours: a new sheet, one arrow back, two arrows back, an arrow on, a book. */
const TOOLS: readonly { readonly kind: DraftKind | "book"; readonly paths: readonly string[] }[] = [
  { kind: "new", paths: ["M3 1h7l3 3v11H3z", "M10 1v3h3M5 7h6M5 9.5h6M5 12h4"] },
  { kind: "reply", paths: ["M1 8l5-5v3h4a5 5 0 0 1 5 5v3a5 5 0 0 0-5-4H6v3z"] },
  { kind: "reply-all", paths: ["M4 8l5-5v3h2a4 4 0 0 1 4 4v4a4 4 0 0 0-4-4H9v3z", "M5 3L.8 8 5 13"] },
  { kind: "forward", paths: ["M15 8l-5-5v3H6a5 5 0 0 0-5 5v3a5 5 0 0 1 5-4h4v3z"] },
  { kind: "book", paths: ["M2 2h11v12H3.5a1.5 1.5 0 0 1-1.5-1.5z", "M5 5h5M5 7.5h5M13 14H3.5a1.5 1.5 0 0 1 0-3H13"] },
];

/** Buttons for writing; those of drafts that cannot be written are grey. `onAddressBook`: left out, there is no button for it, nor for a new message. */
function Toolbar(props: Pick<ScreenProps, "canWrite" | "write"> & { readonly onAddressBook?: () => void }) {
  const { canWrite, write, onAddressBook } = props;
  const shown = TOOLS.filter(({ kind }) => onAddressBook !== undefined || (kind !== "new" && kind !== "book"));
  return (
    <div className="mail-tools">
      {shown.map(({ kind, paths }) => {
        const run = kind === "book" ? onAddressBook : canWrite(kind) ? () => write(kind) : undefined;
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it
          // biome-ignore lint/a11y/useKeyWithClickEvents: as above
          <b key={kind} className={run === undefined ? "is-grey" : ""} onClick={run}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              {paths.map((d, i) => (
                <path key={d} d={d} fill={i === 0 ? "#fff" : "none"} stroke="#000" strokeWidth="1.1" />
              ))}
            </svg>
          </b>
        );
      })}
    </div>
  );
}

function Folders(props: { readonly machine: MachineState; readonly folder: Folder; readonly choose: (folder: Folder) => void }) {
  const { machine, folder, choose } = props;
  const unreadIn = (name: Folder): number => receivedIn(machine, name).filter((row) => !row.read).length;
  return (
    <div className="folder-tree">
      <div className="folder-root">Mailbox</div>
      {MAIL_FOLDERS.map((name) => [name, unreadIn(name)] as const).map(([name, unread]) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology, which uses the controls beside it
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div
          key={name}
          className={`folder ${name === folder ? "selected" : ""} ${unread > 0 ? "unread" : ""}`}
          onClick={() => choose(name)}
        >
          <i className="folder-icon" />
          {unread > 0 ? `${name} (${unread})` : name}
        </div>
      ))}
    </div>
  );
}

/** Messages that were received, the newest first, which is selected. `open`: left out in a folder whose messages cannot be opened. */
function MessageList(props: {
  readonly rows: MachineState["inbox"];
  readonly areAllSelected: boolean;
  readonly open?: (line: number) => void;
}) {
  const { areAllSelected, open } = props;
  const rows = [...props.rows].reverse();
  return (
    <div className="inbox-list">
      <div className="inbox-head">
        <span />
        <span>From</span>
        <span>Subject</span>
        <span>Received</span>
      </div>
      {rows.map((row, i) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: as with the desktop's icon
        // biome-ignore lint/a11y/useKeyWithClickEvents: as above
        <div
          key={row.mid}
          className={`inbox-row ${row.read ? "" : "unread"} ${areAllSelected || (i === 0 && open !== undefined) ? "selected" : ""}`}
          onClick={() => open?.(i)}
        >
          <i className={row.read ? "letter open" : "letter"} />
          <span>{row.from}</span>
          <span>{row.subject}</span>
          <span>{wallTime(row.deliveredMs)}</span>
        </div>
      ))}
      {rows.length === 0 && EMPTY}
    </div>
  );
}

function SentList({ machine, areAllSelected }: { readonly machine: MachineState; readonly areAllSelected: boolean }) {
  const epochMs = useLab((s) => s.info?.epochMs ?? 0);
  return (
    <div className="inbox-list">
      <div className="inbox-head">
        <span />
        <span>To</span>
        <span>Subject</span>
        <span>Sent</span>
      </div>
      {[...machine.sent].reverse().map(({ to, subject, atUs }) => (
        <div key={atUs} className={areAllSelected ? "inbox-row selected" : "inbox-row"}>
          <i className="letter open" />
          <span>{to}</span>
          <span>{subject}</span>
          <span>{wallTime(epochMs + atUs / 1000)}</span>
        </div>
      ))}
      {machine.sent.length === 0 && EMPTY}
    </div>
  );
}

function MessageWindow(props: Pick<ScreenProps, "machine" | "canWrite" | "write"> & { readonly onClose: () => void }) {
  const { machine, canWrite, write, onClose } = props;
  const { mid, subject, body } = machine.message as NonNullable<MachineState["message"]>;
  const row = machine.inbox.find((r) => r.mid === mid);
  return (
    <div className="window message-window">
      <WindowBar title={subject} onClose={onClose} />
      <Toolbar canWrite={canWrite} write={write} />
      <div className="message-fields">
        <span>From:</span>
        <span>{row?.from ?? ""}</span>
        <span>Sent:</span>
        <span>{row === undefined ? "" : wallTime(row.deliveredMs)}</span>
        <span>Subject:</span>
        <b className="message-head">{subject}</b>
      </div>
      <div className="message">
        <div className="message-body">{body}</div>
      </div>
    </div>
  );
}

/** The window in which a message is written; its fields are in the dialog over the machine. */
function DraftWindow({ draft, machine }: { readonly draft: DraftKind; readonly machine: MachineState }) {
  const subject = draft === "new" ? "" : (machine.message ?? machine.inbox.at(-1))?.subject;
  return (
    <div className="window draft-window">
      <div className="title-bar">
        <i className="box close" />
        <span>{draft === "new" ? "New Message" : subject}</span>
        <i className="box minimize" />
        <i className="box zoom" />
      </div>
      <div className="message-fields">
        <span>To:</span>
        <i className="blank" />
        <span>Subject:</span>
        <i className="blank">{subject}</i>
      </div>
      <div className="message" />
    </div>
  );
}

function AddressBookWindow({ onClose }: { readonly onClose: () => void }) {
  const machines = useLab((s) => s.info?.machines);
  return (
    <div className="window book-window">
      <WindowBar title="Address Book - Global Address List" onClose={onClose} />
      <div className="inbox-list">
        <div className="inbox-head book-row">
          <span>Name</span>
          <span>Alias</span>
        </div>
        {addressBook(machines ?? []).map(({ alias, name }) => (
          <div key={alias} className="inbox-row book-row">
            <span>{name}</span>
            <span>{alias}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

/** The client's own sign of new mail; it goes when it is clicked away or the message is read. */
function NewMailNotice({ onOpen }: { readonly onOpen: () => void }) {
  const [isHidden, setIsHidden] = useState(false);
  if (isHidden) return null;
  return (
    <div className="dialog-box new-mail">
      <div className="dialog-body">
        <i className="letter" />
        <span className="new-mail-sign">You have new mail.</span>
        <GlassButton onPress={onOpen}>Open</GlassButton>
        <GlassButton onPress={() => setIsHidden(true)}>Later</GlassButton>
      </div>
    </div>
  );
}
