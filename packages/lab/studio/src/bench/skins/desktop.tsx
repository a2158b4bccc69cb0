/** The desktop of a running machine, with or without the mail client. */

import { type CSSProperties, useState } from "react";
import type { LabMachine } from "../../lab/lab-types.ts";
import type { MachineState } from "../../lab/machine-state.ts";
import { MailIcon, ShellIcons } from "./desktop-icons.tsx";
import { finderMenus, INITIAL_FINDER } from "./finder-menus.ts";
import { GlassButton } from "./glass-button.tsx";
import { GlassMenus } from "./glass-menu.tsx";
import { CONNECTION_LOST } from "./inbox-status.ts";
import { lookOf } from "./looks.ts";
import { INITIAL_MAIL_WINDOW, type MailWindowState, mailMenus } from "./mail-menus.ts";
import { MailWindow } from "./mail-window.tsx";
import { ProgramManager } from "./program-manager.tsx";
import { ScreenClock } from "./screen-clock.tsx";
import type { ScreenProps } from "./screen-props.ts";
import { ShutDownBox } from "./shut-down-box.tsx";
import { SHUT_DOWN_QUESTIONS } from "./shut-down-questions.ts";
import { TaskBar } from "./task-bar.tsx";
import { UNCLEAN_NOTICES } from "./unclean-boot.ts";

export function Desktop(props: ScreenProps & { readonly lab: LabMachine }) {
  const { machine, mailTitle, act, lab } = props;
  const look = lookOf(lab.skin);
  const [mailWindow, setMailWindow] = useState(INITIAL_MAIL_WINDOW);
  const state: MailWindowState = { ...mailWindow, set: (change) => setMailWindow({ ...mailWindow, ...change }) };
  const [finder, setFinder] = useState(INITIAL_FINDER);
  const [isAsking, setIsAsking] = useState(false);
  const question = SHUT_DOWN_QUESTIONS[lab.skin];
  const ask = () => setIsAsking(true);
  const isMac = "menus" in look;
  const isMailShown = machine.mail === "logged-on" || machine.mail === "logging-off";
  return (
    <div className="desktop">
      {isMac && (
        <div className="mac-menu">
          <b className="mac-dot" />
          <GlassMenus
            className="mac-menus"
            menus={isMailShown ? mailMenus(props, state) : finderMenus(look, act, finder, (change) => setFinder({ ...finder, ...change }))}
          />
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
          <ProgramManager look={look} actions={{ open: () => act("logon"), exit: ask }}>
            <MailIcon machine={machine} act={act} name="Exchange" />
          </ProgramManager>
        ) : (
          <div
            className={`desktop-icons ${finder.areAllSelected ? "are-selected" : ""}`}
            data-view={finder.view}
            style={finder.label === null ? undefined : ({ "--label": finder.label } as CSSProperties)}
            onPointerDown={() => finder.areAllSelected && setFinder({ ...finder, areAllSelected: false })}
          >
            {isMac ? <ShellIcons icons={["disk"]} /> : "icons" in look && <ShellIcons icons={look.icons} />}
            <MailIcon machine={machine} act={act} name={isMac ? "Exchange" : "Inbox"} />
            {finder.showsBalloons && <div className="balloon">Exchange: reads and sends mail.</div>}
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
          <Message
            title={mailTitle}
            text={machine.mail === "waiting" ? "Starting Microsoft Exchange…" : "Connecting to the server EXCHANGE…"}
          />
        )}
        {machine.mail === "disconnected" && <Message title={mailTitle} text={CONNECTION_LOST} />}
        {machine.mail === "closed" && <UncleanNote machine={machine} variant={lab.variant} />}
        {isAsking && question !== undefined && <ShutDownBox question={question} act={act} onClose={() => setIsAsking(false)} />}
      </div>
      {"banner" in look && <TaskBar machine={machine} act={act} look={look} onShutDown={ask} task={isMailShown ? mailTitle : null} />}
    </div>
  );
}

/** Message on the desktop after a start that followed no orderly shutdown. It stays until it is clicked away or the mail client starts. */
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
          <GlassButton onPress={() => setIsHidden(true)}>OK</GlassButton>
        </div>
      </div>
    </div>
  );
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
