/** How an MS-DOS machine with the real-mode network starts and stops, and how its mail client talks. */

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

export const msDosBoot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 9 * SECOND, screen: ["004096 KB OK"] },
      {
        id: "config-sys",
        title: "CONFIG.SYS: PROTMAN, the card's driver, TCPDRV, NEMM",
        durationUs: 6 * SECOND,
        screen: ["Starting MS-DOS...", "Microsoft Protocol Manager", "TCPDRV.DOS"],
      },
      {
        id: "autoexec-bat",
        title: "AUTOEXEC.BAT: NET START WORKSTATION, LOAD TCPIP, SOCKETS",
        durationUs: 12 * SECOND,
        screen: ["C:\\>NET START WORKSTATION", "C:\\>LOAD TCPIP", "C:\\>SOCKETS"],
      },
      { id: "prompt", title: "The prompt", durationUs: SECOND, screen: ["C:\\>"] },
    ],
    "the order follows Q157740; no citable measurement of the lengths was found",
  ),
  stack: known(
    { kind: "after-phase", phase: "autoexec-bat" },
    "high",
    [cite("Q157740", "AUTOEXEC.BAT", "LOAD TCPIP")],
    "the stack is in the resident programs that AUTOEXEC.BAT loads",
  ),
  jitter: bootJitter,
};

export const msDosGoingDown: Facts<GoingDown> = {
  shutdown: assumed(
    { logsOff: true, connections: "close", takesUs: 2 * SECOND },
    "MS-DOS has no shutdown: the user leaves the mail client, then switches the machine off",
  ),
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "Ctrl+Alt+Del restarts at once, and resident programs send nothing",
  ),
  ...suddenStop,
  uncleanReboot: assumed("warm-boot", "Ctrl+Alt+Del"),
};

export const msDosMail: Facts<MailHabits> = {
  push: known(true, "high", [cite("Q159302", "APPLIES TO", "Microsoft Exchange MS-DOS client, version 4.0")]),
  ...exchangeClientMail,
  ntlmResponses: assumed("lm", "as Windows for Workgroups, whose network is of the same family"),
  codePage: assumed(437, "the code page of a US machine; what the client names in EcDoConnect is not known"),
};

export const msDosRegistry: Fact<boolean> = assumed(false, "MS-DOS has no registry; the real-mode network keeps its settings in INI files");
