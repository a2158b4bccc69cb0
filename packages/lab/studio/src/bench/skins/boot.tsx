/** Screens of a machine that boots or shuts down. */

import type { LabMachine } from "../../lab/lab-types.ts";
import type { MachineState, PhaseState } from "../../lab/machine-state.ts";
import { useStudio } from "../../state/studio-store.ts";
import { type Look, lookOf } from "./looks.ts";
import { countedLine, memoryShare } from "./memory-count.ts";
import { ProgramManager } from "./program-manager.tsx";
import { UNCLEAN_NOTICES } from "./unclean-boot.ts";
import { Welcome } from "./welcome.tsx";

/** How many of the last phases have a picture; those before are text. Macintoshes have never shown text. */
const PICTURED_PHASES: Readonly<Record<Look["family"], number>> = {
  "text-80x25": 0,
  "windows-3": 2,
  "windows-nt": 2,
  "windows-95": 2,
  platinum: 9,
  "system-7": 9,
};
/** Windows NT turns its text screen blue with the kernel, after the self test and the loader. */
const NT_BLUE_FROM = 3;

interface BootProps {
  readonly machine: MachineState;
  readonly lab: LabMachine;
}

export function Boot({ machine, lab }: BootProps) {
  const { phaseCount } = lab;
  const look = lookOf(lab.skin);
  const phase = machine.phases.at(-1) as PhaseState;
  const number = machine.phases.length;
  const isNt = lab.platform === "windows-nt";
  const notice = machine.isUncleanBoot ? UNCLEAN_NOTICES[lab.variant] : undefined;
  const hasNotice = notice?.look === "text" && notice.phase === phase.id;
  if (hasNotice && !isNt) return <ScanDisk lines={notice.lines} />;
  if (number <= phaseCount - PICTURED_PHASES[look.family]) {
    // Each stage of Windows NT begins with a clean screen.
    const shown = isNt ? [phase] : machine.phases;
    const lines = shown.flatMap((p) => p.screen.map((text) => ({ key: p.startUs + text, text, startUs: p.startUs })));
    const checks = hasNotice ? notice.lines : [];
    return (
      <div className={`boot-text ${isNt && number >= NT_BLUE_FROM ? "boot-blue" : ""}`}>
        {lines.map(({ key, text, startUs }) => (
          <BootLine key={key} text={text} startUs={startUs} />
        ))}
        {checks.map((text) => (
          <div key={text}>{text}</div>
        ))}
        <span className="cursor">_</span>
      </div>
    );
  }
  const isLast = number === phaseCount;
  if (isNt) return isLast ? <BeginLogon phase={phase} /> : <PleaseWait lines={phase.screen} />;
  if ("banner" in look) return isLast ? <NetworkPassword phase={phase} /> : <Clouds name={phase.screen[0] ?? phase.title} />;
  if ("logo" in look) return isLast ? <ComingUp groups={look.groups} /> : <Logo logo={look.logo} />;
  return "menus" in look && <Welcome phase={phase} look={look} share={number / (phaseCount + 1)} />;
}

/** A line of the self test counts the memory while it is on the screen. */
function BootLine({ text, startUs }: { readonly text: string; readonly startUs: number }) {
  const share = useStudio(({ readUs }) => memoryShare(readUs - startUs));
  return <div>{countedLine(text, share)}</div>;
}

/** The disk check of Windows 95 and 98, in text mode. */
function ScanDisk({ lines }: { readonly lines: readonly string[] }) {
  return (
    <div className="scan-disk">
      <div className="scan-disk-head">Microsoft ScanDisk</div>
      {lines.map((line, i) => (
        <div key={i}>{line === "" ? "\u00a0" : line}</div>
      ))}
      <div className="scan-disk-bar">
        <i />
      </div>
    </div>
  );
}

/** Windows 3.x and NT 3.51 while their drivers load. */
function Logo({ logo: [maker, name, version] }: { readonly logo: readonly [string, string, string] }) {
  return (
    <div className="logo-picture">
      <Flag />
      <small>{maker}</small>
      <b>{name}</b>
      <span>{version}</span>
    </div>
  );
}

function ComingUp({ groups }: { readonly groups: readonly string[] }) {
  return (
    <div className="desktop">
      <div className="desktop-area">
        <ProgramManager groups={groups} />
      </div>
    </div>
  );
}

/** Windows 95: its name on a sky, and a band that runs along the bottom. */
function Clouds({ name, text }: { readonly name: string; readonly text?: string }) {
  const [, maker, version] = /^(Windows) (.*)$/.exec(name) ?? [null, name, ""];
  return (
    <div className="clouds">
      {text === undefined ? (
        <div className="clouds-name">
          <Flag />
          <span>
            <small>Microsoft</small>
            {maker}
            <b>{version}</b>
          </span>
        </div>
      ) : (
        <div className="clouds-text">{text}</div>
      )}
      <div className="clouds-band" />
    </div>
  );
}

/** Four panes, ours. */
export function Flag() {
  return (
    <svg className="flag" viewBox="0 0 20 18" aria-hidden="true">
      <path d="M1 3.2 9 1.6v6.8L1 9.6z" fill="#c0392b" />
      <path d="M10.4 1.6 19 3.2v6.4l-8.6-1.2z" fill="#2e8b57" />
      <path d="M1 10.8 9 9.8v6.8l-8-1.6z" fill="#2456c5" />
      <path d="m10.4 9.8 8.6 1V15l-8.6 1.6z" fill="#e0a800" />
    </svg>
  );
}

/** Windows 95 asks for the network password on its desktop, before there is a task bar. */
function NetworkPassword({ phase }: { readonly phase: PhaseState }) {
  return (
    <div className="boot-picture">
      <div className="dialog-box logon-box">
        <div className="title-bar">
          <span>{phase.screen[0] ?? phase.title}</span>
        </div>
        <div className="dialog-body logon-body">
          <KeyPicture />
          <div className="logon-fields">
            <div>Type your password for the network.</div>
            {["User name:", "Password:"].map((label, i) => (
              <div className="logon-field" key={label}>
                <span>{label}</span>
                <i>{i === 0 ? "user" : "••••••"}</i>
              </div>
            ))}
          </div>
          <div className="logon-buttons">
            <b>OK</b>
            <b>Cancel</b>
          </div>
        </div>
      </div>
    </div>
  );
}

function KeyPicture() {
  return (
    <svg className="key-picture" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="8" cy="8" r="5" fill="none" stroke="#8a6d00" strokeWidth="3" />
      <path d="m11.5 11.5 9 9m-3.5-3.5 3-3" fill="none" stroke="#8a6d00" strokeWidth="3" strokeLinecap="square" />
    </svg>
  );
}

function PleaseWait({ lines }: { readonly lines: readonly string[] }) {
  return (
    <div className="boot-picture">
      <div className="dialog-box wait-box">
        <div className="dialog-body">
          {lines.map((line) => (
            <div key={line}>{line}</div>
          ))}
        </div>
      </div>
    </div>
  );
}

/** Windows NT asks for these three keys before every logon. */
function BeginLogon({ phase }: { readonly phase: PhaseState }) {
  return (
    <div className="boot-picture">
      <div className="dialog-box logon-box">
        <div className="title-bar">
          <span>{phase.title}</span>
        </div>
        <div className="dialog-body logon-body">
          <svg className="keys-picture" viewBox="0 0 46 30" aria-hidden="true">
            {[2, 17, 32].map((x) => (
              <g key={x}>
                <rect x={x} y="5" width="12" height="20" rx="1.5" fill="#d8d8d8" stroke="#000" />
                <rect x={x + 2} y="7" width="8" height="14" fill="#fff" stroke="#6a6a6a" strokeWidth=".7" />
              </g>
            ))}
          </svg>
          <div className="logon-fields">
            {phase.screen.map((line) => (
              <div key={line}>{line}</div>
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}

const WAYS: Readonly<Record<string, string>> = { shutdown: "Shutting down…", "warm-boot": "Restarting…" };
const NT_WAYS: Readonly<Record<string, string>> = {
  shutdown: "Please wait while the system writes unsaved data to the disk.",
  "warm-boot": "Restarting…",
};

export function GoingDown({ machine, lab }: BootProps) {
  const way = machine.wayDown ?? "";
  if (lab.platform === "windows-nt" && way in NT_WAYS) return <PleaseWait lines={[NT_WAYS[way]]} />;
  if (lookOf(lab.skin).family === "windows-95" && way === "shutdown")
    return <Clouds name="" text="Please wait while your computer shuts down." />;
  // Windows 3.x ends, and MS-DOS is there again.
  if (lab.platform === "windows-3x" && way === "shutdown")
    return (
      <div className="boot-text">
        {"C:\\>"}
        <span className="cursor">_</span>
      </div>
    );
  const text = WAYS[way] ?? "";
  return (
    <div className={`boot-picture ${lookOf(lab.skin).family === "windows-95" ? "going-down" : ""}`}>
      {text !== "" && <div className="splash">{text}</div>}
    </div>
  );
}

/**
 * What stays on the screen after an orderly shutdown until the power is switched off; systems without an entry go dark. Assumption: no document for the
 * wording was at hand, and computers of the time have no power management.
 */
export const SAFE_TO_TURN_OFF: Readonly<Record<string, string>> = {
  "windows-9x": "It's now safe to turn off your computer.",
  "windows-nt": "It is now safe to turn off your computer.",
  macintosh: "You may now switch off your Macintosh safely.",
};

export function SwitchedOff({ machine, lab }: BootProps) {
  const text = machine.wayDown === "shutdown" ? SAFE_TO_TURN_OFF[lab.platform] : undefined;
  if (text === undefined)
    return (
      <div className="dark-screen">
        <span>off</span>
      </div>
    );
  if (lookOf(lab.skin).family === "windows-95") return <div className="safe-screen">{text}</div>;
  return (
    <div className="boot-picture">
      <div className="dialog-box wait-box">
        {lab.platform === "windows-nt" && (
          <div className="title-bar">
            <span>Shutdown Computer</span>
          </div>
        )}
        <div className="dialog-body">
          {text}
          <div className="logon-buttons safe-button">
            <b>Restart</b>
          </div>
        </div>
      </div>
    </div>
  );
}
