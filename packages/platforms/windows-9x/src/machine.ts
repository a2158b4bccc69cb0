/** How a Windows 95 machine starts and stops, and how its mail client talks. */

import {
  assumed,
  type BootModel,
  bootJitter,
  exchangeClientMail,
  type Facts,
  type GoingDown,
  known,
  type MailHabits,
  suddenStop,
} from "@pushback/host";

const SECOND = 1_000_000;

export const windows95Boot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 10 * SECOND, screen: ["Memory Test : 16384K OK"] },
      { id: "real-mode", title: "Starting Windows 95", durationUs: 5 * SECOND, screen: ["Starting Windows 95..."] },
      { id: "vxds", title: "Windows loads its VxDs", durationUs: 14 * SECOND, screen: ["Windows 95"] },
      { id: "desktop", title: "Network logon and desktop", durationUs: 9 * SECOND, screen: ["Enter Network Password"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
  stack: known(
    { kind: "after-phase", phase: "vxds" },
    "medium",
    "TCP/IP is in the VxDs vip.386, vtcp.386 and vudp.386, loaded when Windows starts",
  ),
  jitter: bootJitter,
};

export const windows95GoingDown: Facts<GoingDown> = {
  shutdown: known(
    { logsOff: true, connections: "close", takesUs: 6 * SECOND },
    "medium",
    "Shut Down lets programs end; the length is assumed",
  ),
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "medium",
    "Q140325: a machine that is restarted closes nothing; no trace of this platform was found",
  ),
  ...suddenStop,
  uncleanReboot: known("warm-boot", "medium", "Ctrl+Alt+Del, pressed twice"),
};

export const windows95Mail: Facts<MailHabits> = {
  push: known(true, "high", "Q159302 lists the Windows 95 client"),
  ...exchangeClientMail,
  hostNameLimit: known(15, "high", "Q156711: with a longer name gethostname() fails, and with it the search for TCP/IP"),
  idlePollUs: known(3600 * SECOND, "high", "Q156711: once an hour"),
  fallbackPollUs: known(60 * SECOND, "high", "Q156711"),
};
