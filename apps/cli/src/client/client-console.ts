/** Input of the user: commands as lines, or single keys on a terminal. */

import { createInterface } from "node:readline";
import { createInterface as createPrompt } from "node:readline/promises";
import type { AnswerKind } from "@pushback/client";
import type { WayDown } from "@pushback/host";

/** `address`: an alias, a DN or an Internet address, taken literally. `name`: a display name (written in quotes), which is looked up in the address book. */
export type Recipient = { readonly address: string } | { readonly name: string };

export type ConsoleCommand =
  | { readonly do: "log-on" | "log-off" | "read" | "power-off" | "power-on" | "status" | "quit" | "help" }
  | { readonly do: "send"; readonly to: Recipient; readonly subject: string }
  | { readonly do: "answer"; readonly kind: AnswerKind; readonly text: string; readonly to: Recipient | null }
  | { readonly do: "resolve"; readonly name: string }
  /** Ask the user at the terminal for the recipient and the subject. */
  | { readonly do: "write" }
  | { readonly do: "reboot"; readonly way: WayDown | null }
  /** Called for the interrupt key, which sends no signal while the terminal is in raw mode. */
  | { readonly do: "interrupt" };

const WAYS: readonly string[] = ["shutdown", "warm-boot", "reset", "power-cut"] satisfies WayDown[];

const SIMPLE = ["log-on", "log-off", "read", "power-off", "power-on", "status", "quit", "help"] as const;

const KEYS: Readonly<Record<string, ConsoleCommand>> = {
  l: { do: "log-on" },
  o: { do: "log-off" },
  r: { do: "read" },
  w: { do: "write" },
  b: { do: "reboot", way: null },
  p: { do: "power-off" },
  u: { do: "power-on" },
  s: { do: "status" },
  q: { do: "quit" },
  h: { do: "help" },
  "?": { do: "help" },
  "\u0003": { do: "interrupt" },
};

export const COMMANDS_HELP =
  'commands: log on, log off, read, send TO SUBJECT (TO: an address, or a "name" of the address book), reply TEXT, reply-all TEXT, forward TO [TEXT], resolve NAME, reboot [shutdown|warm-boot|reset|power-cut], power-off, power-on, status, quit';
const KEYS_HELP = "keys: l log on, o log off, r read, w write, b reboot, p power off, u power on, s status, q quit, Ctrl-C power cut";

function recipientOf(text: string): Recipient {
  const name = /^"(.*)"$/.exec(text)?.[1].trim();
  return name === undefined ? { address: text } : { name };
}

/** Parses a line as a command; `null` if it is not one. Blanks and dashes are equivalent. */
function parseCommand(line: string): ConsoleCommand | null {
  const send = /^\s*send\s+("[^"]+"|[^\s"]+)\s+(\S.*?)\s*$/i.exec(line);
  if (send) return { do: "send", to: recipientOf(send[1]), subject: send[2] };
  const reply = /^\s*(reply[ -]all|reply)\s+(\S.*?)\s*$/i.exec(line);
  if (reply && !/^all$/i.test(reply[2]))
    return { do: "answer", kind: /all$/i.test(reply[1]) ? "reply-all" : "reply", text: reply[2], to: null };
  const forward = /^\s*forward\s+("[^"]+"|[^\s"]+)(?:\s+(\S.*?))?\s*$/i.exec(line);
  if (forward) return { do: "answer", kind: "forward", text: forward[2] ?? "", to: recipientOf(forward[1]) };
  const resolve = /^\s*resolve\s+(\S.*?)\s*$/i.exec(line);
  if (resolve) return { do: "resolve", name: resolve[1] };
  const words = line.trim().toLowerCase().split(/[\s]+/);
  const text = words.join("-");
  const simple = SIMPLE.find((name) => name === text || name.replace("-", "") === text);
  if (simple !== undefined) return { do: simple };
  if (words[0] !== "reboot") return null;
  const way = words.slice(1).join("-");
  if (way === "") return { do: "reboot", way: null };
  return WAYS.includes(way) ? { do: "reboot", way: way as WayDown } : null;
}

/**
 * Reads standard input until `close` is called: keys if it is a terminal, lines otherwise. The end of the input does not end the client, so
 * it can run without a user.
 */
export function openConsole(onCommand: (command: ConsoleCommand) => void, onUnknown: (line: string) => void) {
  const { stdin } = process;
  if (stdin.isTTY) {
    const onKeys = (keys: Buffer) => {
      for (const key of keys.toString("utf8")) {
        const command = KEYS[key.toLowerCase()];
        if (command?.do === "write") return void write();
        if (command !== undefined) onCommand(command);
      }
    };
    // While a message is being typed, keys are letters of the line, not commands.
    const write = async () => {
      stdin.off("data", onKeys).setRawMode(false);
      const lines = createPrompt({ input: stdin, output: process.stdout });
      try {
        const to = (await lines.question("to: ")).trim();
        const subject = to === "" ? "" : (await lines.question("subject: ")).trim();
        if (subject !== "") onCommand({ do: "send", to: to.includes(" ") ? { name: to } : recipientOf(to), subject });
      } catch {
        onCommand({ do: "interrupt" });
      } finally {
        lines.close();
      }
      stdin.setRawMode(true).on("data", onKeys).resume();
    };
    stdin.setRawMode(true).on("data", onKeys);
    return {
      help: KEYS_HELP,
      close() {
        stdin.off("data", onKeys).setRawMode(false).pause();
      },
    };
  }
  const lines = createInterface({ input: stdin });
  lines.on("line", (line) => {
    if (line.trim() === "") return;
    const command = parseCommand(line);
    if (command === null) onUnknown(line.trim());
    else onCommand(command);
  });
  return {
    help: COMMANDS_HELP,
    close() {
      lines.close();
      stdin.destroy();
    },
  };
}
