/**
 * Facts that the Exchange 4.0 clients of all platforms share. A platform spreads these records and overrides what is known to differ,
 * so a value stands in a platform's file only where the platform has a source, or an assumption, of its own.
 */

import { cite } from "./documents.ts";
import { assumed, carriedOver, type Fact, type Facts, known } from "./facts.ts";
import type { BootModel, GoingDown, MailHabits } from "./platform.ts";

/** The version of client whose traffic is known. */
const EXCHANGE_55 = "Exchange 5.5 client";

/** Habits of the mail client. Whether it registers for push datagrams (`push`) is left to the platform: each has its own source for that. */
export const exchangeClientMail: Facts<Omit<MailHabits, "push">> = {
  watches: assumed(
    "new-mail",
    "Q159302 names new mail as the example; an Exchange 5.5 client asked to be told of messages deleted, modified, moved and copied (0x0078)",
  ),
  ntlmResponses: assumed("lm-and-nt", "as Windows NT; no document speaks of this client"),
  directory: carriedOver(known(true, "medium", [cite("exchange55", "order of calls", "NspiBind before EcDoConnect")]), EXCHANGE_55),
  hostNameLimit: assumed(null, "Q156711 speaks of Windows 95, and says that NT always returns a short name that fits"),
  idlePollUs: carriedOver(
    known(3_600_000_000, "medium", [cite("Q156711", "CAUSE", "once an hour to ensure that communication")]),
    "windows-95",
  ),
  fallbackPollUs: carriedOver(known(60_000_000, "medium", [cite("Q156711", "SYMPTOMS", "every 60 seconds")]), "windows-95"),
  contextBytes: carriedOver(
    known(8, "medium", [cite("imap", "UDP 1350 to 1056", "8 bytes"), cite("exchange55", "EcRRegisterPushNotification cbContext", "8")]),
    EXCHANGE_55,
  ),
  codePage: carriedOver(known(1252, "medium", [cite("exchange55", "EcDoConnect ulCpid", "1252")]), EXCHANGE_55),
  locale: carriedOver(known(0x409, "medium", [cite("exchange55", "EcDoConnect ulLcidString", "0x409")]), EXCHANGE_55),
  clientVersion: assumed([4, 837, 0], "inferred from the product version 4.0.837"),
};

/** The reset button and the power cut: the machine stops at once and closes no connection. */
export const suddenStop: Facts<Pick<GoingDown, "reset" | "power-cut">> = {
  reset: known({ logsOff: false, connections: "silent", takesUs: 0 }, "high", [
    cite("Q159302", "MORE INFORMATION", "no immediate way of knowing that the TCP/IP session is broken"),
    cite("Q140325", "half-open connection", "crashed client never called shutdown or closesocket"),
  ]),
  "power-cut": known({ logsOff: false, connections: "silent", takesUs: 0 }, "high", [
    cite("Q159302", "MORE INFORMATION", "no immediate way of knowing that the TCP/IP session is broken"),
    cite("Q183786", "SYMPTOMS", "powered off and on or restarted"),
  ]),
};

/** How much the length of a boot varies from run to run. */
export const bootJitter: Fact<BootModel["jitter"]> = assumed(0.04, "boots of one machine differ a little");
