/** Arguments and options of `guest`; the command loads its implementation when it runs. */

import type { Command } from "commander";
import { collect } from "../shared/collect.ts";

export function addGuestCommands(program: Command): void {
  program
    .command("guest")
    .description("a network for a machine of your own in QEMU or another emulator: its cable, its address, and the names that it looks up")
    .option("--tap <name>", "TAP interface to create for this computer's end (Linux, as root)", "pushback1")
    .option("--computer <a.b.c.d/len>", "this computer's address there: what the guest's server is", "10.77.0.1/24")
    .option("--address <address>", "the address that the guest gets by DHCP", "10.77.0.2")
    .option("--host-name <name>", "the name that the guest gets", "GUEST")
    .option("--domain <name>", "the domain of all names", "pushback.example")
    .option("--server-name <name>", "the name of this computer for DNS and WINS; this computer's own if left out")
    .option("--host <name=address>", "a further name to answer; repeat for more", collect, [])
    .option("--cable <port>", "UDP port on 127.0.0.1 that the emulator sends frames to; it listens on the next one", "4477")
    .option("--record <file>", "write every frame to this pcapng file")
    .action(async (options) => {
      const { runGuest } = await import("./guest-command.ts");
      process.exitCode = await runGuest(options);
    });
}
