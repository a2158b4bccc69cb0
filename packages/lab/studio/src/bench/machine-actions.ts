/** What a person can do to a machine, and whether it makes sense now. */

import { act, type ScenarioStepWithoutTime } from "../lab/lab-control.ts";
import type { MachineState } from "./machine-state.ts";

export const MACHINE_ACTIONS = ["logon", "read", "logoff", "restart", "crash", "power", "cable"] as const;
export type MachineAction = (typeof MACHINE_ACTIONS)[number];

/** The label as it is now: the switch says what it would do. */
export function actionLabel(action: MachineAction, machine: MachineState): string {
  switch (action) {
    case "logon":
      return "Log on";
    case "read":
      return "Read mail";
    case "logoff":
      return "Log off";
    case "restart":
      return "Restart";
    case "crash":
      return "Reboot";
    case "power":
      return machine.power === "off" ? "Power on" : "Power off";
    case "cable":
      return machine.plugged ? "Unplug" : "Plug in";
  }
}

export const ACTION_HINTS: Readonly<Record<MachineAction, string>> = {
  logon: "Start the mail client and log on",
  read: "Open the newest message",
  logoff: "Log off and close the mail client",
  restart: "Restart the orderly way: programs may log off first",
  crash: "Reboot the unclean way: without logging off",
  power: "The switch: off is a power cut",
  cable: "The network cable",
};

export function isPossible(action: MachineAction, machine: MachineState): boolean {
  switch (action) {
    case "logon":
      return (
        (machine.power === "ready" || machine.power === "booting") &&
        (machine.mail === "closed" || machine.mail === "logged-off" || machine.mail === "disconnected")
      );
    case "read":
      return machine.mail === "logged-on" && machine.inbox.length > 0;
    case "logoff":
      return machine.mail === "logged-on";
    case "restart":
    case "crash":
      return machine.power === "ready" || machine.power === "booting";
    case "power":
      return machine.power !== "going-down";
    case "cable":
      return true;
  }
}

/** As a scenario file would say it. */
function stepFor(action: MachineAction, machine: MachineState, message?: number): ScenarioStepWithoutTime {
  const who = [machine.name];
  switch (action) {
    case "logon":
      return { logon: who };
    case "read":
      return { read: who, ...(message !== undefined && { message }) };
    case "logoff":
      return { logoff: who };
    case "restart":
      return { reboot: who, how: "shutdown" };
    case "crash":
      return { reboot: who, how: "unclean" };
    case "power":
      return machine.power === "off" ? { "power-on": who } : { "power-off": who };
    case "cable":
      return machine.plugged ? { unplug: who } : { plug: who };
  }
}

/** `message`: which one is read, by its place in the Inbox; the oldest is 1. */
export function doAction(action: MachineAction, machine: MachineState, message?: number): void {
  if (isPossible(action, machine)) void act(stepFor(action, machine, message));
}
