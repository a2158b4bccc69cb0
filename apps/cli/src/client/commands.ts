/** Arguments and options of `client`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";
import { DEFAULT_DOMAIN } from "../shared/defaults.ts";

export function addClientCommands(program: Command): void {
  program
    .command("client")
    .description("a platform's mail client in real time: with its own TCP/IP on a TAP interface, or on this computer's sockets")
    .argument("<platform>", "a platform or one of its variants")
    .requiredOption("--server <address>", "the mail server, with :PORT where it has no endpoint mapper")
    .requiredOption("--mailbox <alias>", "an alias, or a distinguished name")
    .option("--directory <port>", "the directory's port, for resolve; the endpoint mapper is asked if left out")
    .option("--user <account>", "account that logs on; without it the client sends no credentials, which a server may refuse")
    .option("--password-file <file>", "the account's password")
    .option("--password <password>", "the account's password; every user of this computer can see it in the process list")
    .option("--domain <name>", "the account's domain", DEFAULT_DOMAIN)
    .option(
      "--ntlm <version>",
      "version of NTLM: 1 for LM and NT responses, 2, or lm for an LM response alone (default: as the platform's client)",
    )
    .option("--tap <name>", "TAP interface to create (Linux, as root)")
    .option("--address <a.b.c.d/len>", "the machine's address and the prefix length of its network")
    .option("--gateway <address>", "the router of its network")
    .option("--mac <address>", "hardware address of the machine's network card")
    .option("--bridge <name>", "a bridge of this computer that the interface joins")
    .option("--computer <a.b.c.d/len>", "this computer's address on the interface")
    .option("--record <file>", "write every frame on the interface to this pcapng file")
    .option("--name <name>", "the machine's name")
    .option("--boot-speed <n>", "boot this many times as fast")
    .option("--fast-boot", "boot at once")
    .option("--json", "print the events as JSON, one per line")
    .action(async (platform, options) => {
      const { runClient } = await import("./client-command.ts");
      process.exitCode = await runClient(platform, options);
    });
}
