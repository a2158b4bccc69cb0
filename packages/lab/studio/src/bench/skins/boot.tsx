/** Screens of a machine that boots or shuts down. */

import type { LabMachine, Skin } from "../../lab/lab-types.ts";
import type { MachineState, PhaseState } from "../../lab/machine-state.ts";
import { useStudio } from "../../state/studio-store.ts";
import { GlassButton } from "./glass-button.tsx";
import { type Look, lookOf, type ProgramManagerLook } from "./looks.ts";
import { countdownLine, countedLine, memoryShare } from "./memory-count.ts";
import { ProgramManager } from "./program-manager.tsx";
import type { ScreenProps } from "./screen-props.ts";
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
  if (phase.id === "loader") return <LoaderMenu phase={phase} />;
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
  if (isNt) return isLast ? <NtLogon phase={phase} lab={lab} /> : <PleaseWait lines={phase.screen} />;
  if ("banner" in look) return isLast ? <NetworkPassword phase={phase} /> : <Clouds name={phase.screen[0] ?? phase.title} />;
  if ("logo" in look) return isLast ? <ComingUp look={look} /> : <Logo logo={look.logo} />;
  return "menus" in look && <Welcome phase={phase} look={look} share={number / (phaseCount + 1)} />;
}

/** A line counts while it is on the screen: the memory of the self test, or the seconds of the loader's menu. */
function BootLine({ text, startUs, className }: { readonly text: string; readonly startUs: number; readonly className?: string }) {
  const shown = useStudio(({ readUs }) => countdownLine(countedLine(text, memoryShare(readUs - startUs)), readUs - startUs));
  return <div className={className}>{shown === "" ? "\u00a0" : shown}</div>;
}

/** Windows NT's loader: the choice of systems, the first with the bar, and the seconds until it starts by itself. */
function LoaderMenu({ phase: { screen, startUs } }: { readonly phase: PhaseState }) {
  const first = screen.findIndex((line) => line.startsWith(" "));
  return (
    <div className="boot-text boot-menu">
      {screen.map((text, i) => (
        <BootLine key={i} text={text} startUs={startUs} className={i === first ? "boot-chosen" : text === "" ? "is-blank" : ""} />
      ))}
    </div>
  );
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

function ComingUp({ look }: { readonly look: ProgramManagerLook }) {
  return (
    <div className="desktop">
      <div className="desktop-area">
        <ProgramManager look={look} actions={null} />
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

/** A flag of four panes, drawn for this project. */
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

/** How long the three keys are asked for before the logon, in microseconds of the run. Assumption. */
const BEGIN_LOGON_US = 1_500_000;

/** Windows NT asks for three keys, then who logs on. */
function NtLogon({ phase, lab }: { readonly phase: PhaseState; readonly lab: LabMachine }) {
  const hasBegun = useStudio(({ readUs }) => readUs - phase.startUs >= BEGIN_LOGON_US);
  return hasBegun ? <LogonInformation lab={lab} /> : <BeginLogon phase={phase} />;
}

const LOGON_DOMAIN = "LAB";

/** Title and labels of the logon. Assumption: the words are the systems' own, from memory. */
const NT_LOGONS: Partial<Readonly<Record<Skin, { readonly title: string; readonly labels: readonly string[] }>>> = {
  "nt-3.51": { title: "Welcome", labels: ["Username:", "From:", "Password:"] },
  "nt-4.0": { title: "Logon Information", labels: ["User name:", "Password:", "Domain:"] },
};

function LogonInformation({ lab }: { readonly lab: LabMachine }) {
  const { title, labels } = NT_LOGONS[lab.skin] as NonNullable<(typeof NT_LOGONS)[Skin]>;
  return (
    <div className="boot-picture">
      <div className="dialog-box logon-box">
        <div className="title-bar">
          <span>{title}</span>
        </div>
        <div className="dialog-body logon-body">
          <KeyPicture />
          <div className="logon-fields">
            <div>Enter a user name and password that is valid for this system.</div>
            {labels.map((label) => (
              <div className="logon-field" key={label}>
                <span>{label}</span>
                <i>{label === "Password:" ? "••••••" : label.startsWith("User") ? lab.name : LOGON_DOMAIN}</i>
              </div>
            ))}
            <div className="logon-buttons dialog-buttons">
              <b>OK</b>
              <b>{lab.skin === "nt-4.0" ? "Cancel" : "Help"}</b>
            </div>
          </div>
        </div>
      </div>
    </div>
  );
}

/** The window "Begin Logon" that Windows NT shows before every logon. */
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

export function SwitchedOff({ machine, lab, act }: BootProps & Pick<ScreenProps, "act">) {
  const text = machine.wayDown === "shutdown" ? SAFE_TO_TURN_OFF[lab.platform] : undefined;
  if (text === undefined) return <div className="dark-screen" />;
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
            <GlassButton onPress={() => act("power")}>Restart</GlassButton>
          </div>
        </div>
      </div>
    </div>
  );
}
