/** A machine's screen in words. */

import type { MachineState } from "../lab/machine-state.ts";

const MAIL_WORDS: Readonly<Record<MachineState["mail"], string>> = {
  closed: "The desktop. No user is logged on.",
  waiting: "The mail client is starting.",
  connecting: "The mail client is connecting to the server.",
  "logged-on": "",
  "logging-off": "The mail client is logging off.",
  "logged-off": "The mail client has logged off.",
  disconnected: "The mail client is not connected.",
};

/** Describes a machine's screen for screen readers. `safeText`: text that the system shows after an orderly shutdown; left out if it shows none. */
export function describeScreen(machine: MachineState, safeText?: string): string {
  switch (machine.power) {
    case "off":
      return machine.wayDown === "shutdown" && safeText !== undefined
        ? `The machine is shut down: ${safeText}`
        : "The screen is dark: the machine is off.";
    case "booting": {
      const phase = machine.phases.at(-1);
      return `Booting: ${phase?.title ?? ""}. ${phase?.screen.join(" ") ?? ""}`;
    }
    case "going-down":
      return machine.wayDown === "shutdown" ? "Shutting down." : "Going down without logging off.";
    case "ready":
      return describeMail(machine);
  }
}

function describeMail(machine: MachineState): string {
  const problem = machine.problem === null ? "" : ` ${machine.problem[0].toUpperCase()}${machine.problem.slice(1)}.`;
  if (machine.mail !== "logged-on") return `${MAIL_WORDS[machine.mail]}${problem}`;
  if (machine.message) return `Message open: ${machine.message.subject}. ${machine.message.body}`;
  const unread = machine.inbox.filter((row) => !row.read);
  const sign = machine.newMail ? " New mail." : "";
  const newest = unread.at(-1);
  const list = newest ? ` Newest unread: ${newest.subject} from ${newest.from}.` : "";
  return `Inbox: ${machine.inbox.length} messages, ${unread.length} unread.${sign}${list}${problem}`;
}
