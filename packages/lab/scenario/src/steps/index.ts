/** The steps that every scenario file may use, in the order in which messages and documentation list them. */

import { address } from "./address.ts";
import { clock } from "./clock.ts";
import { deleteMail } from "./delete.ts";
import { deliver } from "./deliver.ts";
import { leaseEnd } from "./lease-end.ts";
import { logoff } from "./logoff.ts";
import { logon } from "./logon.ts";
import { mark } from "./mark.ts";
import { move } from "./move.ts";
import { plug } from "./plug.ts";
import { powerOff } from "./power-off.ts";
import { powerOn } from "./power-on.ts";
import { read } from "./read.ts";
import { reboot } from "./reboot.ts";
import { registry } from "./registry.ts";
import { restartService } from "./restart-service.ts";
import { resume } from "./resume.ts";
import { send } from "./send.ts";
import { shutdown } from "./shutdown.ts";
import { suspend } from "./suspend.ts";
import { unplug } from "./unplug.ts";

/** The built-in steps of scenario files. The studio lays out their buttons in this order. */
export const STEPS = [
  logon,
  deliver,
  read,
  mark,
  deleteMail,
  send,
  logoff,
  shutdown,
  reboot,
  powerOff,
  powerOn,
  unplug,
  plug,
  address,
  registry,
  restartService,
  move,
  suspend,
  resume,
  leaseEnd,
  clock,
] as const;
