/** How a Macintosh with Open Transport starts and stops, and how its mail client talks. */

import {
  assumed,
  type BootModel,
  bootJitter,
  carriedOver,
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
    [cite("Q163330", "Open Transport", "Load Only When Needed")],
    "Microsoft has users clear it, so TCP/IP is up from start",
  ),
  jitter: bootJitter,
};

export const openTransportGoingDown: Facts<GoingDown> = {
  shutdown: assumed({ logsOff: true, connections: "close", takesUs: 5 * SECOND }, "Shut Down and Restart ask programs to quit first"),
  "warm-boot": assumed({ logsOff: false, connections: "silent", takesUs: 0 }, "Command+Control+Power restarts at once, and sends nothing"),
  ...suddenStop,
  uncleanReboot: assumed("warm-boot", "Command+Control+Power"),
};

export const openTransportMail: Facts<MailHabits> = {
  push: known(
    true,
    "low",
    [cite("Q159302", "APPLIES TO", "Microsoft Exchange Macintosh client, version 4.0")],
    "Q221508 says that Outlook 8 for Macintosh polls about every 70 seconds: a contradiction that no trace resolves",
  ),
  ...exchangeClientMail,
  fallbackPollUs: carriedOver(
    known(70 * SECOND, "low", [cite("Q221508", "SYMPTOMS", "this occurs approximately every 70 seconds")]),
    "Outlook 8 for Macintosh",
  ),
  codePage: assumed(10000, "Macintosh Roman; what the client names in EcDoConnect is not known"),
};

export const macintoshRegistry: Fact<boolean> = assumed(
  false,
  "The Macintosh has no registry; control panels keep the settings of its network",
);
