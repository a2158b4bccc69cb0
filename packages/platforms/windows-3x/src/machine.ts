/** How a machine with Windows for Workgroups 3.11 starts and stops, and how its mail client talks. */

import {
  assumed,
  type BootModel,
  bootJitter,
  cite,
  exchangeClientMail,
  type Fact,
  type Facts,
  type GoingDown,
  known,
  type MailHabits,
  suddenStop,
} from "@pushback/host";

const SECOND = 1_000_000;

export const wfwBoot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 10 * SECOND, screen: ["008192 KB OK"] },
      {
        id: "dos",
        title: "MS-DOS and CONFIG.SYS",
        durationUs: 6 * SECOND,
        screen: ["Starting MS-DOS...", "HIMEM is testing extended memory...done."],
      },
      { id: "autoexec", title: "AUTOEXEC.BAT", durationUs: 4 * SECOND, screen: ["C:\\>net start", "C:\\>win"] },
      {
        id: "windows",
        title: "Windows loads its VxDs",
        durationUs: 11 * SECOND,
        screen: ["Microsoft Windows for Workgroups", "Version 3.11"],
      },
      { id: "program-manager", title: "Program Manager", durationUs: 5 * SECOND, screen: ["Program Manager"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
  stack: known(
    { kind: "after-phase", phase: "windows" },
    "high",
    [cite("Q123077", "SYMPTOMS", "from a real mode MS-DOS command prompt, one of the following problems occurs")],
    "TCP/IP-32 is there only inside Windows for Workgroups",
  ),
  jitter: bootJitter,
};

export const wfwGoingDown: Facts<GoingDown> = {
  shutdown: assumed({ logsOff: true, connections: "close", takesUs: 4 * SECOND }, "Exit Windows ends the programs first"),
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "a machine that is restarted closes nothing (Q140325, of Windows NT and Windows 95); no trace of this platform was found",
  ),
  ...suddenStop,
  uncleanReboot: assumed("warm-boot", "Ctrl+Alt+Del, pressed again at the blue screen"),
};

export const wfwMail: Facts<MailHabits> = {
  push: known(true, "high", [
    cite("Q159302", "APPLIES TO", "Microsoft Exchange Windows 3.x client, version 4.0"),
    cite("Q169743", "SYMPTOMS", "automatically receive new mail"),
  ]),
  ...exchangeClientMail,
  ntlmResponses: known(
    "lm",
    "medium",
    [cite("Q147706", "LMCompatibilityLevel", "support only LM authentication, such as Windows 95 and Windows for Workgroups")],
    "whether the mail client's own RPC sends more than its system's network is not known",
  ),
};

export const wfwRegistry: Fact<boolean> = assumed(
  false,
  "Windows for Workgroups keeps the settings of its network in INI files; no document says so of every parameter",
);
