/** `pushback client`: a platform's machine and mail client in real time. */

import { type AddressBookAnswer, describeAddressBookFailure } from "@pushback/client";
import { formatClock } from "@pushback/host";
import { LiveError, localAddressTowards } from "@pushback/live";
import { createTapMachine, KernelMachine, LiveClient, type LiveMachine, type MachineEventListener } from "@pushback/live-client";
import { describeEvent, type RecordedEvent } from "@pushback/scenario";
import { UsageError } from "@pushback/usage-error";
import { printable } from "../shared/printable.ts";
import { style } from "../shared/terminal.ts";
import { COMMANDS_HELP, type ConsoleCommand, openConsole, type Recipient } from "./client-console.ts";
import { type CheckedClientOptions, type ClientOptions, checkClientOptions } from "./client-options.ts";

/** Exit code after the interrupt key: 128 plus the number of SIGINT. */
const EXIT_INTERRUPTED = 130;

/** Time limit in milliseconds for logging off when the user quits. */
const LEAVE_MS = 3000;

async function buildMachine(
  options: CheckedClientOptions,
  onEvent: MachineEventListener,
): Promise<{ machine: LiveMachine; close(): void }> {
  const { variant, name, bootSpeed, tap, record, serverAddress } = options;
  if (tap !== null) {
    try {
      return createTapMachine({ variant, name, bootSpeed, onEvent, ...tap, ...(record !== null && { record }) });
    } catch (error) {
      throw error instanceof LiveError ? new UsageError(`--tap ${tap.tap}: ${error.message}`) : error;
    }
  }
  const address = await localAddressTowards(serverAddress);
  if (address === null) throw new UsageError("--server: this computer has no route to it");
  return { machine: new KernelMachine({ variant, name, address, bootSpeed, onEvent }), close() {} };
}

/** Entries of the address book, one a line; with `json`, one object. */
function showEntries(command: string, name: string, answer: AddressBookAnswer, json: boolean): void {
  if (!answer.ok) return void process.stderr.write(`${command}: ${describeAddressBookFailure(answer)}\n`);
  if (json) return void process.stdout.write(`${JSON.stringify({ resolve: name, entries: answer.entries })}\n`);
  if (answer.entries === null)
    return void process.stderr.write(`${command}: too many entries begin like ${printable(name)}; write more of the name\n`);
  if (answer.entries.length === 0)
    return void process.stderr.write(`${command}: no entry of the address book matches ${printable(name)}\n`);
  for (const { displayName, smtpAddress, dn } of answer.entries)
    process.stdout.write(`${printable(displayName)}  ${smtpAddress === null ? "" : `${printable(smtpAddress)}  `}${printable(dn)}\n`);
}

/** Runs until the user quits. Returns the exit code: 0 after `quit`, 130 after the interrupt key. */
export async function runClient(platform: string, options: ClientOptions): Promise<number> {
  const checked = await checkClientOptions(platform, options);
  const { variant, name, serverAddress, serverPort, directoryPort, userDn, createAuthenticator } = checked;
  const startMs = performance.now();

  function print(layer: "machine" | "client", event: Extract<RecordedEvent, { layer: typeof layer }>["event"]): void {
    const recorded = { atUs: Math.round((performance.now() - startMs) * 1000), machine: name, layer, event } as RecordedEvent;
    if (options.json) {
      process.stdout.write(`${JSON.stringify(recorded)}\n`);
      return;
    }
    const text = describeEvent(recorded);
    if (text !== null) process.stdout.write(`${style("dim", formatClock(recorded.atUs))}  ${printable(text)}\n`);
  }

  const { machine, close } = await buildMachine(checked, (event) => print("machine", event));
  const client = new LiveClient({
    variant,
    machine,
    mail: { serverAddress, userDn, ...(serverPort !== null && { serverPort }), ...(createAuthenticator && { createAuthenticator }) },
    ...(directoryPort !== null && { directoryPort }),
    onClientEvent: (event) => print("client", event),
  });

  return new Promise((resolve) => {
    const answer = (command: string, reason: string | null) => {
      if (reason !== null) process.stderr.write(`${command}: ${printable(reason)}\n`);
    };
    /** Hands on the address; a name is looked up in the address book, and must be one entry's. */
    const withAddress = (command: string, to: Recipient, send: (address: string) => string | null) => {
      if ("address" in to) return answer(command, send(to.address));
      const onFound = (found: AddressBookAnswer) => {
        if (found.ok && found.entries?.length === 1) return answer(command, send(found.entries[0].dn));
        if (found.ok && found.entries !== null && found.entries.length > 1)
          process.stderr.write(`${command}: ${printable(to.name)} may be any of these; write more of the name:\n`);
        showEntries(command, to.name, found, false);
      };
      return answer(command, client.resolve(to.name, onFound));
    };
    const finish = (code: number) => {
      terminal.close();
      close();
      resolve(code);
    };
    const interrupt = () => {
      client.goDown("power-cut", false);
      finish(EXIT_INTERRUPTED);
    };
    const run = (command: ConsoleCommand) => {
      switch (command.do) {
        case "log-on":
          return answer("log on", client.logOn());
        case "log-off":
          return answer("log off", client.logOff());
        case "read":
          return answer("read", client.read());
        case "send":
          return withAddress("send", command.to, (to) => client.send(to, command.subject));
        case "answer": {
          const { kind, text, to } = command;
          if (to === null) return answer(kind, client.answer(kind, text, []));
          return withAddress(kind, to, (address) => client.answer(kind, text, [address]));
        }
        case "resolve":
          return answer(
            "resolve",
            client.resolve(command.name, (found) => showEntries("resolve", command.name, found, options.json ?? false)),
          );
        case "write":
          return;
        case "reboot":
          return answer("reboot", client.goDown(command.way, true));
        case "power-off":
          return answer("power-off", client.goDown("power-cut", false));
        case "power-on":
          return answer("power-on", client.powerOn());
        case "status":
          return void process.stdout.write(`${client.status()}\n`);
        case "help":
          return void process.stdout.write(`${terminal.help}\n`);
        case "quit":
          return client.leave(() => {
            client.goDown("power-cut", false);
            finish(0);
          }, LEAVE_MS);
        case "interrupt":
          return interrupt();
      }
    };
    const terminal = openConsole(run, (line) => process.stderr.write(`${printable(line)}: not a command; ${COMMANDS_HELP}\n`));
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, interrupt);
    if (process.stdin.isTTY && !options.json) process.stdout.write(`${terminal.help}\n`);
    client.powerOn();
  });
}
