/** The desktop of a running machine, with or without the mail client. */

import { useState } from "react";
import type { LabMachine } from "../../lab/lab-types.ts";
import type { MachineState } from "../../lab/machine-state.ts";
import { useLab } from "../../state/lab-view.ts";
import { useStudio } from "../../state/studio-store.ts";
import { Flag } from "./boot.tsx";
import { type GlassMenu, GlassMenus } from "./glass-menu.tsx";
import { INITIAL_MAIL_WINDOW, type MailWindowState, mailMenus } from "./mail-menus.ts";
import { MailWindow } from "./mail-window.tsx";
import type { ScreenProps } from "./screen-props.ts";
import { UNCLEAN_NOTICES } from "./unclean-boot.ts";
import { clockTime } from "./wall-time.ts";

export function Desktop(props: ScreenProps & { readonly lab: LabMachine }) {
  const { machine, mailTitle, act, lab } = props;
  const { skin } = lab;
  const [mailWindow, setMailWindow] = useState(INITIAL_MAIL_WINDOW);
  const state: MailWindowState = { ...mailWindow, set: (change) => setMailWindow({ ...mailWindow, ...change }) };
  const isMac = skin === "platinum" || skin === "system-7";
  const hasTaskBar = skin === "windows-95" || skin === "windows-nt";
  const isMailShown = machine.mail === "logged-on" || machine.mail === "logging-off";
  return (
    <div className="desktop">
      {isMac && (
        <div className="mac-menu">
          <b className="mac-dot" />
          <GlassMenus className="mac-menus" menus={isMailShown ? mailMenus(props, state) : finderMenus(act)} />
          {machine.newMail && <i className="letter" />}
        </div>
      )}
      <div className="desktop-area">
        {hasTaskBar && <ShellIcons />}
        <DesktopIcon machine={machine} act={act} skin={skin} />
        {isMailShown && <MailWindow {...props} state={state} isMac={isMac} />}
        {(machine.mail === "waiting" || machine.mail === "connecting") && (
          <Message title={mailTitle} text={machine.mail === "waiting" ? "Starting…" : "Connecting to the server EXCHANGE…"} />
        )}
        {!isMailShown && machine.problem !== null && <Message title={mailTitle} text={machine.problem} />}
        {machine.mail === "closed" && machine.problem === null && <UncleanNote machine={machine} variant={lab.variant} />}
      </div>
      {hasTaskBar && <TaskBar machine={machine} act={act} lab={lab} task={isMailShown ? mailTitle : null} />}
    </div>
  );
}

/** What the desktop says after a start that followed no orderly shutdown, until it is clicked away or the mail client starts. */
function UncleanNote({ machine, variant }: { readonly machine: MachineState; readonly variant: string }) {
  const [isHidden, setIsHidden] = useState(false);
  const notice = machine.isUncleanBoot ? UNCLEAN_NOTICES[variant] : undefined;
  if (isHidden || notice === undefined || notice.phase !== null) return null;
  return (
    <div className="dialog-box unclean-note">
      <div className="dialog-body">
        {notice.lines.map((line) => (
          <div key={line}>{line}</div>
        ))}
        <div className="logon-buttons safe-button">
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology; the controls beside it are theirs */}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above */}
          <b onClick={() => setIsHidden(true)}>OK</b>
        </div>
      </div>
    </div>
  );
}

/** The Finder's menus. */
function finderMenus(act: ScreenProps["act"]): GlassMenu[] {
  return [
    { title: "File", items: [{ label: "Open Exchange", run: () => act("logon") }] },
    { title: "Edit", items: [{ label: "Undo" }, { label: "Cut" }, { label: "Copy" }] },
    { title: "View", items: [{ label: "by Icon" }, { label: "by Name" }] },
    { title: "Special", items: [{ label: "Empty Trash" }, { label: "Restart", run: () => act("restart") }] },
  ];
}

function Message({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className="dialog-box">
      <div className="title-bar">
        <span>{title}</span>
      </div>
      <div className="dialog-body">{text}</div>
    </div>
  );
}

/** Icons on every desktop of Windows 95 and NT 4.0, above the mail client's icon. */
function ShellIcons() {
  return (
    <div className="shell-icons">
      <div className="shell-icon">
        <svg viewBox="0 0 32 28" aria-hidden="true">
          <rect x="5" y="2" width="22" height="16" fill="#d5d5d5" stroke="#000" />
          <rect x="8" y="5" width="16" height="10" fill="#00807f" stroke="#4a4a4a" />
          <rect x="3" y="20" width="26" height="6" fill="#d5d5d5" stroke="#000" />
        </svg>
        <span>My Computer</span>
      </div>
      <div className="shell-icon">
        <svg viewBox="0 0 32 28" aria-hidden="true">
          <path d="M16 12v8m-9 4h18M7 24v-4m18 4v-4" stroke="#e0a800" strokeWidth="2" fill="none" />
          <rect x="9" y="1" width="14" height="11" fill="#d5d5d5" stroke="#000" />
          <rect x="1" y="14" width="12" height="9" fill="#d5d5d5" stroke="#000" />
          <rect x="19" y="14" width="12" height="9" fill="#d5d5d5" stroke="#000" />
        </svg>
        <span>Network Neighborhood</span>
      </div>
    </div>
  );
}

function TaskBar(props: Pick<ScreenProps, "machine" | "act"> & { readonly lab: LabMachine; readonly task: string | null }) {
  const { machine, act, lab, task } = props;
  const [open, setOpen] = useState(false);
  const choose = (action: "logon" | "restart") => {
    setOpen(false);
    act(action);
  };
  return (
    // The screen is hidden from assistive technology: the controls beside it are theirs.
    <div className="task-bar" onPointerLeave={() => setOpen(false)}>
      {open && (
        <div className="start-menu">
          <div className="start-banner">
            <span>{bannerOf(lab)}</span>
          </div>
          <div className="start-items">
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology; the controls beside it are theirs */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the screen is hidden from assistive technology; the controls beside it are theirs */}
            <div onClick={() => choose("logon")}>
              <i className="inbox-icon" />
              Microsoft Exchange
            </div>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology; the controls beside it are theirs */}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the screen is hidden from assistive technology; the controls beside it are theirs */}
            <div onClick={() => choose("restart")}>
              <i className="power-icon" />
              Shut Down…
            </div>
          </div>
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology; the controls beside it are theirs */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the screen is hidden from assistive technology; the controls beside it are theirs */}
      <b className={open ? "start is-open" : "start"} onClick={() => setOpen(!open)}>
        <Flag />
        Start
      </b>
      {task !== null && <span className="task">{task}</span>}
      <span className="tray">
        {machine.newMail && <i className="letter" />}
        <TrayClock />
      </span>
    </div>
  );
}

/** As on the side of its start menu. */
function bannerOf({ platform, title }: LabMachine): string {
  return platform === "windows-nt" ? "Windows NT Workstation" : (title.split(",")[0] ?? title);
}

function TrayClock() {
  const epochMs = useLab((s) => s.info?.epochMs ?? 0);
  return useStudio(({ readUs }) => clockTime(epochMs + readUs / 1000));
}

function DesktopIcon({ machine, act, skin }: { readonly machine: MachineState; readonly act: ScreenProps["act"]; readonly skin: string }) {
  const canLogOn = machine.mail === "closed" || machine.mail === "logged-off" || machine.mail === "disconnected";
  const icon = (
    // biome-ignore lint/a11y/noStaticElementInteractions: the screen is hidden from assistive technology; the control beside it is theirs
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div className="desktop-icon" onClick={canLogOn ? () => act("logon") : undefined}>
      <i className="inbox-icon" />
      <span>{skin === "windows-95" || skin === "windows-nt" ? "Inbox" : "Exchange"}</span>
    </div>
  );
  if (skin !== "windows-3") return icon;
  return (
    <div className="program-manager">
      <div className="title-bar">
        <span>Program Manager</span>
      </div>
      <div className="program-group">{icon}</div>
    </div>
  );
}
