/** How a Macintosh with Open Transport starts and stops, and how its mail client talks. */

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

export const openTransportBoot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "happy-mac", title: "Self test, Happy Mac", durationUs: 12 * SECOND, screen: ["Welcome to Mac OS"] },
      { id: "extensions", title: "Extensions", durationUs: 18 * SECOND, screen: ["Starting Up..."] },
      { id: "finder", title: "Finder", durationUs: 7 * SECOND, screen: ["Finder"] },
    ],
    "the order is the system's own; no citable measurement of the lengths was found",
  ),
  stack: known(
    { kind: "after-phase", phase: "extensions" },
    "high",
    'Q163330: Microsoft has users clear "Load Only When Needed", so TCP/IP is up from start',
  ),
  jitter: bootJitter,
};

export const openTransportGoingDown: Facts<GoingDown> = {
  shutdown: known(
    { logsOff: true, connections: "close", takesUs: 5 * SECOND },
    "medium",
    "Shut Down and Restart ask programs to quit first; the length is assumed",
  ),
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "medium",
    "Command+Control+Power restarts at once; that it sends nothing is assumed",
  ),
  ...suddenStop,
  uncleanReboot: known("warm-boot", "medium", "Command+Control+Power"),
};

export const openTransportMail: Facts<MailHabits> = {
  push: known(
    true,
    "low",
    "Q159302 lists the Macintosh client; Q221508 says that Outlook 8 for Macintosh polls about every 70 seconds: a contradiction that no trace resolves",
  ),
  ...exchangeClientMail,
  idlePollUs: known(3600 * SECOND, "low", "Q156711: once an hour, said of the Windows 95 client"),
  fallbackPollUs: known(70 * SECOND, "low", "Q221508: about 70 seconds, said of Outlook 8 for Macintosh"),
  contextBytes: known(8, "low", "eight bytes in traffic of an Exchange 5.5 client on Windows; 4.0 is inferred"),
  codePage: assumed(10000, "Macintosh Roman; what the client names in EcDoConnect is not known"),
  locale: known(0x409, "low", "ulLcidString 0x409 in EcDoConnect of an Exchange 5.5 client on Windows"),
};
