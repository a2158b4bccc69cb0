/**
 * Facts that the Exchange 4.0 clients of all platforms share. A platform spreads these records and overrides what is known to differ,
 * so a value stands in a platform's file only where the platform has a source, or an assumption, of its own.
 */

import { assumed, type Fact, type Facts, known } from "./facts.ts";
import type { BootModel, GoingDown, MailHabits } from "./platform.ts";

/** Habits of the mail client. Whether it registers for push datagrams (`push`) is left to the platform: each has its own source for that. */
export const exchangeClientMail: Facts<Omit<MailHabits, "push">> = {
  directory: known(true, "medium", "NspiBind comes before EcDoConnect in traffic of an Exchange 5.5 client; 4.0 is inferred"),
  hostNameLimit: assumed(null, "Q156711 speaks of Windows 95 only"),
  idlePollUs: known(3_600_000_000, "medium", "Q156711: once an hour, said of the Windows 95 client"),
  fallbackPollUs: known(60_000_000, "medium", "Q156711, said of the Windows 95 client"),
  contextBytes: known(8, "medium", "eight bytes in traffic of an Exchange 5.5 client; 4.0 is inferred"),
  codePage: known(1252, "medium", "ulCpid 1252 in EcDoConnect of an Exchange 5.5 client on Windows"),
  locale: known(0x409, "medium", "ulLcidString 0x409 in EcDoConnect of an Exchange 5.5 client on Windows"),
  clientVersion: known([4, 837, 0], "low", "inferred from the product version 4.0.837"),
};

/** The reset button and the power cut: the machine stops at once and closes no connection. */
export const suddenStop: Facts<Pick<GoingDown, "reset" | "power-cut">> = {
  reset: known({ logsOff: false, connections: "silent", takesUs: 0 }, "high", "Q140325: a machine that is restarted closes nothing"),
  "power-cut": known({ logsOff: false, connections: "silent", takesUs: 0 }, "high", "Q183786: powered off, nothing is closed"),
};

/** How much the length of a boot varies from run to run. */
export const bootJitter: Fact<BootModel["jitter"]> = assumed(0.04, "boots of one machine differ a little");
