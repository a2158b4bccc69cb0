/** A machine's glass: dark, booting, its desktop, its mail client; and the same in words. */

import { memo } from "react";
import type { LabMachine } from "../../lab/lab-types.ts";
import type { MachineState, PhaseState } from "../machine-state.ts";
import { describeScreen } from "../screen-text.ts";
import "./skins.css";
import type { ScreenProps } from "./screen-props.ts";
import { TextScreen } from "./text-screen.tsx";
import { wallTime } from "./wall-time.ts";

/** How many of the last phases have a picture; those before are text. Macintoshes have never shown text. */
const PICTURED_PHASES: Readonly<Record<string, number>> = { "windows-3": 2, "windows-nt": 2, "windows-95": 2, platinum: 9, "system-7": 9 };

type GlassProps = ScreenProps & { readonly lab: LabMachine; readonly label: string };

/** Counters change with every datagram, and are not on the screen. */
function showsTheSame(before: GlassProps, after: GlassProps): boolean {
  const { icmpSent: _, datagramsHeard: __, foreignDatagrams: ___, ...shown } = after.machine;
  const old = before.machine;
  return (
    before.lab === after.lab &&
    before.act === after.act &&
    (Object.keys(shown) as (keyof typeof shown)[]).every((key) => shown[key] === old[key])
  );
}

export const Screen = memo(function Screen(props: GlassProps) {
  const { machine, lab, label } = props;
  const { skin, phaseCount } = lab;
  const summary = describeScreen(machine);
  return (
    <section className={`screen skin-${skin}`} aria-label={`Screen of ${label}`}>
      <p className="visually-hidden">{summary}</p>
      <div className="glass" aria-hidden="true">
        {machine.power === "off" ? (
          <div className="dark-screen">
            <span>off</span>
          </div>
        ) : skin === "text-80x25" ? (
          <TextScreen {...props} />
        ) : machine.power === "booting" ? (
          <Boot machine={machine} skin={skin} phaseCount={phaseCount} />
        ) : machine.power === "going-down" ? (
          <GoingDown machine={machine} skin={skin} />
        ) : (
          <Desktop {...props} skin={skin} />
        )}
      </div>
    </section>
  );
}, showsTheSame);

function Boot({ machine, skin, phaseCount }: { readonly machine: MachineState; readonly skin: string; readonly phaseCount: number }) {
  const current = machine.phases.at(-1) as PhaseState;
  const number = machine.phases.length;
  const pictured = number > phaseCount - (PICTURED_PHASES[skin] ?? 0);
  if (!pictured) {
    return (
      <div className={`boot-text ${number > 1 && skin === "windows-nt" ? "boot-blue" : ""}`}>
        {machine.phases.flatMap((phase) => phase.screen.map((line) => <div key={phase.startUs + line}>{line}</div>))}
        <span className="cursor">_</span>
      </div>
    );
  }
  const isMac = skin === "platinum" || skin === "system-7";
  return (
    <div className="boot-picture">
      <div className="splash">
        {isMac ? (
          <svg className="splash-mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect x="5" y="2" width="22" height="28" rx="3" fill="#fff" stroke="#000" strokeWidth="1.8" />
            <rect x="9" y="6" width="14" height="12" rx="1.5" fill="#e3e8f4" stroke="#000" strokeWidth="1.4" />
            <path d="M13 9.5v2m6-2v2m-6.5 2.6c2 2 5 2 7 0M18 24h5" fill="none" stroke="#000" strokeWidth="1.5" strokeLinecap="round" />
          </svg>
        ) : (
          <div className="splash-mark pane-mark" />
        )}
        {current.screen.map((line) => (
          <div className="splash-line" key={line}>
            {line}
          </div>
        ))}
        <div className="splash-phase">{current.title}</div>
        <div className="splash-progress">
          <i style={{ width: `${(100 * number) / (phaseCount + 1)}%` }} />
        </div>
      </div>
    </div>
  );
}

const WAYS: Readonly<Record<string, string>> = {
  shutdown: "Shutting down…",
  "warm-boot": "Restarting…",
  reset: "",
  "power-cut": "",
};

function GoingDown({ machine, skin }: { readonly machine: MachineState; readonly skin: string }) {
  const text = WAYS[machine.wayDown ?? ""] ?? "";
  return (
    <div className={`boot-picture ${skin === "windows-95" ? "going-down" : ""}`}>{text !== "" && <div className="splash">{text}</div>}</div>
  );
}

function Desktop({ machine, mailTitle, act, skin }: ScreenProps & { readonly skin: string }) {
  const isMac = skin === "platinum" || skin === "system-7";
  const isMailShown = machine.mail === "logged-on" || machine.mail === "logging-off";
  return (
    <div className="desktop">
      {isMac && (
        <div className="mac-menu">
          <b className="mac-dot" />
          <span>File</span>
          <span>Edit</span>
          <span>View</span>
          <span>{isMailShown ? "Mail" : "Special"}</span>
        </div>
      )}
      <div className="desktop-area">
        <DesktopIcon machine={machine} act={act} skin={skin} />
        {isMailShown && <MailWindow machine={machine} mailTitle={mailTitle} act={act} />}
        {(machine.mail === "waiting" || machine.mail === "connecting") && (
          <div className="dialog-box">
            <div className="title-bar">
              <span>{mailTitle}</span>
            </div>
            <div className="dialog-body">{machine.mail === "waiting" ? "Starting…" : "Connecting to the server EXCHANGE…"}</div>
          </div>
        )}
        {!isMailShown && machine.problem !== null && (
          <div className="dialog-box">
            <div className="title-bar">
              <span>{mailTitle}</span>
            </div>
            <div className="dialog-body">{machine.problem}</div>
          </div>
        )}
      </div>
      {(skin === "windows-95" || skin === "windows-nt") && (
        <div className="task-bar">
          <b>Start</b>
          {isMailShown && <span className="task">{mailTitle}</span>}
          <span className="tray">{machine.newMail ? "✉" : ""}</span>
        </div>
      )}
    </div>
  );
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

function MailWindow({ machine, mailTitle, act }: ScreenProps) {
  const { inbox, message, newMail, callbackPort, problem } = machine;
  const rows = [...inbox].reverse();
  return (
    <div className="window mail-window">
      <div className="title-bar">
        <i className="box close" />
        <span>{mailTitle}</span>
        <i className="box zoom" />
      </div>
      <div className="menu-bar">
        <span>File</span>
        <span>Edit</span>
        <span>View</span>
        <span>Tools</span>
        <span>Help</span>
      </div>
      {message ? (
        <div className="message">
          <div className="message-head">{message.subject}</div>
          <div className="message-body">{message.body}</div>
        </div>
      ) : (
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
              className={`inbox-row ${row.read ? "" : "unread"} ${i === 0 && !row.read ? "selected" : ""}`}
              onClick={i === 0 ? () => act("read") : undefined}
            >
              <i className={row.read ? "letter open" : "letter"} />
              <span>{row.from}</span>
              <span>{row.subject}</span>
              <span>{wallTime(row.deliveredMs)}</span>
            </div>
          ))}
          {rows.length === 0 && <div className="inbox-empty">There are no items in this folder.</div>}
        </div>
      )}
      <div className="status-bar">
        <span>
          {problem ??
            (machine.mail === "logging-off"
              ? "Logging off…"
              : callbackPort === null
                ? "Polling, no push"
                : `Push: UDP port ${callbackPort}`)}
        </span>
        {newMail && <b className="new-mail-sign">✉ New mail</b>}
      </div>
    </div>
  );
}
