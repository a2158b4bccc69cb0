/** How a Windows NT 4.0 Workstation starts and stops, and how its mail client talks. */

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

/** The loader's menu for the two entries that Setup writes into BOOT.INI. */
export const loaderMenu = (version: "3.51" | "4.00"): readonly string[] => [
  `OS Loader V${version}`,
  "",
  "Please select the operating system to start:",
  "",
  `    Windows NT Workstation Version ${version}`,
  `    Windows NT Workstation Version ${version} [VGA mode]`,
  "",
  "Use \u2191 and \u2193 to move the highlight to your choice.",
  "Press Enter to choose.",
  "",
  "Seconds until highlighted choice will be started automatically: 5",
];

/** For the phases' reason: which of the texts are described, and which are assumed. */
export const LOADER_NOTE =
  "that the loader shows a menu from BOOT.INI and counts down, with the words of the counter, and the line with processors and memory, are described in the Windows NT 4.0 Resource Guide, " +
  "“What Happens When You Start Your Computer”; the other words are from memory, and a timeout of 5 seconds in place of Setup's 30 follows from the length";

export const nt40Boot: Facts<BootModel> = {
  phases: assumed(
    [
      { id: "post", title: "Power-on self test", durationUs: 12 * SECOND, screen: ["Memory test: 32768 KB OK"] },
      { id: "loader", title: "Boot loader", durationUs: 5 * SECOND, screen: loaderMenu("4.00") },
      {
        id: "kernel",
        title: "Kernel and drivers",
        durationUs: 14 * SECOND,
        screen: ["Microsoft (R) Windows NT (TM) Version 4.0 (Build 1381: Service Pack 3)", "1 System Processor [32 MB Memory]"],
      },
      { id: "network", title: "TCP/IP starts", durationUs: 4 * SECOND, screen: ["Please wait while the system starts its services"] },
      { id: "logon-prompt", title: "Begin Logon", durationUs: 3 * SECOND, screen: ["Press Ctrl + Alt + Delete to log on"] },
    ],
    `the order is the system's own; no citable measurement of the lengths was found; ${LOADER_NOTE}`,
  ),
  stack: known(
    { kind: "after-phase", phase: "network" },
    "medium",
    [cite("Q120599", "MORE INFORMATION", "At system startup, when the IP protocol initializes, it sends an ARP request")],
    "that is before a user logs on",
  ),
  jitter: bootJitter,
};

export const nt40GoingDown: Facts<GoingDown> = {
  shutdown: assumed({ logsOff: true, connections: "close", takesUs: 8 * SECOND }, "Shut Down lets programs end"),
  "warm-boot": assumed(
    { logsOff: false, connections: "silent", takesUs: SECOND },
    "the quick reboot that Service Pack 4 brings (Q219885), as if it were there",
  ),
  ...suddenStop,
  uncleanReboot: assumed("reset", "Ctrl+Alt+Del is an orderly way here, so it takes the button"),
};

export const nt40Mail: Facts<MailHabits> = {
  push: known(true, "high", [cite("Q159302", "APPLIES TO", "Microsoft Exchange Windows NT client, version 4.0")]),
  ...exchangeClientMail,
  ntlmResponses: known("lm-and-nt", "high", [cite("Q147706", "SUMMARY", "Windows NT clients currently send both authentication types")]),
  hostNameLimit: carriedOver(
    known(null, "high", [cite("Q156711", "CAUSE", "Windows NT calls gethostname(), it always returns a simple host name")]),
    "Windows NT, of no version that the article names",
  ),
};

export const nt40Registry: Fact<boolean> = known(true, "high", [cite("Q183786", "KeepAliveTime", "7,200,000 (two hours)")]);
