/**
 * An emulated machine on a TAP interface as a separate process. bench.ts starts it in a network namespace that ends with it. It takes one JSON
 * object as its argument and commands as JSON lines on standard input, and writes reports as JSON lines. It ends when its standard input does.
 */

import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { createMailClient, type MailClient } from "@pushback/client";
import { type Host, valuesOf } from "@pushback/host";
import { findVariant } from "@pushback/scenario";
import { createSystemServices } from "@pushback/services";
import { createRandom } from "@pushback/sim";
import { createMachine } from "@pushback/stack";
import { LiveScheduler } from "../live-scheduler.ts";
import { createTapCard } from "../tap-card.ts";
import { COMPUTER_ADDRESS, MACHINE_ADDRESS, NETMASK, TAP } from "./bench-addresses.ts";
import { ByteStream } from "./byte-stream.ts";
import { ImpairedCard, type Impairment } from "./impaired-card.ts";

export interface MachineProcessSettings {
  readonly variant: string;
  readonly speed?: number;
  readonly impairment?: Impairment;
}

export type MachineCommand =
  /** Opens a listener that accepts connections and sends nothing. */
  | { readonly do: "listen"; readonly port: number }
  | { readonly do: "listen-stream"; readonly port: number; readonly total: number }
  | { readonly do: "connect-stream"; readonly port: number; readonly total: number }
  | { readonly do: "connect"; readonly port: number }
  /** Cuts the power and boots again. */
  | { readonly do: "reboot" }
  | { readonly do: "power-off" }
  | { readonly do: "log-on"; readonly userDn: string };

const settings = JSON.parse(process.argv[2] ?? "{}") as MachineProcessSettings;

function report(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const variant = findVariant(settings.variant);
if (!variant) throw new Error(`unknown variant ${settings.variant}`);

const scheduler = new LiveScheduler({ speed: settings.speed ?? 1 });
spawnSync("ip", ["link", "set", "lo", "up"]);
const card = createTapCard({
  name: TAP,
  mac: Uint8Array.of(2, 0, 10, 77, 0, 2),
  scheduler,
  computer: { address: COMPUTER_ADDRESS, prefixLength: 24 },
  onFrame: (b, at, _len, sent) => {
    // Reports each ICMP destination unreachable over IPv4: tests count them.
    if (!sent || b[at + 12] !== 8 || b[at + 13] !== 0 || b[at + 23] !== 1 || b[at + 34] !== 3) return;
    report({ type: "icmp", code: b[at + 35], quotedBytes: ((b[at + 16] << 8) | b[at + 17]) - 48, atUs: scheduler.nowUs() });
  },
});
const impaired = settings.impairment ? new ImpairedCard(card, scheduler, settings.impairment) : null;
const machine = createMachine({
  name: "LIVE",
  address: MACHINE_ADDRESS,
  netmask: NETMASK,
  gateway: null,
  variant,
  card: impaired ?? card,
  scheduler,
  random: createRandom(settings.variant),
  boot: { phases: valuesOf(variant.boot).phases.map((phase) => ({ ...phase, durationUs: 0 })) },
  services: createSystemServices(valuesOf(variant.personality).systemServices),
  onEvent: (event) => report({ ...event, phase: undefined, atUs: scheduler.nowUs() }),
});
let client: MailClient | null = null;

function run(command: MachineCommand, host: Host): void {
  switch (command.do) {
    case "listen":
      host.listenTcp(command.port, {
        onListening: (port) => report({ type: "listening", port }),
        onAccept: () => ({ onData() {}, onClosed: (cause) => report({ type: "closed", cause }) }),
      });
      break;
    case "listen-stream":
      host.listenTcp(command.port, {
        onListening: (port) => report({ type: "listening", port }),
        onAccept: (connection) =>
          new ByteStream(command.total, 1, (result) => report({ type: "stream", ...result, ...impaired?.counts })).begin(connection),
      });
      break;
    case "connect-stream": {
      const stream = new ByteStream(command.total, 0, (result) => report({ type: "stream", ...result }));
      stream.connection = host.connectTcp(COMPUTER_ADDRESS, command.port, stream);
      break;
    }
    case "connect": {
      const connection = host.connectTcp(COMPUTER_ADDRESS, command.port, {
        onConnected: () => report({ type: "connected", localPort: connection.localPort }),
        onData() {},
        onClosed: (cause) => report({ type: "closed", cause }),
      });
      break;
    }
    case "log-on": {
      const mail = { serverAddress: COMPUTER_ADDRESS, userDn: command.userDn, habits: valuesOf(variant?.mail ?? never()) };
      client = createMailClient(host, mail, (event) => report({ ...event, type: `client ${event.type}` }));
      client.logOn();
      break;
    }
    case "reboot":
      machine.goDown("power-cut", { thenBoot: true });
      break;
    case "power-off":
      machine.goDown("power-cut");
      break;
  }
}

function never(): never {
  throw new Error("unreachable");
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const command = JSON.parse(line) as MachineCommand;
  scheduler.enter(() => {
    const host = machine.host();
    if (host) run(command, host);
    else report({ type: "no-host" });
  });
});
lines.on("close", () => process.exit(0));
machine.powerOn();
