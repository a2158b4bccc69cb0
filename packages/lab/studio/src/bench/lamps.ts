/** The three lamps of a machine: what each says, in a colour and in words. */

import type { MachineState, SessionState } from "../lab/machine-state.ts";

export interface Lamp {
  readonly name: "Stack" | "Port" | "Session";
  /** `stale`: the server still has state of a session that the client has lost. */
  readonly state: "off" | "on" | "stale";
  readonly text: string;
}

/** `sessions` are the server's for this machine that have not ended. */
export function lampsOf(machine: MachineState, sessions: readonly SessionState[]): readonly [Lamp, Lamp, Lamp] {
  return [stackLamp(machine), portLamp(machine, sessions), sessionLamp(machine, sessions)];
}

function stackLamp({ stackUp, plugged }: MachineState): Lamp {
  if (!stackUp) return { name: "Stack", state: "off", text: "TCP/IP is not loaded: nothing answers" };
  return plugged
    ? { name: "Stack", state: "on", text: "TCP/IP is up" }
    : { name: "Stack", state: "stale", text: "TCP/IP is up, the cable is out" };
}

function portLamp({ callbackPort, stackUp, plugged }: MachineState, sessions: readonly SessionState[]): Lamp {
  const stale = sessions.filter((s) => s.callbackPort !== null && s.callbackPort !== callbackPort);
  if (callbackPort !== null) {
    const also = stale.length > 0 ? `; the server also pushes to the closed port ${stale[0].callbackPort}` : "";
    return { name: "Port", state: stale.length > 0 ? "stale" : "on", text: `UDP port ${callbackPort} is open for pushes${also}` };
  }
  if (stale.length === 0) return { name: "Port", state: "off", text: "no port is registered" };
  const answer = stackUp && plugged ? "each push draws an ICMP error" : "pushes go unanswered";
  return { name: "Port", state: "stale", text: `the server has port ${stale[0].callbackPort} registered, but it is closed: ${answer}` };
}

function sessionLamp({ mail, localTcpPort }: MachineState, sessions: readonly SessionState[]): Lamp {
  const stale = sessions.filter((s) => s.remotePort !== localTcpPort);
  if (mail === "logged-on") {
    const also = stale.length > 0 ? `; the server still has the old session ${stale[0].id}` : "";
    return { name: "Session", state: stale.length > 0 ? "stale" : "on", text: `logged on${also}` };
  }
  if (mail === "waiting" || mail === "connecting") return { name: "Session", state: "off", text: "logging on" };
  if (stale.length === 0) return { name: "Session", state: "off", text: "no session" };
  return { name: "Session", state: "stale", text: `no user is logged on, but the server still has session ${stale[0].id}` };
}
