/**
 * Records what a custom step does to the machines as the built-in steps with the same effect. Judges, claims and the studio know built-in steps by name, so
 * a cable that a custom step pulls is recorded as `unplug`, after the event of the custom step.
 */

import type { RegistryValues } from "./registry-parameters.ts";
import type * as step from "./steps/step.ts";

/** Records that a machine takes a built-in step. `detail`: as that step's `detail` gives it. */
export type NoteStep = (action: string, detail?: string) => void;

/** Calls `note` with the arguments before each call of `act`. */
const noted =
  <A extends readonly unknown[], R>(note: (...args: NoInfer<A>) => void, act: (...args: A) => R) =>
  (...args: A): R => {
    note(...args);
    return act(...args);
  };

function notedMachine(machine: step.StepMachine, note: NoteStep): step.StepMachine {
  return {
    goDown: noted(
      (how, thenBoot) => {
        if (thenBoot) note("reboot", how === "unclean" ? "" : how);
        else note(how === "power-cut" ? "power-off" : "shutdown");
      },
      (how, thenBoot) => machine.goDown(how, thenBoot),
    ),
    powerOn: noted(
      () => note("power-on"),
      () => machine.powerOn(),
    ),
    setPlugged: noted(
      (plugged) => note(plugged ? "plug" : "unplug"),
      (plugged) => machine.setPlugged(plugged),
    ),
    setRegistry: noted(
      () => note("registry"),
      (values: RegistryValues) => machine.setRegistry(values),
    ),
    setClock: noted(
      () => note("clock"),
      (us: number) => machine.setClock(us),
    ),
  };
}

export function notedServer(server: step.StepServer, note: NoteStep): step.StepServer {
  return {
    ...notedMachine(server, note),
    restartService: noted(
      () => note("restart-service"),
      () => server.restartService(),
    ),
  };
}

export function notedWorkstation(workstation: step.StepWorkstation, note: NoteStep): step.StepWorkstation {
  return {
    ...notedMachine(workstation, note),
    logOn: noted(
      () => note("logon"),
      () => workstation.logOn(),
    ),
    read: noted(
      () => note("read"),
      (place?: number) => workstation.read(place),
    ),
    mark: noted(
      (read, _message?) => note("mark", read ? "read" : "unread"),
      (read: boolean, message?: number | "all") => workstation.mark(read, message),
    ),
    delete: noted(
      () => note("delete"),
      (message?: number | "all") => workstation.delete(message),
    ),
    send: noted(
      ({ answers, subject }) => note("send", answers ?? subject),
      (mail) => workstation.send(mail),
    ),
    logOff: noted(
      () => note("logoff"),
      () => workstation.logOff(),
    ),
    loseAddress: noted(
      () => note("lease-end"),
      () => workstation.loseAddress(),
    ),
    setSuspended: noted(
      (isSuspended) => note(isSuspended ? "suspend" : "resume"),
      (isSuspended) => workstation.setSuspended(isSuspended),
    ),
  };
}
