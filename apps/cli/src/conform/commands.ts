/** Arguments and options of `conform`; the command loads its implementation when it runs. */

import { formatDuration } from "@pushback/host";
import { DEFAULT_SETTINGS } from "@pushback/server/settings";
import { type Command, Option } from "commander";
import { DEFAULT_DOMAIN, DEFAULT_EPM_PORT } from "../shared/defaults.ts";

export function addConformCommands(program: Command): void {
  program
    .command("conform")
    .description("run the conformance suite against any Exchange server")
    .requiredOption("--target <address>", "the server; with :PORT the endpoint mapper is not asked")
    .requiredOption("--mailbox <mailbox>", "a distinguished name, or an alias of a server of ours")
    .option("--epm-port <port>", "the endpoint mapper's port", `${DEFAULT_EPM_PORT}`)
    .option("--user <account>", "who logs on")
    .option("--password-stdin", "read the password from standard input")
    .option("--password <password>", "visible to everybody on this computer")
    .option("--domain <name>", "the account's domain", DEFAULT_DOMAIN)
    .option("--ntlm <version>", "1 as clients of 1996, 2, or lm for an LM response alone, as Windows 95", "2")
    .option("--anonymous", "bind without credentials")
    .option("--platforms <names>", "platforms or variants, separated by commas; all of them without")
    .addOption(new Option("--platform <names>", "the earlier name of --platforms").hideHelp())
    .option(
      "--interval <time>",
      `the server's notification interval; ${formatDuration(DEFAULT_SETTINGS.notificationIntervalUs)} if left out`,
    )
    .option("--first-within <time>", "how long after a delivery the first datagram may come; 1s, or 15s with --deliver-by-hand")
    .option("--datagrams <n>", "how many datagrams in a row a stale session must get", "6")
    .option(
      "--keepalive-end <time>",
      "how long after a client vanished the server's keep-alive must have ended its session; needs root on Linux, without it the case is skipped",
    )
    .option("--only <names>", "only cases whose names begin so, and those that they need; separated by commas")
    .option("--smtp <address>", "deliver by SMTP; ADDRESS:PORT")
    .option("--mail-to <address>", "the mailbox's mail address")
    .option("--deliver-command <command>", "deliver by a command")
    .option("--deliver-by-hand", "ask a person to deliver")
    .option("--junit <file>", "write JUnit's XML there")
    .action(async (options) => {
      const { runConform } = await import("./conform-command.ts");
      process.exitCode = await runConform(options);
    });
}
