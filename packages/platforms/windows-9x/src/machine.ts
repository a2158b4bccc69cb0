/** How a Windows 95 machine starts and stops, and how its mail client talks. */

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
  stack: assumed(
    { kind: "after-phase", phase: "vxds" },
    "TCP/IP is in the VxDs vip.386, vtcp.386 and vudp.386, loaded when Windows starts",
  ),
  jitter: bootJitter,
};

export const windows95GoingDown: Facts<GoingDown> = {
  shutdown: assumed({ logsOff: true, connections: "close", takesUs: 6 * SECOND }, "Shut Down lets programs end"),
  "warm-boot": known(
    { logsOff: false, connections: "silent", takesUs: 0 },
    "medium",
    [cite("Q140325", "half-open connection", "crashed client never called shutdown or closesocket")],
    "no trace of this platform was found",
  ),
  ...suddenStop,
  uncleanReboot: assumed("warm-boot", "Ctrl+Alt+Del, pressed twice"),
};

export const windows95Mail: Facts<MailHabits> = {
  push: known(true, "high", [cite("Q159302", "APPLIES TO", "Microsoft Exchange Windows 95/98 client, version 4.0")]),
  ...exchangeClientMail,
  ntlmResponses: known(
    "lm",
    "medium",
    [
      cite("Q239869", "SUMMARY", "LM variant allows interoperability with the installed base of Windows 95 clients"),
      cite("Q147706", "LMCompatibilityLevel", "support only LM authentication, such as Windows 95"),
    ],
    "whether the mail client's own RPC sends more than its system's network is not known",
  ),
  hostNameLimit: known(15, "high", [cite("Q156711", "CAUSE", "15 characters, the maximum size of a NetBIOS computer name")]),
  idlePollUs: known(3600 * SECOND, "high", [cite("Q156711", "CAUSE", "once an hour to ensure that communication")]),
  fallbackPollUs: known(60 * SECOND, "high", [cite("Q156711", "SYMPTOMS", "every 60 seconds")]),
};

export const windows95Registry: Fact<boolean> = known(true, "high", [cite("Q158474", "KeepAliveTime", "7,200,000")]);
