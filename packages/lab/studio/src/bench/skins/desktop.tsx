/** The desktop of a running machine, with or without the mail client. */

import { useState } from "react";
import type { LabMachine } from "../../lab/lab-types.ts";
import type { MachineState } from "../../lab/machine-state.ts";
import { MailIcon, ShellIcons } from "./desktop-icons.tsx";
import { type GlassMenu, GlassMenus } from "./glass-menu.tsx";
import { type FinderLook, lookOf } from "./looks.ts";
import { INITIAL_MAIL_WINDOW, type MailWindowState, mailMenus } from "./mail-menus.ts";
import { MailWindow } from "./mail-window.tsx";
import { ProgramManager } from "./program-manager.tsx";
import { ScreenClock } from "./screen-clock.tsx";
import type { ScreenProps } from "./screen-props.ts";
import { TaskBar } from "./task-bar.tsx";
import { UNCLEAN_NOTICES } from "./unclean-boot.ts";

export function Desktop(props: ScreenProps & { readonly lab: LabMachine }) {
  const { machine, mailTitle, act, lab } = props;
  const look = lookOf(lab.skin);
  const [mailWindow, setMailWindow] = useState(INITIAL_MAIL_WINDOW);
  const state: MailWindowState = { ...mailWindow, set: (change) => setMailWindow({ ...mailWindow, ...change }) };
  const isMac = "menus" in look;
  const isMailShown = machine.mail === "logged-on" || machine.mail === "logging-off";
  return (
    <div className="desktop">
      {isMac && (
        <div className="mac-menu">
          <b className="mac-dot" />
          <GlassMenus className="mac-menus" menus={isMailShown ? mailMenus(props, state) : finderMenus(look, act)} />
          {machine.newMail && <i className="letter" />}
          {look.hasClock && (
            <span className="mac-clock">
              <ScreenClock />
            </span>
          )}
          {look.namesProgram && <span className="mac-program">{isMailShown ? "Exchange" : "Finder"}</span>}
        </div>
      )}
      <div className="desktop-area">
        {"groups" in look ? (
          <ProgramManager groups={look.groups}>
            <MailIcon machine={machine} act={act} name="Exchange" />
          </ProgramManager>
        ) : (
          <div className="desktop-icons">
            {isMac ? <ShellIcons icons={["disk"]} /> : "icons" in look && <ShellIcons icons={look.icons} />}
            <MailIcon machine={machine} act={act} name={isMac ? "Exchange" : "Inbox"} />
            {isMac && <ShellIcons icons={["trash"]} />}
          </div>
        )}
        {isMac && look.hasControlStrip && (
          <div className="control-strip">
            {["#2456c5", "#2e8b57", "#c0392b", "#e0a800"].map((ink) => (
              <svg key={ink} viewBox="0 0 16 16" aria-hidden="true">
                <path d="M3 4h10v8H3z" fill={ink} stroke="#000" />
              </svg>
            ))}
          </div>
        )}
        {isMailShown && <MailWindow {...props} state={state} isMac={isMac} />}
        {(machine.mail === "waiting" || machine.mail === "connecting") && (
          <Message title={mailTitle} text={machine.mail === "waiting" ? "Starting…" : "Connecting to the server EXCHANGE…"} />
        )}
        {!isMailShown && machine.problem !== null && <Message title={mailTitle} text={machine.problem} />}
        {machine.mail === "closed" && machine.problem === null && <UncleanNote machine={machine} variant={lab.variant} />}
      </div>
      {"banner" in look && <TaskBar machine={machine} act={act} look={look} task={isMailShown ? mailTitle : null} />}
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

/** Entries of the menus that only some systems have. */
const FINDER_ITEMS: Readonly<Record<string, readonly string[]>> = {
  Label: ["None", "Essential", "Hot"],
  Special: ["Clean Up Window", "Empty Trash"],
  Help: ["About Balloon Help…", "Show Balloons"],
};

function finderMenus({ menus }: FinderLook, act: ScreenProps["act"]): GlassMenu[] {
  return [
    { title: "File", items: [{ label: "Open Exchange", run: () => act("logon") }] },
    { title: "Edit", items: [{ label: "Undo" }, { label: "Cut" }, { label: "Copy" }] },
    { title: "View", items: [{ label: "by Icon" }, { label: "by Name" }] },
    ...menus.map((title) => ({
      title,
      items: [
        ...FINDER_ITEMS[title].map((label) => ({ label })),
        ...(title === "Special" ? [{ label: "Restart", run: () => act("restart") }] : []),
      ],
    })),
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
