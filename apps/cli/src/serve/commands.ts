/** Arguments and options of `serve`, `deliver`, `mailbox` and `status`; each command loads its implementation when it runs. */

import { formatDuration } from "@pushback/host";
import { DEFAULT_EXCHANGE_VERSION, DEFAULT_SETTINGS, EXCHANGE_VERSIONS, LIVE_LIMITS } from "@pushback/server/settings";
import { type Command, Option } from "commander";
import { collect } from "../shared/collect.ts";
import { DEFAULT_DOMAIN, DEFAULT_MAIL } from "../shared/defaults.ts";

/** Adds the options that name the running server. */
function addControl(command: Command): Command {
  return command
    .option("--data <folder>", "the server's data folder")
    .option("--control <socket>", "the server's control socket")
    .option("--json", "print JSON");
}

function addServe(program: Command): void {
  program
    .command("serve")
    .description("run the mail server on this computer's sockets")
    .option("--listen <address>", "IPv4 address to listen on; 0.0.0.0 for all", "127.0.0.1")
    .option("--epm-port <port>", "the endpoint mapper's port, 0 for any, or none", String(DEFAULT_SETTINGS.endpointMapperPort))
    .option("--port <port>", "EMSMDB's port, 0 for any", "0")
    .option("--directory-port <port>", "the directory's port (NSPI and referrals), 0 for any, or none", "0")
    .option(
      "--exchange-version <version>",
      `the Exchange Server that it says to be when a client connects: ${Object.keys(EXCHANGE_VERSIONS).join(", ")}`,
      DEFAULT_EXCHANGE_VERSION,
    )
    .option("--data <folder>", "keep mail and accounts there; in memory without")
    .option("--users <file>", "mailboxes and passwords, YAML")
    .option("--domain <name>", `the domain that clients log on to; the users file's, or ${DEFAULT_DOMAIN}, if left out`)
    .option("--allow-anonymous", "let in clients without credentials, to any mailbox")
    .option("--no-ntlmv1", "refuse NTLM version 1")
    // Hidden, because LM responses are accepted by default. Older command lines still name this option.
    .addOption(new Option("--lm").default(true).hideHelp())
    .option("--no-lm", "refuse logons with an LM response alone, as Windows 95 and older clients send")
    .option(
      "--interval <time>",
      `between two datagrams of a session; ${formatDuration(DEFAULT_SETTINGS.notificationIntervalUs)} if left out`,
    )
    .option("--keepalive <time>", "idle time before a client is probed, as in 30m; as Windows NT has it if left out")
    .option("--keepalive-interval <time>", "between two probes; as Windows NT has it if left out")
    .option("--keepalive-probes <n>", "unanswered probes after the first before the session ends; as Windows NT has it if left out")
    .option("--allow-callback <network>", "let clients have datagrams sent there too, as in 10.1.0.0/16; repeatable", collect, [])
    .option("--max-connections <n>", `connections at a time; ${LIVE_LIMITS.associations} if left out`)
    .option("--max-per-address <n>", `connections of one address; ${LIVE_LIMITS.associationsPerAddress} if left out`)
    .option("--max-datagrams <n>", `datagrams a second, all sessions together; ${LIVE_LIMITS.datagramsPerSecond} if left out`)
    .option(
      "--bind-timeout <time>",
      `from connecting to the end of authentication; ${formatDuration(LIVE_LIMITS.bindTimeoutUs)} if left out`,
    )
    .option(
      "--idle-timeout <time>",
      `idle time after which a connection without a session is closed; ${formatDuration(LIVE_LIMITS.idleTimeoutUs)} if left out`,
    )
    .option("--smtp <port>", "take mail by SMTP; PORT or ADDRESS:PORT")
    .option("--mail-domain <domain>", "take mail by SMTP for this domain and no other; repeatable; every domain if left out", collect, [])
    .option("--postmaster <mailbox>", "the mailbox of postmaster; the first mailbox if left out")
    .option("--quota <MiB>", `mebibytes of mail that a mailbox may hold; ${LIVE_LIMITS.mailboxBytes / 1024 / 1024} if left out`)
    .option("--maildir <mailbox=folder>", "take mail from a Maildir; repeatable", collect, [])
    .option("--control <socket>", "where deliver, mailbox and status reach this server")
    .option("--json", "log JSON, one object a line")
    .option("--verbose", "log every connection and fault")
    .action(async (options) => {
      const { runServe } = await import("./serve-command.ts");
      await runServe(options);
    });
}

function addMailbox(program: Command): void {
  const mailbox = program.command("mailbox").description("mailboxes of a running server");
  addControl(mailbox.command("add").description("make a mailbox").argument("<alias>"))
    .option("--display-name <name>", "for people")
    .option("--dn <dn>", "in place of one made from the alias")
    .option("--password-stdin", "read the password from standard input")
    .option("--password <password>", "visible to everybody on this computer")
    .option("--opens <alias>", "another mailbox that this account may open; repeatable", collect, [])
    .action(async (alias, options) => {
      const { runMailboxAdd } = await import("./mail-commands.ts");
      process.exitCode = await runMailboxAdd(alias, options);
    });
  addControl(mailbox.command("password").description("give a mailbox's account another password").argument("<alias>"))
    .option("--password-stdin", "read the password from standard input")
    .option("--password <password>", "visible to everybody on this computer")
    .action(async (alias, options) => {
      const { runMailboxPassword } = await import("./mail-commands.ts");
      process.exitCode = await runMailboxPassword(alias, options);
    });
  addControl(mailbox.command("remove").description("remove a mailbox with its mail and its account").argument("<alias>")).action(
    async (alias, options) => {
      const { runMailboxRemove } = await import("./mail-commands.ts");
      process.exitCode = await runMailboxRemove(alias, options);
    },
  );
  addControl(mailbox.command("list").description("list the mailboxes")).action(async (options) => {
    const { runMailboxList } = await import("./mail-commands.ts");
    process.exitCode = await runMailboxList(options);
  });
}

export function addServeCommands(program: Command): void {
  addServe(program);
  addControl(program.command("deliver").description("put a message into a mailbox of a running server").argument("<mailbox>"))
    .option("--subject <text>", "subject", DEFAULT_MAIL.subject)
    .option("--from <name>", "sender's name", DEFAULT_MAIL.from)
    .option("--body <text>", "text; - reads standard input", "")
    .option(
      "--to <recipient>",
      "a recipient that the message shows: an alias or an Internet address; repeatable; the mailbox if left out",
      collect,
      [],
    )
    .option("--cc <recipient>", "the same for a copy; repeatable", collect, [])
    .option("--eml <file>", "take all of it from a mail message; - reads standard input")
    .option("--key <text>", "the same key twice is one message")
    .action(async (to, options) => {
      const { runDeliver } = await import("./mail-commands.ts");
      process.exitCode = await runDeliver(to, options);
    });
  addMailbox(program);
  addControl(program.command("status").description("sessions, registrations and datagrams of a running server")).action(async (options) => {
    const { runStatus } = await import("./mail-commands.ts");
    process.exitCode = await runStatus(options);
  });
}
