/** Arguments and options of `client`; each command loads its implementation when it runs, so that every command starts fast. */

import type { Command } from "commander";

export function addClientCommands(program: Command): void {
  program
    .command("client")
    .description("a platform's mail client in real time: with its own TCP/IP on a TAP interface, or on this computer's sockets")
    .argument("<platform>", "a platform or one of its variants")
    .requiredOption("--server <address>", "the mail server, with :PORT where it has no endpoint mapper")
    .requiredOption("--mailbox <alias>", "an alias, or a distinguished name")
    .option("--user <account>", "who logs on; without it nobody in particular, which a server may refuse")
    .option("--password-file <file>", "the account's password")
    .option("--password <password>", "visible to everybody on this computer")
    .option("--domain <name>", "the account's domain", "PUSHBACK")
    .option("--ntlm <version>", "1 as clients of 1996, or 2", "1")
    .option("--tap <name>", "the TAP interface to make (Linux, as root)")
    .option("--address <a.b.c.d/len>", "the machine's own address and the length of its network")
    .option("--gateway <address>", "the router of its network")
    .option("--mac <address>", "its network card's address")
    .option("--bridge <name>", "a bridge of this computer that the interface joins")
    .option("--computer <a.b.c.d/len>", "this computer's own address on the interface")
    .option("--record <file>", "write every frame on the interface to this pcapng file")
    .option("--name <name>", "the machine's own name")
    .option("--boot-speed <n>", "boot so many times as fast")
    .option("--fast-boot", "boot at once")
    .option("--json", "print the events as JSON, one a line")
    .action(async (platform, options) => {
      const { runClient } = await import("./client-command.ts");
      process.exitCode = await runClient(platform, options);
    });
}
